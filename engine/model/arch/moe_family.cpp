// SPDX-License-Identifier: Apache-2.0
#include "engine/model/arch/moe_family.h"

#include <algorithm>

#include "engine/core/text.h"

namespace vitrine {

static constexpr KeyPair kMoeKeys[] = {
    {"experts", "expert_count", "num_local_experts|num_experts|n_routed_experts|moe_num_experts"},
    {"experts_used", "expert_used_count", "num_experts_per_tok|moe_k|moe_topk"},
    {"expert_hidden", "expert_feed_forward_length|feed_forward_length", "moe_intermediate_size|intermediate_size"},
    {"shared_hidden", "expert_shared_feed_forward_length", "shared_expert_intermediate_size|shared_intermediate_size"},
    {"shared_count", "expert_shared_count", "n_shared_experts|moe_num_shared_experts"},
    {"renormalize", "expert_weights_norm", "norm_topk_prob"},
    {"least_sum", "", "moe_norm_min"},
    {"route_scale", "expert_weights_scale", "routed_scaling_factor"},
    {"gating", "expert_gating_func", ""},
    {"groups", "expert_group_count", "n_group"},
    {"groups_used", "expert_group_used_count", "topk_group"},
    {"choice", "", "topk_method"},
    {"first_sparse", "leading_dense_block_count", "first_k_dense_replace"},
    {"sparse_step", "", "decoder_sparse_step"},
    {"dense_layers", "", "mlp_only_layers"},
    {"jitter", "", "router_jitter_noise"},
    {"clip", "attention.clamp_kqv", "clip_qkv"},
    {"qkv_bias", "", "qkv_bias|attention_bias"},
    {"use_qk_norm", "", "use_qk_norm"},
    {"extra_layers", "nextn_predict_layers", ""},
};

std::span<const KeyPair> moe_keys() {
  static const std::vector<KeyPair> all = joined_keys(decoder_keys(), kMoeKeys);
  return all;
}

#define VT_LAYER "model.layers.{}."
static constexpr NameRule kExpertNames[] = {
    {"router.w", VT_LAYER "mlp.gate.weight|" VT_LAYER "block_sparse_moe.gate.weight|" VT_LAYER "mlp.router.weight|" VT_LAYER
                          "block_sparse_moe.router.layer.weight|" VT_LAYER "block_sparse_moe.router.weight|" VT_LAYER "mlp.gate.wg.weight"},
    {"router.b", VT_LAYER "mlp.router.bias"},
    {"router.correction", VT_LAYER "mlp.gate.e_score_correction_bias|" VT_LAYER "mlp.moe_statics.e_score_correction_bias|" VT_LAYER
                                   "mlp.gate.moe_statics.e_score_correction_bias"},
    {"experts.gate.w", VT_LAYER "mlp.experts.{}.gate_proj.weight|" VT_LAYER "block_sparse_moe.experts.{}.w1.weight|" VT_LAYER
                                "mlp.experts.gate_up_proj|" VT_LAYER "block_sparse_moe.experts.gate_up_proj|" VT_LAYER
                                "block_sparse_moe.input_linear.weight"},
    {"experts.up.w", VT_LAYER "mlp.experts.{}.up_proj.weight|" VT_LAYER "block_sparse_moe.experts.{}.w3.weight|" VT_LAYER
                              "mlp.experts.gate_up_proj|" VT_LAYER "block_sparse_moe.experts.gate_up_proj|" VT_LAYER
                              "block_sparse_moe.input_linear.weight"},
    {"experts.down.w", VT_LAYER "mlp.experts.{}.down_proj.weight|" VT_LAYER "block_sparse_moe.experts.{}.w2.weight|" VT_LAYER
                                "mlp.experts.down_proj|" VT_LAYER "block_sparse_moe.experts.down_proj|" VT_LAYER
                                "block_sparse_moe.output_linear.weight"},
    {"shared.gate.w", VT_LAYER "mlp.shared_experts.gate_proj.weight|" VT_LAYER "mlp.shared_expert.gate_proj.weight|" VT_LAYER
                               "mlp.shared_mlp.gate_proj.weight|" VT_LAYER "shared_mlp.input_linear.weight"},
    {"shared.up.w", VT_LAYER "mlp.shared_experts.up_proj.weight|" VT_LAYER "mlp.shared_expert.up_proj.weight|" VT_LAYER
                             "mlp.shared_mlp.up_proj.weight|" VT_LAYER "shared_mlp.input_linear.weight"},
    {"shared.down.w", VT_LAYER "mlp.shared_experts.down_proj.weight|" VT_LAYER "mlp.shared_expert.down_proj.weight|" VT_LAYER
                               "mlp.shared_mlp.down_proj.weight|" VT_LAYER "shared_mlp.output_linear.weight"},
    {"shared.gate.b", VT_LAYER "mlp.shared_experts.gate_proj.bias"},
    {"shared.up.b", VT_LAYER "mlp.shared_experts.up_proj.bias"},
    {"shared.down.b", VT_LAYER "mlp.shared_experts.down_proj.bias"},
    {"shared_gate.w", VT_LAYER "mlp.shared_expert_gate.weight"},
};
#undef VT_LAYER

std::span<const NameRule> hf_moe_names() {
  static const std::vector<NameRule> names = [] {
    std::vector<NameRule> list(hf_llama_names().begin(), hf_llama_names().end());
    list.insert(list.end(), std::begin(kExpertNames), std::end(kExpertNames));
    return list;
  }();
  return names;
}

/// llama.cpp's numbers of scoring functions.
static RouteRule::Score score_of(const ConfigView& config) {
  switch (config.i64_or("gating", 1)) {
    case 1: return RouteRule::Score::softmax;
    case 2: return RouteRule::Score::sigmoid;
    case 3: return RouteRule::Score::softmax_of_chosen;
    default: throw Error(ErrorKind::unsupported, cat("expert scoring function ", config.i64("gating"), " is not known"),
                         "known: 1 softmax, 2 sigmoid, 3 softmax of the chosen", config.source().path().string());
  }
}

MoeSpec read_moe(const ConfigView& config, bool used_a_layer) {
  constexpr int64_t kMostExperts = 4096, kWidest = 1 << 18;
  MoeSpec moe;
  moe.experts = int(config.count("experts", 1, kMostExperts));
  moe.route.used = used_a_layer ? 1 : int(config.count("experts_used", 1, moe.experts));
  moe.hidden = int(config.count("expert_hidden", 1, kWidest));
  moe.route.score = score_of(config);
  moe.route.scale = float(config.f64_or("route_scale", 1));
  if (moe.route.scale == 0) moe.route.scale = 1;  // llama.cpp's files write 0 for none
  moe.route.groups = config.i64_or("groups", 0) == 0 ? 1 : int(config.count("groups", 1, moe.experts));
  moe.route.groups_used = config.i64_or("groups_used", 0) == 0 ? moe.route.groups : int(config.count("groups_used", 1, moe.route.groups));
  if (moe.experts % moe.route.groups != 0) throw config.error("groups", "does not divide the number of experts");
  if (config.has("shared_hidden"))
    moe.shared_hidden = int(config.count("shared_hidden", 0, kWidest));
  else if (config.has("shared_count"))
    moe.shared_hidden = int(config.count("shared_count", 0, 64)) * moe.hidden;
  return moe;
}

MoeSpec read_sigmoid_moe(const ConfigView& config) {
  MoeSpec moe = read_moe(config);
  moe.route.score = RouteRule::Score::sigmoid;
  moe.route.group_by_two = true;
  moe.route.renormalize = config.boolean_or("renormalize", true);
  moe.route.least_sum = 1e-20f;
  moe.correction = true;
  return moe;
}

void set_sparse(ModelSpec& spec, const MoeSpec& moe, const ConfigView& config, const std::function<bool(int)>& sparse) {
  for (int i = 0; i < int(spec.layers().size()); ++i) {
    const auto stored = [&](const char* name) { return config.source().find(cat("blk.", i, ".", name, ".weight")) != nullptr; };
    const bool mixture = config.gguf() ? stored("ffn_gate_inp") || stored("ffn_up_exps") || stored("ffn_down_exps") : !sparse || sparse(i);
    if (!mixture) continue;
    LayerSpec& layer = spec.stacks[0].layers[size_t(i)];
    layer.ffn = Ffn::moe;
    layer.moe = moe;
    layer.hidden = moe.hidden;
  }
}

std::function<bool(int)> sparse_by_step(const ConfigView& config) {
  const std::vector<int64_t> dense = config.has("dense_layers") ? config.i64s("dense_layers") : std::vector<int64_t>();
  const int64_t step = config.has("sparse_step") ? config.count("sparse_step") : 1;
  return [=](int layer) { return std::find(dense.begin(), dense.end(), layer) == dense.end() && (layer + 1) % step == 0; };
}

std::function<bool(int)> sparse_from(const ConfigView& config, int64_t fallback) {
  const int64_t first = config.i64_or("first_sparse", fallback);
  return [=](int layer) { return layer >= first; };
}

void set_window(ModelSpec& spec, const ConfigView& config) {
  for (LayerSpec& layer : spec.stacks[0].layers) layer.window = int(config.i64_or("window", 0));
}

static bool ends(const Recipe& recipe, std::string_view tail) { return !recipe.pieces.empty() && recipe.pieces[0].source.ends_with(tail); }

void adjust_experts(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  const bool both = ends(recipe, "gate_up_proj") || ends(recipe, "input_linear.weight") || ends(recipe, "ffn_gate_up_exps.weight");
  if (name.layer < 0 || !both) return;
  const MoeSpec& moe = spec.layers()[size_t(name.layer)].moe;
  const int64_t width = name.canonical.starts_with("shared.") ? moe.shared_hidden : moe.hidden;
  recipe.pieces[0].from = name.canonical.find(".up.") == std::string_view::npos ? 0 : width;
  recipe.pieces[0].to = recipe.pieces[0].from + width;
}

void adjust_llama_experts(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  adjust_experts(recipe, name, spec);
  llama_adjust(recipe, name, spec);
}

}  // namespace vitrine
