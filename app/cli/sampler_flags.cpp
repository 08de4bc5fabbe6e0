// SPDX-License-Identifier: Apache-2.0
#include "app/cli/sampler_flags.h"

#include <algorithm>

#include "engine/decode/sampler.h"

namespace vitrine::cli {

void SamplerFlags::add_to(CLI::App& command) {
  command.add_flag("--greedy", greedy, "Always the most probable token");
  command.add_option("--temperature", temperature, "Divide logits by this");
  command.add_option("--top-k", top_k, "Keep the k most probable");
  command.add_option("--top-p", top_p, "Keep the smallest set with this mass");
  command.add_option("--min-p", min_p, "Keep tokens of at least this share of the best one's probability");
  command.add_option("--typical-p", typical_p, "Locally typical sampling");
  command.add_option("--repetition-penalty", repetition_penalty, "Divide (or multiply) logits of tokens seen before");
  command.add_option("--frequency-penalty", frequency_penalty, "Subtracted per earlier occurrence");
  command.add_option("--presence-penalty", presence_penalty, "Subtracted once for tokens seen before");
  command.add_option("--no-repeat-ngram", no_repeat_ngram, "Forbid n-grams that occurred before");
  command.add_option("--sampler", json, "The whole chain as JSON");
  command.add_option("--seed", seed, "Seed of the counter-based random numbers");
}

bool SamplerFlags::draws() const { return greedy || !json.empty() || temperature || top_k || top_p || min_p || typical_p; }

std::vector<StageSpec> SamplerFlags::stages() const {
  std::vector<StageSpec> chosen;
  const auto stage = [&](const char* name, const std::optional<double>& value, const char* parameter = nullptr) {
    if (value) chosen.push_back({.name = name, .parameters = {{parameter ? parameter : name, *value}}});
  };
  stage("repetition_penalty", repetition_penalty);
  stage("frequency_penalty", frequency_penalty);
  stage("presence_penalty", presence_penalty);
  stage("no_repeat_ngram", no_repeat_ngram, "no_repeat_ngram_size");
  stage("top_k", top_k);
  stage("typical_p", typical_p);
  stage("top_p", top_p);
  stage("min_p", min_p);
  stage("temperature", temperature);
  return chosen;
}

SamplerSpec SamplerFlags::spec() const {
  SamplerSpec chosen;
  if (!json.empty()) {
    chosen = sampler_from_json(json);
  } else if (greedy) {
    chosen = greedy_sampler();
  } else {
    chosen.stages = stages();
    if (chosen.stages.empty()) chosen = default_sampler();
  }
  if (seed != 0 || json.empty()) chosen.seed = seed;
  return chosen;
}

SamplerSpec SamplerFlags::over(const SamplerSpec& defaults) const {
  if (!json.empty()) return spec();
  SamplerSpec chosen = draws() ? without_drawing(defaults) : defaults;
  const std::vector<StageSpec> own = stages();
  const auto named = [](const std::vector<StageSpec>& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(), [&](const StageSpec& stage) { return stage.name == name; });
  };
  std::erase_if(chosen.stages, [&](const StageSpec& stage) { return named(own, stage.name); });
  const SamplerSpec ours{.stages = own}, penalties = without_drawing(ours);
  chosen.stages.insert(chosen.stages.begin(), penalties.stages.begin(), penalties.stages.end());
  for (const StageSpec& stage : own)
    if (!named(penalties.stages, stage.name)) chosen.stages.push_back(stage);
  if (greedy) chosen.stages.push_back({.name = "greedy"});
  chosen.seed = seed;
  return chosen;
}

}  // namespace vitrine::cli
