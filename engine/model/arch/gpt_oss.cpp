// SPDX-License-Identifier: Apache-2.0
// GPT-OSS (OpenAI 2025, model card): alternating windows, attention sinks, biases everywhere, a mixture with a clamped SwiGLU in every
// layer. A Hugging Face folder stores the experts as stacks with gate and up in turns, either transposed floats or rows of MXFP4 blocks
// with their exponents beside them.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

#define VT_EXPERTS "model.layers.{}.mlp.experts."
static constexpr NameRule kOwnNames[] = {
    {"attn.sinks", "model.layers.{}.self_attn.sinks"},
    {"router.w", "model.layers.{}.mlp.router.weight"},
    {"router.b", "model.layers.{}.mlp.router.bias"},
    {"experts.gate.w", VT_EXPERTS "gate_up_proj|" VT_EXPERTS "gate_up_proj_blocks"},
    {"experts.gate.b", VT_EXPERTS "gate_up_proj_bias"},
    {"experts.up.w", VT_EXPERTS "gate_up_proj|" VT_EXPERTS "gate_up_proj_blocks"},
    {"experts.up.b", VT_EXPERTS "gate_up_proj_bias"},
    {"experts.down.w", VT_EXPERTS "down_proj|" VT_EXPERTS "down_proj_blocks"},
    {"experts.down.b", VT_EXPERTS "down_proj_bias"},
};
#undef VT_EXPERTS

static std::span<const NameRule> names() {
  static const std::vector<NameRule> all = [] {
    std::vector<NameRule> list(hf_llama_names().begin(), hf_llama_names().end());
    list.insert(list.end(), std::begin(kOwnNames), std::end(kOwnNames));
    return list;
  }();
  return all;
}

static constexpr KeyPair kOwnKeys[] = {
    {"glu_alpha", "", "swiglu_alpha"},
    {"glu_limit", "", "swiglu_limit"},
};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(moe_keys(), kOwnKeys);
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 150000});
  spec.ropes[0].truncate = config.boolean_or("rope.truncate", config.has("rope.type") && !config.gguf());
  const int window = int(config.i64_or("window", 128));
  const std::vector<bool> sliding = sliding_layers(config);
  const bool bias = config.boolean_or("attention_bias", true);
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.window = (sliding.empty() ? i % 2 == 0 : bool(sliding[i])) ? window : 0;
    layer.sinks = true;
    layer.qkv_bias = layer.o_bias = bias;
  }
  MoeSpec moe = read_moe(config);
  moe.route.score = RouteRule::Score::softmax_of_chosen;
  moe.router_bias = moe.expert_bias = true;
  moe.glu_alpha = float(config.f64_or("glu_alpha", 1.702));
  moe.glu_limit = float(config.f64_or("glu_limit", 7));
  set_sparse(spec, moe, config);
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.gguf || name.expert < 0 || recipe.pieces.empty()) return;
  std::string& source = recipe.pieces[0].source;
  if (source.ends_with("_blocks"))
    recipe.block_scales = source.substr(0, source.size() - 6) + "scales";
  else
    recipe.transpose = name.canonical.ends_with(".w");
  if (name.canonical.starts_with("experts.down")) return;
  const int first = name.canonical.starts_with("experts.up") ? 1 : 0, hidden = spec.layers()[size_t(name.layer)].moe.hidden;
  for (int32_t row = 0; row < hidden; ++row) recipe.row_order.push_back(2 * row + first);
}

Architecture gpt_oss() {
  return {.id = "gpt_oss", .gguf_names = {"gpt-oss"}, .hf_model_types = {"gpt_oss"}, .keys = keys(), .hf_names = names(), .spec = spec,
          .adjust = adjust};
}

}  // namespace vitrine
