// SPDX-License-Identifier: Apache-2.0
#include "engine/run/encoders.h"

#include <chrono>
#include <cmath>
#include <numeric>

#include "engine/core/text.h"
#include "engine/decode/logprobs.h"

namespace vitrine {

namespace {

const SentenceEncoder& sentence_encoder(LoadedModel& loaded, const VariantText& variant) {
  if (!loaded.tokenizer) throw Error(ErrorKind::input, "the checkpoint has no tokenizer", "add its tokenizer.json", loaded.source->path().string());
  const std::shared_ptr<const Model> model = loaded.variant(variant);
  std::shared_ptr<const SentenceEncoder>& made = loaded.sentences[model.get()];
  if (!made) made = std::make_shared<const SentenceEncoder>(model, loaded.tokenizer, read_embedding_spec(*loaded.source, model->spec()));
  return *made;
}

/// Throws Error input where a text cannot be read by the model.
void check_text(const ModelSpec& spec, std::span<const int32_t> ids) {
  if (ids.empty()) throw Error(ErrorKind::input, "the text has no tokens", "type something first");
  if (int64_t(ids.size()) > spec.context_length)
    throw Error(ErrorKind::input, cat("the text has ", ids.size(), " tokens, the model takes ", spec.context_length), "shorten it");
}

/// Logits [rows.size(), width of the head] of one text.
std::vector<float> logits_of(LoadedModel& loaded, const Model& model, std::span<const int32_t> ids, std::vector<int32_t> rows, Precision precision, std::stop_token stop) {
  check_text(model.spec(), ids);
  Batch batch;
  batch.ids.assign(ids.begin(), ids.end());
  batch.segments.push_back({nullptr, 0, batch.rows(), 0});
  batch.logit_rows = std::move(rows);
  Exec ex(*model.backend(), precision, stop);
  const Output out = model.forward(ex, batch);
  std::vector<float> logits = model.backend()->snapshot(out.logits)->f32();
  loaded.check_files();
  return logits;
}

}  // namespace

EmbedOut embed(LoadedModel& loaded, const Embed& what, std::stop_token stop, const ProgressFn& progress) {
  if (what.texts.empty()) throw Error(ErrorKind::input, "there is no text", "give at least one");
  const SentenceEncoder& encoder = sentence_encoder(loaded, what.variant);
  const EmbeddingSpec& spec = encoder.spec();
  Embeddings found = encoder.encode(what.texts, what.prompt, what.precision, stop, progress);
  loaded.check_files();
  const int64_t n = int64_t(what.texts.size());
  EmbedOut out{.measure = spec.similarity, .pooling = spec.pooling_text(), .origin = spec.origin, .normalized = spec.normalized(), .max_tokens = spec.max_tokens,
               .tokens = std::move(found.tokens), .left_out = std::move(found.left_out), .ids = std::move(found.ids)};
  out.values = host_block(found.values, {n, found.width});
  if (what.similarity) out.similarity = host_block(similarity_matrix(found.values, found.width, spec.similarity), {n, n});
  return out;
}

FillMaskOut fill_mask(LoadedModel& loaded, const FillMask& what, std::stop_token stop) {
  const ModelSpec& spec = loaded.model->spec();
  if (!spec.fills_masks())
    throw Error(ErrorKind::unsupported,
                spec.stacks[0].causal ? cat(spec.name, " predicts the next token, not a masked one") : cat(spec.name, " has no masked-language head"),
                "open a checkpoint such as BertForMaskedLM");
  const auto mask = loaded.tokenizer ? loaded.tokenizer->mask_id() : std::nullopt;
  if (!mask) throw Error(ErrorKind::input, "the checkpoint names no mask token", "add mask_token to tokenizer_config.json", loaded.source->path().string());
  FillMaskOut out;
  std::vector<int32_t> rows;
  for (size_t i = 0; i < what.tokens.size(); ++i)
    if (what.tokens[i] == *mask) rows.push_back(int32_t(i));
  if (rows.empty()) throw Error(ErrorKind::input, "the text has no mask token", cat("write ", loaded.tokenizer->piece(*mask), " where a word is missing"));
  const std::vector<float> logits = logits_of(loaded, *loaded.variant(what.variant), what.tokens, rows, what.precision, stop);
  const size_t vocab = size_t(spec.vocab);
  for (size_t i = 0; i < rows.size(); ++i) {
    const RowScores scores = score_row(std::span(logits).subspan(i * vocab, vocab), what.top_n);
    out.masks.push_back({rows[i], scores.top, float(scores.entropy), float(scores.rest_mass)});
  }
  return out;
}

ReplacedOut find_replaced(LoadedModel& loaded, const FindReplaced& what, std::stop_token stop) {
  if (!loaded.model->spec().finds_replaced())
    throw Error(ErrorKind::unsupported, cat(loaded.model->spec().name, " has no head that finds replaced tokens"), "open ELECTRA's discriminator (ElectraForPreTraining)");
  std::vector<int32_t> rows(what.tokens.size());
  std::iota(rows.begin(), rows.end(), 0);
  ReplacedOut out;
  for (float logit : logits_of(loaded, *loaded.variant(what.variant), what.tokens, rows, what.precision, stop)) out.probability.push_back(1 / (1 + std::exp(-logit)));
  return out;
}

PromptDone read(LoadedModel& loaded, Lane& lane, const Read& what, std::stop_token stop) {
  const auto begin = std::chrono::steady_clock::now();
  const std::shared_ptr<const Model> model = loaded.variant(what.variant);
  const Model* encoder = encoder_of(*model);
  if (!encoder)
    throw Error(ErrorKind::unsupported, cat(model->spec().name, " reads from left to right only"), "generate with it, and look at the attention of the lane's answer");
  check_text(encoder->spec(), what.tokens);
  if (!what.token_types.empty() && (encoder->spec().token_types == 0 || what.token_types.size() != what.tokens.size()))
    throw Error(ErrorKind::input, cat(what.token_types.size(), " token types for ", what.tokens.size(), " tokens of a model with ", encoder->spec().token_types),
                encoder->spec().token_types ? "give one a token" : "leave them out");
  for (int32_t type : what.token_types)
    if (type < 0 || type >= encoder->spec().token_types)
      throw Error(ErrorKind::input, cat("token type ", type, " of a model with ", encoder->spec().token_types), "count them from 0");
  lane = {};
  lane.model = model;
  lane.precision = what.precision;
  lane.source = what.tokens;
  lane.source_types = what.token_types;
  ensure_source_kept(loaded, lane, stop);
  return {what.lane, int64_t(what.tokens.size()), 0, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count()};
}

}  // namespace vitrine
