// SPDX-License-Identifier: Apache-2.0
// ALBERT (arXiv:1909.11942): BERT whose layers share their weights within a group, with narrow embeddings that are always projected.
#include "engine/core/text.h"
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "albert.embeddings.word_embeddings.weight"},
    {"positions.w", "albert.embeddings.position_embeddings.weight"},
    {"token_types.w", "albert.embeddings.token_type_embeddings.weight"},
    {"embed_norm.w", "albert.embeddings.LayerNorm.weight"},
    {"embed_norm.b", "albert.embeddings.LayerNorm.bias"},
    {"embed_in.w", "albert.encoder.embedding_hidden_mapping_in.weight"},
    {"embed_in.b", "albert.encoder.embedding_hidden_mapping_in.bias"},
    {"attn.q.w", "attention.query.weight"},
    {"attn.q.b", "attention.query.bias"},
    {"attn.k.w", "attention.key.weight"},
    {"attn.k.b", "attention.key.bias"},
    {"attn.v.w", "attention.value.weight"},
    {"attn.v.b", "attention.value.bias"},
    {"attn.o.w", "attention.dense.weight"},
    {"attn.o.b", "attention.dense.bias"},
    {"norm1.w", "attention.LayerNorm.weight"},
    {"norm1.b", "attention.LayerNorm.bias"},
    {"mlp.up.w", "ffn.weight"},
    {"mlp.up.b", "ffn.bias"},
    {"mlp.down.w", "ffn_output.weight"},
    {"mlp.down.b", "ffn_output.bias"},
    {"norm2.w", "full_layer_layer_norm.weight"},
    {"norm2.b", "full_layer_layer_norm.bias"},
    {"pooler.w", "albert.pooler.weight"},
    {"pooler.b", "albert.pooler.bias"},
    {"head_dense.w", "predictions.dense.weight"},
    {"head_dense.b", "predictions.dense.bias"},
    {"head_norm.w", "predictions.LayerNorm.weight"},
    {"head_norm.b", "predictions.LayerNorm.bias"},
    {"head.w", "predictions.decoder.weight"},
    {"head.b", "predictions.bias|predictions.decoder.bias"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bert(config, kNames);
  project_embeddings(config, spec);
  spec.late_projection = true;
  const int steps = int(spec.layers().size()), groups = config.has("groups") ? int(config.count("groups", 1, steps)) : 1;
  spec.inner_layers = config.has("inner_layers") ? int(config.count("inner_layers", 1, 64)) : 1;
  const LayerSpec layer = spec.layers()[0];
  spec.stacks[0].layers.clear();
  std::vector<int> first_of_group;
  for (int step = 0; step < steps; ++step) {
    const int group = int(step / (double(steps) / groups)), first = step * spec.inner_layers;
    const bool own = group == int(first_of_group.size());
    if (own) first_of_group.push_back(first);
    for (int inner = 0; inner < spec.inner_layers; ++inner) {
      spec.stacks[0].layers.push_back(layer);
      spec.stacks[0].layers.back().shared_with = own ? -1 : first_of_group[size_t(group)] + inner;
    }
  }
  return spec;
}

/// Only the layers with weights of their own are asked for: they are the groups' layers in order.
static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  own_head_bias(recipe, name, spec);
  if (name.layer < 0 || recipe.pieces.empty()) return;
  int own = 0;
  for (int i = 0; i < name.layer; ++i) own += spec.layers()[size_t(i)].shared_with < 0;
  recipe.pieces[0].source = cat("albert.encoder.albert_layer_groups.", own / spec.inner_layers, ".albert_layers.", own % spec.inner_layers, ".",
                                recipe.pieces[0].source);
}

Architecture albert() {
  return {.id = "albert", .gguf_names = {}, .hf_model_types = {"albert"}, .keys = encoder_keys(), .hf_names = kNames, .spec = spec, .adjust = adjust,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
