// SPDX-License-Identifier: Apache-2.0
// Mamba (Gu & Dao 2023, arXiv:2312.00752): selective state spaces, no attention, no feed-forward.
#include "engine/model/arch/all.h"
#include "engine/model/arch/mamba_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "backbone.embeddings.weight|backbone.embedding.weight"},
    {"norm1.w", "backbone.layers.{}.norm.weight"},
    {"final_norm.w", "backbone.norm_f.weight"},
    {"head.w", "lm_head.weight"},
};

std::span<const NameRule> hf_mamba_names() {
  static const std::span<const NameRule> names = state_names(kNames, {"backbone.layers.{}.mixer."});
  return names;
}

/// llama.cpp writes FalconMamba under the same name and says "dt_b_c_rms".
ModelSpec mamba_spec(const ConfigView& config) {
  ModelSpec spec = read_stateful(config);
  spec.tied_head = !config.gguf() && config.boolean_or("tied", true);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.mixer = Mixer::mamba;
    layer.mamba = read_mamba(config, spec.dim);
    layer.mamba.norms = config.boolean_or("ssm.norms", false);
    layer.mamba.norm_eps = float(config.f64_or("ssm.norm_eps", config.gguf() ? spec.norm_eps : 1e-6));
  }
  return spec;
}

Architecture mamba() {
  static const std::vector<KeyPair> keys = state_keys();
  return {.id = "mamba", .gguf_names = {"mamba"}, .hf_model_types = {"mamba"}, .keys = keys, .hf_names = hf_mamba_names(), .spec = mamba_spec,
          .adjust = mamba_adjust, .padding_row = {.declared = false}};
}

}  // namespace vitrine
