// SPDX-License-Identifier: Apache-2.0
// GPT-Neo (Black et al. 2021): GPT-2 whose scores are not scaled; every second layer sees only the last window_size tokens.
#include "engine/io/meta_value.h"
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.wte.weight"},
    {"positions.w", "transformer.wpe.weight"},
    {"norm1.w", "transformer.h.{}.ln_1.weight"},
    {"norm1.b", "transformer.h.{}.ln_1.bias"},
    {"attn.q.w", "transformer.h.{}.attn.attention.q_proj.weight"},
    {"attn.k.w", "transformer.h.{}.attn.attention.k_proj.weight"},
    {"attn.v.w", "transformer.h.{}.attn.attention.v_proj.weight"},
    {"attn.o.w", "transformer.h.{}.attn.attention.out_proj.weight"},
    {"attn.o.b", "transformer.h.{}.attn.attention.out_proj.bias"},
    {"norm2.w", "transformer.h.{}.ln_2.weight"},
    {"norm2.b", "transformer.h.{}.ln_2.bias"},
    {"mlp.up.w", "transformer.h.{}.mlp.c_fc.weight"},
    {"mlp.up.b", "transformer.h.{}.mlp.c_fc.bias"},
    {"mlp.down.w", "transformer.h.{}.mlp.c_proj.weight"},
    {"mlp.down.b", "transformer.h.{}.mlp.c_proj.bias"},
    {"final_norm.w", "transformer.ln_f.weight"},
    {"final_norm.b", "transformer.ln_f.bias"},
    {"head.w", "lm_head.weight"},
};

/// "global" or "local" a layer: [[[kinds ...], repeats] ...] written out (the reference derives the list from this), else the list itself.
static std::vector<std::string> kinds_of(const ConfigView& config) {
  if (!config.has("attention_types")) return config.has("attention_layers") ? config.strs("attention_layers") : std::vector<std::string>{};
  std::vector<std::string> kinds;
  const Error malformed = config.error("attention_types", "is not a list of [[\"global\" or \"local\", ...], repeats]");
  const MetaArray* groups = meta_array(config.find("attention_types"));
  if (!groups) throw malformed;
  for (const MetaValue& group : *groups) {
    const MetaArray* pair = meta_array(&group);
    const MetaArray* cycle = pair && pair->size() == 2 ? meta_array(&(*pair)[0]) : nullptr;
    const auto repeats = cycle ? meta_i64(&(*pair)[1]) : std::nullopt;
    if (!repeats || *repeats < 0 || *repeats > 4096) throw malformed;
    for (int64_t i = 0; i < *repeats; ++i)
      for (const MetaValue& kind : *cycle) {
        const std::string* text = meta_str(&kind);
        if (!text) throw malformed;
        kinds.push_back(*text);
      }
  }
  return kinds;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu_tanh, .rotary = false});
  use_layer_norm(config, spec);
  spec.learned_positions = spec.context_length;
  const int window = int(config.i64_or("window", 256));
  const std::vector<std::string> kinds = kinds_of(config);
  if (!kinds.empty() && kinds.size() != spec.layers().size()) throw config.error("attention_types", "has not one entry a layer");
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.score_scale = 1;
    layer.window = (kinds.empty() ? i % 2 == 1 : kinds[i] == "local") ? window : 0;
    layer.o_bias = layer.ffn_bias = true;
  }
  return spec;
}

Architecture gpt_neo() {
  return {.id = "gpt_neo", .gguf_names = {}, .hf_model_types = {"gpt_neo"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .tied_unless_said = true, .padding_row = {.declared = false}};
}

}  // namespace vitrine
