// SPDX-License-Identifier: Apache-2.0
// CodeGen (arXiv:2203.13474): GPT-J with q, v and k (in this order) in one matrix of four slices, one for each core it was trained on.
#include "engine/model/arch/all.h"

namespace vitrine {

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
  Architecture architecture = gptj();
  architecture.id = "codegen";
  architecture.gguf_names = {};
  architecture.hf_model_types = {"codegen"};
  architecture.adjust = adjust;
  return architecture;
}

}  // namespace vitrine
