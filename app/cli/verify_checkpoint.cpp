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
#include "app/cli/verify_states.h"
#include "engine/core/text.h"
#include "engine/io/safetensors.h"
#include "engine/model/probe.h"

namespace vitrine::cli {

namespace {

using nlohmann::json;

std::vector<int32_t> read_ids(const WeightSource& source, std::string_view name) {
  const TensorInfo* info = source.find(name);
  if (!info) return {};
  const std::vector<float> values = tensor_values(*info);
  return {values.begin(), values.end()};
}

/// One recorded case, its padding taken out: sequences, and where each real token stood.
struct Case {
  std::string name;
  std::unique_ptr<WeightSource> source;
  int64_t batch = 0, length = 0;
  std::vector<ProbeSequence> sequences;
  std::vector<std::vector<int64_t>> columns;  // per sequence: padded column of each token

  explicit Case(std::string name_, const std::filesystem::path& file) : name(std::move(name_)), source(open_safetensors_file(file)) {
    const TensorInfo* ids_info = source->find("input_ids");
    if (!ids_info || ids_info->shape.rank() != 2) throw Error(ErrorKind::format, "no input_ids [batch, length]", "", file.string());
    batch = ids_info->shape[0];
    length = ids_info->shape[1];
    const std::vector<int32_t> ids = read_ids(*source, "input_ids"), mask = read_ids(*source, "attention_mask"), types = read_ids(*source, "token_type_ids");
    for (int64_t b = 0; b < batch; ++b) {
      ProbeSequence sequence;
      std::vector<int64_t> column;
      for (int64_t t = 0; t < length; ++t) {
        const size_t at = size_t(b * length + t);
        if (!mask.empty() && mask[at] == 0) continue;
        sequence.ids.push_back(ids[at]);
        if (!types.empty()) sequence.token_types.push_back(types[at]);
        column.push_back(t);
      }
      if (!column.empty()) sequence.left_padding = int(column.front());
      sequences.push_back(std::move(sequence));
      columns.push_back(std::move(column));
    }
  }

  bool padded() const {
    for (const auto& column : columns)
      if (int64_t(column.size()) != length) return true;
    return false;
  }
};

/// Rows [tokens, width] of each sequence laid out as the recorded [batch, length, width].
class Laid {
 public:
  Laid(const Case& c, int64_t width) : case_(c), width_(width), values(size_t(c.batch * c.length * width), 0.0f), keep(values.size(), false) {}
  void row(size_t sequence, size_t token, std::span<const float> data) {
    const size_t at = (sequence * size_t(case_.length) + size_t(case_.columns[sequence][token])) * size_t(width_);
    std::copy(data.begin(), data.end(), values.begin() + int64_t(at));
    std::fill_n(keep.begin() + int64_t(at), size_t(width_), true);
  }

 private:
  const Case& case_;
  int64_t width_;

 public:
  std::vector<float> values;
  std::vector<bool> keep;
};

Laid lay_hits(const Case& c, const ProbeResult& result, Site site, int layer, int64_t width) {
  Laid laid(c, width);
  for (size_t s = 0; s < c.sequences.size(); ++s) {
    const ProbeHit* hit = result.find(site, layer, int(s));
    if (!hit) throw Error(ErrorKind::bug, cat("site ", site_name(site), " of layer ", layer, " did not fire"));
    for (size_t t = 0; t < c.sequences[s].ids.size(); ++t) laid.row(s, t, std::span(hit->values).subspan(t * size_t(width), size_t(width)));
  }
  return laid;
}

/// What is there once a token, in order of the sequences.
Laid lay_rows(const Case& c, std::span<const float> values) {
  size_t tokens = 0, row = 0;
  for (const ProbeSequence& sequence : c.sequences) tokens += sequence.ids.size();
  const size_t width = values.size() / std::max<size_t>(1, tokens);
  Laid laid(c, int64_t(width));
  for (size_t s = 0; s < c.sequences.size(); ++s)
    for (size_t t = 0; t < c.sequences[s].ids.size(); ++t) laid.row(s, t, values.subspan(row++ * width, width));
  return laid;
}

/// attentions.N [batch, heads, length, length]: rows of real queries; padded keys are zero there and never seen here.
void compare_attention(const Case& c, const ProbeResult& result, const TensorInfo& recorded, int layer, double tolerance, VerifyReport& report) {
  const int64_t heads = recorded.shape[1], length = c.length;
  std::vector<float> got(size_t(recorded.shape.numel()), 0.0f);
  std::vector<bool> keep(got.size(), false);
  for (size_t s = 0; s < c.sequences.size(); ++s) {
    const ProbeHit* hit = result.find(Site::attn_probs, layer, int(s));
    if (!hit) throw Error(ErrorKind::bug, cat("attention of layer ", layer, " did not fire"));
    const int64_t tokens = int64_t(c.sequences[s].ids.size());
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t q = 0; q < tokens; ++q) {
        const int64_t row = ((int64_t(s) * heads + h) * length + c.columns[s][size_t(q)]) * length;
        std::fill_n(keep.begin() + row, length, true);
        for (int64_t k = 0; k < tokens; ++k)
          got[size_t(row + c.columns[s][size_t(k)])] = hit->values[size_t((h * tokens + q) * tokens + k)];
      }
  }
  report.compare(cat(c.name, ".attentions.", layer), got, tensor_values(recorded), tolerance, keep);
}

/// The recorded choice of one sparse layer: router_topk_index.N and router_topk_weight.N [batch, length, used], largest weight first.
/// Ids must stand in the recorded order, but where weights tie; weights are compared expert by expert.
void compare_routing(const Case& c, const ProbeResult& result, const TensorInfo& recorded_ids, int layer, double relative, VerifyReport& report) {
  const TensorInfo& recorded_weights = require_tensor(*c.source, cat("router_topk_weight.", layer));
  const std::vector<float> ids = tensor_values(recorded_ids), weights = tensor_values(recorded_weights);
  const int64_t used = recorded_ids.shape[2];
  const Laid got_ids = lay_hits(c, result, Site::expert_ids, layer, used), got_weights = lay_hits(c, result, Site::expert_weights, layer, used);
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
    for (Site site : {Site::embed, Site::resid_post, Site::attn_probs, Site::router_logits, Site::expert_ids, Site::expert_weights})
      if (model_.sites().has(site)) watches.push_back({.at = {.site = site}});
    const ProbeResult result = run_sequences(model_, c.sequences, Precision::exact, watches);
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
    const Laid laid = lay_rows(c, result.logits);
    report_.compare(c.name + ".logits", laid.values, wanted, tolerance_, laid.keep);
  }

  void compare(const Case& c, const ProbeResult& result, const TensorInfo& info, double relative) {
    const int layers = int(model_.spec().layers().size());
    const auto index_after = [&](std::string_view prefix) -> std::optional<int> {
      if (!info.name.starts_with(prefix)) return std::nullopt;
      return std::stoi(info.name.substr(prefix.size()));
    };
    const auto tolerance = [&](std::span<const float> wanted) { return std::max(2e-5, relative * largest(wanted)); };
    if (const auto i = index_after("hidden_states.")) {
      const bool last = *i == layers;
      const bool after_first = lists_after_first_layer(model_.spec()) && !last;
      const Laid laid = last                    ? lay_rows(c, result.hidden)
                        : *i > 0 || after_first   ? lay_hits(c, result, Site::resid_post, *i - !after_first, model_.spec().dim)
                                                : lay_hits(c, result, Site::embed, kAllLayers, model_.spec().dim);
      const std::vector<float> wanted = tensor_values(info);
      report_.compare(c.name + "." + info.name, laid.values, wanted, tolerance(wanted), laid.keep);
    } else if (const auto layer = index_after("attentions.")) {
      compare_attention(c, result, info, *layer, tolerance(tensor_values(info)), report_);
    } else if (const auto states = recorded_state(model_.spec(), result, info.name)) {
      const std::vector<float> wanted = tensor_values(info);
      report_.compare(c.name + "." + info.name, *states, wanted, tolerance(wanted));
    } else if (const auto router = index_after("router_logits.")) {
      const std::vector<float> wanted = tensor_values(info);
      const Laid laid = lay_hits(c, result, Site::router_logits, *router, info.shape[-1]);
      report_.compare(c.name + "." + info.name, laid.values, wanted, tolerance(wanted), laid.keep);
    } else if (const auto chosen = index_after("router_topk_index.")) {
      compare_routing(c, result, info, *chosen, relative, report_);
    } else if (info.name.starts_with("router_topk_weight.")) {
      return;  // with its ids
    } else if (info.name != "logits" && info.name != "input_ids" && info.name != "attention_mask" && info.name != "position_ids" &&
               info.name != "token_type_ids") {
      report_.skip(c.name + "." + info.name, "no site of this model corresponds to it");
    }
  }

  const Model& model_;
  VerifyReport& report_;
  double tolerance_;
};

std::vector<int32_t> greedy_recomputed(const Model& model, std::vector<int32_t> ids, size_t count) {
  std::vector<int32_t> generated;
  while (generated.size() < count) {
    const ProbeSequence sequence{ids};
    const ProbeResult result = run_sequences(model, {&sequence, 1}, Precision::exact);
    generated.push_back(argmax(std::span(result.logits).last(size_t(model.spec().vocab))));
    ids.push_back(generated.back());
  }
  return generated;
}

std::vector<int32_t> greedy_cached(const std::shared_ptr<const Model>& model, const std::vector<int32_t>& ids, size_t count) {
  ProbeLane lane(model, Precision::exact);
  std::vector<int32_t> generated;
  std::vector<float> logits = lane.feed(ids);
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
  std::vector<int32_t> prompt;
  for (const auto& [name, entry] : reference.at("cases").items()) {
    const Case c(name, folder / entry.at("file").get<std::string>());
    check.run(c);
    if (name == "main") prompt = c.sequences[0].ids;
  }
  if (std::filesystem::exists(folder / "reference_grad.safetensors")) report.skip("gradients", "the backward pass comes later");
  if (!reference.contains("greedy") || !model->spec().stacks[0].causal) return;
  const json& greedy = reference.at("greedy");
  if (greedy.contains("ids_full_recompute")) {
    const auto wanted = greedy.at("ids_full_recompute").get<std::vector<int32_t>>();
    report.compare_ids("greedy, recomputed", greedy_recomputed(*model, prompt, wanted.size()), wanted);
  }
  if (greedy.contains("ids_generate") && !greedy.at("ids_generate").is_null()) {
    const bool limited = limits_time_steps(model->spec()) && greedy.contains("ids_full_recompute");
    const auto wanted = greedy.at(limited ? "ids_full_recompute" : "ids_generate").get<std::vector<int32_t>>();
    report.compare_ids("greedy, cached", greedy_cached(model, prompt, wanted.size()), wanted);
  }
}

}  // namespace vitrine::cli
