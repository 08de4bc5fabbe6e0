// SPDX-License-Identifier: Apache-2.0
#include "app/cli/pseudo_perplexity.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/model/probe.h"

namespace vitrine::cli {

namespace {

constexpr size_t kMostRows = 2048;  // tokens of a step

/// -log p of the tokens at positions [from, to) of `window`, each masked in a copy of its own.
double nll_of(const Model& model, const std::vector<int32_t>& window, size_t from, size_t to, int32_t mask, Precision precision) {
  Batch batch;
  for (size_t position = from; position < to; ++position) {
    batch.segments.push_back({nullptr, batch.rows(), int(window.size()), 0});
    batch.logit_rows.push_back(batch.rows() + int32_t(position));
    batch.ids.insert(batch.ids.end(), window.begin(), window.end());
    batch.ids[size_t(batch.logit_rows.back())] = mask;
  }
  Exec ex(*model.backend(), precision);
  const std::vector<float> logits = model.backend()->snapshot(model.forward(ex, batch).logits)->f32();
  const size_t vocab = size_t(model.spec().vocab);
  double sum = 0;
  for (size_t position = from; position < to; ++position)
    sum += negative_log_likelihood(std::span(logits).subspan((position - from) * vocab, vocab), window[position]);
  return sum;
}

}  // namespace

PseudoPerplexity measure_pseudo_perplexity(const Model& model, const Tokenizer& tokenizer, std::string_view text, int context, Precision precision) {
  const auto mask = tokenizer.mask_id();
  if (!mask) throw Error(ErrorKind::input, "the checkpoint names no mask token", "add mask_token to tokenizer_config.json");
  const Encoding encoding = tokenizer.encode(text);
  std::vector<int32_t> before, content, after;
  for (size_t i = 0; i < encoding.ids.size(); ++i) (!encoding.special[i] ? content : content.empty() ? before : after).push_back(encoding.ids[i]);
  if (content.empty()) throw Error(ErrorKind::input, "the text has no tokens", "give a longer one");
  PseudoPerplexity out{.tokens = int64_t(content.size()), .nll = 0, .context = std::min(context, model.spec().context_length)};
  const int room = out.context - int(before.size() + after.size());
  if (room < 1) throw Error(ErrorKind::input, cat("--context ", context, " leaves no room for the text"), "choose a larger one");
  for (size_t at = 0; at < content.size(); at += size_t(room)) {
    const size_t count = std::min(size_t(room), content.size() - at);
    std::vector<int32_t> window = before;
    window.insert(window.end(), content.begin() + std::ptrdiff_t(at), content.begin() + std::ptrdiff_t(at + count));
    window.insert(window.end(), after.begin(), after.end());
    const size_t together = std::max<size_t>(1, kMostRows / window.size()), end = before.size() + count;
    for (size_t from = before.size(); from < end; from += together) out.nll += nll_of(model, window, from, std::min(from + together, end), *mask, precision);
  }
  return out;
}

}  // namespace vitrine::cli
