// SPDX-License-Identifier: Apache-2.0
// DeepSeek-V2 (arXiv:2405.04434) and DeepSeek-V3, -R1 (arXiv:2412.19437), Kimi-K2: multi-head latent attention, mixtures with shared
// experts from some layer on. V2 chooses by softmax, V3 by sigmoid and a correction bias, both among the best groups of experts.
// llama.cpp calls both "deepseek2". The extra layers that predict further tokens are not run.
#include <cmath>

#include "engine/core/text.h"
#include "engine/io/meta_value.h"
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static constexpr KeyPair kOwnKeys[] = {
    {"q_rank", "attention.q_lora_rank", "q_lora_rank"},
    {"kv_rank", "attention.kv_lora_rank", "kv_lora_rank"},
    {"nope", "", "qk_nope_head_dim"},
    {"rope_dim", "rope.dimension_count", "qk_rope_head_dim"},
    {"v_dim", "attention.value_length_mla|attention.value_length", "v_head_dim"},
    {"key_dim", "attention.key_length_mla|attention.key_length", ""},
    {"interleaved", "", "rope_interleave"},
    {"mlp_bias", "", "mlp_bias"},
    {"yarn_log", "rope.scaling.yarn_log_multiplier", ""},
};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(moe_keys(), kOwnKeys);
  return all;
}

static constexpr NameRule kOwnNames[] = {
    {"attn.q_a.w", "model.layers.{}.self_attn.q_a_proj.weight"},
    {"attn.q_a.b", "model.layers.{}.self_attn.q_a_proj.bias"},
    {"attn.q_a_norm.w", "model.layers.{}.self_attn.q_a_layernorm.weight"},
    {"attn.q_b.w", "model.layers.{}.self_attn.q_b_proj.weight"},
    {"attn.kv_a.w", "model.layers.{}.self_attn.kv_a_proj_with_mqa.weight"},
    {"attn.kv_a.b", "model.layers.{}.self_attn.kv_a_proj_with_mqa.bias"},
    {"attn.kv_a_norm.w", "model.layers.{}.self_attn.kv_a_layernorm.weight"},
    {"attn.k_up.w", "model.layers.{}.self_attn.kv_b_proj.weight"},
    {"attn.v_up.w", "model.layers.{}.self_attn.kv_b_proj.weight"},
};

static std::span<const NameRule> names() {
  static const std::vector<NameRule> all = [] {
    std::vector<NameRule> list(hf_moe_names().begin(), hf_moe_names().end());
    list.insert(list.end(), std::begin(kOwnNames), std::end(kOwnNames));
    return list;
  }();
  return all;
}

static bool third_generation(const ConfigView& config) {
  if (config.gguf()) return config.i64_or("gating", 1) == 2;
  const std::string* type = meta_str(config.source().meta("model_type"));
  return type && *type != "deepseek_v2";
}

static LatentSpec read_latent(const ConfigView& config) {
  LatentSpec latent;
  latent.q_rank = config.has("q_rank") ? int(config.count("q_rank", 0)) : 0;
  latent.kv_rank = int(config.count("kv_rank", 1, 1 << 16));
  latent.rope = int(config.count("rope_dim", 2, 4096));
  latent.v = int(config.count("v_dim", 1, 4096));
  latent.nope = int(config.gguf() ? config.count("key_dim", latent.rope + 1, 8192) - latent.rope : config.count("nope", 1, 4096));
  if (latent.rope % 2 != 0) throw config.error("rope_dim", "is odd");
  return latent;
}

static MoeSpec read_mixture(const ConfigView& config) {
  if (third_generation(config)) return read_sigmoid_moe(config);
  MoeSpec moe = read_moe(config);
  moe.route.renormalize = config.gguf() && config.boolean_or("renormalize", false);  // the reference implementation never does
  moe.expert_bias = false;
  const std::string choice = config.str_or("choice", moe.route.groups_used < moe.route.groups ? "group_limited_greedy" : "greedy");
  if (choice == "greedy")
    moe.route.groups = moe.route.groups_used = 1;
  else if (choice != "group_limited_greedy")
    throw Error(ErrorKind::unsupported, cat("topk_method \"", choice, "\" is not known"), "known: greedy, group_limited_greedy",
                config.source().path().string());
  return moe;
}

/// 0.1 m ln(factor) + 1: scores are multiplied with its square where YaRN's mscale_all_dim asks for it.
static double yarn_mscale(double factor, double m) { return factor <= 1 ? 1 : 0.1 * m * std::log(factor) + 1; }

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const LatentSpec latent = read_latent(config);
  spec.ropes[0] = read_rope(config, "rope", latent.rope, 10000);
  RopeSpec& rope = spec.ropes[0];
  rope.interleaved = config.boolean_or("interleaved", true);
  if (config.has("yarn_log")) rope.mscale = rope.mscale_all_dim = 10 * config.f64("yarn_log");
  float scale = 1.0f / std::sqrt(float(latent.nope + latent.rope));
  if (rope.kind != RopeSpec::Kind::standard && rope.mscale_all_dim != 0)
    scale = float(double(scale) * std::pow(yarn_mscale(rope.factor, rope.mscale_all_dim), 2));
  for (LayerSpec& layer : spec.stacks[0].layers) {
    if (layer.heads > 4096) throw config.error("heads", "is more than 4096");
    layer.mixer = Mixer::latent;
    layer.latent = latent;
    layer.head_dim = latent.nope + latent.rope;
    layer.kv_heads = 1;
    layer.score_scale = scale;
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.ffn_bias = config.boolean_or("mlp_bias", false);
  }
  set_sparse(spec, read_mixture(config), config, sparse_from(config, third_generation(config) ? 3 : 0));
  return spec;
}

/// k_up and v_up are rows of one matrix, head after head (nope rows, then v rows); newer GGUF files hold stacks of both, k_up transposed.
static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  adjust_experts(recipe, name, spec);
  const bool k = name.canonical == "attn.k_up.w", v = name.canonical == "attn.v_up.w";
  if ((!k && !v) || recipe.pieces.empty()) return;
  const LatentSpec& latent = spec.layers()[size_t(name.layer)].latent;
  Piece& piece = recipe.pieces[0];
  const bool stacked = piece.source.ends_with("attn_k_b.weight") || piece.source.ends_with("attn_v_b.weight");
  if (k) recipe.transpose = latent.absorbed != stacked;
  if (stacked) return;
  piece.index = -1;
  piece.from = int64_t(name.expert) * (latent.nope + latent.v) + (v ? latent.nope : 0);
  piece.to = piece.from + (v ? latent.v : latent.nope);
}

Architecture deepseek() {
  return {.id = "deepseek", .gguf_names = {"deepseek2"}, .hf_model_types = {"deepseek_v2", "deepseek_v3"}, .keys = keys(), .hf_names = names(),
          .spec = spec, .adjust = adjust};
}

}  // namespace vitrine
