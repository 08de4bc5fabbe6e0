// SPDX-License-Identifier: Apache-2.0
// ERNIE 4.5 MoE (Baidu 2025, "ERNIE 4.5 Technical Report"): rotary pairs side by side, mixtures in a range of layers chosen with a
// correction bias on the probabilities, shared experts.
#include "engine/model/arch/moe_family.h"

namespace vitrine {

static constexpr KeyPair kOwnKeys[] = {
    {"interval", "interleave_moe_layer_step", "moe_layer_interval"},
    {"first_mixture", "leading_dense_block_count", "moe_layer_start_index"},
    {"last_mixture", "", "moe_layer_end_index"},
    {"use_bias", "", "use_bias"},
};

static std::span<const KeyPair> keys() {
  static const std::vector<KeyPair> all = joined_keys(moe_keys(), kOwnKeys);
  return all;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 500000});
  spec.ropes[0].interleaved = true;
  // A GGUF says it by its tensors: all linear layers have biases, the head as well, or none has.
  const bool biases = config.gguf() ? stored_in_layers(config, "attn_q.bias") || stored_in_layers(config, "attn_output.bias") : config.boolean_or("use_bias", false);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.qkv_bias = layer.o_bias = layer.ffn_bias = biases;
  spec.head_bias = biases;
  MoeSpec moe = read_moe(config);
  moe.route.score = RouteRule::Score::softmax;
  moe.route.renormalize = true;
  moe.route.least_sum = float(config.f64_or("least_sum", 1e-12));
  moe.correction = true;
  const int64_t layers = int64_t(spec.layers().size()), interval = config.has("interval") ? config.count("interval") : 1;
  const int64_t first = config.i64_or("first_mixture", 1), stored_last = config.i64_or("last_mixture", -1);
  const int64_t last = stored_last < 0 ? layers - 1 : stored_last;
  set_sparse(spec, moe, config, [=](int layer) { return (layer + 1) % interval == 0 && layer >= first && layer <= last; });
  return spec;
}

Architecture ernie4_5_moe() {
  return {.id = "ernie4_5_moe", .gguf_names = {"ernie4_5-moe"}, .hf_model_types = {"ernie4_5_moe"}, .keys = keys(), .hf_names = hf_moe_names(),
          .spec = spec, .adjust = adjust_experts, .tied_unless_said = true, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
