// SPDX-License-Identifier: Apache-2.0
// EXAONE 3 and 3.5 (arXiv:2408.03541): Llama under GPT-2's names.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.wte.weight"},
    {"norm1.w", "transformer.h.{}.ln_1.weight"},
    {"attn.q.w", "transformer.h.{}.attn.attention.q_proj.weight"},
    {"attn.k.w", "transformer.h.{}.attn.attention.k_proj.weight"},
    {"attn.v.w", "transformer.h.{}.attn.attention.v_proj.weight"},
    {"attn.o.w", "transformer.h.{}.attn.attention.out_proj.weight"},
    {"norm2.w", "transformer.h.{}.ln_2.weight"},
    {"mlp.gate.w", "transformer.h.{}.mlp.c_fc_0.weight"},
    {"mlp.up.w", "transformer.h.{}.mlp.c_fc_1.weight"},
    {"mlp.down.w", "transformer.h.{}.mlp.c_proj.weight"},
    {"final_norm.w", "transformer.ln_f.weight"},
    {"head.w", "lm_head.weight"},
};

static ModelSpec spec(const ConfigView& config) { return read_decoder(config); }

Architecture exaone() {
  return {.id = "exaone", .gguf_names = {"exaone"}, .hf_model_types = {"exaone"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec};
}

}  // namespace vitrine
