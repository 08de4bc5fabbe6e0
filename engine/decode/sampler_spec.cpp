// SPDX-License-Identifier: Apache-2.0
// Ready-made sampler specifications and their JSON form.
#include "engine/decode/sampler_spec.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/decode/sampler.h"

namespace vitrine {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void reject(const std::string& field, const std::string& what) {
  throw Error(ErrorKind::input, cat("field ", field, " ", what), "", "sampler settings");
}

void allow_only(const ordered_json& object, const std::string& where, std::initializer_list<std::string_view> names) {
  if (!object.is_object()) reject(where.empty() ? "(top)" : where, "has to be an object");
  for (const auto& [key, value] : object.items()) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    reject(where + (where.empty() ? "" : ".") + key, "is unknown");
  }
}

int32_t token_id(const ordered_json& value, const std::string& where) {
  if (!value.is_number_integer() || value.get<double>() < 0 || value.get<double>() > 2147483647.0)
    reject(where, "has to be a token id");
  return value.get<int32_t>();
}

std::pair<int32_t, float> read_bias(const ordered_json& value, const std::string& where) {
  if (!value.is_array() || value.size() != 2) reject(where, "has to be [token id, number or \"-inf\"]");
  const int32_t id = token_id(value[0], where);
  if (value[1] == "-inf") return {id, -std::numeric_limits<float>::infinity()};
  if (!value[1].is_number()) reject(where, "has to be [token id, number or \"-inf\"]");
  return {id, value[1].get<float>()};
}

StageSpec read_stage(const ordered_json& json, const std::string& where) {
  allow_only(json, where, {"name", "parameters", "enabled", "bias", "sequences"});
  StageSpec stage;
  if (!json.contains("name") || !json["name"].is_string()) reject(where + ".name", "has to be the name of a stage");
  stage.name = json["name"];
  if (json.contains("enabled")) {
    if (!json["enabled"].is_boolean()) reject(where + ".enabled", "has to be true or false");
    stage.enabled = json["enabled"];
  }
  if (json.contains("parameters")) {
    if (!json["parameters"].is_object()) reject(where + ".parameters", "has to be an object");
    for (const auto& [key, value] : json["parameters"].items()) {
      if (!value.is_number()) reject(where + ".parameters." + key, "has to be a number");
      stage.parameters.emplace_back(key, value.get<double>());
    }
  }
  for (const char* list : {"bias", "sequences"})
    if (json.contains(list) && !json[list].is_array()) reject(cat(where, ".", list), "has to be a list");
  if (json.contains("bias"))
    for (const ordered_json& entry : json["bias"]) stage.bias.push_back(read_bias(entry, where + ".bias"));
  if (json.contains("sequences"))
    for (const ordered_json& entry : json["sequences"]) {
      if (!entry.is_array()) reject(where + ".sequences", "has to be a list of lists of token ids");
      auto& sequence = stage.sequences.emplace_back();
      for (const ordered_json& id : entry) sequence.push_back(token_id(id, where + ".sequences"));
    }
  return stage;
}

ordered_json write_stage(const StageSpec& stage) {
  ordered_json json{{"name", stage.name}};
  if (!stage.enabled) json["enabled"] = false;
  for (const auto& [key, value] : stage.parameters) {
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    json["parameters"][key] = whole ? ordered_json(int64_t(value)) : ordered_json(value);
  }
  for (const auto& [id, value] : stage.bias)
    json["bias"].push_back(ordered_json::array({id, std::isinf(value) ? ordered_json("-inf") : ordered_json(value)}));
  for (const auto& sequence : stage.sequences) json["sequences"].push_back(sequence);
  return json;
}

}  // namespace

SamplerSpec default_sampler() {
  return {.stages = {{.name = "repetition_penalty", .parameters = {{"repetition_penalty", 1}, {"last_n", 64}}},
                     {.name = "frequency_penalty", .parameters = {{"frequency_penalty", 0}}},
                     {.name = "presence_penalty", .parameters = {{"presence_penalty", 0}}},
                     {.name = "top_k", .parameters = {{"top_k", 40}}},
                     {.name = "top_p", .parameters = {{"top_p", 0.95}}},
                     {.name = "min_p", .parameters = {{"min_p", 0.05}}},
                     {.name = "temperature", .parameters = {{"temperature", 0.8}}}}};
}

SamplerSpec greedy_sampler() { return {.stages = {{.name = "greedy"}}}; }

std::string sampler_to_json(const SamplerSpec& spec) {
  ordered_json json{{"seed", spec.seed}, {"stages", ordered_json::array()}};
  for (const StageSpec& stage : spec.stages) json["stages"].push_back(write_stage(stage));
  return json.dump();
}

SamplerSpec sampler_from_json(std::string_view text) {
  const ordered_json json = ordered_json::parse(text, nullptr, false);
  if (json.is_discarded()) throw Error(ErrorKind::input, "this is no JSON", "", "sampler settings");
  allow_only(json, "", {"seed", "stages"});
  SamplerSpec spec;
  if (json.contains("seed")) {
    if (!json["seed"].is_number_unsigned()) reject("seed", "has to be a whole number from 0 to 2^64 - 1");
    spec.seed = json["seed"];
  }
  if (!json.contains("stages") || !json["stages"].is_array()) reject("stages", "has to be a list");
  for (size_t i = 0; i < json["stages"].size(); ++i)
    spec.stages.push_back(read_stage(json["stages"][i], cat("stages[", i, "]")));
  SamplerChain{spec};  // names unknown stages and parameters, and values out of range
  return spec;
}

}  // namespace vitrine
