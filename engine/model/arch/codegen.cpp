// SPDX-License-Identifier: Apache-2.0
// CodeGen (arXiv:2203.13474): GPT-J with q, v and k (in this order) in one matrix of four slices, one for each core it was trained on.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.wte.weight"},
    {"norm1.w", "transformer.h.{}.ln_1.weight"},
    {"norm1.b", "transformer.h.{}.ln_1.bias"},
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
  spec.ropes[0].interleaved = true;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.parallel = layer.shared_norm = true;
    layer.ffn_bias = true;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0) return;
  const int part = name.canonical == "attn.q.w" ? 0 : name.canonical == "attn.v.w" ? 1 : name.canonical == "attn.k.w" ? 2 : -1;
  if (part < 0) return;
  constexpr int kSlices = 4;
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  const int rows = layer.heads * layer.head_dim / kSlices;
  recipe.pieces = {{at_layer("transformer.h.{}.attn.qkv_proj.weight", name.layer)}};
  for (int slice = 0; slice < kSlices; ++slice)
    for (int row = 0; row < rows; ++row) recipe.row_order.push_back((3 * slice + part) * rows + row);
}

Architecture codegen() {
  return {.id = "codegen", .gguf_names = {}, .hf_model_types = {"codegen"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .adjust = adjust};
}

}  // namespace vitrine
