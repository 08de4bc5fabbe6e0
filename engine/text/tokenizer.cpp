// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer.h"

#include <algorithm>

#include "engine/text/pipeline.h"
#include "engine/text/utf8.h"

namespace vitrine {

using namespace text;

namespace {

/// Turns byte positions of a text into code point positions; fast when asked for rising positions.
class CodePoints {
 public:
  explicit CodePoints(std::string_view text) : text_(text) {}
  uint32_t at(uint32_t byte) noexcept {
    for (; byte_ < byte; ++byte_) count_ += byte_ < text_.size() && !is_continuation(text_[byte_]);
    for (; byte_ > byte; --byte_) count_ -= byte_ <= text_.size() && !is_continuation(text_[byte_ - 1]);
    return count_;
  }
  /// The way back.
  uint32_t byte_of(uint32_t count) noexcept {
    while (count_ < count && byte_ < text_.size()) step_forward();
    while (count_ > count && byte_ > 0) step_back();
    return byte_;
  }

 private:
  void step_forward() noexcept {
    byte_ += uint32_t(utf8_length(text_[byte_]));
    ++count_;
  }
  void step_back() noexcept {
    do --byte_;
    while (byte_ > 0 && is_continuation(text_[byte_]));
    --count_;
  }
  std::string_view text_;
  uint32_t byte_ = 0, count_ = 0;
};

/// Scratch from the pool, given back at the end of the scope.
class Lease {
 public:
  explicit Lease(ScratchPool& pool) : pool_(pool), scratch_(pool.take()) {}
  ~Lease() { pool_.give(std::move(scratch_)); }
  Scratch& operator*() noexcept { return *scratch_; }

 private:
  ScratchPool& pool_;
  std::unique_ptr<Scratch> scratch_;
};

std::vector<Item> encode_segment(const Pipeline& p, std::string_view text, uint32_t type, bool parse_special,
                                 Draft& draft) {
  const Pieces pieces = p.prepare(text, parse_special);
  const std::string_view current = pieces.text();
  CodePoints points(text);
  std::vector<Item> items;
  items.reserve(text.size() / 4 + 8);
  Lease scratch(p.scratch);
  std::vector<Token> tokens;
  const auto push = [&](int32_t id, uint32_t begin, uint32_t end, bool surface) {
    const Origin origin = pieces.origin(begin, std::min(end, uint32_t(current.size())));
    Item item{
        .id = id, .begin = points.at(origin.begin), .end = points.at(origin.end), .type = type, .second = type == 1};
    if (surface) {
      item.text_begin = uint32_t(draft.texts.size());
      item.text_size = end - begin;
      draft.texts += current.substr(begin, end - begin);
    }
    items.push_back(item);
  };
  p.walk(
      pieces, [&](const Piece& piece) { push(piece.added, piece.begin, piece.end, true); },
      [&](uint32_t begin, uint32_t end) {
        tokens.clear();
        p.model->tokenize(current.substr(begin, end - begin), *scratch, tokens);
        for (const Token& t : tokens) push(t.id, begin + t.begin, begin + t.end, t.surface);
      });
  return items;
}

}  // namespace

Tokenizer::Tokenizer(std::unique_ptr<const Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}
Tokenizer::~Tokenizer() = default;

std::shared_ptr<const Tokenizer> Tokenizer::from_json(std::string_view tokenizer_json, std::string_view config_json) {
  return std::shared_ptr<const Tokenizer>(new Tokenizer(pipeline_from_json(tokenizer_json, config_json)));
}

std::shared_ptr<const Tokenizer> Tokenizer::from_gguf(const GgufVocabulary& vocabulary) {
  return std::shared_ptr<const Tokenizer>(new Tokenizer(pipeline_from_gguf(vocabulary)));
}

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  const Pipeline& p = *pipeline_;
  Draft draft;
  draft.vocabulary = &p.model->vocabulary();
  draft.segments.push_back(encode_segment(p, text, 0, options.parse_special, draft));
  if (options.pair) draft.segments.push_back(encode_segment(p, *options.pair, 1, options.parse_special, draft));
  // A template may drop or repeat segments, so each token remembers whose text its offsets count in.
  if (p.post_processor) p.post_processor->apply(draft, options.add_special);

  Encoding out;
  size_t n = 0;
  for (const auto& items : draft.segments) n += items.size();
  out.ids.reserve(n), out.tokens.reserve(n), out.offsets.reserve(n), out.byte_offsets.reserve(n);
  out.special.reserve(n), out.type_ids.reserve(n);
  CodePoints points[2] = {CodePoints(text), CodePoints(options.pair.value_or(std::string_view()))};
  for (const auto& items : draft.segments) {
    for (const Item& item : items) {
      out.ids.push_back(item.id);
      out.tokens.emplace_back(draft.text(item));
      out.offsets.emplace_back(item.begin, item.end);
      CodePoints& back = points[item.second ? 1 : 0];
      const uint32_t begin = back.byte_of(item.begin);
      out.byte_offsets.emplace_back(begin, back.byte_of(item.end));
      out.special.push_back(item.special);
      out.type_ids.push_back(item.type);
    }
  }
  return out;
}

std::vector<int32_t> Tokenizer::encode_ids(std::string_view text, const EncodeOptions& options) const {
  const Pipeline& p = *pipeline_;
  std::vector<int32_t> ids;
  if (options.pair) return encode(text, options).ids;
  const Pieces pieces = p.prepare(text, options.parse_special);
  const std::string_view current = pieces.text();
  ids.reserve(text.size() / 4 + 8);
  {
    Lease scratch(p.scratch);
    p.walk(
        pieces, [&](const Piece& piece) { ids.push_back(piece.added); },
        [&](uint32_t begin, uint32_t end) {
          p.model->tokenize_ids(current.substr(begin, end - begin), *scratch, ids);
        });
  }
  if (!p.post_processor || !options.add_special) return ids;
  // Post-processors look at nothing but the number of segments when ids are asked for: run them on a stand-in.
  Draft draft;
  draft.vocabulary = &p.model->vocabulary();
  draft.segments.push_back({Item{.id = -1}});
  p.post_processor->apply(draft, true);
  std::vector<int32_t> out;
  out.reserve(ids.size() + 8);
  for (const auto& items : draft.segments)
    for (const Item& item : items) {
      if (item.id >= 0) {
        out.push_back(item.id);
      } else {
        out.insert(out.end(), ids.begin(), ids.end());
      }
    }
  return out;
}

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skip_special) const {
  const Pipeline& p = *pipeline_;
  std::vector<std::string> pieces;
  pieces.reserve(ids.size());
  for (const int32_t id : ids) {
    if (!p.known(id) || (skip_special && is_special(id))) continue;
    pieces.emplace_back(p.decode_form(id));
  }
  std::string out;
  if (p.decoder) {
    p.decoder->apply(pieces);
    for (const std::string& piece : pieces) out += piece;
  } else {
    for (size_t i = 0; i < pieces.size(); ++i) out += (i ? " " : "") + pieces[i];
  }
  return utf8_valid_prefix(out) == out.size() ? out : utf8_lossy(out);
}

std::string_view Tokenizer::piece(int32_t id) const noexcept {
  const AddedToken* token = pipeline_->added.token(id);
  return token ? std::string_view(token->content) : pipeline_->model->vocabulary().piece(id);
}

std::string Tokenizer::token_bytes(int32_t id) const {
  if (const AddedToken* token = pipeline_->added.token(id)) return token->content;
  std::string bytes(pipeline_->model->vocabulary().piece(id));
  if (pipeline_->decoder) pipeline_->decoder->alone(bytes);
  return bytes;
}

std::optional<int32_t> Tokenizer::id(std::string_view piece) const noexcept {
  int32_t id = pipeline_->added.find(piece);
  if (id < 0) id = pipeline_->model->vocabulary().find(piece);
  return id < 0 ? std::nullopt : std::optional(id);
}

int32_t Tokenizer::vocab_size() const noexcept { return pipeline_->id_end(); }

bool Tokenizer::is_special(int32_t id) const noexcept {
  return id >= 0 && size_t(id) < pipeline_->special.size() && pipeline_->special[size_t(id)];
}

std::optional<int32_t> Tokenizer::bos_id() const noexcept { return pipeline_->bos; }
std::optional<int32_t> Tokenizer::eos_id() const noexcept { return pipeline_->eos; }
std::optional<int32_t> Tokenizer::eot_id() const noexcept { return pipeline_->eot; }
std::optional<int32_t> Tokenizer::pad_id() const noexcept { return pipeline_->pad; }
std::optional<int32_t> Tokenizer::unk_id() const noexcept { return pipeline_->unk; }
std::optional<int32_t> Tokenizer::mask_id() const noexcept { return pipeline_->mask; }
std::span<const int32_t> Tokenizer::end_of_generation_ids() const noexcept { return pipeline_->end_of_generation; }

bool Tokenizer::is_end_of_generation(int32_t id) const noexcept {
  return std::binary_search(pipeline_->end_of_generation.begin(), pipeline_->end_of_generation.end(), id);
}

bool Tokenizer::adds_bos() const noexcept {
  return pipeline_->bos && pipeline_->post_processor && pipeline_->post_processor->first_token() == *pipeline_->bos;
}

const TokenizerFacts& Tokenizer::facts() const noexcept { return pipeline_->facts; }

}  // namespace vitrine
