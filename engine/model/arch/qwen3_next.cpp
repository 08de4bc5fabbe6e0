// SPDX-License-Identifier: Apache-2.0
// Qwen3-Next (Qwen 2025): three layers of Gated DeltaNet to one of gated attention, mixtures with a shared expert, norm weights stored minus
// one. Projections are stored by key head; llama.cpp writes q, k, v and the gate apart.
#include "engine/core/text.h"
#include "engine/model/arch/moe_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static constexpr NameRule kOwnNames[] = {
    {"attn.gate.w", "model.layers.{}.self_attn.q_proj.weight"},
    {"attn.gate.b", "model.layers.{}.self_attn.q_proj.bias"},
    {"ssm.in.w", "model.layers.{}.linear_attn.in_proj_qkvz.weight"},
    {"ssm.rates.w", "model.layers.{}.linear_attn.in_proj_ba.weight"},
    {"ssm.conv.w", "model.layers.{}.linear_attn.conv1d.weight"},
    {"ssm.dt.b", "model.layers.{}.linear_attn.dt_bias"},
    {"ssm.a_log", "model.layers.{}.linear_attn.A_log"},
    {"ssm.norm.w", "model.layers.{}.linear_attn.norm.weight"},
    {"ssm.out.w", "model.layers.{}.linear_attn.out_proj.weight"},
};

static std::span<const NameRule> names() {
  static const std::vector<NameRule> all = [] {
    std::vector<NameRule> list(std::begin(kOwnNames), std::end(kOwnNames));
    list.insert(list.end(), hf_moe_names().begin(), hf_moe_names().end());
    return list;
  }();
  return all;
}

static GatedDeltaSpec read_delta(const ConfigView& config) {
  GatedDeltaSpec d{.key_heads = int(config.count("key_heads", 1, 4096)), .heads = int(config.count("value_heads", 1, 4096)),
                   .key_dim = int(config.count("key_dim", 1, 4096)), .taps = int(config.count("ssm.taps", 1, 64)),
                   .activation = activation_of(config, "activation", Activation::silu)};
  d.value_dim = config.gguf() ? int(config.count("ssm.inner") / d.heads) : int(config.count("value_dim", 1, 4096));
  if (d.heads % d.key_heads != 0) throw config.error("value_heads", "is not a multiple of the key heads");
  return d;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.norm_eps = float(config.f64_or("rms_eps", 1e-6));
  spec.ropes = {read_partial_rope(config, spec.layers()[0].head_dim, config.f64_or("rotary_part", 0.25), 10000)};
  const GatedDeltaSpec delta = read_delta(config);
  const std::vector<std::string> types = layer_types(config);
  const int64_t interval = config.has("interval") ? config.count("interval") : 4;
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.qk_norm = layer.attention_gate = true;
    if (types.empty() ? (int64_t(i) + 1) % interval == 0 : types[i] == "full_attention") continue;
    layer.gated_delta = delta;
    layer.qk_norm = layer.attention_gate = false;
    without_attention(layer, Mixer::gated_delta);
  }
  if (config.i64_or("experts", 0) == 0) return spec;
  MoeSpec moe = read_moe(config);
  moe.route.renormalize = config.boolean_or("renormalize", true);
  moe.shared_gate = moe.shared_hidden > 0;
  set_sparse(spec, moe, config, sparse_by_step(config));
  return spec;
}

/// Rows of one part of every group, group by group: a group has `rows` rows, the part `count` of them from `first`.
static void pick(std::vector<int32_t>& order, int groups, int64_t rows, int64_t first, int64_t count) {
  for (int group = 0; group < groups; ++group)
    for (int64_t i = 0; i < count; ++i) order.push_back(int32_t(group * rows + first + i));
}

static void adjust_delta(Recipe& recipe, const NameContext& name, const GatedDeltaSpec& d) {
  const int64_t values = int64_t(d.heads / d.key_heads), width = values * d.value_dim, rows = 2 * int64_t(d.key_dim) + 2 * width;
  if (name.canonical == "ssm.in.w") {
    pick(recipe.row_order, d.key_heads, rows, 0, d.key_dim);                       // q
    pick(recipe.row_order, d.key_heads, rows, d.key_dim, d.key_dim);               // k
    pick(recipe.row_order, d.key_heads, rows, 2 * int64_t(d.key_dim), width);      // v
    pick(recipe.row_order, d.key_heads, rows, 2 * int64_t(d.key_dim) + width, width);  // gate
  }
  if (name.canonical == "ssm.rates.w")
    for (int64_t part = 0; part < 2; ++part) pick(recipe.row_order, d.key_heads, 2 * values, part * values, values);
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  adjust_experts(recipe, name, spec);
  const bool shifted = name.canonical == "norm1.w" || name.canonical == "norm2.w" || name.canonical == "final_norm.w" ||
                       name.canonical == "attn.q_norm.w" || name.canonical == "attn.k_norm.w";
  if (!name.gguf && shifted) recipe.add = 1;
  if (name.layer < 0) return;
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  if (layer.mixer == Mixer::gated_delta) {
    if (name.gguf && name.canonical == "ssm.in.w" && !recipe.pieces[0].source.ends_with("ssm_in.weight")) {
      const GatedDeltaSpec& d = layer.gated_delta;                                  // in order already
      recipe.pieces[0].to = 2 * int64_t(d.key_heads) * d.key_dim + int64_t(d.heads) * d.value_dim;
      recipe.pieces.push_back({.source = cat("blk.", name.layer, ".attn_gate.weight"), .to = int64_t(d.heads) * d.value_dim});
      return;
    }
    return adjust_delta(recipe, name, layer.gated_delta);
  }
  const bool query = name.canonical.starts_with("attn.q.");
  if (name.gguf && name.canonical.starts_with("attn.gate.")) recipe.pieces = {{cat("blk.", name.layer, ".attn_q", name.canonical.substr(9) == ".w" ? ".weight" : ".bias")}};
  if (query || name.canonical.starts_with("attn.gate."))  // each head: query, then gate
    pick(recipe.row_order, layer.heads, 2 * int64_t(layer.head_dim), query ? 0 : layer.head_dim, layer.head_dim);
}

Architecture qwen3_next() {
  static const std::vector<KeyPair> keys = state_keys({
      {"key_heads", "ssm.group_count", "linear_num_key_heads"},
      {"value_heads", "ssm.time_step_rank", "linear_num_value_heads"},
      {"key_dim", "ssm.state_size", "linear_key_head_dim"},
      {"value_dim", "", "linear_value_head_dim"},
      {"ssm.taps", "ssm.conv_kernel", "linear_conv_kernel_dim"},
      {"interval", "full_attention_interval", "full_attention_interval"},
      {"attention_bias", "", "attention_bias"},
      {"partial_rotary", "", ""},
  }, moe_keys());
  return {.id = "qwen3_next", .gguf_names = {"qwen3next"}, .hf_model_types = {"qwen3_next"}, .keys = keys, .hf_names = names(), .spec = spec,
          .adjust = adjust};
}

}  // namespace vitrine
