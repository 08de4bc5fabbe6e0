// SPDX-License-Identifier: Apache-2.0
// GPT-J (Wang & Komatsuzaki 2021): attention and MLP in parallel on one norm, interleaved rotary embedding of the first rotary_dim
// channels, a bias in the head.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.wte.weight"},
    {"norm1.w", "transformer.h.{}.ln_1.weight"},
    {"norm1.b", "transformer.h.{}.ln_1.bias"},
    {"attn.q.w", "transformer.h.{}.attn.q_proj.weight"},
    {"attn.k.w", "transformer.h.{}.attn.k_proj.weight"},
    {"attn.v.w", "transformer.h.{}.attn.v_proj.weight"},
    {"attn.o.w", "transformer.h.{}.attn.out_proj.weight"},
    {"mlp.up.w", "transformer.h.{}.mlp.fc_in.weight"},
    {"mlp.up.b", "transformer.h.{}.mlp.fc_in.bias"},
    {"mlp.down.w", "transformer.h.{}.mlp.fc_out.weight"},
    {"mlp.down.b", "transformer.h.{}.mlp.fc_out.bias"},
    {"final_norm.w", "transformer.ln_f.weight"},
    {"final_norm.b", "transformer.ln_f.bias"},
    {"head.w", "lm_head.weight"},
    {"head.b", "lm_head.bias"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu_tanh});
  use_layer_norm(config, spec);
  spec.head_bias = true;
  spec.ropes[0].interleaved = true;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.parallel = layer.shared_norm = true;
    layer.ffn_bias = true;
  }
  return spec;
}

Architecture gptj() {
  return {.id = "gptj", .gguf_names = {"gptj"}, .hf_model_types = {"gptj"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .padding_row = {.declared = false}};
}

}  // namespace vitrine
