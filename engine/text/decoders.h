// SPDX-License-Identifier: Apache-2.0
// From pieces back to text: the decoders of tokenizer.json, applied one after the other to the list of pieces.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace vitrine::text {

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual void apply(std::vector<std::string>& pieces) const = 0;
  virtual std::string description() const = 0;
  /// What one piece stands for, without its neighbours (spaces for U+2581, a byte for <0xNN> ...).
  virtual void alone(std::string& piece) const = 0;
  /// True if the text is the concatenation of alone(piece), made valid UTF-8.
  virtual bool concatenates() const noexcept { return false; }
};

using DecoderPtr = std::unique_ptr<const Decoder>;

DecoderPtr make_byte_level_decoder();
DecoderPtr make_raw_decoder();  // pieces are bytes (RWKV)
DecoderPtr make_byte_fallback_decoder();
DecoderPtr make_fuse_decoder();
DecoderPtr make_strip_decoder(char32_t content, size_t start, size_t stop);
DecoderPtr make_replace_string_decoder(std::string pattern, std::string content);
DecoderPtr make_replace_regex_decoder(std::string_view pattern, std::string content);
DecoderPtr make_metaspace_decoder(char32_t replacement, bool strip_first);
DecoderPtr make_wordpiece_decoder(std::string prefix, bool cleanup);
DecoderPtr make_bpe_decoder(std::string suffix);
DecoderPtr make_ctc_decoder(std::string pad, std::string delimiter, bool cleanup);
DecoderPtr make_decoder_sequence(std::vector<DecoderPtr> parts);

}  // namespace vitrine::text
