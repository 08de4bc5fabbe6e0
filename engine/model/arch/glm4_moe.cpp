// SPDX-License-Identifier: Apache-2.0
// GLM-4.5 (arXiv:2508.06471): DeepSeek-V3's mixtures in a stack with grouped queries; the first half of each head is rotated.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

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
  set_sparse(spec, read_sigmoid_moe(config), config, sparse_from(config, 1));
  return spec;
}

Architecture glm4_moe() {
  return {.id = "glm4_moe", .gguf_names = {"glm4moe"}, .hf_model_types = {"glm4_moe"}, .keys = moe_keys(), .hf_names = hf_moe_names(),
          .spec = glm_spec, .adjust = adjust_experts};
}

}  // namespace vitrine
