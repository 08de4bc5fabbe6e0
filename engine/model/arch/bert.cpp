// SPDX-License-Identifier: Apache-2.0
// BERT (arXiv:1810.04805): bidirectional encoder, norms after each sum, learned positions and segments, masked-language head
// (dense, activation, norm, tied decoder) or pooler.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "bert.embeddings.word_embeddings.weight"},
    {"positions.w", "bert.embeddings.position_embeddings.weight"},
    {"token_types.w", "bert.embeddings.token_type_embeddings.weight"},
    {"embed_norm.w", "bert.embeddings.LayerNorm.weight"},
    {"embed_norm.b", "bert.embeddings.LayerNorm.bias"},
    {"attn.q.w", "bert.encoder.layer.{}.attention.self.query.weight"},
    {"attn.q.b", "bert.encoder.layer.{}.attention.self.query.bias"},
    {"attn.k.w", "bert.encoder.layer.{}.attention.self.key.weight"},
    {"attn.k.b", "bert.encoder.layer.{}.attention.self.key.bias"},
    {"attn.v.w", "bert.encoder.layer.{}.attention.self.value.weight"},
    {"attn.v.b", "bert.encoder.layer.{}.attention.self.value.bias"},
    {"attn.o.w", "bert.encoder.layer.{}.attention.output.dense.weight"},
    {"attn.o.b", "bert.encoder.layer.{}.attention.output.dense.bias"},
    {"norm1.w", "bert.encoder.layer.{}.attention.output.LayerNorm.weight"},
    {"norm1.b", "bert.encoder.layer.{}.attention.output.LayerNorm.bias"},
    {"mlp.up.w", "bert.encoder.layer.{}.intermediate.dense.weight"},
    {"mlp.up.b", "bert.encoder.layer.{}.intermediate.dense.bias"},
    {"mlp.down.w", "bert.encoder.layer.{}.output.dense.weight"},
    {"mlp.down.b", "bert.encoder.layer.{}.output.dense.bias"},
    {"norm2.w", "bert.encoder.layer.{}.output.LayerNorm.weight"},
    {"norm2.b", "bert.encoder.layer.{}.output.LayerNorm.bias"},
    {"pooler.w", "bert.pooler.dense.weight"},
    {"pooler.b", "bert.pooler.dense.bias"},
    {"head_dense.w", "cls.predictions.transform.dense.weight"},
    {"head_dense.b", "cls.predictions.transform.dense.bias"},
    {"head_norm.w", "cls.predictions.transform.LayerNorm.weight"},
    {"head_norm.b", "cls.predictions.transform.LayerNorm.bias"},
    {"head.w", "cls.predictions.decoder.weight"},
    {"head.b", "cls.predictions.bias"},
};

static bool any_of(const WeightSource& source, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (source.find(name)) return true;
  return false;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .rotary = false});
  const WeightSource& source = config.source();
  spec.norm = NormKind::layer;
  spec.norm_eps = float(config.f64_or("layer_eps", 1e-12));
  spec.learned_positions = spec.context_length;
  const TensorInfo* types = source.find(config.gguf() ? "token_types.weight" : "bert.embeddings.token_type_embeddings.weight");
  if (!types) types = source.find("embeddings.token_type_embeddings.weight");
  spec.token_types = types ? int(types->shape[0]) : 0;
  spec.embed_norm = true;
  spec.final_norm = false;
  spec.head = spec.head_transform = any_of(source, {"cls.predictions.bias", "cls.predictions.transform.dense.weight"});
  spec.tied_head = config.boolean_or("tied", true);
  spec.pooler_dim = any_of(source, {"bert.pooler.dense.weight", "pooler.dense.weight"}) ? spec.dim : 0;
  spec.stacks[0].causal = false;
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.placement = NormPlacement::post;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
  }
  spec.head_activation = spec.layers()[0].activation;
  return spec;
}

Architecture bert() {
  return {.id = "bert", .gguf_names = {"bert"}, .hf_model_types = {"bert"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec};
}

}  // namespace vitrine
