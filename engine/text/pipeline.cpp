// SPDX-License-Identifier: Apache-2.0
#include "engine/text/pipeline.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

std::unique_ptr<Scratch> ScratchPool::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<Scratch>();
  auto scratch = std::move(free_.back());
  free_.pop_back();
  return scratch;
}

void ScratchPool::give(std::unique_ptr<Scratch> scratch) {
  const std::lock_guard lock(mutex_);
  if (free_.size() < 16) free_.push_back(std::move(scratch));
}

static void normalize(const Normalizer& normalizer, Pieces& pieces) {
  const auto unchanged = [&](const Piece& piece) { return piece.added >= 0 || normalizer.leaves(pieces.view(piece)); };
  if (std::all_of(pieces.list.begin(), pieces.list.end(), unchanged)) return;
  rewrite_pieces(pieces, [&](AlignedText& text, const Piece&) { normalizer.apply(text); });
}

Pieces Pipeline::prepare(std::string_view text, bool parse_special) const {
  if (text.size() > size_t(1) << 30)
    throw Error(ErrorKind::input, cat("a text of ", text.size(), " bytes is too long for one call"),
                "encode it in parts");
  if (const size_t good = utf8_valid_prefix(text); good != text.size())
    throw Error(ErrorKind::input, cat("the text is not UTF-8 at byte ", good), "convert it to UTF-8 first", "text");
  Pieces pieces;
  pieces.original = text;
  if (!text.empty()) pieces.list.push_back({0, uint32_t(text.size()), -1, 0});
  added.split(pieces, false, parse_special);
  if (normalizer) normalize(*normalizer, pieces);
  added.split(pieces, true, parse_special);
  for (const auto& step : pre_tokenizers) step->apply(pieces);
  return pieces;
}

std::string_view Pipeline::decode_form(int32_t id) const noexcept {
  const std::string_view form = added.decode_form(id);
  return form.empty() ? model->vocabulary().piece(id) : form;
}

void Pipeline::take_fast_split() {
  if (pre_tokenizers.empty()) return;
  last_split = pre_tokenizers.back()->fast_pattern();
  if (!last_split) return;
  pre_tokenizers.pop_back();
  if (pre_tokenizers.empty()) return;
  if (const auto fused = pre_tokenizers.back()->fused_with(*last_split)) {
    last_split = fused;
    pre_tokenizers.pop_back();
  }
}

void Pipeline::finish() {
  // Names of tokens after which a chat model stops, as llama.cpp lists them.
  static constexpr std::string_view kEnds[] = {"<|eot_id|>",
                                               "<|im_end|>",
                                               "<|end|>",
                                               "<|return|>",
                                               "<|call|>",
                                               "<end_of_turn>",
                                               "<|endoftext|>",
                                               "<|eom_id|>",
                                               "<EOT>",
                                               "[EOT]",
                                               "<|end_of_text|>",
                                               "<end_of_utterance>",
                                               "<turn|>",
                                               "<\xEF\xBD\x9C"
                                               "end\xE2\x96\x81of\xE2\x96\x81sentence\xEF\xBD\x9C>"};
  static constexpr std::string_view kTurnEnds[] = {
      "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<EOT>", "[EOT]", "<end_of_utterance>", "<turn|>"};
  special.assign(size_t(id_end()), false);
  for (int32_t id = 0; id < id_end(); ++id) special[size_t(id)] = known(id) && added.is_special(decode_form(id));
  const auto find = [&](std::string_view name) {
    const int32_t id = added.find(name);
    return id >= 0 ? id : model->vocabulary().find(name);
  };
  for (const std::string_view name : kTurnEnds)
    if (const int32_t id = find(name); id >= 0 && !eot) eot = id;
  for (const std::string_view name : kEnds)
    if (const int32_t id = find(name); id >= 0) end_of_generation.push_back(id);
  for (const auto& id : {eos, eot})
    if (id) end_of_generation.push_back(*id);
  std::sort(end_of_generation.begin(), end_of_generation.end());
  end_of_generation.erase(std::unique(end_of_generation.begin(), end_of_generation.end()), end_of_generation.end());
  if (!unk && model->unknown() >= 0) unk = model->unknown();

  facts.model = model->description();
  facts.normalizer = normalizer ? normalizer->description() : "none";
  facts.post_processor = post_processor ? post_processor->description() : "none";
  facts.decoder = decoder ? decoder->description() : "none";
  facts.vocab_size = id_end();
  facts.added_tokens = int64_t(added.size());
}

}  // namespace vitrine::text
