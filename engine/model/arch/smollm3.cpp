// SPDX-License-Identifier: Apache-2.0
// SmolLM3 (Hugging Face 2025): Llama, every fourth layer without rotary embedding (arXiv:2501.18795).
#include "engine/model/arch/all.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.theta = 2e6});
  set_biases(config, spec);
  const int layers = int(spec.layers().size());
  const int64_t interval = config.i64_or("no_rope_interval", 4);
  if (interval < 1) throw config.error("no_rope_interval", "is not positive");
  std::vector<int64_t> rotary;
  if (config.has("no_rope_layers")) rotary = config.i64s("no_rope_layers", layers);
  for (int i = int(rotary.size()); i < layers; ++i) rotary.push_back((i + 1) % interval != 0);
  const int window = config.boolean_or("use_window", false) ? int(config.i64_or("window", 0)) : 0;
  const std::vector<bool> sliding = sliding_layers(config);
  for (int i = 0; i < layers; ++i) {
    LayerSpec& layer = spec.stacks[0].layers[size_t(i)];
    layer.rope = rotary[size_t(i)] ? 0 : -1;
    layer.window = (sliding.empty() ? !rotary[size_t(i)] : bool(sliding[size_t(i)])) ? window : 0;
  }
  return spec;
}

Architecture smollm3() {
  return {.id = "smollm3", .gguf_names = {"smollm3"}, .hf_model_types = {"smollm3"}, .keys = decoder_keys(), .hf_names = hf_llama_names(),
          .spec = spec, .adjust = llama_adjust, .tied_unless_said = true, .padding_row = {.otherwise = 128004}};
}

}  // namespace vitrine
