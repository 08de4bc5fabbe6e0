// SPDX-License-Identifier: Apache-2.0
// BART (arXiv:1910.13461): norms after each sum, learned positions, a norm after the embeddings.
#include <cmath>

#include "engine/model/arch/all.h"
#include "engine/model/arch/bart_family.h"

namespace vitrine {

static constexpr KeyPair kExtraKeys[] = {
    {"layers", "", "decoder_layers"},
    {"heads", "", "decoder_attention_heads"},
    {"hidden", "", "decoder_ffn_dim"},
    {"encoder_layers", "", "encoder_layers"},
    {"encoder_heads", "", "encoder_attention_heads"},
    {"encoder_hidden", "", "encoder_ffn_dim"},
    {"decoder_start", "", "decoder_start_token_id|bos_token_id"},
    {"shared_embeddings", "", "share_encoder_decoder_embeddings"},
    {"decoder_vocab", "", "decoder_vocab_size"},
};

static constexpr NameRule kNames[] = {
    {"embed.w", "model.decoder.embed_tokens.weight|model.shared.weight"},
    {"head.w", "lm_head.weight"},
    {"head.b", "final_logits_bias"},
    {"positions.w", "model.decoder.embed_positions.weight"},
    {"embed_norm.w", "model.decoder.layernorm_embedding.weight"},
    {"embed_norm.b", "model.decoder.layernorm_embedding.bias"},
    {"norm1.w", "model.decoder.layers.{}.self_attn_layer_norm.weight"},
    {"norm1.b", "model.decoder.layers.{}.self_attn_layer_norm.bias"},
    {"attn.q.w", "model.decoder.layers.{}.self_attn.q_proj.weight"},
    {"attn.q.b", "model.decoder.layers.{}.self_attn.q_proj.bias"},
    {"attn.k.w", "model.decoder.layers.{}.self_attn.k_proj.weight"},
    {"attn.k.b", "model.decoder.layers.{}.self_attn.k_proj.bias"},
    {"attn.v.w", "model.decoder.layers.{}.self_attn.v_proj.weight"},
    {"attn.v.b", "model.decoder.layers.{}.self_attn.v_proj.bias"},
    {"attn.o.w", "model.decoder.layers.{}.self_attn.out_proj.weight"},
    {"attn.o.b", "model.decoder.layers.{}.self_attn.out_proj.bias"},
    {"cross_norm.w", "model.decoder.layers.{}.encoder_attn_layer_norm.weight"},
    {"cross_norm.b", "model.decoder.layers.{}.encoder_attn_layer_norm.bias"},
    {"cross.q.w", "model.decoder.layers.{}.encoder_attn.q_proj.weight"},
    {"cross.q.b", "model.decoder.layers.{}.encoder_attn.q_proj.bias"},
    {"cross.k.w", "model.decoder.layers.{}.encoder_attn.k_proj.weight"},
    {"cross.k.b", "model.decoder.layers.{}.encoder_attn.k_proj.bias"},
    {"cross.v.w", "model.decoder.layers.{}.encoder_attn.v_proj.weight"},
    {"cross.v.b", "model.decoder.layers.{}.encoder_attn.v_proj.bias"},
    {"cross.o.w", "model.decoder.layers.{}.encoder_attn.out_proj.weight"},
    {"cross.o.b", "model.decoder.layers.{}.encoder_attn.out_proj.bias"},
    {"norm2.w", "model.decoder.layers.{}.final_layer_norm.weight"},
    {"norm2.b", "model.decoder.layers.{}.final_layer_norm.bias"},
    {"mlp.up.w", "model.decoder.layers.{}.fc1.weight"},
    {"mlp.up.b", "model.decoder.layers.{}.fc1.bias"},
    {"mlp.down.w", "model.decoder.layers.{}.fc2.weight"},
    {"mlp.down.b", "model.decoder.layers.{}.fc2.bias"},
    {"final_norm.w", "model.decoder.layer_norm.weight"},
    {"final_norm.b", "model.decoder.layer_norm.bias"},
    {"encoder.embed.w", "model.encoder.embed_tokens.weight"},
    {"encoder.positions.w", "model.encoder.embed_positions.weight"},
    {"encoder.embed_norm.w", "model.encoder.layernorm_embedding.weight"},
    {"encoder.embed_norm.b", "model.encoder.layernorm_embedding.bias"},
    {"encoder.norm1.w", "model.encoder.layers.{}.self_attn_layer_norm.weight"},
    {"encoder.norm1.b", "model.encoder.layers.{}.self_attn_layer_norm.bias"},
    {"encoder.attn.q.w", "model.encoder.layers.{}.self_attn.q_proj.weight"},
    {"encoder.attn.q.b", "model.encoder.layers.{}.self_attn.q_proj.bias"},
    {"encoder.attn.k.w", "model.encoder.layers.{}.self_attn.k_proj.weight"},
    {"encoder.attn.k.b", "model.encoder.layers.{}.self_attn.k_proj.bias"},
    {"encoder.attn.v.w", "model.encoder.layers.{}.self_attn.v_proj.weight"},
    {"encoder.attn.v.b", "model.encoder.layers.{}.self_attn.v_proj.bias"},
    {"encoder.attn.o.w", "model.encoder.layers.{}.self_attn.out_proj.weight"},
    {"encoder.attn.o.b", "model.encoder.layers.{}.self_attn.out_proj.bias"},
    {"encoder.norm2.w", "model.encoder.layers.{}.final_layer_norm.weight"},
    {"encoder.norm2.b", "model.encoder.layers.{}.final_layer_norm.bias"},
    {"encoder.mlp.up.w", "model.encoder.layers.{}.fc1.weight"},
    {"encoder.mlp.up.b", "model.encoder.layers.{}.fc1.bias"},
    {"encoder.mlp.down.w", "model.encoder.layers.{}.fc2.weight"},
    {"encoder.mlp.down.b", "model.encoder.layers.{}.fc2.bias"},
    {"encoder.final_norm.w", "model.encoder.layer_norm.weight"},
    {"encoder.final_norm.b", "model.encoder.layer_norm.bias"},
};

std::span<const NameRule> bart_names() { return kNames; }

std::span<const KeyPair> bart_keys() {
  static const std::vector<KeyPair> all = joined_keys(kExtraKeys, decoder_keys());
  return all;
}

ModelSpec read_bart(const ConfigView& config, NormPlacement placement) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .rotary = false});
  spec.norm = NormKind::layer;
  spec.norm_eps = 1e-5f;
  if (config.boolean_or("scale_embedding", false)) spec.embed_scale = std::sqrt(float(spec.dim));
  spec.final_norm = placement == NormPlacement::pre;
  spec.tied_head = config.boolean_or("tied", true);
  spec.decoder_start = int(config.i64_or("decoder_start", 0));
  const TensorInfo* own = config.source().find("model.encoder.embed_tokens.weight");
  if (own && !spec.tied_head) spec.encoder_vocab = int(own->shape[0]);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.placement = placement;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = layer.cross = true;
  }
  LayerSpec layer = spec.layers()[0];
  layer.cross = false;
  layer.heads = layer.kv_heads = int(config.count("encoder_heads", 1, spec.dim));
  layer.head_dim = spec.dim / layer.heads;
  layer.score_scale = 1.0f / std::sqrt(float(layer.head_dim));
  layer.hidden = int(config.count("encoder_hidden"));
  spec.stacks.push_back({"encoder", false, std::vector<LayerSpec>(size_t(config.count("encoder_layers", 1, 4096)), layer)});
  return spec;
}

void learned_positions(ModelSpec& spec) {
  spec.position_offset = 2;
  spec.learned_positions = spec.context_length + spec.position_offset;
  spec.embed_norm = true;
}

/// final_logits_bias is a row of zeros or of what a vocabulary must not say: nothing trains it.
void bart_adjust(Recipe& recipe, const NameContext& name, const ModelSpec&) { if (name.canonical == "head.b") recipe.flat = recipe.frozen = true; }

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bart(config, NormPlacement::post);
  learned_positions(spec);
  return spec;
}

Architecture bart() {
  return {.id = "bart", .gguf_names = {}, .hf_model_types = {"bart"}, .keys = bart_keys(), .hf_names = bart_names(), .spec = spec, .adjust = bart_adjust,
          .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
