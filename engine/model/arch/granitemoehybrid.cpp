// SPDX-License-Identifier: Apache-2.0
// Granite 4 (IBM 2025): Mamba-2 layers and some attention, each with a mixture beside a shared feed-forward, or with that alone; Granite's
// four multipliers; positions only where the configuration asks for them.
#include "engine/model/arch/moe_family.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

/// Without experts the shared feed-forward is the layer's own.
static constexpr NameRule kOwnNames[] = {
    {"mlp.gate.w", "model.layers.{}.shared_mlp.input_linear.weight"},
    {"mlp.up.w", "model.layers.{}.shared_mlp.input_linear.weight"},
    {"mlp.down.w", "model.layers.{}.shared_mlp.output_linear.weight"},
};

static std::span<const NameRule> names() {
  static const std::span<const NameRule> all = [] {
    std::vector<NameRule> list(std::begin(kOwnNames), std::end(kOwnNames));
    list.insert(list.end(), hf_moe_names().begin(), hf_moe_names().end());
    return state_names(list, {"model.layers.{}.mamba."});
  }();
  return all;
}

static void mix_as_listed(ModelSpec& spec, const ConfigView& config) {
  const std::vector<std::string> types = layer_types(config);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    const bool mamba = config.gguf() ? layer.kv_heads == 0 : types.empty() || types[i] == "linear_attention" || types[i] == "mamba";
    if (!mamba) continue;
    layer.mamba2 = read_mamba2(config, spec.dim);
    without_attention(layer, Mixer::mamba2);
  }
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.rotary = false});
  spec.norm_eps = float(config.f64_or("rms_eps", 1e-6));
  granite_multipliers(config, spec);
  const bool rotary = config.gguf() ? config.boolean_or("rotary", true) : config.str_or("positions", "") == "rope";
  if (rotary) spec.ropes = {read_partial_rope(config, spec.layers()[0].head_dim, config.f64_or("rotary_part", 1), 10000)};
  const int shared = int(config.i64_or("shared_hidden", config.gguf() ? 0 : 1024));
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", false);
    layer.rope = rotary ? 0 : -1;
    if (shared > 0) layer.hidden = shared;
  }
  mix_as_listed(spec, config);
  if (config.i64_or("experts", config.gguf() ? 0 : 8) == 0) return spec;
  MoeSpec moe = read_moe(config);
  moe.route.score = RouteRule::Score::softmax_of_chosen;
  moe.shared_hidden = shared;
  set_sparse(spec, moe, config);
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  adjust_llama_experts(recipe, name, spec);
  if (name.gguf || name.layer < 0) return;
  const int hidden = spec.layers()[size_t(name.layer)].hidden;
  const bool up = name.canonical == "mlp.up.w";
  if (!up && name.canonical != "mlp.gate.w") return;
  recipe.pieces[0].from = up ? hidden : 0;
  recipe.pieces[0].to = recipe.pieces[0].from + hidden;
}

Architecture granitemoehybrid() {
  static const std::vector<KeyPair> keys = state_keys({
      {"positions", "", "position_embedding_type"},
      {"rotary", "rope.scaling.finetuned", ""},
      {"attention_bias", "", "attention_bias"},
  }, moe_keys());
  return {.id = "granitemoehybrid", .gguf_names = {"granitehybrid"}, .hf_model_types = {"granitemoehybrid"}, .keys = keys, .hf_names = names(),
          .spec = spec, .adjust = adjust};
}

}  // namespace vitrine
