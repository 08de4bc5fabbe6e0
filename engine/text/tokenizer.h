// SPDX-License-Identifier: Apache-2.0
// Text to token ids and back, as a checkpoint's tokenizer.json or GGUF metadata declares it.
// Reference behaviour: the `tokenizers` library 0.23 (pipeline, offsets, decoders) and llama.cpp (GGUF vocabularies).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/api.h"

namespace vitrine {

namespace text {
struct Pipeline;
}

/// What a GGUF file says about its vocabulary (keys tokenizer.ggml.*); a plain copy, so that text/ needs no reader.
struct VT_API GgufVocabulary {
  std::string model;                ///< tokenizer.ggml.model: gpt2, llama, t5, bert, rwkv, plamo2, gemma4, whitespace
  std::string pre;                  ///< tokenizer.ggml.pre; needed by gpt2 vocabularies
  std::vector<std::string> tokens;  ///< index = id
  std::vector<float> scores;        ///< empty, or one per token
  std::vector<int32_t> types;  ///< empty, or one per token: 1 normal, 2 unknown, 3 control, 4 user, 5 unused, 6 byte
  std::vector<std::string> merges;  ///< "left right", by rank
  std::optional<int32_t> bos, eos, eot, eom, unk, pad, sep, cls, mask;
  std::optional<bool> add_bos, add_eos, add_sep, add_space_prefix, remove_extra_whitespaces, escape_whitespaces;
  std::optional<bool> treat_whitespace_as_suffix, lowercase, strip_accents;
  std::string precompiled_charsmap;  ///< raw bytes (t5)
  std::string model_name;            ///< general.name; llama.cpp derives token attributes from it
  std::string architecture;          ///< general.architecture
};

struct VT_API EncodeOptions {
  bool add_special = true;                    ///< add what the post-processor adds (BOS, [CLS] ...)
  bool parse_special = true;                  ///< a special token written in the text becomes its id; false: stays text
  std::optional<std::string_view> pair = {};  ///< second segment, for models which take two
};

struct VT_API Encoding {
  std::vector<int32_t> ids;
  std::vector<std::string> tokens;                          ///< the vocabulary's pieces (an added token: its surface)
  std::vector<std::pair<uint32_t, uint32_t>> offsets;       ///< [begin, end) in code points of the segment's text
  std::vector<std::pair<uint32_t, uint32_t>> byte_offsets;  ///< the same in bytes of its UTF-8
  std::vector<uint8_t> special;                             ///< 1: added by the post-processor
  std::vector<uint32_t> type_ids;                           ///< segment number as the post-processor sets it
};

/// Facts for a panel.
struct VT_API TokenizerFacts {
  std::string model;          ///< e.g. "byte-level BPE, 48900 merges"
  std::string normalizer;     ///< e.g. "NFKC, Replace" or "none"
  std::string pre_tokenizer;  ///< e.g. "Digits, ByteLevel" or "smollm (GGUF)"
  std::string post_processor;
  std::string decoder;
  int64_t vocab_size = 0, added_tokens = 0;
};

/// Immutable and safe to use from any number of threads once built.
class VT_API Tokenizer {
 public:
  /// Throws Error: format for bad JSON, missing fields, merges naming unknown tokens; unsupported for a component
  /// type this program does not know. `tokenizer_config_json` supplies bos/eos/pad names where given.
  static std::shared_ptr<const Tokenizer> from_json(std::string_view tokenizer_json,
                                                    std::string_view tokenizer_config_json = {});
  /// Throws Error{unsupported} naming an unknown tokenizer.ggml.model or tokenizer.ggml.pre; never falls back.
  static std::shared_ptr<const Tokenizer> from_gguf(const GgufVocabulary& vocabulary);

  ~Tokenizer();
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  /// Throws Error{input} if `text` is not UTF-8.
  Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;
  /// Only the ids of encode(): several times faster on long texts.
  std::vector<int32_t> encode_ids(std::string_view text, const EncodeOptions& options = {}) const;
  /// Ids outside the vocabulary are ignored, as the reference does.
  std::string decode(std::span<const int32_t> ids, bool skip_special = true) const;

  /// The vocabulary's text for an id; empty if there is none.
  std::string_view piece(int32_t id) const noexcept;
  /// The raw bytes an id stands for: one byte for a byte token, spaces for U+2581, the text itself for an added token.
  std::string token_bytes(int32_t id) const;
  /// The id of a piece or added token.
  std::optional<int32_t> id(std::string_view piece) const noexcept;
  /// One more than the largest id.
  int32_t vocab_size() const noexcept;
  bool is_special(int32_t id) const noexcept;

  std::optional<int32_t> bos_id() const noexcept, eos_id() const noexcept, eot_id() const noexcept;
  std::optional<int32_t> pad_id() const noexcept, unk_id() const noexcept;
  /// What a masked-language model fills in: "[MASK]", "<mask>".
  std::optional<int32_t> mask_id() const noexcept;
  /// Every id that ends a generation (eos, eot and their like), ascending.
  std::span<const int32_t> end_of_generation_ids() const noexcept;
  bool is_end_of_generation(int32_t id) const noexcept;
  /// True if encode(add_special) puts BOS first by itself; a rendered chat prompt often brings its own.
  bool adds_bos() const noexcept;
  const TokenizerFacts& facts() const noexcept;

 private:
  explicit Tokenizer(std::unique_ptr<const text::Pipeline> pipeline);
  std::unique_ptr<const text::Pipeline> pipeline_;
  friend class StreamDecoder;
};

/// Turns ids into text as they arrive. What push() returns is always whole UTF-8 characters; bytes that may still
/// become a character are held back. The concatenation of all results and flush() equals decode() of all ids, except
/// that a run of byte tokens which turns out invalid loses only the invalid bytes.
class VT_API StreamDecoder {
 public:
  explicit StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer, bool skip_special = true);
  std::string push(int32_t id);
  /// What is still held back; an unfinished character becomes U+FFFD. The decoder starts anew afterwards.
  std::string flush();

 private:
  std::string push_bytes(int32_t id);
  std::string push_window(int32_t id);
  std::shared_ptr<const Tokenizer> tokenizer_;
  bool skip_special_;
  std::string held_;             // bytes mode: an unfinished character
  std::vector<int32_t> window_;  // window mode: ids of the last text shown, then the pending ones
  size_t settled_ = 0;           // how many of window_ are shown already
  std::string prefix_;           // their text
};

}  // namespace vitrine
