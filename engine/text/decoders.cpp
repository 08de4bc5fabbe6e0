// SPDX-License-Identifier: Apache-2.0
// Rules: tokenizers 0.23, src/decoders/*.rs.
#include "engine/text/decoders.h"

#include <algorithm>

#include "engine/text/byte_alphabet.h"
#include "engine/text/normalizers.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

namespace {

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::vector<Match> matches;
  find_string(text, from, matches);
  std::string out;
  for (const Match& m : matches) out += m.matched ? to : text.substr(m.begin, m.end - m.begin);
  return out;
}

// The value of <0xNN>, -1 if the piece is none.
int byte_token(std::string_view piece) noexcept {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece[5] != '>') return -1;
  int value = 0;
  for (const char c : piece.substr(3, 2)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string all;
  for (const std::string& p : pieces) all += p;
  return all;
}

class ByteLevel final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override {
    for (std::string& p : pieces) alone(p);
    pieces = {utf8_lossy(joined(pieces))};
  }
  void alone(std::string& piece) const override {
    if (auto bytes = bytes_of_piece(piece)) piece = std::move(*bytes);
  }
  std::string description() const override { return "ByteLevel"; }
  bool concatenates() const noexcept override { return true; }
};

class Raw final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override { pieces = {utf8_lossy(joined(pieces))}; }
  void alone(std::string&) const override {}
  std::string description() const override { return "bytes"; }
  bool concatenates() const noexcept override { return true; }
};

class ByteFallback final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override {
    std::vector<std::string> out;
    std::string bytes;
    const auto flush = [&] {
      if (bytes.empty()) return;
      if (utf8_valid_prefix(bytes) == bytes.size()) {
        out.push_back(bytes);
      } else {
        out.insert(out.end(), bytes.size(), std::string(kReplacement));
      }
      bytes.clear();
    };
    for (std::string& p : pieces) {
      if (const int b = byte_token(p); b >= 0) {
        bytes += char(b);
      } else {
        flush();
        out.push_back(std::move(p));
      }
    }
    flush();
    pieces = std::move(out);
  }
  void alone(std::string& piece) const override {
    if (const int b = byte_token(piece); b >= 0) piece.assign(1, char(b));
  }
  std::string description() const override { return "ByteFallback"; }
};

class Fuse final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override { pieces = {joined(pieces)}; }
  void alone(std::string&) const override {}
  std::string description() const override { return "Fuse"; }
};

class Strip final : public Decoder {
 public:
  Strip(char32_t content, size_t start, size_t stop) : content_(utf8(content)), start_(start), stop_(stop) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (std::string& p : pieces) {
      std::string_view rest = p;
      for (size_t i = 0; i < start_ && rest.starts_with(content_); ++i) rest.remove_prefix(content_.size());
      for (size_t i = 0; i < stop_ && rest.ends_with(content_); ++i) rest.remove_suffix(content_.size());
      if (rest.size() != p.size()) p = std::string(rest);
    }
  }
  void alone(std::string&) const override {}
  std::string description() const override { return "Strip"; }

 private:
  std::string content_;
  size_t start_, stop_;
};

class Replace final : public Decoder {
 public:
  Replace(std::string pattern, std::string content) : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (std::string& p : pieces) alone(p);
  }
  void alone(std::string& piece) const override { piece = replaced(piece, pattern_, content_); }
  std::string description() const override { return "Replace"; }

 private:
  std::string pattern_, content_;
};

class ReplaceRegex final : public Decoder {
 public:
  ReplaceRegex(std::string_view pattern, std::string content) : regex_(pattern), content_(std::move(content)) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (std::string& p : pieces) alone(p);
  }
  void alone(std::string& piece) const override {
    if (piece.empty() || utf8_valid_prefix(piece) != piece.size()) return;
    std::vector<Match> matches;
    regex_.find_all(piece, matches);
    std::string out;
    for (const Match& m : matches) out += m.matched ? content_ : piece.substr(m.begin, m.end - m.begin);
    piece = std::move(out);
  }
  std::string description() const override { return "Replace"; }

 private:
  Regex regex_;
  std::string content_;
};

class Metaspace final : public Decoder {
 public:
  Metaspace(char32_t replacement, bool strip_first) : mark_(utf8(replacement)), strip_first_(strip_first) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (size_t i = 0; i < pieces.size(); ++i)
      pieces[i] = replaced(pieces[i], mark_, i == 0 && strip_first_ ? "" : " ");
  }
  void alone(std::string& piece) const override { piece = replaced(piece, mark_, " "); }
  std::string description() const override { return "Metaspace"; }

 private:
  std::string mark_;
  bool strip_first_;
};

std::string cleaned(std::string text) {
  static constexpr std::pair<std::string_view, std::string_view> kRules[] = {
      {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},   {" n't", "n't"},
      {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : kRules) text = replaced(text, from, to);
  return text;
}

class WordPieces final : public Decoder {
 public:
  WordPieces(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (size_t i = 0; i < pieces.size(); ++i) {
      std::string& p = pieces[i];
      if (i > 0) p = p.starts_with(prefix_) ? p.substr(prefix_.size()) : " " + p;
      if (cleanup_) p = cleaned(std::move(p));
    }
  }
  void alone(std::string& piece) const override {
    if (piece.starts_with(prefix_)) piece.erase(0, prefix_.size());
  }
  std::string description() const override { return "WordPiece"; }

 private:
  std::string prefix_;
  bool cleanup_;
};

class BpeSuffix final : public Decoder {
 public:
  explicit BpeSuffix(std::string suffix) : suffix_(std::move(suffix)) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (size_t i = 0; i < pieces.size(); ++i)
      pieces[i] = replaced(pieces[i], suffix_, i + 1 == pieces.size() ? "" : " ");
  }
  void alone(std::string& piece) const override { piece = replaced(piece, suffix_, " "); }
  std::string description() const override { return "BPEDecoder"; }

 private:
  std::string suffix_;
};

class Ctc final : public Decoder {
 public:
  Ctc(std::string pad, std::string delimiter, bool cleanup)
      : pad_(std::move(pad)), delimiter_(std::move(delimiter)), cleanup_(cleanup) {}
  void apply(std::vector<std::string>& pieces) const override {
    pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
    for (std::string& p : pieces) alone(p);
    std::erase_if(pieces, [](const std::string& p) { return p.empty(); });
  }
  void alone(std::string& piece) const override {
    piece = replaced(piece, pad_, "");
    if (cleanup_) piece = replaced(cleaned(std::move(piece)), delimiter_, " ");
  }
  std::string description() const override { return "CTC"; }

 private:
  std::string pad_, delimiter_;
  bool cleanup_;
};

class DecoderSequence final : public Decoder {
 public:
  explicit DecoderSequence(std::vector<DecoderPtr> parts) : parts_(std::move(parts)) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (const auto& part : parts_) part->apply(pieces);
  }
  void alone(std::string& piece) const override {
    for (const auto& part : parts_) part->alone(piece);
  }
  std::string description() const override {
    std::string name;
    for (const auto& part : parts_) name += (name.empty() ? "" : ", ") + part->description();
    return name;
  }
  bool concatenates() const noexcept override { return parts_.size() == 1 && parts_[0]->concatenates(); }

 private:
  std::vector<DecoderPtr> parts_;
};

}  // namespace

DecoderPtr make_byte_level_decoder() { return std::make_unique<ByteLevel>(); }
DecoderPtr make_raw_decoder() { return std::make_unique<Raw>(); }
DecoderPtr make_byte_fallback_decoder() { return std::make_unique<ByteFallback>(); }
DecoderPtr make_fuse_decoder() { return std::make_unique<Fuse>(); }

DecoderPtr make_strip_decoder(char32_t content, size_t start, size_t stop) {
  return std::make_unique<Strip>(content, start, stop);
}

DecoderPtr make_replace_string_decoder(std::string pattern, std::string content) {
  return std::make_unique<Replace>(std::move(pattern), std::move(content));
}

DecoderPtr make_replace_regex_decoder(std::string_view pattern, std::string content) {
  return std::make_unique<ReplaceRegex>(pattern, std::move(content));
}

DecoderPtr make_metaspace_decoder(char32_t replacement, bool strip_first) {
  return std::make_unique<Metaspace>(replacement, strip_first);
}

DecoderPtr make_wordpiece_decoder(std::string prefix, bool cleanup) {
  return std::make_unique<WordPieces>(std::move(prefix), cleanup);
}

DecoderPtr make_bpe_decoder(std::string suffix) { return std::make_unique<BpeSuffix>(std::move(suffix)); }

DecoderPtr make_ctc_decoder(std::string pad, std::string delimiter, bool cleanup) {
  return std::make_unique<Ctc>(std::move(pad), std::move(delimiter), cleanup);
}

DecoderPtr make_decoder_sequence(std::vector<DecoderPtr> parts) {
  return std::make_unique<DecoderSequence>(std::move(parts));
}

}  // namespace vitrine::text
