// SPDX-License-Identifier: Apache-2.0
// Jamba (Lieber et al. 2024, arXiv:2403.19887): Mamba layers with normed rank, b and c, attention without positions now and then, experts
// in every other feed-forward.
#include "engine/model/arch/all.h"
#include "engine/model/arch/jamba_family.h"
#include "engine/model/arch/moe_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.embed_tokens.weight"},
    {"norm1.w", "model.layers.{}.input_layernorm.weight"},
    {"attn.q.w", "model.layers.{}.self_attn.q_proj.weight"},
    {"attn.q.b", "model.layers.{}.self_attn.q_proj.bias"},
    {"attn.k.w", "model.layers.{}.self_attn.k_proj.weight"},
    {"attn.k.b", "model.layers.{}.self_attn.k_proj.bias"},
    {"attn.v.w", "model.layers.{}.self_attn.v_proj.weight"},
    {"attn.v.b", "model.layers.{}.self_attn.v_proj.bias"},
    {"attn.o.w", "model.layers.{}.self_attn.o_proj.weight"},
    {"attn.o.b", "model.layers.{}.self_attn.o_proj.bias"},
    {"norm2.w", "model.layers.{}.pre_ff_layernorm.weight"},
    {"mlp.gate.w", "model.layers.{}.feed_forward.gate_proj.weight"},
    {"mlp.gate.b", "model.layers.{}.feed_forward.gate_proj.bias"},
    {"mlp.up.w", "model.layers.{}.feed_forward.up_proj.weight"},
    {"mlp.up.b", "model.layers.{}.feed_forward.up_proj.bias"},
    {"mlp.down.w", "model.layers.{}.feed_forward.down_proj.weight"},
    {"mlp.down.b", "model.layers.{}.feed_forward.down_proj.bias"},
    {"final_norm.w", "model.final_layernorm.weight"},
    {"head.w", "lm_head.weight"},
};

std::span<const NameRule> hf_jamba_names() {
  static const std::span<const NameRule> names = state_names(kNames, {"model.layers.{}.mamba."});
  return names;
}

static constexpr NameRule kExpertNames[] = {
    {"router.w", "model.layers.{}.feed_forward.router.weight"},
    {"experts.gate.w", "model.layers.{}.feed_forward.experts.{}.gate_proj.weight|model.layers.{}.feed_forward.experts.gate_up_proj"},
    {"experts.up.w", "model.layers.{}.feed_forward.experts.{}.up_proj.weight|model.layers.{}.feed_forward.experts.gate_up_proj"},
    {"experts.down.w", "model.layers.{}.feed_forward.experts.{}.down_proj.weight|model.layers.{}.feed_forward.experts.down_proj"},
};

static std::span<const NameRule> names() {
  static const std::vector<NameRule> all = [] {
    std::vector<NameRule> list(hf_jamba_names().begin(), hf_jamba_names().end());
    list.insert(list.end(), std::begin(kExpertNames), std::end(kExpertNames));
    return list;
  }();
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.norm_eps = float(config.f64_or("rms_eps", 1e-6));
  spec.ropes.clear();
  MambaSpec mixer = read_mamba(config, spec.dim);
  mixer.norms = mixer.norm_weights = true;
  mixer.norm_eps = spec.norm_eps;
  const int64_t period = config.i64_or("attention_period", 8), offset = config.i64_or("attention_offset", 4);
  if (period < 1) throw config.error("attention_period", "is not positive");
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.rope = -1;
    if (config.gguf() ? layer.kv_heads > 0 : int64_t(i) % period == offset) continue;
    layer.mamba = mixer;
    without_attention(layer, Mixer::mamba);
  }
  if (config.i64_or("experts", 16) <= 1) return spec;
  const int64_t expert_period = config.i64_or("expert_period", 2), expert_offset = config.i64_or("expert_offset", 1);
  if (expert_period < 1) throw config.error("expert_period", "is not positive");
  set_sparse(spec, read_moe(config), config, [=](int layer) { return layer % expert_period == expert_offset; });
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  mamba_adjust(recipe, name, spec);
  adjust_experts(recipe, name, spec);
}

Architecture jamba() {
  static const std::vector<KeyPair> keys = state_keys({
      {"attention_period", "", "attn_layer_period"},
      {"attention_offset", "", "attn_layer_offset"},
      {"expert_period", "", "expert_layer_period"},
      {"expert_offset", "", "expert_layer_offset"},
  }, moe_keys());
  return {.id = "jamba", .gguf_names = {"jamba"}, .hf_model_types = {"jamba"}, .keys = keys, .hf_names = names(), .spec = spec, .adjust = adjust,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
