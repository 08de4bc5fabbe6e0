// SPDX-License-Identifier: Apache-2.0
// ModernBERT (arXiv:2412.13663): an encoder of pre-norm layers with rotary positions and GeGLU; every third layer sees all, the others
// local_attention / 2 keys on each side, each kind with its own rotary scheme. The first layer has no norm before its attention.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

static constexpr KeyPair kExtraKeys[] = {
    {"rope.theta", "rope.freq_base", "rope_parameters.full_attention.rope_theta|global_rope_theta"},
    {"rope_local.theta", "rope.freq_base_swa", "rope_parameters.sliding_attention.rope_theta|local_rope_theta"},
    {"rope_scaling", "", "rope_scaling.rope_type|rope_scaling.type"},
    {"norm_bias", "", "norm_bias"},
    {"local_attention", "attention.sliding_window", "local_attention"},
    {"global_every", "attention.sliding_window_pattern", "global_attn_every_n_layers"},
    {"activation", "hidden_activation", "hidden_activation"},
    {"head_activation", "", "classifier_activation"},
    {"head_dense_bias", "", "classifier_bias"},
    {"head_bias", "", "decoder_bias"},
};

static constexpr NameRule kNames[] = {
    {"embed.w", "model.embeddings.tok_embeddings.weight"},
    {"embed_norm.w", "model.embeddings.norm.weight"},
    {"embed_norm.b", "model.embeddings.norm.bias"},
    {"norm1.w", "model.layers.{}.attn_norm.weight"},
    {"norm1.b", "model.layers.{}.attn_norm.bias"},
    {"attn.o.w", "model.layers.{}.attn.Wo.weight"},
    {"attn.o.b", "model.layers.{}.attn.Wo.bias"},
    {"norm2.w", "model.layers.{}.mlp_norm.weight"},
    {"norm2.b", "model.layers.{}.mlp_norm.bias"},
    {"mlp.down.w", "model.layers.{}.mlp.Wo.weight"},
    {"mlp.down.b", "model.layers.{}.mlp.Wo.bias"},
    {"final_norm.w", "model.final_norm.weight"},
    {"final_norm.b", "model.final_norm.bias"},
    {"head_dense.w", "head.dense.weight"},
    {"head_dense.b", "head.dense.bias"},
    {"head_norm.w", "head.norm.weight"},
    {"head_norm.b", "head.norm.bias"},
    {"head.w", "decoder.weight"},
    {"head.b", "decoder.bias"},
};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(kExtraKeys, encoder_keys());
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.activation = Activation::gelu, .theta = 160000});
  use_layer_norm(config, spec);
  if (config.gguf() && !config.has("layer_eps")) spec.norm_eps = float(config.f64_or("rms_eps", 1e-5));  // norm_eps, which the converter takes for that of RMS norms
  set_biases(config, spec);
  spec.norm_bias = config.boolean_or("norm_bias", false);
  spec.embed_norm = true;
  spec.head = false;
  for (const char* part : {"head_dense.w", "head_norm.w", "head.b"}) spec.head |= find_stored(config.source(), kNames, part) != nullptr;
  spec.head_transform = spec.head;
  spec.head_dense_bias = config.boolean_or("head_dense_bias", false);
  spec.head_bias = config.boolean_or("head_bias", true);
  spec.head_activation = activation_of(config, "head_activation", Activation::gelu);
  spec.tied_head = config.boolean_or("tied", true);
  spec.stacks[0].causal = false;
  // The older configuration has one scaling for both kinds of layers.
  RopeSpec local = read_rope(config, config.has("rope_scaling") ? "rope" : "rope_local", spec.ropes[0].rotary_dim, 10000);
  local.theta = config.f64_or("rope_local.theta", 10000);
  spec.ropes.push_back(local);
  std::vector<bool> sliding = sliding_layers(config);
  const int64_t every = config.has("global_every") ? config.count("global_every", 1, 4096) : 3;
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    const bool slides = sliding.empty() ? int64_t(i) % every != 0 : sliding[i];
    layer.window = slides ? int(config.i64_or("local_attention", 128)) / 2 : 0;
    layer.rope = slides ? 1 : 0;
    layer.attn_norm = i > 0;
    if (slides && layer.window < 1) throw config.error("local_attention", "leaves a token nothing but itself");
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0) return;
  if (name.gguf) return split_gate_up(recipe, name, spec, "blk.{}.ffn_up.weight");
  split_qkv(recipe, name, spec, "model.layers.{}.attn.Wqkv", FusedQkv::stacked);
  const bool gate = name.canonical.starts_with("mlp.gate.");
  if (!gate && !name.canonical.starts_with("mlp.up.")) return;
  const int64_t hidden = spec.layers()[size_t(name.layer)].hidden;
  const std::string_view part = name.canonical.ends_with(".w") ? "model.layers.{}.mlp.Wi.weight" : "model.layers.{}.mlp.Wi.bias";
  recipe.pieces = {{at_layer(part, name.layer), 0, gate ? 0 : hidden, gate ? hidden : 2 * hidden}};
}

Architecture modernbert() {
  return {.id = "modernbert", .gguf_names = {"modern-bert"}, .hf_model_types = {"modernbert"}, .keys = keys(), .hf_names = kNames, .spec = spec, .adjust = adjust,
          .padding_row = {.otherwise = 50283}};
}

}  // namespace vitrine
