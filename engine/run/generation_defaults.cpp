// SPDX-License-Identifier: Apache-2.0
#include "engine/run/generation_defaults.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/json_text.h"
#include "engine/io/weight_source.h"

namespace vitrine {

namespace {

using nlohmann::json;

/// Fields of transformers' GenerationConfig that change the result and have no counterpart here; the value at which each does nothing.
struct Unknown {
  const char* key;
  double off;
};
constexpr Unknown kUnknown[] = {{"encoder_repetition_penalty", 1}, {"encoder_no_repeat_ngram_size", 0}, {"num_beam_groups", 1},
                                {"diversity_penalty", 0},          {"penalty_alpha", 0},                {"guidance_scale", 1},
                                {"top_h", 0}};
constexpr const char* kUnknownLists[] = {"begin_suppress_tokens", "force_words_ids", "constraints", "sequence_bias",
                                         "exponential_decay_length_penalty", "watermarking_config"};

/// One JSON object with its file's name for messages.
class Fields {
 public:
  Fields(const WeightSource& source, const char* file) : where_((source.path() / file).string()) {
    const auto text = source.companion(file);
    if (text) values_ = parse_json(*text, where_);
    if (text && !values_.is_object()) throw Error(ErrorKind::format, "not a JSON object", "get the file again", where_);
  }

  bool empty() const { return values_.is_null(); }
  const json* find(const char* key) const {
    const auto at = values_.find(key);
    return at == values_.end() || at->is_null() ? nullptr : &*at;
  }
  double number(const char* key, double fallback) const {
    const json* value = find(key);
    if (!value) return fallback;
    if (!value->is_number()) throw wrong(key, "a number");
    return value->get<double>();
  }
  /// A list of ids counts as its first entry (several end tokens may be given so).
  int32_t id(const char* key) const {
    const json* value = find(key);
    if (value && value->is_array()) value = value->empty() ? nullptr : &(*value)[0];
    if (!value) return -1;
    return token(*value, key);
  }
  int32_t token(const json& value, const char* key) const {
    if (!value.is_number_integer() || value.get<int64_t>() < 0 || value.get<int64_t>() > std::numeric_limits<int32_t>::max())
      throw wrong(key, "token ids");
    return value.get<int32_t>();
  }
  std::vector<int32_t> ids(const json& list, const char* key) const {
    if (!list.is_array()) throw wrong(key, "a list of token ids");
    std::vector<int32_t> found;
    for (const json& entry : list) found.push_back(token(entry, key));
    return found;
  }
  Error wrong(const char* key, const char* expected) const {
    return Error(ErrorKind::format, cat("\"", key, "\" should hold ", expected), "correct the field or remove it", where_);
  }

 private:
  std::string where_;
  json values_;
};

EarlyStopping early_stopping(const Fields& fields) {
  const json* value = fields.find("early_stopping");
  if (!value || *value == false) return EarlyStopping::no;
  if (*value == true) return EarlyStopping::yes;
  if (*value == "never") return EarlyStopping::never;
  throw fields.wrong("early_stopping", "true, false or \"never\"");
}

/// Adds a stage of one parameter unless it is at the value where it does nothing.
void add(SamplerSpec& spec, const Fields& fields, const char* key, const char* stage, const char* parameter, double off) {
  const double value = fields.number(key, off);
  if (value != off) spec.stages.push_back({.name = stage, .parameters = {{parameter, value}}});
}

void add_bans(SamplerSpec& spec, const Fields& fields) {
  if (const json* words = fields.find("bad_words_ids")) {
    StageSpec stage{.name = "bad_words"};
    if (!words->is_array()) throw fields.wrong("bad_words_ids", "lists of token ids");
    for (const json& word : *words)
      if (!word.empty()) stage.sequences.push_back(fields.ids(word, "bad_words_ids"));
    if (!stage.sequences.empty()) spec.stages.push_back(std::move(stage));
  }
  if (const json* banned = fields.find("suppress_tokens")) {
    StageSpec stage{.name = "logit_bias"};
    for (int32_t id : fields.ids(*banned, "suppress_tokens")) stage.bias.push_back({id, -std::numeric_limits<float>::infinity()});
    if (!stage.bias.empty()) spec.stages.push_back(std::move(stage));
  }
}

constexpr int kPrompt = 1;  // lengths count the start token besides the answer

/// In the order of transformers' _get_logits_processor: processors, then with do_sample the warpers.
SamplerSpec read_sampler(const Fields& fields) {
  SamplerSpec spec;
  add(spec, fields, "repetition_penalty", "repetition_penalty", "repetition_penalty", 1);
  add(spec, fields, "no_repeat_ngram_size", "no_repeat_ngram", "no_repeat_ngram_size", 0);
  add_bans(spec, fields);
  add(spec, fields, "min_length", "min_length", "min_length", 0);
  if (const double least = fields.number("min_new_tokens", 0); least > 0)
    spec.stages.push_back({.name = "min_length", .parameters = {{"min_length", least + kPrompt}}});
  const json* sample = fields.find("do_sample");
  if (sample && !sample->is_boolean()) throw fields.wrong("do_sample", "true or false");
  if (!sample || !sample->get<bool>()) {
    spec.stages.push_back({.name = "greedy"});
    return spec;
  }
  add(spec, fields, "temperature", "temperature", "temperature", 1);
  if (const double k = fields.number("top_k", 50); k > 0) spec.stages.push_back({.name = "top_k", .parameters = {{"top_k", k}}});
  add(spec, fields, "top_p", "top_p", "top_p", 1);
  add(spec, fields, "min_p", "min_p", "min_p", 0);
  add(spec, fields, "typical_p", "typical_p", "typical_p", 1);
  add(spec, fields, "epsilon_cutoff", "epsilon_cutoff", "epsilon_cutoff", 0);
  add(spec, fields, "eta_cutoff", "eta_cutoff", "eta_cutoff", 0);
  return spec;
}

std::vector<std::string> not_applied(const Fields& fields) {
  std::vector<std::string> names;
  for (const Unknown& unknown : kUnknown)
    if (fields.number(unknown.key, unknown.off) != unknown.off) names.push_back(unknown.key);
  for (const char* key : kUnknownLists)
    if (const json* value = fields.find(key); value && !value->empty()) names.push_back(key);
  return names;
}

int answer_length(const Fields& fields) {
  const double own = fields.number("max_new_tokens", 0), whole = fields.number("max_length", 0);
  const double length = own > 0 ? own : whole - kPrompt;
  return length >= 1 && length <= std::numeric_limits<int32_t>::max() ? int(length) : 0;
}

}  // namespace

GenerationDefaults read_generation_defaults(const WeightSource& source) {
  GenerationDefaults defaults;
  defaults.sampler = greedy_sampler();
  if (source.container() == "gguf") return defaults;
  const Fields own(source, "generation_config.json"), config(source, "config.json");
  const Fields& fields = own.empty() ? config : own;
  if (fields.empty()) return defaults;
  defaults.decoder_start = fields.id("decoder_start_token_id");
  defaults.forced_first = fields.id("forced_bos_token_id");
  defaults.forced_last = fields.id("forced_eos_token_id");
  defaults.sampler = read_sampler(fields);
  defaults.beam = {int(fields.number("num_beams", 1)), fields.number("length_penalty", 1), early_stopping(fields)};
  if (defaults.beam.beams < 1 || defaults.beam.beams > 4096) throw fields.wrong("num_beams", "a number from 1 to 4096");
  defaults.max_tokens = answer_length(fields);
  defaults.not_applied = not_applied(fields);
  return defaults;
}

SamplerSpec with_forced_tokens(SamplerSpec sampler, const GenerationDefaults& defaults, int max_tokens) {
  const auto force = [&](int32_t token, double step) {
    if (token < 0 || step < 0) return;
    sampler.stages.insert(sampler.stages.begin(), {.name = "forced_token", .parameters = {{"step", step}, {"token", double(token)}}});
  };
  force(defaults.forced_last, max_tokens - 1);
  force(defaults.forced_first, 0);
  return sampler;
}

}  // namespace vitrine
