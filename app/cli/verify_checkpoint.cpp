// SPDX-License-Identifier: Apache-2.0
// Tiny checkpoints: logits, hidden states and attention probabilities of every case, then the greedy continuations.
// Tolerances: logits as recorded; other tensors max(2e-5, r max|t|) with r = max(2e-5, tolerance_logits / max|logits|).
#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/verify_case.h"
#include "app/cli/verify_gradients.h"
#include "app/cli/verify_states.h"
#include "engine/core/text.h"
#include "engine/io/safetensors.h"
#include "engine/model/probe.h"
#include "engine/model/rope.h"

namespace vitrine::cli {

namespace {

using nlohmann::json;

std::vector<int32_t> read_ids(const WeightSource& source, std::string_view name) {
  const TensorInfo* info = source.find(name);
  if (!info) return {};
  const std::vector<float> values = tensor_values(*info);
  return {values.begin(), values.end()};
}

/// Where the real tokens of a padded batch stood: per sequence the column of each.
struct Grid {
  int64_t length = 0;
  std::vector<std::vector<int64_t>> columns;
};

/// One recorded case, its padding taken out: sequences, and where each real token stood. An encoder-decoder's input_ids are its sources.
struct Case {
  std::string name;
  std::unique_ptr<WeightSource> source;
  int64_t batch = 0;
  std::vector<ProbeSequence> sequences;
  Grid tokens, sources;

  explicit Case(std::string name_, const std::filesystem::path& file) : name(std::move(name_)), source(open_safetensors_file(file)) {
    const bool decodes = source->find("decoder_input_ids");
    const auto main = read(decodes ? "decoder_input_ids" : "input_ids", decodes ? "decoder_attention_mask" : "attention_mask", tokens);
    const std::vector<int32_t> types = read_ids(*source, "token_type_ids");
    for (size_t b = 0; b < main.size(); ++b) {
      ProbeSequence sequence{main[b]};
      for (int64_t column : tokens.columns[b])
        if (!types.empty()) sequence.token_types.push_back(types[b * size_t(tokens.length) + size_t(column)]);
      if (!tokens.columns[b].empty()) sequence.left_padding = int(tokens.columns[b].front());
      sequences.push_back(std::move(sequence));
    }
    if (!decodes) return;
    const auto texts = read("input_ids", "attention_mask", sources);
    for (size_t b = 0; b < sequences.size(); ++b) sequences[b].source = texts.at(b);
  }

  bool padded() const {
    for (const auto& column : tokens.columns)
      if (int64_t(column.size()) != tokens.length) return true;
    return false;
  }

  /// A padded batch of the library has the rotary frequencies of its longest sequence.
  int64_t longest() const {
    size_t most = 0;
    for (const ProbeSequence& sequence : sequences) most = std::max(most, sequence.ids.size());
    return int64_t(most);
  }

 private:
  std::vector<std::vector<int32_t>> read(const std::string& ids_name, const std::string& mask_name, Grid& grid) {
    const TensorInfo* info = source->find(ids_name);
    if (!info || info->shape.rank() != 2) throw Error(ErrorKind::format, cat("no ", ids_name, " [batch, length]"), "", source->path().string());
    batch = info->shape[0];
    grid.length = info->shape[1];
    const std::vector<int32_t> ids = read_ids(*source, ids_name), mask = read_ids(*source, mask_name);
    std::vector<std::vector<int32_t>> rows(static_cast<size_t>(batch));
    grid.columns.resize(rows.size());
    for (int64_t i = 0; i < batch * grid.length; ++i) {
      if (!mask.empty() && mask[size_t(i)] == 0) continue;
      rows[size_t(i / grid.length)].push_back(ids[size_t(i)]);
      grid.columns[size_t(i / grid.length)].push_back(i % grid.length);
    }
    return rows;
  }
};

/// Rows [tokens, width] of each sequence laid out as the recorded [batch, length, width].
class Laid {
 public:
  Laid(const Grid& grid, int64_t width)
      : grid_(grid), width_(width), values(grid.columns.size() * size_t(grid.length * width), 0.0f), keep(values.size(), false) {}
  void row(size_t sequence, size_t token, std::span<const float> data) {
    const size_t at = (sequence * size_t(grid_.length) + size_t(grid_.columns[sequence][token])) * size_t(width_);
    std::copy(data.begin(), data.end(), values.begin() + int64_t(at));
    std::fill_n(keep.begin() + int64_t(at), size_t(width_), true);
  }

 private:
  const Grid& grid_;
  int64_t width_;

 public:
  std::vector<float> values;
  std::vector<bool> keep;
};

Laid lay_hits(const Grid& grid, const ProbeResult& result, const Address& at, int64_t width) {
  Laid laid(grid, width);
  for (size_t s = 0; s < grid.columns.size(); ++s) {
    const ProbeHit* hit = result.find(at.site, at.layer, int(s), at.stack);
    if (!hit) throw Error(ErrorKind::bug, cat("site ", site_name(at.site), " of layer ", at.layer, " did not fire"));
    for (size_t t = 0; t < grid.columns[s].size(); ++t) laid.row(s, t, std::span(hit->values).subspan(t * size_t(width), size_t(width)));
  }
  return laid;
}

/// What is there once a token, in order of the sequences.
Laid lay_rows(const Grid& grid, std::span<const float> values) {
  size_t tokens = 0, row = 0;
  for (const auto& columns : grid.columns) tokens += columns.size();
  const size_t width = values.size() / std::max<size_t>(1, tokens);
  Laid laid(grid, int64_t(width));
  for (size_t s = 0; s < grid.columns.size(); ++s)
    for (size_t t = 0; t < grid.columns[s].size(); ++t) laid.row(s, t, values.subspan(row++ * width, width));
  return laid;
}

/// attentions.N [batch, heads, rows, keys]: rows of real queries; padded keys are zero there and never seen here.
void compare_attention(const Case& c, const ProbeResult& result, const TensorInfo& recorded, const Address& at, double tolerance,
                       VerifyReport& report) {
  const Grid& row_grid = at.stack == kEncoderStack ? c.sources : c.tokens;
  const Grid& key_grid = at.stack == kEncoderStack || at.site == Site::cross_probs ? c.sources : c.tokens;
  const int64_t heads = recorded.shape[1];
  std::vector<float> got(size_t(recorded.shape.numel()), 0.0f);
  std::vector<bool> keep(got.size(), false);
  for (size_t s = 0; s < c.sequences.size(); ++s) {
    const ProbeHit* hit = result.find(at.site, at.layer, int(s), at.stack);
    if (!hit) throw Error(ErrorKind::bug, cat("attention of layer ", at.layer, " did not fire"));
    const std::vector<int64_t>&rows = row_grid.columns[s], &keys = key_grid.columns[s];
    for (int64_t h = 0; h < heads; ++h)
      for (size_t q = 0; q < rows.size(); ++q) {
        const int64_t row = ((int64_t(s) * heads + h) * row_grid.length + rows[q]) * key_grid.length;
        std::fill_n(keep.begin() + row, key_grid.length, true);
        for (size_t k = 0; k < keys.size(); ++k) got[size_t(row + keys[k])] = hit->values[(size_t(h) * rows.size() + q) * keys.size() + k];
      }
  }
  report.compare(c.name + "." + recorded.name, got, tensor_values(recorded), tolerance, keep);
}

/// "encoder_hidden_states.3": what kind of tensor, of which stack, and its number.
struct Recorded {
  std::string kind;  // "hidden_states", "attentions", "router_logits", ..., or the whole name
  uint8_t stack = 0;
  int index = -1;

  explicit Recorded(std::string name) {
    for (const auto& [prefix, of] : {std::pair<std::string, int>{"encoder_", kEncoderStack}, {"decoder_", 0}})
      if (name.starts_with(prefix + "hidden_states.") || name.starts_with(prefix + "attentions.")) {
        stack = uint8_t(of);
        name.erase(0, prefix.size());
      }
    kind = name;
    for (const char* numbered : {"hidden_states", "attentions", "cross_attentions", "router_logits", "router_topk_index", "router_topk_weight"})
      if (name.starts_with(std::string(numbered) + ".")) {
        kind = numbered;
        index = std::stoi(name.substr(kind.size() + 1));
      }
  }
};

bool is_input(const std::string& name) {
  for (const char* input : {"logits", "input_ids", "attention_mask", "position_ids", "token_type_ids", "decoder_input_ids", "decoder_attention_mask"})
    if (name == input) return true;
  return false;
}

bool stack_has(const std::vector<SiteMask>& layers, Site site) {
  return std::any_of(layers.begin(), layers.end(), [&](const SiteMask& mask) { return mask.has(site); });
}

/// The recorded choice of one sparse layer: router_topk_index.N and router_topk_weight.N [batch, length, used], largest weight first.
/// Ids must stand in the recorded order, but where weights tie; weights are compared expert by expert.
void compare_routing(const Case& c, const ProbeResult& result, const TensorInfo& recorded_ids, int layer, double relative, VerifyReport& report) {
  const TensorInfo& recorded_weights = require_tensor(*c.source, cat("router_topk_weight.", layer));
  const std::vector<float> ids = tensor_values(recorded_ids), weights = tensor_values(recorded_weights);
  const int64_t used = recorded_ids.shape[2];
  const Laid got_ids = lay_hits(c.tokens, result, {0, int16_t(layer), Site::expert_ids}, used);
  const Laid got_weights = lay_hits(c.tokens, result, {0, int16_t(layer), Site::expert_weights}, used);
  const double tolerance = std::max(2e-5, relative * largest(weights));
  std::vector<float> aligned(weights.size(), std::numeric_limits<float>::quiet_NaN());
  int others = 0;
  for (size_t row = 0; row < ids.size(); row += size_t(used)) {
    std::vector<size_t> order;
    for (size_t j = row; j < row + size_t(used); ++j) order.push_back(j);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return got_weights.values[a] > got_weights.values[b]; });
    for (size_t i = row; got_ids.keep[row] && i < row + size_t(used); ++i)
      for (size_t j = row; j < row + size_t(used); ++j) {
        if (got_ids.values[order[j - row]] != ids[i]) continue;
        aligned[i] = got_weights.values[order[j - row]];
        if (i != j && std::abs(double(weights[i]) - double(weights[j])) > tolerance) ++others;
      }
  }
  report.bound(cat(c.name, ".router_topk_index.", layer), others, 0);
  report.compare(cat(c.name, ".router_topk_weight.", layer), aligned, weights, tolerance, got_ids.keep);
}

class CheckpointCheck {
 public:
  CheckpointCheck(const Model& model, const json& reference, VerifyReport& report)
      : model_(model), report_(report), tolerance_(reference.at("tolerance_logits_abs_suggested").get<double>()) {}

  void run(const Case& c) {
    std::vector<Watch> watches;
    for (size_t stack = 0; stack < model_.sites().stacks.size(); ++stack)
      for (Site site : {Site::embed, Site::resid_post, Site::attn_probs, Site::cross_probs, Site::router_logits, Site::expert_ids, Site::expert_weights})
        if (stack_has(model_.sites().stacks[stack], site)) watches.push_back({.at = {.stack = uint8_t(stack), .site = site}});
    const ProbeResult result = run_sequences(model_, c.sequences, Precision::exact, watches, true, c.longest());
    double largest_logit = 1;
    if (const TensorInfo* logits = c.source->find("logits")) {
      const std::vector<float> wanted = tensor_values(*logits);
      largest_logit = largest(wanted);
      compare_logits(c, result, wanted);
    }
    const double relative = std::max(2e-5, tolerance_ / largest_logit);
    for (const TensorInfo& info : c.source->tensors()) compare(c, result, info, relative);
  }

 private:
  void compare_logits(const Case& c, const ProbeResult& result, const std::vector<float>& wanted) {
    if (result.logits.empty()) return report_.skip(c.name + ".logits", "this checkpoint has no head");
    const Laid laid = lay_rows(c.tokens, result.logits);
    report_.compare(c.name + ".logits", laid.values, wanted, tolerance_, laid.keep);
  }

  Laid hidden_state(const Case& c, const ProbeResult& result, const Recorded& what) const {
    const Grid& grid = what.stack == kEncoderStack ? c.sources : c.tokens;
    const int index = what.index;
    const bool last = index == int(model_.spec().layers(what.stack).size());
    if (last) return lay_rows(grid, what.stack == kEncoderStack ? result.source_hidden : result.hidden);
    const bool after_first = lists_after_first_layer(model_.spec());
    const bool inside = index > 0 || after_first;
    return lay_hits(grid, result, {what.stack, int16_t(inside ? index - !after_first : kAllLayers), inside ? Site::resid_post : Site::embed},
                    model_.spec().dim);
  }

  void compare(const Case& c, const ProbeResult& result, const TensorInfo& info, double relative) {
    if (is_input(info.name)) return;
    const Recorded what(info.name);
    const std::vector<float> wanted = tensor_values(info);
    const double tolerance = std::max(2e-5, relative * largest(wanted));
    if (what.kind == "hidden_states" || what.kind == "encoder_last_hidden_state") {
      const Laid laid = what.index < 0 ? lay_rows(c.sources, result.source_hidden) : hidden_state(c, result, what);
      report_.compare(c.name + "." + info.name, laid.values, wanted, tolerance, laid.keep);
    } else if (what.kind == "attentions" || what.kind == "cross_attentions") {
      const Site site = what.kind == "attentions" ? Site::attn_probs : Site::cross_probs;
      compare_attention(c, result, info, {what.stack, int16_t(what.index), site}, tolerance, report_);
    } else if (const auto states = recorded_state(model_.spec(), result, info.name)) {
      report_.compare(c.name + "." + info.name, *states, wanted, tolerance);
    } else if (what.kind == "router_logits") {
      const Laid laid = lay_hits(c.tokens, result, {0, int16_t(what.index), Site::router_logits}, info.shape[-1]);
      report_.compare(c.name + "." + info.name, laid.values, wanted, tolerance, laid.keep);
    } else if (what.kind == "router_topk_index") {
      compare_routing(c, result, info, what.index, relative, report_);
    } else if (what.kind == "router_topk_weight") {
      return;  // with its ids
    } else {
      report_.skip(c.name + "." + info.name, "no site of this model corresponds to it");
    }
  }

  const Model& model_;
  VerifyReport& report_;
  double tolerance_;
};

/// What greedy decoding continues: a prompt, or the start token of an answer to a source.
ProbeSequence greedy_prompt(const Model& model, const Case& c) {
  if (!model.spec().has_encoder()) return {c.sequences[0].ids};
  return {.ids = {model.spec().decoder_start}, .source = c.sequences[0].source};
}

std::vector<int32_t> greedy_recomputed(const Model& model, ProbeSequence sequence, size_t count) {
  std::vector<int32_t> generated;
  while (generated.size() < count) {
    const ProbeResult result = run_sequences(model, {&sequence, 1}, Precision::exact);
    generated.push_back(argmax(std::span(result.logits).last(size_t(model.spec().vocab))));
    sequence.ids.push_back(generated.back());
  }
  return generated;
}

std::vector<int32_t> greedy_cached(const std::shared_ptr<const Model>& model, const ProbeSequence& prompt, size_t count) {
  ProbeLane lane(model, Precision::exact);
  if (!prompt.source.empty()) lane.encode(prompt.source);
  std::vector<int32_t> generated;
  std::vector<float> logits = lane.feed(prompt.ids);
  while (true) {
    generated.push_back(argmax(logits));
    if (generated.size() == count) return generated;
    logits = lane.feed({&generated.back(), 1});
  }
}

}  // namespace

void verify_checkpoint(const std::filesystem::path& folder, const std::shared_ptr<const Model>& model, VerifyReport& report) {
  std::ifstream file(folder / "reference.json");
  const json reference = json::parse(file);
  CheckpointCheck check(*model, reference, report);
  ProbeSequence prompt;
  for (const auto& [name, entry] : reference.at("cases").items()) {
    const Case c(name, folder / entry.at("file").get<std::string>());
    check.run(c);
    if (name == "main") prompt = greedy_prompt(*model, c);
  }
  if (model->parameters()) verify_gradients(folder, *model, report);
  if (!reference.contains("greedy") || !model->spec().stacks[0].causal) return;
  const json& greedy = reference.at("greedy");
  if (greedy.contains("ids_full_recompute")) {
    const auto wanted = greedy.at("ids_full_recompute").get<std::vector<int32_t>>();
    report.compare_ids("greedy, recomputed", greedy_recomputed(*model, prompt, wanted.size()), wanted);
  }
  if (!greedy.contains("ids_generate") || greedy.at("ids_generate").is_null()) return;
  const bool limited = limits_time_steps(model->spec()) && greedy.contains("ids_full_recompute");
  if (limited && std::any_of(model->spec().ropes.begin(), model->spec().ropes.end(), rope_depends_on_length))
    return report.skip("greedy, cached", "limited time steps and frequencies by length: the reference's two ways differ each for its own reason");
  const auto wanted = greedy.at(limited ? "ids_full_recompute" : "ids_generate").get<std::vector<int32_t>>();
  report.compare_ids("greedy, cached", greedy_cached(model, prompt, wanted.size()), wanted);
}

}  // namespace vitrine::cli
