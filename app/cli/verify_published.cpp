// SPDX-License-Identifier: Apache-2.0
// Published weights: SmolLM2 (prompts, greedy ids, negative log-likelihood of 2,000 tokens) and MiniLM (hidden states, sentence embeddings).
// exact: 2e-4 max|t|, NLL 2e-3 a token. fast: mean |NLL - exact| <= 0.06, |mean NLL - exact| <= 0.005, argmax of the prompts equal.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/cli/verify_case.h"
#include "engine/core/text.h"
#include "engine/io/safetensors.h"
#include "engine/model/probe.h"

namespace vitrine::cli {

namespace {

using nlohmann::json;

std::vector<float> floats(const WeightSource& source, const std::string& name) {
  const TensorInfo* info = source.find(name);
  return info ? tensor_values(*info) : std::vector<float>();
}

std::vector<int32_t> ids(const WeightSource& source, const std::string& name) {
  const std::vector<float> values = floats(source, name);
  return {values.begin(), values.end()};
}

double tolerance(std::span<const float> wanted) { return 2e-4 * largest(wanted); }

std::vector<Watch> hidden_and_attention(const Model& model) {
  std::vector<Watch> watches;
  for (Site site : {Site::embed, Site::resid_post, Site::attn_probs})
    if (model.sites().has(site)) watches.push_back({.at = {.site = site}});
  return watches;
}

/// hidden_states.N and attentions.N recorded under `prefix`.
void compare_internals(const WeightSource& recorded, const std::string& prefix, const ProbeResult& result, const Model& model, VerifyReport& report) {
  const int layers = int(model.spec().layers().size());
  for (int i = 0; i <= layers; ++i) {
    const std::string name = cat(prefix, ".hidden_states.", i);
    const std::vector<float> wanted = floats(recorded, name);
    if (wanted.empty()) continue;
    const bool normed = i == layers && model.spec().final_norm;
    const ProbeHit* hit = i == 0 ? result.find(Site::embed, kAllLayers, 0) : result.find(Site::resid_post, i - 1, 0);
    report.compare(name, normed ? result.hidden : hit->values, wanted, tolerance(wanted));
  }
  for (int i = 0; i < layers; ++i) {
    const std::string name = cat(prefix, ".attentions.", i);
    const std::vector<float> wanted = floats(recorded, name);
    if (!wanted.empty()) report.compare(name, result.find(Site::attn_probs, i, 0)->values, wanted, tolerance(wanted));
  }
}

void check_prompt(const WeightSource& recorded, const std::string& prefix, const json& entry, const std::shared_ptr<const Model>& model,
                  Precision precision, VerifyReport& report) {
  const bool exact = precision == Precision::exact;
  const ProbeSequence sequence{ids(recorded, prefix + ".input_ids")};
  const ProbeResult result = run_sequences(*model, {&sequence, 1}, precision, hidden_and_attention(*model));
  const size_t vocab = size_t(model->spec().vocab), tokens = sequence.ids.size();
  std::vector<int32_t> best;
  std::vector<float> lse;
  for (size_t t = 0; t < tokens; ++t) {
    const std::span<const float> row = std::span(result.logits).subspan(t * vocab, vocab);
    best.push_back(argmax(row));
    lse.push_back(float(negative_log_likelihood(row, best.back()) + row[size_t(best.back())]));
  }
  report.compare_ids(prefix + ".argmax_per_position", best, ids(recorded, prefix + ".argmax_per_position"));
  if (!exact) return;
  const auto check = [&](const std::string& name, std::span<const float> got) {
    const std::vector<float> wanted = floats(recorded, prefix + "." + name);
    if (!wanted.empty()) report.compare(prefix + "." + name, got, wanted, tolerance(wanted));
  };
  check("logsumexp_per_position", lse);
  check("logits", result.logits);
  check("hidden_states.last", result.hidden);
  std::vector<float> top;
  for (int32_t id : ids(recorded, prefix + ".top50_ids")) top.push_back(result.logits[(tokens - 1) * vocab + size_t(id)]);
  check("top50_logits", top);
  compare_internals(recorded, prefix, result, *model, report);
  const auto wanted = entry.at("greedy_24").get<std::vector<int32_t>>();
  ProbeLane lane(model, precision);
  std::vector<int32_t> generated;
  std::vector<float> logits = lane.feed(sequence.ids);
  while (generated.size() < wanted.size()) {
    generated.push_back(argmax(logits));
    logits = lane.feed({&generated.back(), 1});
  }
  report.compare_ids(prefix + ".greedy", generated, wanted);
}

void check_perplexity(const WeightSource& recorded, const std::shared_ptr<const Model>& model, Precision precision, VerifyReport& report) {
  const std::vector<int32_t> tokens = ids(recorded, "ppl.input_ids");
  const std::vector<float> wanted = floats(recorded, "ppl.nll");
  if (tokens.empty()) return;
  ProbeLane lane(model, precision, precision == Precision::exact ? DType::f32 : DType::f16);
  const size_t vocab = size_t(model->spec().vocab), chunk = 250;
  std::vector<float> nll;
  for (size_t at = 0; at < tokens.size(); at += chunk) {
    const size_t count = std::min(chunk, tokens.size() - at);
    const std::vector<float> logits = lane.feed(std::span(tokens).subspan(at, count), true);
    for (size_t i = 0; i < count && at + i + 1 < tokens.size(); ++i)
      nll.push_back(float(negative_log_likelihood(std::span(logits).subspan(i * vocab, vocab), tokens[at + i + 1])));
  }
  double mean_difference = 0, difference_of_means = 0;
  for (size_t i = 0; i < nll.size() && i < wanted.size(); ++i) {
    mean_difference += std::abs(double(nll[i]) - wanted[i]) / double(wanted.size());
    difference_of_means += (double(nll[i]) - wanted[i]) / double(wanted.size());
  }
  if (precision == Precision::exact) report.compare("ppl.nll", nll, wanted, 2e-3);
  report.bound("ppl: mean |NLL - exact|", mean_difference, 0.06);
  report.bound("ppl: |mean NLL - exact|", std::abs(difference_of_means), 0.005);
}

/// Mean over tokens, then L2 normalisation (sentence-transformers' all-MiniLM-L6-v2).
std::vector<float> sentence_embedding(std::span<const float> hidden, size_t dim) {
  std::vector<double> sum(dim);
  for (size_t i = 0; i < hidden.size(); ++i) sum[i % dim] += hidden[i];
  double norm = 0;
  for (double& value : sum) value /= double(hidden.size() / dim), norm += value * value;
  std::vector<float> embedding;
  for (double value : sum) embedding.push_back(float(value / std::max(std::sqrt(norm), 1e-12)));
  return embedding;
}

void check_sentences(const WeightSource& recorded, const std::shared_ptr<const Model>& model, VerifyReport& report) {
  std::vector<ProbeSequence> sequences;
  for (int i = 0; recorded.find(cat("s", i, ".input_ids")); ++i) sequences.push_back({ids(recorded, cat("s", i, ".input_ids"))});
  const size_t dim = size_t(model->spec().dim);
  for (size_t i = 0; i < sequences.size(); ++i) {
    const std::string prefix = cat("s", i);
    const ProbeResult result = run_sequences(*model, {&sequences[i], 1}, Precision::exact, hidden_and_attention(*model));
    const auto check = [&](const std::string& name, std::span<const float> got) {
      const std::vector<float> wanted = floats(recorded, prefix + "." + name);
      if (!wanted.empty()) report.compare(prefix + "." + name, got, wanted, tolerance(wanted));
    };
    check("last_hidden_state", result.hidden);
    check("pooler_output", result.pooled);
    check("embedding", sentence_embedding(result.hidden, dim));
    compare_internals(recorded, prefix, result, *model, report);
  }
  const ProbeResult together = run_sequences(*model, sequences, Precision::exact);
  std::vector<float> embeddings, cosine;
  for (size_t i = 0, row = 0; i < sequences.size(); row += sequences[i++].ids.size()) {
    const std::vector<float> one = sentence_embedding(std::span(together.hidden).subspan(row * dim, sequences[i].ids.size() * dim), dim);
    embeddings.insert(embeddings.end(), one.begin(), one.end());
  }
  for (size_t a = 0; a < sequences.size(); ++a)
    for (size_t b = 0; b < sequences.size(); ++b) {
      double dot = 0;
      for (size_t d = 0; d < dim; ++d) dot += double(embeddings[a * dim + d]) * embeddings[b * dim + d];
      cosine.push_back(float(dot));
    }
  for (const auto& [name, got] : {std::pair<std::string, std::vector<float>*>{"batch.embedding", &embeddings}, {"batch.cosine", &cosine}}) {
    const std::vector<float> wanted = floats(recorded, name);
    report.compare(name, *got, wanted, tolerance(wanted));
  }
}

}  // namespace

void verify_published(const std::filesystem::path& folder, const std::shared_ptr<const Model>& model, Precision precision, VerifyReport& report) {
  std::ifstream file(folder / "reference.json");
  const json reference = json::parse(file);
  const std::unique_ptr<WeightSource> recorded = open_safetensors_file(folder / "reference.safetensors");
  if (reference.contains("sentences")) return check_sentences(*recorded, model, report);
  for (size_t i = 0; i < reference.at("prompts").size(); ++i)
    check_prompt(*recorded, cat("prompt", i), reference.at("prompts")[i], model, precision, report);
  check_perplexity(*recorded, model, precision, report);
}

}  // namespace vitrine::cli
