// SPDX-License-Identifier: Apache-2.0
// Zamba2 (Glorioso et al. 2024, arXiv:2411.15242): Mamba-2 layers and several shared transformer blocks; every use of a block adds low-rank
// matrices of its own.
#include "engine/core/text.h"
#include "engine/model/arch/all.h"
#include "engine/model/arch/state_family.h"
#include "engine/model/arch/zamba_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.embed_tokens.weight"},
    {"norm1.w", "model.layers.{}.input_layernorm.weight|model.layers.{}.mamba_decoder.input_layernorm.weight"},
    {"shared_norm.w", "model.layers.{}.shared_transformer.input_layernorm.weight"},
    {"attn.q.w", "model.layers.{}.shared_transformer.self_attn.q_proj.weight"},
    {"attn.k.w", "model.layers.{}.shared_transformer.self_attn.k_proj.weight"},
    {"attn.v.w", "model.layers.{}.shared_transformer.self_attn.v_proj.weight"},
    {"attn.o.w", "model.layers.{}.shared_transformer.self_attn.o_proj.weight"},
    {"shared_ffn_norm.w", "model.layers.{}.shared_transformer.pre_ff_layernorm.weight"},
    {"mlp.gate.w", "model.layers.{}.shared_transformer.feed_forward.gate_up_proj.weight"},
    {"mlp.gate.b", "model.layers.{}.shared_transformer.feed_forward.gate_up_proj.bias"},
    {"mlp.up.w", "model.layers.{}.shared_transformer.feed_forward.gate_up_proj.weight"},
    {"mlp.up.b", "model.layers.{}.shared_transformer.feed_forward.gate_up_proj.bias"},
    {"mlp.down.w", "model.layers.{}.shared_transformer.feed_forward.down_proj.weight"},
    {"mlp.down.b", "model.layers.{}.shared_transformer.feed_forward.down_proj.bias"},
    {"shared_out.w", "model.layers.{}.linear.weight"},
    {"final_norm.w", "model.final_layernorm.weight"},
    {"head.w", "lm_head.weight"},
};

static std::vector<std::string> types_of(const ConfigView& config) {
  std::vector<std::string> types = layer_types(config);
  if (!types.empty()) return types;
  if (config.i64("layers") != 54) throw config.error("block_types", "is missing");
  types.assign(54, "mamba");           // those of Zamba2-2.7B
  for (int i = 6; i <= 42; i += 6) types[size_t(i)] = "hybrid";
  types[47] = types[51] = "hybrid";
  return types;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_zamba(config);
  Mamba2Spec mixer = read_mamba2(config, spec.dim);
  mixer.least_step = float(config.f64_or("step_least", 0.001));
  mixer.norm_eps = 1e-5f;
  mixer.activation = Activation::silu;
  mixer.conv_bias = true;
  if (config.boolean_or("rotary", false)) spec.ropes = {read_partial_rope(config, spec.layers()[0].head_dim, 1, 10000)};
  const int rank = int(config.i64_or("rank", 128));
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.mixer = Mixer::mamba2;
    layer.mamba2 = mixer;
    layer.rope = spec.ropes.empty() ? -1 : 0;
    layer.ffn_bias = config.boolean_or("ssm.bias", false);
    layer.shared.ffn_rank = rank;
    layer.shared.attention_rank = config.boolean_or("attention_additions", false) ? rank : 0;
  }
  share_blocks(spec, config, types_of(config), int(config.has("shared_blocks") ? config.count("shared_blocks", 1, 64) : 1), "shared_transformer");
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0) return;
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  const auto half = [&](int part) {
    recipe.pieces[0].from = int64_t(part) * layer.hidden;
    recipe.pieces[0].to = int64_t(part + 1) * layer.hidden;
  };
  if (name.canonical == "mlp.gate.w" || name.canonical == "mlp.gate.b") half(0);
  if (name.canonical == "mlp.up.w" || name.canonical == "mlp.up.b") half(1);
  const size_t at = name.canonical.find("_addition.");
  if (at == std::string_view::npos) return;
  const std::string_view part = name.canonical.substr(0, at);          // "attn.q", "mlp.gate"
  const bool down = name.canonical.ends_with(".down"), ffn = part.starts_with("mlp.");
  const std::string list = ffn ? "feed_forward.gate_up_proj_adapter_list" : cat("self_attn.linear_", part.back(), "_adapter_list");
  recipe.pieces = {{cat("model.layers.", layer.shared.stored_in, ".shared_transformer.", list, ".", layer.shared.use, down ? ".0.weight" : ".1.weight")}};
  if (ffn && !down) half(part == "mlp.up");
}

Architecture zamba2() {
  static const std::vector<KeyPair> keys = state_keys({
      {"head_dim", "", "attention_head_dim"},
      {"ssm.conv_bias", "", "use_conv_bias"},
      {"step_least", "", "time_step_min"},
      {"rotary", "", "use_mem_rope"},
      {"rank", "", "adapter_rank"},
      {"attention_additions", "", "use_shared_attention_adapter"},
      {"shared_blocks", "", "num_mem_blocks"},
      {"partial_rotary", "", ""},
  });
  static const std::span<const NameRule> names = state_names(kNames, {"model.layers.{}.mamba.", "model.layers.{}.mamba_decoder.mamba."});
  return {.id = "zamba2", .gguf_names = {}, .hf_model_types = {"zamba2"}, .keys = keys, .hf_names = names, .spec = spec, .adjust = adjust,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
