// SPDX-License-Identifier: Apache-2.0
// The half of verify-decoding that needs models: beam search (all sequences and scores) and greedy decoding with
// processors, over the tiny checkpoints named in decoding.json.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/verify_decoding.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/decode/cached_step_model.h"
#include "engine/decode/sampler.h"
#include "engine/io/weight_source.h"

namespace vitrine::cli {
namespace {

using nlohmann::json;
using Ids = std::vector<int32_t>;

std::shared_ptr<const Model> load(const std::filesystem::path& folder) {
  const auto source = open_weights(folder);
  return load_model(*source, make_backend({}));
}

BeamOptions options_of(const json& parameters) {
  BeamOptions o;
  for (const auto& [key, value] : parameters.items()) {
    if (key == "num_beams")
      o.beams = value;
    else if (key == "num_return_sequences")
      o.return_sequences = value;
    else if (key == "max_new_tokens")
      o.max_new_tokens = value;
    else if (key == "length_penalty")
      o.length_penalty = value;
    else if (key == "eos_token_id")
      o.end_ids = {value.get<int32_t>()};
    else if (key == "early_stopping")
      o.early_stopping = value == "never" ? EarlyStopping::never
                         : value == true  ? EarlyStopping::yes
                                          : EarlyStopping::no;
    else if (key == "no_repeat_ngram_size")
      o.processors.stages.push_back({.name = "no_repeat_ngram", .parameters = {{key, value.get<double>()}}});
    else if (key == "repetition_penalty")
      o.processors.stages.push_back({.name = key, .parameters = {{key, value.get<double>()}}});
    else if (key != "pad_token_id")
      throw Error(ErrorKind::unsupported, cat("beam search parameter ", key, " is not known here"));
  }
  return o;
}

/// Empty, or the first difference. Recorded sequences are filled up to one length with their end token.
std::string compare_beams(const std::vector<BeamResult>& found, const json& recorded, const Ids& end_ids,
                          double& largest) {
  const auto sequences = recorded.at("sequences").get<std::vector<Ids>>();
  const auto scores = recorded.at("sequences_scores").get<std::vector<double>>();
  if (found.size() != sequences.size()) return cat(found.size(), " sequences, recorded are ", sequences.size());
  for (size_t i = 0; i < found.size(); ++i) {
    Ids filled = found[i].tokens;
    if (filled.size() < sequences[i].size()) filled.resize(sequences[i].size(), end_ids.at(0));
    if (filled != sequences[i]) return cat("sequence ", i, " differs");
    const double difference = std::abs(found[i].score - scores.at(i)) / std::max(1.0, std::abs(scores.at(i)));
    largest = std::max(largest, difference);
    if (!(difference <= 2e-5)) return cat("score ", i, " is ", found[i].score, ", recorded is ", scores.at(i));
  }
  return {};
}

std::string describe(const json& parameters) {
  std::string text;
  for (const char* key :
       {"num_beams", "length_penalty", "early_stopping", "no_repeat_ngram_size", "repetition_penalty", "eos_token_id"})
    if (parameters.contains(key)) text += cat(text.empty() ? "" : ", ", key, " ", parameters.at(key).dump());
  return text;
}

void verify_beams(const std::string& name, const std::shared_ptr<const Model>& model, const json& record,
                  DecodingTally& tally) {
  const Ids prompt = record.at("prompt").at(0);
  int index = 0;
  for (const json& recorded : record.at("cases")) {
    const BeamOptions options = options_of(recorded.at("parameters"));
    CachedStepModel stepper(model, Precision::exact, DType::f32);
    double largest = 0;
    const std::string failure =
        compare_beams(beam_search(stepper, prompt, options), recorded, options.end_ids, largest);
    tally.row(cat(name, " beams ", index++),
              cat(describe(recorded.at("parameters")), "; largest score difference ", largest), failure);
  }
}

Ids decode_greedily(const std::shared_ptr<const Model>& model, Ids tokens, size_t length, const SamplerSpec& spec) {
  CachedStepModel stepper(model, Precision::exact, DType::f32);
  const SamplerChain chain(spec);
  while (tokens.size() < length) {
    const Hypothesis one{tokens, 0, 0};
    tokens.push_back(chain.pick(stepper.step({&one, 1}).front(), {.history = tokens}));
  }
  return tokens;
}

/// The processor that a key such as "greedy_repetition_penalty_1.5" names, then greedy. nullopt: no entry of ours.
std::optional<SamplerSpec> spec_of(const std::string& key) {
  SamplerSpec spec = greedy_sampler();
  if (key == "greedy" || key == "assisted" || key == "prompt_lookup") return spec;
  const std::pair<std::string, StageSpec> processors[] = {
      {"greedy_repetition_penalty_", {.name = "repetition_penalty", .parameters = {{"repetition_penalty", 0}}}},
      {"greedy_no_repeat_ngram_", {.name = "no_repeat_ngram", .parameters = {{"no_repeat_ngram_size", 0}}}}};
  for (auto [prefix, stage] : processors) {
    if (!key.starts_with(prefix)) continue;
    stage.parameters[0].second = std::stod(key.substr(prefix.size()));
    spec.stages.insert(spec.stages.begin(), stage);
    return spec;
  }
  return std::nullopt;
}

void verify_greedy(const std::string& name, const std::shared_ptr<const Model>& model, const json& record,
                   DecodingTally& tally) {
  const Ids prompt = record.at("prompt").at(0);
  for (const auto& [key, value] : record.items()) {
    const auto spec = value.is_array() ? spec_of(key) : std::nullopt;
    if (!spec) continue;
    const Ids recorded = value, ours = decode_greedily(model, prompt, recorded.size(), *spec);
    const auto at = std::mismatch(ours.begin(), ours.end(), recorded.begin()).first - ours.begin();
    tally.row(
        cat(name, " ", key), cat(recorded.size() - prompt.size(), " tokens"),
        ours == recorded ? "" : cat("token ", at, " is ", ours[size_t(at)], ", recorded is ", recorded[size_t(at)]));
  }
}

}  // namespace

void verify_searches(const std::filesystem::path& folder, const json& recorded, DecodingTally& tally) {
  for (const auto& [name, record] : recorded.at("beam_search").items()) {
    const auto model = load(folder.parent_path() / std::filesystem::path(record.at("checkpoint").get<std::string>()));
    verify_beams(name, model, record, tally);
    if (recorded.contains("other") && recorded.at("other").contains(name))
      verify_greedy(name, model, recorded.at("other").at(name), tally);
  }
}

}  // namespace vitrine::cli
