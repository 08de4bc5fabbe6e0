// SPDX-License-Identifier: Apache-2.0
// LFM2 (Liquid AI 2025, arXiv:2511.23404): gated short convolutions, now and then attention with normed queries and keys.
#include <algorithm>

#include "engine/model/arch/all.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.embed_tokens.weight"},
    {"norm1.w", "model.layers.{}.operator_norm.weight"},
    {"attn.q.w", "model.layers.{}.self_attn.q_proj.weight"},
    {"attn.k.w", "model.layers.{}.self_attn.k_proj.weight"},
    {"attn.v.w", "model.layers.{}.self_attn.v_proj.weight"},
    {"attn.o.w", "model.layers.{}.self_attn.out_proj.weight"},
    {"attn.q_norm.w", "model.layers.{}.self_attn.q_layernorm.weight"},
    {"attn.k_norm.w", "model.layers.{}.self_attn.k_layernorm.weight"},
    {"ssm.in.w", "model.layers.{}.conv.in_proj.weight"},
    {"ssm.in.b", "model.layers.{}.conv.in_proj.bias"},
    {"ssm.conv.w", "model.layers.{}.conv.conv.weight"},
    {"ssm.conv.b", "model.layers.{}.conv.conv.bias"},
    {"ssm.out.w", "model.layers.{}.conv.out_proj.weight"},
    {"ssm.out.b", "model.layers.{}.conv.out_proj.bias"},
    {"norm2.w", "model.layers.{}.ffn_norm.weight"},
    {"mlp.gate.w", "model.layers.{}.feed_forward.w1.weight"},
    {"mlp.up.w", "model.layers.{}.feed_forward.w3.weight"},
    {"mlp.down.w", "model.layers.{}.feed_forward.w2.weight"},
    {"final_norm.w", "model.embedding_norm.weight"},
    {"head.w", "lm_head.weight"},
};

/// Two thirds of the stated width, scaled, rounded up; a GGUF states what came of it.
static int hidden_of(const ConfigView& config, int stated) {
  if (config.gguf() || !config.boolean_or("adjust_hidden", true)) return stated;
  int64_t hidden = 2 * int64_t(stated) / 3;
  if (!config.has("hidden_factor")) return int(hidden);
  hidden = int64_t(config.f64("hidden_factor") * double(hidden));
  const int64_t multiple = config.has("hidden_multiple") ? config.count("hidden_multiple") : 256;
  return int((hidden + multiple - 1) / multiple * multiple);
}

/// Which layers convolve.
static std::vector<bool> convolving(const ConfigView& config, const ModelSpec& spec) {
  std::vector<bool> list;
  if (config.gguf()) {
    for (const LayerSpec& layer : spec.layers()) list.push_back(layer.kv_heads == 0);
    return list;
  }
  for (const std::string& type : layer_types(config)) list.push_back(type == "conv");
  if (!list.empty()) return list;
  list.assign(spec.layers().size(), config.has("attention_layers"));
  if (config.has("attention_layers"))
    for (int64_t index : config.i64s("attention_layers"))
      if (index >= 0 && index < int64_t(list.size())) list[size_t(index)] = false;
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.tied_head = !config.gguf() && config.boolean_or("tied", true);
  spec.ropes[0].theta = config.f64_or("rope.theta", 1000000);
  const std::vector<bool> conv = convolving(config, spec);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.activation = Activation::silu;
    layer.hidden = hidden_of(config, layer.hidden);
    layer.qk_norm = true;
    if (!conv[i]) continue;
    layer.short_conv = {.taps = int(config.count("ssm.taps", 1, 64)), .bias = config.boolean_or("conv_bias", false)};
    layer.qk_norm = false;
    without_attention(layer, Mixer::short_conv);
  }
  return spec;
}

Architecture lfm2() {
  static const std::vector<KeyPair> keys = state_keys({
      {"rms_eps", "attention.layer_norm_rms_epsilon", "norm_eps"},
      {"hidden", "feed_forward_length", "block_ff_dim|intermediate_size"},
      {"tied", "", "tie_embedding|tie_word_embeddings"},
      {"ssm.taps", "shortconv.l_cache", "conv_L_cache"},
      {"conv_bias", "", "conv_bias"},
      {"adjust_hidden", "", "block_auto_adjust_ff_dim"},
      {"hidden_factor", "", "block_ffn_dim_multiplier"},
      {"hidden_multiple", "", "block_multiple_of"},
      {"attention_layers", "", "full_attn_idxs"},
  });
  return {.id = "lfm2", .gguf_names = {"lfm2"}, .hf_model_types = {"lfm2"}, .keys = keys, .hf_names = kNames, .spec = spec,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
