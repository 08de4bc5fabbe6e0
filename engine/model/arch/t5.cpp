// SPDX-License-Identifier: Apache-2.0
// T5 (arXiv:1910.10683), T5 v1.1, mT5 (arXiv:2010.11934) and UMT5: encoder and decoder of pre-norm layers with RMS norms, unscaled scores and
// a bias by bucket of the distance; one table for all layers of a stack, UMT5 one a layer. T5 scales what its tied head reads.
#include <algorithm>
#include <cmath>

#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr KeyPair kExtraKeys[] = {
    {"layers", "decoder_block_count|block_count", "num_decoder_layers|num_layers"},
    {"encoder_layers", "block_count", "num_layers"},
    {"head_dim", "attention.key_length", "d_kv"},
    {"hidden", "feed_forward_length", "d_ff"},
    {"dense_activation", "", "dense_act_fn"},
    {"feed_forward", "", "feed_forward_proj"},
    {"gated", "", "is_gated_act"},
    {"scale_head", "", "scale_decoder_outputs"},
    {"buckets", "attention.relative_buckets_count", "relative_attention_num_buckets"},
    {"max_distance", "", "relative_attention_max_distance"},
    {"decoder_start", "decoder_start_token_id", "decoder_start_token_id"},
};

static constexpr NameRule kNames[] = {
    {"embed.w", "shared.weight|decoder.embed_tokens.weight"},
    {"head.w", "lm_head.weight"},
    {"norm1.w", "decoder.block.{}.layer.0.layer_norm.weight"},
    {"attn.q.w", "decoder.block.{}.layer.0.SelfAttention.q.weight"},
    {"attn.k.w", "decoder.block.{}.layer.0.SelfAttention.k.weight"},
    {"attn.v.w", "decoder.block.{}.layer.0.SelfAttention.v.weight"},
    {"attn.o.w", "decoder.block.{}.layer.0.SelfAttention.o.weight"},
    {"attn.buckets", "decoder.block.{}.layer.0.SelfAttention.relative_attention_bias.weight"},
    {"cross_norm.w", "decoder.block.{}.layer.1.layer_norm.weight"},
    {"cross.q.w", "decoder.block.{}.layer.1.EncDecAttention.q.weight"},
    {"cross.k.w", "decoder.block.{}.layer.1.EncDecAttention.k.weight"},
    {"cross.v.w", "decoder.block.{}.layer.1.EncDecAttention.v.weight"},
    {"cross.o.w", "decoder.block.{}.layer.1.EncDecAttention.o.weight"},
    {"norm2.w", "decoder.block.{}.layer.2.layer_norm.weight"},
    {"mlp.gate.w", "decoder.block.{}.layer.2.DenseReluDense.wi_0.weight"},
    {"mlp.up.w", "decoder.block.{}.layer.2.DenseReluDense.wi_1.weight|decoder.block.{}.layer.2.DenseReluDense.wi.weight"},
    {"mlp.down.w", "decoder.block.{}.layer.2.DenseReluDense.wo.weight"},
    {"final_norm.w", "decoder.final_layer_norm.weight"},
    {"encoder.norm1.w", "encoder.block.{}.layer.0.layer_norm.weight"},
    {"encoder.attn.q.w", "encoder.block.{}.layer.0.SelfAttention.q.weight"},
    {"encoder.attn.k.w", "encoder.block.{}.layer.0.SelfAttention.k.weight"},
    {"encoder.attn.v.w", "encoder.block.{}.layer.0.SelfAttention.v.weight"},
    {"encoder.attn.o.w", "encoder.block.{}.layer.0.SelfAttention.o.weight"},
    {"encoder.attn.buckets", "encoder.block.{}.layer.0.SelfAttention.relative_attention_bias.weight"},
    {"encoder.norm2.w", "encoder.block.{}.layer.1.layer_norm.weight"},
    {"encoder.mlp.gate.w", "encoder.block.{}.layer.1.DenseReluDense.wi_0.weight"},
    {"encoder.mlp.up.w", "encoder.block.{}.layer.1.DenseReluDense.wi_1.weight|encoder.block.{}.layer.1.DenseReluDense.wi.weight"},
    {"encoder.mlp.down.w", "encoder.block.{}.layer.1.DenseReluDense.wo.weight"},
    {"encoder.final_norm.w", "encoder.final_layer_norm.weight"},
};

#define VT_ENCODER "enc.blk.{}."
#define VT_DECODER "dec.blk.{}."
static constexpr NameRule kGgufRules[] = {
    {"norm1.w", VT_DECODER "attn_norm.weight"},
    {"attn.q.w", VT_DECODER "attn_q.weight"},
    {"attn.k.w", VT_DECODER "attn_k.weight"},
    {"attn.v.w", VT_DECODER "attn_v.weight"},
    {"attn.o.w", VT_DECODER "attn_o.weight"},
    {"attn.buckets", VT_DECODER "attn_rel_b.weight"},
    {"cross_norm.w", VT_DECODER "cross_attn_norm.weight"},
    {"cross.q.w", VT_DECODER "cross_attn_q.weight"},
    {"cross.k.w", VT_DECODER "cross_attn_k.weight"},
    {"cross.v.w", VT_DECODER "cross_attn_v.weight"},
    {"cross.o.w", VT_DECODER "cross_attn_o.weight"},
    {"norm2.w", VT_DECODER "ffn_norm.weight"},
    {"mlp.gate.w", VT_DECODER "ffn_gate.weight"},
    {"mlp.up.w", VT_DECODER "ffn_up.weight"},
    {"mlp.down.w", VT_DECODER "ffn_down.weight"},
    {"final_norm.w", "dec.output_norm.weight"},
    {"encoder.norm1.w", VT_ENCODER "attn_norm.weight"},
    {"encoder.attn.q.w", VT_ENCODER "attn_q.weight"},
    {"encoder.attn.k.w", VT_ENCODER "attn_k.weight"},
    {"encoder.attn.v.w", VT_ENCODER "attn_v.weight"},
    {"encoder.attn.o.w", VT_ENCODER "attn_o.weight"},
    {"encoder.attn.buckets", VT_ENCODER "attn_rel_b.weight"},
    {"encoder.norm2.w", VT_ENCODER "ffn_norm.weight"},
    {"encoder.mlp.gate.w", VT_ENCODER "ffn_gate.weight"},
    {"encoder.mlp.up.w", VT_ENCODER "ffn_up.weight"},
    {"encoder.mlp.down.w", VT_ENCODER "ffn_down.weight"},
    {"encoder.final_norm.w", "enc.output_norm.weight"},
};
#undef VT_ENCODER
#undef VT_DECODER

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(kExtraKeys, decoder_keys());
  return all;
}

static bool gguf_gated(const ConfigView& config) {
  const std::span<const TensorInfo> tensors = config.source().tensors();
  return std::any_of(tensors.begin(), tensors.end(), [](const TensorInfo& info) { return info.name.ends_with(".ffn_gate.weight"); });
}

/// "relu", "gated-gelu", ...; a configuration that was saved again says it in two fields of its own. llama.cpp's files have T5's ReLU, or with a
/// gate T5 v1.1's GELU.
static void read_feed_forward(const ConfigView& config, bool first, LayerSpec& layer) {
  if (config.gguf()) {
    const bool gate = gguf_gated(config);
    layer.ffn = gate ? Ffn::glu : Ffn::mlp;
    layer.activation = gate ? Activation::gelu_tanh : Activation::relu;
    return;
  }
  std::string kind = config.str_or("feed_forward", first ? "relu" : "gated-gelu");
  const bool gated = kind.starts_with("gated-");
  layer.ffn = config.boolean_or("gated", gated) ? Ffn::glu : Ffn::mlp;
  if (gated) kind.erase(0, 6);
  if (kind == "relu") layer.activation = Activation::relu;
  else if (kind == "gelu") layer.activation = gated ? Activation::gelu_tanh : Activation::gelu;
  else if (kind == "gelu_new") layer.activation = Activation::gelu_tanh;
  else if (kind == "silu" || kind == "swish") layer.activation = Activation::silu;
  else if (!config.has("dense_activation")) throw config.error("feed_forward", "is \"" + kind + "\"; known: relu, gelu, gelu_new, silu, each also gated-");
  layer.activation = activation_of(config, "dense_activation", layer.activation);
}

/// A GGUF does not say which of the three it is: UMT5 has a table of distances in every layer; the head of the first T5, which has no gates, is
/// tied, hence not stored, and scaled.
static std::string type_of(const ConfigView& config) {
  if (!config.gguf()) return config.str_or("model_type", "t5");
  if (config.source().find("enc.blk.1.attn_rel_b.weight")) return "umt5";
  return gguf_gated(config) || config.source().find("output.weight") ? "mt5" : "t5";
}

static ModelSpec spec(const ConfigView& config) {
  const std::string type = type_of(config);
  ModelSpec spec = read_decoder(config, {.rotary = false});
  LayerSpec layer = spec.layers()[0];
  read_feed_forward(config, type == "t5", layer);
  layer.score_scale = 1;
  layer.buckets.buckets = config.has("buckets") ? int(config.count("buckets", 4, 1 << 16)) : 32;
  layer.buckets.max_distance = config.has("max_distance") ? int(config.count("max_distance", 1, 1 << 20)) : 128;
  if (layer.buckets.max_distance <= layer.buckets.buckets / 2) throw config.error("max_distance", "is not beyond the buckets of single distances");
  spec.norm_eps = float(config.f64_or("layer_eps", config.f64_or("rms_eps", 1e-6)));
  spec.tied_head = config.boolean_or("tied", true) && !config.source().find("lm_head.weight");  // a head that is stored counts in any case
  const bool scales = type == "umt5" || (type == "t5" && config.boolean_or("scale_head", config.boolean_or("tied", true)));
  if (scales) spec.logit_scale = 1 / std::sqrt(float(spec.dim));
  spec.decoder_start = int(config.i64_or("decoder_start", 0));
  const int encoder_layers = int(config.count("encoder_layers", 1, 4096));
  spec.stacks.push_back({"encoder", false, std::vector<LayerSpec>(size_t(encoder_layers), layer)});
  layer.cross = true;
  std::fill(spec.stacks[0].layers.begin(), spec.stacks[0].layers.end(), layer);
  if (type == "umt5")
    for (StackSpec& stack : spec.stacks)
      for (size_t i = 0; i < stack.layers.size(); ++i) stack.layers[i].buckets.stored_in = int(i);
  return spec;
}

Architecture t5() {
  return {.id = "t5", .gguf_names = {"t5"}, .hf_model_types = {"t5", "mt5", "umt5"}, .keys = keys(), .hf_names = kNames, .spec = spec,
          .gguf_rules = kGgufRules, .padding_row = {.declared = false}};
}

}  // namespace vitrine
