// SPDX-License-Identifier: Apache-2.0
// Zamba (Glorioso et al. 2024, arXiv:2405.16712): Mamba layers whose channels fall into heads, and one transformer block that some of them
// run on [x, embedding] before.
#include <cmath>

#include "engine/core/text.h"
#include "engine/model/arch/all.h"
#include "engine/model/arch/state_family.h"
#include "engine/model/arch/zamba_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.embed_tokens.weight"},
    {"norm1.w", "model.layers.{}.input_layernorm.weight|model.layers.{}.mamba_decoder.input_layernorm.weight"},
    {"shared_norm.w", "model.layers.{}.shared_transf.input_layernorm.weight"},
    {"attn.q.w", "model.layers.{}.shared_transf.self_attn.q_proj.weight"},
    {"attn.k.w", "model.layers.{}.shared_transf.self_attn.k_proj.weight"},
    {"attn.v.w", "model.layers.{}.shared_transf.self_attn.v_proj.weight"},
    {"attn.o.w", "model.layers.{}.shared_transf.self_attn.o_proj.weight"},
    {"shared_ffn_norm.w", "model.layers.{}.shared_transf.pre_ff_layernorm.weight"},
    {"mlp.gate.w", "model.layers.{}.shared_transf.feed_forward.gate_proj.weight"},
    {"mlp.up.w", "model.layers.{}.shared_transf.feed_forward.up_proj.weight"},
    {"mlp.down.w", "model.layers.{}.shared_transf.feed_forward.down_proj.weight"},
    {"shared_out.w", "model.layers.{}.linear.weight"},
    {"final_norm.w", "model.final_layernorm.weight"},
    {"head.w", "lm_head.weight"},
};

ModelSpec read_zamba(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.tied_head = config.boolean_or("tied", true);
  spec.ropes.clear();
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.head_dim = int(config.i64_or("head_dim", 2 * int64_t(spec.dim) / layer.heads));
    layer.score_scale = 1 / std::sqrt(float(layer.head_dim) / 2);
    layer.activation = activation_of(config, "activation", Activation::gelu);
    layer.ffn = Ffn::none;
    layer.rope = -1;
  }
  return spec;
}

void share_blocks(ModelSpec& spec, const ConfigView& config, const std::vector<std::string>& types, int blocks, std::string_view name) {
  std::vector<int> uses;
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    if (types[i] != "hybrid") {
      layer.heads = layer.kv_heads = layer.head_dim = layer.hidden = 0;
      continue;
    }
    uses.push_back(int(i));
    layer.shared.use = int(uses.size()) - 1;
    layer.shared.stored_in = uses[size_t(layer.shared.use % blocks)];
    if (!spec.tied_head && config.source().find(cat("model.layers.", i, ".", name, ".input_layernorm.weight"))) layer.shared.stored_in = int(i);
  }
}

static std::vector<std::string> types_of(const ConfigView& config, size_t layers) {
  std::vector<std::string> types = layer_types(config);
  if (!types.empty()) return types;
  const int64_t period = config.has("attention_period") ? config.count("attention_period") : 6, offset = config.i64_or("attention_offset", 4);
  for (int64_t i = -3; i < int64_t(layers) - 3; ++i) types.push_back(i == -1 || (i >= 0 && i % period == offset) ? "hybrid" : "mamba");
  return types;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_zamba(config);
  MambaSpec mixer = read_mamba(config, spec.dim);
  mixer.heads = int(config.i64_or("ssm.heads", 2));
  if (mixer.heads < 1 || mixer.inner % mixer.heads != 0) throw config.error("ssm.heads", "does not divide the mixer's channels");
  mixer.activation = activation_of(config, "mixer_activation", Activation::silu);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.mixer = Mixer::mamba, layer.mamba = mixer;
  share_blocks(spec, config, types_of(config, spec.layers().size()), 1, "shared_transf");
  return spec;
}

/// x and gate of the projection in are stored in turns.
static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.canonical != "ssm.in.w" && name.canonical != "ssm.in.b") return;
  const int inner = spec.layers()[size_t(name.layer)].mamba.inner;
  for (int part = 0; part < 2; ++part)
    for (int i = 0; i < inner; ++i) recipe.row_order.push_back(2 * i + part);
}

Architecture zamba() {
  static const std::vector<KeyPair> keys = state_keys({
      {"head_dim", "", "attention_head_dim"},
      {"mixer_activation", "", "hidden_mamba_act"},
      {"attention_period", "", "attn_layer_period"},
      {"attention_offset", "", "attn_layer_offset"},
      {"partial_rotary", "", ""},
  });
  static const std::span<const NameRule> names = state_names(kNames, {"model.layers.{}.mamba.", "model.layers.{}.mamba_decoder.mamba."});
  return {.id = "zamba", .gguf_names = {}, .hf_model_types = {"zamba"}, .keys = keys, .hf_names = names, .spec = spec, .adjust = adjust,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
