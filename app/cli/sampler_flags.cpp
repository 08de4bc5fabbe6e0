// SPDX-License-Identifier: Apache-2.0
#include "app/cli/sampler_flags.h"

#include "engine/core/error.h"

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

SamplerSpec SamplerFlags::spec() const {
  SamplerSpec chosen;
  if (!json.empty()) {
    chosen = sampler_from_json(json);
  } else if (greedy) {
    chosen = greedy_sampler();
  } else {
    const auto stage = [&](const char* name, const std::optional<double>& value) {
      if (value) chosen.stages.push_back({.name = name, .parameters = {{name, *value}}});
    };
    stage("repetition_penalty", repetition_penalty);
    stage("frequency_penalty", frequency_penalty);
    stage("presence_penalty", presence_penalty);
    if (no_repeat_ngram) chosen.stages.push_back({.name = "no_repeat_ngram", .parameters = {{"no_repeat_ngram_size", *no_repeat_ngram}}});
    stage("top_k", top_k);
    stage("typical_p", typical_p);
    stage("top_p", top_p);
    stage("min_p", min_p);
    stage("temperature", temperature);
    if (chosen.stages.empty()) chosen = default_sampler();
  }
  if (seed != 0 || json.empty()) chosen.seed = seed;
  return chosen;
}

}  // namespace vitrine::cli
