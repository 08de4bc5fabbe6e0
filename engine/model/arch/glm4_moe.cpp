// SPDX-License-Identifier: Apache-2.0
// GLM-4.5 (arXiv:2508.06471) and dots.llm1 (arXiv:2506.05767): DeepSeek-V3's mixtures in a stack with grouped queries; GLM rotates the
// first half of each head only, dots always norms q and k and may have sliding windows.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static MoeSpec mixture(const ConfigView& config) {
  MoeSpec moe = read_moe(config);
  moe.route.score = RouteRule::Score::sigmoid;
  moe.route.group_by_two = true;
  moe.route.renormalize = config.boolean_or("renormalize", true);
  moe.route.least_sum = 1e-20f;
  moe.correction = true;
  return moe;
}

/// The extra layers that predict further tokens are counted in a GGUF file and not run.
static void drop_extra_layers(ModelSpec& spec, const ConfigView& config) {
  const int64_t extra = config.i64_or("extra_layers", 0), layers = int64_t(spec.layers().size());
  if (extra < 0 || extra >= layers) throw config.error("extra_layers", "leaves no layer");
  spec.stacks[0].layers.resize(size_t(layers - extra));
}

static ModelSpec glm_spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  drop_extra_layers(spec, config);
  if (!config.gguf() && !config.has("partial_rotary")) spec.ropes[0] = read_rope(config, "rope", spec.layers()[0].head_dim / 2, 10000);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = config.boolean_or("attention_bias", false);
    layer.qk_norm = config.gguf() ? stored_in_layers(config, "attn_q_norm.weight") : config.boolean_or("use_qk_norm", false);
  }
  set_sparse(spec, mixture(config), config, sparse_from(config, 1));
  return spec;
}

Architecture glm4_moe() {
  return {.id = "glm4_moe", .gguf_names = {"glm4moe"}, .hf_model_types = {"glm4_moe"}, .keys = moe_keys(), .hf_names = hf_moe_names(),
          .spec = glm_spec, .adjust = adjust_experts};
}

static ModelSpec dots_spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const int window = int(config.i64_or("window", 4096));
  const std::vector<bool> sliding = sliding_layers(config);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.qk_norm = true;
    layer.window = !sliding.empty() && sliding[i] ? window : 0;
  }
  set_sparse(spec, mixture(config), config, sparse_from(config, 0));
  return spec;
}

Architecture dots1() {
  return {.id = "dots1", .gguf_names = {"dots1"}, .hf_model_types = {"dots1"}, .keys = moe_keys(), .hf_names = hf_moe_names(), .spec = dots_spec,
          .adjust = adjust_experts};
}

}  // namespace vitrine
