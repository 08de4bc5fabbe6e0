// SPDX-License-Identifier: Apache-2.0
// StarCoder2 (arXiv:2402.19173): Llama with layer norms, biases and an ungated tanh-GELU MLP; a sliding window.
#include "engine/model/arch/all.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = renamed(hf_llama_names(), {{"mlp.up.w", "model.layers.{}.mlp.c_fc.weight"},
                                                                       {"mlp.up.b", "model.layers.{}.mlp.c_fc.bias"},
                                                                       {"mlp.down.w", "model.layers.{}.mlp.c_proj.weight"},
                                                                       {"mlp.down.b", "model.layers.{}.mlp.c_proj.bias"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu_tanh});
  use_layer_norm(config, spec);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.window = int(config.i64_or("window", 0));
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = config.boolean_or("use_bias", true);
  }
  return spec;
}

Architecture starcoder2() {
  return {.id = "starcoder2", .gguf_names = {"starcoder2"}, .hf_model_types = {"starcoder2"}, .keys = decoder_keys(), .hf_names = names(),
          .spec = spec, .tied_unless_said = true};
}

}  // namespace vitrine
