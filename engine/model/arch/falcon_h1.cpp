// SPDX-License-Identifier: Apache-2.0
// Falcon-H1 (Zuo et al. 2025, arXiv:2507.22448): Mamba-2 and attention side by side in every layer, multipliers in many places.
// llama.cpp moves the multipliers into the weights.
#include <algorithm>

#include "engine/model/arch/all.h"
#include "engine/model/arch/jamba_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  const auto factor = [&](const char* name) { return float(config.f64_or(name, 1)); };
  spec.tied_head = !config.gguf() && config.boolean_or("tied", false);
  spec.embed_scale = factor("embedding_multiplier");
  spec.logit_scale = factor("lm_head_multiplier");
  Mamba2Spec mixer = read_mamba2(config, spec.dim, int(config.i64_or("ssm.inner", 0)));
  mixer.norm = config.gguf() ? stored_in_layers(config, "ssm_norm.weight") : config.boolean_or("ssm.norm", false);
  mixer.norm_first = config.boolean_or("ssm.norm_first", true);
  mixer.out_bias = config.boolean_or("ssm.out_bias", false);
  mixer.in_scale = factor("ssm.in_scale");
  mixer.out_scale = factor("ssm.out_scale");
  if (config.has("ssm.part_scales"))
    for (double scale : config.f64s("ssm.part_scales", 5)) mixer.part_scales.push_back(float(scale));
  if (std::all_of(mixer.part_scales.begin(), mixer.part_scales.end(), [](float scale) { return scale == 1; })) mixer.part_scales.clear();
  const std::vector<double> ffn = config.has("mlp_multipliers") ? config.f64s("mlp_multipliers", 2) : std::vector<double>{1, 1};
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.mixer = Mixer::mamba2;
    layer.mamba2 = mixer;
    layer.attention_beside = true;
    layer.score_scale *= factor("key_multiplier");                     // keys times m: scores times m
    layer.attn_in_scale = factor("attention_in_multiplier");
    layer.attn_out_scale = factor("attention_out_multiplier");
    layer.ffn_gate_scale = float(ffn[0]);
    layer.ffn_out_scale = float(ffn[1]);
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.ffn_bias = config.boolean_or("mlp_bias", false);
  }
  return spec;
}

Architecture falcon_h1() {
  static const std::vector<KeyPair> keys = state_keys({
      {"embedding_multiplier", "", "embedding_multiplier"},
      {"lm_head_multiplier", "", "lm_head_multiplier"},
      {"key_multiplier", "", "key_multiplier"},
      {"attention_in_multiplier", "", "attention_in_multiplier"},
      {"attention_out_multiplier", "", "attention_out_multiplier"},
      {"mlp_multipliers", "", "mlp_multipliers"},
      {"ssm.in_scale", "", "ssm_in_multiplier"},
      {"ssm.out_scale", "", "ssm_out_multiplier"},
      {"ssm.part_scales", "", "ssm_multipliers"},
      {"ssm.norm", "", "mamba_rms_norm"},
      {"ssm.norm_first", "", "mamba_norm_before_gate"},
      {"ssm.out_bias", "", "projectors_bias"},
      {"attention_bias", "", "attention_bias"},
      {"mlp_bias", "", "mlp_bias"},
  });
  return {.id = "falcon_h1", .gguf_names = {"falcon-h1"}, .hf_model_types = {"falcon_h1"}, .keys = keys, .hf_names = hf_jamba_names(), .spec = spec,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
