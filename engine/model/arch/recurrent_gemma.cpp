// SPDX-License-Identifier: Apache-2.0
// RecurrentGemma (Botev et al. 2024, arXiv:2404.07839; Griffin, arXiv:2402.19427): recurrent blocks with RG-LRU, now and then attention to a
// window; norm weights stored minus one, embeddings times sqrt(dim) in bfloat16, soft cap on the logits.
#include <cmath>

#include "engine/core/bfloat16.h"
#include "engine/model/arch/all.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "model.embed_tokens.weight"},
    {"norm1.w", "model.layers.{}.temporal_pre_norm.weight"},
    {"attn.q.w", "model.layers.{}.temporal_block.q_proj.weight"},
    {"attn.q.b", "model.layers.{}.temporal_block.q_proj.bias"},
    {"attn.k.w", "model.layers.{}.temporal_block.k_proj.weight"},
    {"attn.k.b", "model.layers.{}.temporal_block.k_proj.bias"},
    {"attn.v.w", "model.layers.{}.temporal_block.v_proj.weight"},
    {"attn.v.b", "model.layers.{}.temporal_block.v_proj.bias"},
    {"attn.o.w", "model.layers.{}.temporal_block.o_proj.weight"},
    {"attn.o.b", "model.layers.{}.temporal_block.o_proj.bias"},
    {"lru.x.w", "model.layers.{}.temporal_block.linear_x.weight"},
    {"lru.x.b", "model.layers.{}.temporal_block.linear_x.bias"},
    {"lru.y.w", "model.layers.{}.temporal_block.linear_y.weight"},
    {"lru.y.b", "model.layers.{}.temporal_block.linear_y.bias"},
    {"lru.out.w", "model.layers.{}.temporal_block.linear_out.weight"},
    {"lru.out.b", "model.layers.{}.temporal_block.linear_out.bias"},
    {"lru.input_gate.w", "model.layers.{}.temporal_block.rg_lru.input_gate_weight"},
    {"lru.input_gate.b", "model.layers.{}.temporal_block.rg_lru.input_gate_bias"},
    {"lru.recurrence_gate.w", "model.layers.{}.temporal_block.rg_lru.recurrent_gate_weight"},
    {"lru.recurrence_gate.b", "model.layers.{}.temporal_block.rg_lru.recurrent_gate_bias"},
    {"lru.decay", "model.layers.{}.temporal_block.rg_lru.recurrent_param"},
    {"ssm.conv.w", "model.layers.{}.temporal_block.conv_1d.weight"},
    {"ssm.conv.b", "model.layers.{}.temporal_block.conv_1d.bias"},
    {"norm2.w", "model.layers.{}.channel_pre_norm.weight"},
    {"mlp.gate.w", "model.layers.{}.mlp_block.gate_proj.weight"},
    {"mlp.gate.b", "model.layers.{}.mlp_block.gate_proj.bias"},
    {"mlp.up.w", "model.layers.{}.mlp_block.up_proj.weight"},
    {"mlp.up.b", "model.layers.{}.mlp_block.up_proj.bias"},
    {"mlp.down.w", "model.layers.{}.mlp_block.down_proj.weight"},
    {"mlp.down.b", "model.layers.{}.mlp_block.down_proj.bias"},
    {"final_norm.w", "model.final_norm.weight"},
    {"head.w", "lm_head.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_decoder(config);
  spec.embed_scale = round_bf16(std::sqrt(float(spec.dim)));
  spec.logit_softcap = float(config.f64_or("logit_softcap", 30));
  spec.norm_eps = float(config.f64_or("rms_eps", 1e-6));
  spec.tied_head = config.boolean_or("tied", true);
  const std::vector<std::string> pattern = config.has("pattern") ? config.strs("pattern") : std::vector<std::string>{"recurrent", "recurrent", "attention"};
  if (pattern.empty()) throw config.error("pattern", "is empty");
  spec.ropes = {read_partial_rope(config, spec.layers()[0].head_dim, config.f64_or("rotary_part", 0.5), 10000)};
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.hidden /= 2;                 // the configuration counts gate and up together
    layer.activation = activation_of(config, "activation", Activation::gelu_tanh);
    layer.ffn_bias = layer.o_bias = true;
    layer.qkv_bias = config.boolean_or("attention_bias", false);
    layer.window = int(config.i64_or("window", 2048));
    if (pattern[i % pattern.size()] != "recurrent") continue;
    layer.rg_lru = {.width = int(config.i64_or("lru_width", spec.dim)), .heads = layer.heads, .taps = int(config.count("ssm.taps", 1, 64)),
                    .activation = layer.activation};
    if (layer.rg_lru.width % layer.heads != 0) throw config.error("lru_width", "is not divisible by the number of heads");
    without_attention(layer, Mixer::rg_lru);
  }
  return spec;
}

static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec&) {
  if (name.canonical == "norm1.w" || name.canonical == "norm2.w" || name.canonical == "final_norm.w") recipe.add = 1;
}

Architecture recurrent_gemma() {
  static const std::vector<KeyPair> keys = state_keys({
      {"window", "", "attention_window_size"},
      {"logit_softcap", "", "logits_soft_cap"},
      {"pattern", "", "block_types|_block_types"},
      {"lru_width", "", "lru_width"},
      {"attention_bias", "", "attention_bias"},
      {"ssm.taps", "", "conv1d_width"},
      {"partial_rotary", "", ""},
  });
  return {.id = "recurrent_gemma", .gguf_names = {}, .hf_model_types = {"recurrent_gemma"}, .keys = keys, .hf_names = kNames, .spec = spec,
          .adjust = adjust, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
