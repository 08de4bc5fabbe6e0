// SPDX-License-Identifier: Apache-2.0
// Bamba (IBM 2024): Mamba-2 layers, some attention with a rotary embedding of half the channels, a gated feed-forward after each.
#include <algorithm>

#include "engine/model/arch/all.h"
#include "engine/model/arch/jamba_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.tied_head = config.boolean_or("tied", false);
  spec.ropes = {read_partial_rope(config, spec.layers()[0].head_dim, config.f64_or("rotary_part", 0.5), 10000)};
  const std::vector<int64_t> attending = config.has("attention_layers") ? config.i64s("attention_layers") : std::vector<int64_t>();
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.ffn_bias = config.boolean_or("mlp_bias", false);
    if (std::find(attending.begin(), attending.end(), int64_t(i)) != attending.end()) continue;
    layer.mamba2 = read_mamba2(config, spec.dim);
    without_attention(layer, Mixer::mamba2);
  }
  return spec;
}

Architecture bamba() {
  static const std::vector<KeyPair> keys = state_keys({
      {"attention_layers", "", "attn_layer_indices"},
      {"attention_bias", "", "attention_bias"},
      {"mlp_bias", "", "mlp_bias"},
      {"partial_rotary", "", ""},
  });
  return {.id = "bamba", .gguf_names = {}, .hf_model_types = {"bamba"}, .keys = keys, .hf_names = hf_jamba_names(), .spec = spec,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
