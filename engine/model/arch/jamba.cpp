// SPDX-License-Identifier: Apache-2.0
// Jamba (Lieber et al. 2024, arXiv:2403.19887): Mamba layers with normed rank, b and c, attention without positions now and then, experts
// in every other feed-forward.
#include "engine/model/arch/all.h"
#include "engine/model/arch/jamba_family.h"
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

}  // namespace vitrine
