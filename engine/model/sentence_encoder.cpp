// SPDX-License-Identifier: Apache-2.0
#include "engine/model/sentence_encoder.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/text.h"
#include "engine/model/kv_cache.h"

namespace vitrine {

namespace {

constexpr size_t kMostRows = 512;  // tokens of a step: what they become stays in the L2 caches
constexpr int64_t kMostPages = 32;  // of its keys and values: each text begins one

double activated(double x, Activation activation) {
  switch (activation) {
    case Activation::tanh: return std::tanh(x);
    case Activation::relu: return std::max(x, 0.0);
    case Activation::gelu: return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    case Activation::silu: return x / (1 + std::exp(-x));
    case Activation::sigmoid: return 1 / (1 + std::exp(-x));
    default: return x;
  }
}

/// rows [n, dim] -> [dim].
std::vector<float> pooled(std::span<const float> rows, size_t dim, Pooling pooling, size_t first_weight) {
  const size_t n = rows.size() / dim;
  const auto row = [&](size_t i) { return rows.subspan(i * dim, dim); };
  if (pooling == Pooling::cls) return {row(0).begin(), row(0).end()};
  if (pooling == Pooling::last) return {row(n - 1).begin(), row(n - 1).end()};
  if (pooling == Pooling::max) {
    std::vector<float> largest(row(0).begin(), row(0).end());
    for (size_t i = 1; i < n; ++i)
      for (size_t d = 0; d < dim; ++d) largest[d] = std::max(largest[d], row(i)[d]);
    return largest;
  }
  std::vector<double> sum(dim);
  double weights = 0;
  for (size_t i = 0; i < n; ++i) {
    const double weight = pooling == Pooling::weighted_mean ? double(first_weight + i) : 1;
    weights += weight;
    for (size_t d = 0; d < dim; ++d) sum[d] += weight * rows[i * dim + d];
  }
  if (pooling == Pooling::mean_sqrt_len) weights = std::sqrt(weights);
  std::vector<float> mean;
  for (double value : sum) mean.push_back(float(value / weights));
  return mean;
}

/// w [out, in] x (+ b) -> [out].
std::vector<double> product(std::span<const float> w, std::span<const float> b, std::span<const float> x, size_t out) {
  std::vector<double> y(out);
  for (size_t o = 0; o < out; ++o) {
    double sum = b.empty() ? 0 : b[o];
    for (size_t i = 0; i < x.size(); ++i) sum += double(w[o * x.size() + i]) * x[i];
    y[o] = sum;
  }
  return y;
}

std::vector<float> dense(const EmbeddingStep& step, const std::vector<float>& x) {
  const std::vector<double> y = product(step.weight, step.bias, x, size_t(step.out));
  const std::vector<double> residual = step.residual_weight.empty() ? std::vector<double>(x.begin(), x.end()) : product(step.residual_weight, {}, x, size_t(step.out));
  std::vector<float> out;
  for (size_t i = 0; i < y.size(); ++i) out.push_back(float(activated(y[i], step.activation) + (step.residual ? residual[i] : 0)));
  return out;
}

void layer_norm(const EmbeddingStep& step, std::vector<float>& x) {
  const double n = double(x.size()), mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double variance = 0;
  for (float value : x) variance += (value - mean) * (value - mean) / n;
  const double scale = 1 / std::sqrt(variance + 1e-5);
  for (size_t i = 0; i < x.size(); ++i) x[i] = float((x[i] - mean) * scale * step.weight[i] + step.bias[i]);
}

double length_of(std::span<const float> x) {
  double sum = 0;
  for (float value : x) sum += double(value) * value;
  return std::sqrt(sum);
}

void normalize(std::vector<float>& x) {
  const double length = std::max(length_of(x), 1e-12);
  for (float& value : x) value = float(value / length);
}

}  // namespace

SentenceEncoder::SentenceEncoder(std::shared_ptr<const Model> model, std::shared_ptr<const Tokenizer> tokenizer, EmbeddingSpec spec)
    : model_(std::move(model)), tokenizer_(std::move(tokenizer)), spec_(std::move(spec)) {
  width_ = model_->spec().dim * int(spec_.pooling.size());
  for (const EmbeddingStep& step : spec_.steps) {
    if (step.kind == EmbeddingStep::Kind::normalize) continue;
    if (step.in != width_)
      throw Error(ErrorKind::format, cat("a module after the pooling takes ", step.in, " values, and gets ", width_), "the folder's modules do not fit its model");
    width_ = step.out;
  }
}

SentenceEncoder::Text SentenceEncoder::tokenize(const std::string& text, const std::string& prompt) const {
  std::string whole = prompt + text;
  if (spec_.lower_case)
    std::transform(whole.begin(), whole.end(), whole.begin(), [](unsigned char c) { return c < 128 ? char(std::tolower(c)) : char(c); });
  const Encoding encoding = tokenizer_->encode(whole);
  Text out;
  const size_t special = size_t(std::count(encoding.special.begin(), encoding.special.end(), 1));
  const size_t room = size_t(spec_.max_tokens) > special ? size_t(spec_.max_tokens) - special : 0;
  size_t content = 0;
  for (size_t i = 0; i < encoding.ids.size(); ++i) {
    if (!encoding.special[i] && ++content > room) continue;
    out.ids.push_back(encoding.ids[i]);
  }
  out.left_out = int32_t(content > room ? content - room : 0);
  if (out.ids.empty()) throw Error(ErrorKind::input, "a text has no tokens", "give each text at least a word");
  if (spec_.include_prompt || prompt.empty()) return out;
  // As sentence-transformers counts: the prompt's own tokens without the closing special one.
  const Encoding alone = tokenizer_->encode(prompt);
  out.pooled_from = int(alone.ids.size()) - (!alone.special.empty() && alone.special.back() ? 1 : 0);
  out.pooled_from = std::min(out.pooled_from, int(out.ids.size()) - 1);
  return out;
}

/// The vectors behind the last norm of all texts, one under the other.
std::vector<float> SentenceEncoder::hidden(std::span<const Text* const> texts, Precision precision, std::stop_token stop) const {
  const Model& model = model_->encoder() ? *model_->encoder() : *model_;
  Batch batch;
  for (const Text* text : texts) {
    batch.segments.push_back({nullptr, batch.rows(), int(text->ids.size()), 0});
    batch.ids.insert(batch.ids.end(), text->ids.begin(), text->ids.end());
  }
  Exec ex(*model.backend(), precision, stop);
  return model.backend()->snapshot(model.forward(ex, batch).hidden)->f32();
}

std::vector<float> SentenceEncoder::finish(std::span<const float> rows, const Text& text) const {
  const size_t dim = size_t(model_->spec().dim), from = size_t(text.pooled_from);
  std::vector<float> x;
  for (Pooling pooling : spec_.pooling) {
    const std::vector<float> part = pooled(rows.subspan(from * dim), dim, pooling, from + 1);
    x.insert(x.end(), part.begin(), part.end());
  }
  for (const EmbeddingStep& step : spec_.steps) {
    if (step.kind == EmbeddingStep::Kind::dense) x = dense(step, x);
    if (step.kind == EmbeddingStep::Kind::layer_norm) layer_norm(step, x);
    if (step.kind == EmbeddingStep::Kind::normalize) normalize(x);
  }
  return x;
}

Embeddings SentenceEncoder::encode(std::span<const std::string> texts, std::string_view prompt, Precision precision, std::stop_token stop,
                                   const ProgressFn& progress) const {
  const std::string name(prompt.empty() ? std::string_view(spec_.default_prompt) : prompt);
  const auto known = std::find_if(spec_.prompts.begin(), spec_.prompts.end(), [&](const auto& entry) { return entry.first == name; });
  if (!name.empty() && known == spec_.prompts.end()) throw Error(ErrorKind::input, cat("the checkpoint has no prompt called \"", name, "\""), "leave it out");
  const std::string before = name.empty() ? std::string() : known->second;
  std::vector<Text> tokenized;
  for (const std::string& text : texts) tokenized.push_back(tokenize(text, before));
  std::vector<size_t> order(texts.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return tokenized[a].ids.size() < tokenized[b].ids.size(); });
  Embeddings out{.width = width_, .values = std::vector<float>(texts.size() * size_t(width_)), .tokens = {}, .left_out = {}, .ids = {}};
  for (const Text& text : tokenized) out.tokens.push_back(int32_t(text.ids.size())), out.left_out.push_back(text.left_out), out.ids.push_back(text.ids);
  const size_t dim = size_t(model_->spec().dim);
  for (size_t begin = 0; begin < order.size();) {
    std::vector<const Text*> step;
    size_t rows = 0, end = begin;
    int64_t pages = 0;
    for (; end < order.size(); ++end) {
      const Text& text = tokenized[order[end]];
      rows += text.ids.size();
      pages += KvPool::pages_of(int64_t(text.ids.size()));
      if (!step.empty() && (rows > kMostRows || pages > kMostPages)) break;
      step.push_back(&text);
    }
    const std::vector<float> values = hidden(step, precision, stop);
    for (size_t i = begin, row = 0; i < end; row += tokenized[order[i++]].ids.size()) {
      const std::vector<float> vector = finish(std::span(values).subspan(row * dim, tokenized[order[i]].ids.size() * dim), tokenized[order[i]]);
      std::copy(vector.begin(), vector.end(), out.values.begin() + std::ptrdiff_t(order[i] * size_t(width_)));
    }
    begin = end;
    if (progress && !progress(int64_t(begin), int64_t(order.size()))) throw Error(ErrorKind::cancelled, "stopped");
  }
  return out;
}

std::vector<float> similarity_matrix(std::span<const float> vectors, int width, std::string_view measure) {
  const size_t n = width > 0 ? vectors.size() / size_t(width) : 0;
  const auto row = [&](size_t i) { return vectors.subspan(i * size_t(width), size_t(width)); };
  std::vector<double> lengths;
  for (size_t i = 0; i < n; ++i) lengths.push_back(std::max(length_of(row(i)), 1e-12));
  std::vector<float> out(n * n);
  for (size_t a = 0; a < n; ++a)
    for (size_t b = a; b < n; ++b) {
      double dot = 0, squares = 0, absolute = 0;
      for (size_t d = 0; d < size_t(width); ++d) {
        const double x = row(a)[d], y = row(b)[d];
        dot += x * y;
        squares += (x - y) * (x - y);
        absolute += std::abs(x - y);
      }
      const double value = measure == "dot"         ? dot
                           : measure == "euclidean" ? -std::sqrt(squares)
                           : measure == "manhattan" ? -absolute
                                                    : dot / (lengths[a] * lengths[b]);
      out[a * n + b] = out[b * n + a] = float(value);
    }
  return out;
}

}  // namespace vitrine
