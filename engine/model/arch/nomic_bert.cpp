// SPDX-License-Identifier: Apache-2.0
// Nomic BERT (arXiv:2402.01613), the model of nomic-embed-text: BERT with rotary positions, a gated feed-forward and no biases in its layers.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

#define VT_LAYER "nomic_bert.encoder.layers.{}."
static constexpr NameRule kNames[] = {
    {"embed.w", "nomic_bert.embeddings.word_embeddings.weight"},
    {"token_types.w", "nomic_bert.embeddings.token_type_embeddings.weight"},
    {"embed_norm.w", "nomic_bert.emb_ln.weight"},
    {"embed_norm.b", "nomic_bert.emb_ln.bias"},
    {"attn.o.w", VT_LAYER "attn.out_proj.weight"},
    {"norm1.w", VT_LAYER "norm1.weight"},
    {"norm1.b", VT_LAYER "norm1.bias"},
    {"mlp.gate.w", VT_LAYER "mlp.fc12.weight"},
    {"mlp.up.w", VT_LAYER "mlp.fc11.weight"},
    {"mlp.down.w", VT_LAYER "mlp.fc2.weight"},
    {"norm2.w", VT_LAYER "norm2.weight"},
    {"norm2.b", VT_LAYER "norm2.bias"},
    {"head_dense.w", "cls.predictions.transform.dense.weight"},
    {"head_dense.b", "cls.predictions.transform.dense.bias"},
    {"head_norm.w", "cls.predictions.transform.layer_norm.weight"},
    {"head_norm.b", "cls.predictions.transform.layer_norm.bias"},
    {"head.w", "cls.predictions.decoder.weight"},
    {"head.b", "cls.predictions.decoder.bias|cls.predictions.bias"},
};
#undef VT_LAYER

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bert(config, kNames);
  spec.learned_positions = 0;
  spec.ropes = {read_rope(config, "rope", spec.layers()[0].head_dim, 1000)};
  spec.head_activation = activation_of(config, "activation", Activation::silu);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.ffn = Ffn::glu;
    layer.activation = spec.head_activation;
    layer.rope = 0;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = false;
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (!name.gguf && name.layer >= 0) split_qkv(recipe, name, spec, "nomic_bert.encoder.layers.{}.attn.Wqkv", FusedQkv::stacked);
}

Architecture nomic_bert() {
  return {.id = "nomic_bert", .gguf_names = {"nomic-bert"}, .hf_model_types = {"nomic_bert"}, .keys = encoder_keys(), .hf_names = kNames, .spec = spec,
          .adjust = adjust, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
