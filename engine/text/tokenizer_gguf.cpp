// SPDX-License-Identifier: Apache-2.0
// A GGUF vocabulary as the same parts a tokenizer.json would name. Meaning of the keys: llama.cpp, src/llama-vocab.cpp.
#include <algorithm>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/bpe.h"
#include "engine/text/gguf_pre_tokenizers.h"
#include "engine/text/pipeline.h"
#include "engine/text/spm.h"
#include "engine/text/unigram.h"
#include "engine/text/utf8.h"
#include "engine/text/wordpiece.h"

namespace vitrine::text {

namespace {

constexpr char32_t kMark = 0x2581;  // stands for a space
constexpr std::string_view kMarkText = "\xE2\x96\x81";
constexpr const char* kRemedy = "convert the checkpoint again with a current converter";

enum TokenType : int32_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

class Builder {
 public:
  explicit Builder(const GgufVocabulary& v) : v_(v), p_(std::make_unique<Pipeline>()) {}

  std::unique_ptr<Pipeline> build() {
    check();
    p_->bos = v_.bos, p_->eos = v_.eos, p_->pad = v_.pad, p_->unk = v_.unk, p_->eot = v_.eot, p_->mask = v_.mask;
    if (v_.model == "gpt2" || v_.model == "gemma4" || v_.model == "whitespace") {
      build_bpe();
    } else if (v_.model == "llama") {
      build_sentencepiece();
    } else if (v_.model == "t5") {
      build_unigram();
    } else if (v_.model == "bert") {
      build_wordpiece();
    } else if (v_.model == "rwkv") {
      build_rwkv();
    } else if (v_.model == "plamo2") {
      build_plamo2();
    } else {
      throw Error(ErrorKind::unsupported, cat("the tokenizer model '", v_.model, "' is not known"),
                  "this program has no code for it; report the checkpoint", "tokenizer.ggml.model");
    }
    p_->added = AddedTokens(added_tokens(), *p_->model, nullptr);
    for (const auto& id : {v_.eos, v_.eot, v_.eom})
      if (id) p_->end_of_generation.push_back(*id);
    p_->finish();
    p_->facts.pre_tokenizer = v_.pre.empty() ? v_.model : v_.pre;
    return std::move(p_);
  }

 private:
  void check() const {
    const size_t n = v_.tokens.size();
    if (n == 0) throw Error(ErrorKind::format, "the file has no vocabulary", kRemedy, "tokenizer.ggml.tokens");
    if ((!v_.scores.empty() && v_.scores.size() < n) || (!v_.types.empty() && v_.types.size() < n))
      throw Error(ErrorKind::format,
                  cat(n, " tokens, but ", v_.scores.size(), " scores and ", v_.types.size(), " token types"), kRemedy,
                  "tokenizer.ggml");
    for (const auto& id : {v_.bos, v_.eos, v_.eot, v_.eom, v_.unk, v_.pad, v_.sep, v_.cls, v_.mask})
      if (id && (*id < 0 || size_t(*id) >= n))
        throw Error(ErrorKind::format, cat("special token id ", *id, " is outside the vocabulary of ", n), kRemedy,
                    "tokenizer.ggml");
    for (size_t id = 0; id < n; ++id)
      if (utf8_valid_prefix(v_.tokens[id]) != v_.tokens[id].size())
        throw Error(ErrorKind::format, cat("token ", id, " is not UTF-8"), kRemedy, "tokenizer.ggml.tokens");
  }

  int32_t type(size_t id) const { return v_.types.empty() ? int32_t(kNormal) : v_.types[id]; }

  std::string token(size_t id) const { return v_.tokens[id].empty() ? cat("[EMPTY_", id, "]") : v_.tokens[id]; }

  template <class Name>
  Vocabulary vocabulary(Name&& name) const {
    Vocabulary out;
    for (size_t id = 0; id < v_.tokens.size(); ++id) out.add(name(id), int64_t(id), v_.tokens.size());
    out.finish();
    return out;
  }
  Vocabulary vocabulary() const {
    return vocabulary([this](size_t id) { return token(id); });
  }

  /// Control and unknown tokens are special; user-defined ones are found in any text.
  std::vector<AddedToken> added_tokens() const {
    std::string name = v_.model_name;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    const bool phi3 = name.find("phi-3") != std::string::npos || name.find("phi3") != std::string::npos;
    const bool mask_eats_spaces = v_.pre.starts_with("jina-v2-") || v_.architecture == "nomic-bert-moe" ||
                                  v_.architecture == "jina-bert-v3" || v_.pre == "modern-bert";
    std::vector<AddedToken> out;
    for (size_t id = 0; id < v_.tokens.size(); ++id) {
      const int32_t t = type(id);
      if (t != kControl && t != kUnknown && t != kUserDefined) continue;
      AddedToken added{.content = piece_name(id), .special = t != kUserDefined};
      const std::string& content = added.content;
      added.strip_right = phi3 && content != "<unk>" && content != "<s>" && content != "<|endoftext|>";
      added.strip_left = mask_eats_spaces && (content == "<mask>" || content == "[MASK]");
      out.push_back(std::move(added));
    }
    return out;
  }

  /// The name under which the model's vocabulary has the token.
  std::string piece_name(size_t id) const { return std::string(p_->model->vocabulary().piece(int32_t(id))); }

  void add_template(bool bos, bool eos) {
    const auto special = [&](std::optional<int32_t> id, const char* flag) {
      if (!id)
        throw Error(ErrorKind::format, cat(flag, " is true, but the file names no such token"), kRemedy,
                    "tokenizer.ggml");
      TemplateSpecial s;
      s.ids.push_back(*id);
      s.tokens.push_back(piece_name(size_t(*id)));
      return std::make_shared<const TemplateSpecial>(std::move(s));
    };
    if (!bos && !eos) return;
    const auto first = bos ? special(p_->bos, "add_bos_token") : nullptr,
               last = eos ? special(p_->eos, "add_eos_token") : nullptr;
    Template t;
    for (int sequence = 0; sequence < 2; ++sequence) {
      const auto type = uint32_t(sequence);
      if (first) t.pair.push_back({-1, first, type});
      t.pair.push_back({sequence, nullptr, type});
      if (last) t.pair.push_back({-1, last, type});
      if (sequence == 0) t.single = t.pair;
    }
    p_->post_processor = make_template(std::move(t));
  }

  void build_bpe() {
    const std::string name = v_.model == "gemma4" ? "gemma4" : v_.pre;
    const GgufPreTokenizer* pre = find_gguf_pre_tokenizer(name);
    if (!pre)
      throw Error(ErrorKind::unsupported,
                  name.empty() ? "the file does not name its pre-tokenizer"
                               : cat("the pre-tokenizer '", name, "' is not known"),
                  name.empty() ? kRemedy : "this program has no code for it; report the checkpoint",
                  "tokenizer.ggml.pre");
    Bpe::MergeList merges;
    for (const std::string& merge : v_.merges) {
      const size_t space = merge.find(' ', 1);
      if (space == std::string::npos)
        throw Error(ErrorKind::format,
                    cat("merge ", merges.size(), " ('", merge.substr(0, 60), "') is not 'left right'"), kRemedy,
                    "tokenizer.ggml.merges");
      merges.emplace_back(std::string_view(merge).substr(0, space), std::string_view(merge).substr(space + 1));
    }
    if (merges.empty()) throw Error(ErrorKind::format, "the file has no merges", kRemedy, "tokenizer.ggml.merges");
    using Kind = GgufPreTokenizer::Kind;
    BpeOptions options{.byte_fallback = pre->kind != Kind::bytes, .ignore_merges = pre->ignore_merges};
    auto bpe = std::make_unique<Bpe>(vocabulary(), merges, options, Bpe::Duplicate::first_wins, false);
    const bool bytes = pre->kind == Kind::bytes && bpe->use_bytes();
    p_->model = std::move(bpe);
    add_splits(*pre);
    if (pre->kind == Kind::bytes) {
      if (!bytes) p_->pre_tokenizers.push_back(make_byte_map());
      if (bytes) p_->take_fast_split();
      p_->decoder = make_byte_level_decoder();
    } else {
      if (pre->kind == Kind::sentencepiece) p_->normalizer = make_replace_string(" ", std::string(kMarkText));
      if (pre->kind == Kind::whitespace && v_.lowercase.value_or(false)) p_->normalizer = make_lowercase();
      p_->decoder = sentencepiece_decoder(false);
    }
    add_template(name == "gemma4" || v_.add_bos.value_or(pre->add_bos && p_->bos), v_.add_eos.value_or(false));
  }

  void add_splits(const GgufPreTokenizer& pre) {
    for (const std::string_view pattern : pre.patterns) {
      if (pattern == kDigitsAlone) {
        p_->pre_tokenizers.push_back(make_digits(true));
      } else if (pattern == kDecimalsAlone) {
        p_->pre_tokenizers.push_back(make_decimals());
      } else if (pattern == kDigitTriples) {
        p_->pre_tokenizers.push_back(make_digit_triples());
      } else {
        const bool words = pre.kind == GgufPreTokenizer::Kind::whitespace;
        p_->pre_tokenizers.push_back(make_split_regex(pattern, words ? Behavior::removed : Behavior::isolated, words));
      }
    }
  }

  static DecoderPtr sentencepiece_decoder(bool strip_first_space) {
    std::vector<DecoderPtr> parts;
    parts.push_back(make_replace_string_decoder(std::string(kMarkText), " "));
    parts.push_back(make_byte_fallback_decoder());
    parts.push_back(make_fuse_decoder());
    if (strip_first_space) parts.push_back(make_strip_decoder(U' ', 1, 0));
    return make_decoder_sequence(std::move(parts));
  }

  void build_sentencepiece() {
    p_->bos = v_.bos.value_or(1), p_->eos = v_.eos.value_or(2), p_->unk = v_.unk.value_or(0);
    p_->model = std::make_unique<SentencePieceBpe>(vocabulary(), v_.scores, *p_->unk);
    const bool prefix = v_.add_space_prefix.value_or(true);
    std::vector<NormalizerPtr> parts;
    if (prefix) parts.push_back(make_prepend(std::string(kMarkText)));
    parts.push_back(make_replace_string(" ", std::string(kMarkText)));
    p_->normalizer = make_normalizer_sequence(std::move(parts));
    p_->decoder = sentencepiece_decoder(prefix);
    add_template(v_.add_bos.value_or(true), v_.add_eos.value_or(false));
  }

  void build_unigram() {
    p_->eos = v_.eos.value_or(1), p_->unk = v_.unk.value_or(2), p_->pad = v_.pad.value_or(0);
    SentencePieceOptions options{.charsmap = v_.precompiled_charsmap,
                                 .add_space = v_.add_space_prefix.value_or(true),
                                 .space_as_suffix = v_.treat_whitespace_as_suffix.value_or(false),
                                 .merge_spaces = v_.remove_extra_whitespaces.value_or(false),
                                 .escape_spaces = v_.escape_whitespaces.value_or(true)};
    std::vector<double> scores(v_.tokens.size(), 0.0);
    std::vector<bool> matched(v_.tokens.size(), false);
    float worst = std::numeric_limits<float>::max();
    for (size_t id = 0; id < v_.tokens.size(); ++id) {
      const int32_t t = type(id);
      const float score = v_.scores.empty() ? 0.0f : v_.scores[id];
      if (t == kNormal) worst = std::min(worst, score);
      matched[id] = t == kNormal || t == kUserDefined || t == kUnused;
      scores[id] = t == kUserDefined ? 0.0 : double(score);
      if (t == kUserDefined) options.protected_pieces.push_back(token(id));
    }
    const UnigramOptions unigram{.unknown = *p_->unk, .byte_fallback = false, .unknown_by_id = true};
    p_->model = std::make_unique<Unigram>(vocabulary(), std::move(scores), matched, double(worst), unigram);
    p_->normalizer = make_sentencepiece_normalizer(std::move(options));
    p_->decoder = make_metaspace_decoder(kMark, v_.add_space_prefix.value_or(true));
    add_template(v_.add_bos.value_or(false), v_.add_eos.value_or(true));
  }

  // GGUF marks the beginning of a word with U+2581 where the checkpoint marks its continuation with ##.
  void build_wordpiece() {
    p_->bos = v_.bos ? v_.bos : v_.cls ? v_.cls : std::optional(101);
    p_->eos = v_.sep.value_or(102), p_->unk = v_.unk.value_or(100), p_->pad = v_.pad.value_or(0);
    for (const auto& id : {p_->bos, p_->eos, p_->unk})
      if (size_t(*id) >= v_.tokens.size())
        throw Error(ErrorKind::format, cat("special token ", *id, " is outside the vocabulary"), kRemedy,
                    "tokenizer.ggml");
    Vocabulary pieces = vocabulary([this](size_t id) {
      const std::string text = token(id);
      if (text.starts_with(kMarkText)) return text.substr(kMarkText.size());
      return type(id) == kNormal && !is_bracketed(text) ? "##" + text : text;
    });
    const std::string unknown(pieces.piece(*p_->unk));
    p_->model = std::make_unique<WordPiece>(std::move(pieces), unknown, "##", 100);
    const bool lowercase = v_.lowercase.value_or(true);
    p_->normalizer =
        make_bert_normalizer({.strip_accents = v_.strip_accents.value_or(lowercase), .lowercase = lowercase});
    p_->pre_tokenizers.push_back(make_bert_pre_tokenizer());
    p_->decoder = make_wordpiece_decoder("##", true);
    const auto special = [&](int32_t id) {
      TemplateSpecial s;
      s.ids.push_back(id);
      s.tokens.push_back(piece_name(size_t(id)));
      return std::make_shared<const TemplateSpecial>(std::move(s));
    };
    const auto cls = special(*p_->bos), sep = special(*p_->eos);
    Template t;
    t.single = {{-1, cls, 0}, {0, nullptr, 0}, {-1, sep, 0}};
    t.pair = t.single;
    t.pair.push_back({1, nullptr, 1});
    t.pair.push_back({-1, sep, 1});
    p_->post_processor = make_template(std::move(t));
  }

  static bool is_bracketed(std::string_view text) {
    return text.size() > 2 && text.front() == '[' && text.back() == ']';
  }

  // RWKV escapes bytes in its tokens: \xNN, \n, \t, \r, and a backslash before anything else.
  static std::string unescape(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\' || i + 1 == text.size()) {
        out += text[i];
        continue;
      }
      const char c = text[++i];
      if (c == 'x' && i + 2 < text.size()) {
        const auto digit = [](char d) { return d >= 'a' ? d - 'a' + 10 : d >= 'A' ? d - 'A' + 10 : d - '0'; };
        out += char((digit(text[i + 1]) << 4 | (digit(text[i + 2]) & 15)) & 255);
        i += 2;
      } else {
        out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
      }
    }
    return out;
  }

  void build_rwkv() {
    p_->model = std::make_unique<LongestMatch>(vocabulary([this](size_t id) { return unescape(token(id)); }),
                                               v_.unk.value_or(-1));
    p_->decoder = make_raw_decoder();
  }

  void build_plamo2() {
    std::vector<bool> is_byte(v_.tokens.size());
    for (size_t id = 0; id < is_byte.size(); ++id) is_byte[id] = type(id) == kByte;
    p_->model = std::make_unique<CheapestPath>(vocabulary(), v_.scores, is_byte);
    std::vector<DecoderPtr> parts;
    parts.push_back(make_byte_fallback_decoder());
    parts.push_back(make_fuse_decoder());
    p_->decoder = make_decoder_sequence(std::move(parts));
    p_->bos = v_.bos.value_or(1), p_->eos = v_.eos.value_or(2);
  }

  const GgufVocabulary& v_;
  std::unique_ptr<Pipeline> p_;
};

}  // namespace

std::unique_ptr<Pipeline> pipeline_from_gguf(const GgufVocabulary& vocabulary) { return Builder(vocabulary).build(); }

}  // namespace vitrine::text
