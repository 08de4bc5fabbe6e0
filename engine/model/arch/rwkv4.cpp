// SPDX-License-Identifier: Apache-2.0
// RWKV-4 (Peng et al. 2023, arXiv:2305.13048): time mix and channel mix, layer norms. Every `rescale_every` layers the reference halves the
// hidden state, and with it what later layers add, to stay within half precision.
#include <cmath>

#include "engine/model/arch/all.h"
#include "engine/model/arch/state_family.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "rwkv.embeddings.weight"},
    {"embed_norm.w", "rwkv.blocks.0.pre_ln.weight"},
    {"embed_norm.b", "rwkv.blocks.0.pre_ln.bias"},
    {"norm1.w", "rwkv.blocks.{}.ln1.weight"},
    {"norm1.b", "rwkv.blocks.{}.ln1.bias"},
    {"norm2.w", "rwkv.blocks.{}.ln2.weight"},
    {"norm2.b", "rwkv.blocks.{}.ln2.bias"},
    {"time.mix_k", "rwkv.blocks.{}.attention.time_mix_key"},
    {"time.mix_v", "rwkv.blocks.{}.attention.time_mix_value"},
    {"time.mix_r", "rwkv.blocks.{}.attention.time_mix_receptance"},
    {"time.decay", "rwkv.blocks.{}.attention.time_decay"},
    {"time.first", "rwkv.blocks.{}.attention.time_first"},
    {"time.k.w", "rwkv.blocks.{}.attention.key.weight"},
    {"time.v.w", "rwkv.blocks.{}.attention.value.weight"},
    {"time.r.w", "rwkv.blocks.{}.attention.receptance.weight"},
    {"time.out.w", "rwkv.blocks.{}.attention.output.weight"},
    {"channel.mix_k", "rwkv.blocks.{}.feed_forward.time_mix_key"},
    {"channel.mix_r", "rwkv.blocks.{}.feed_forward.time_mix_receptance"},
    {"channel.k.w", "rwkv.blocks.{}.feed_forward.key.weight"},
    {"channel.v.w", "rwkv.blocks.{}.feed_forward.value.weight"},
    {"channel.r.w", "rwkv.blocks.{}.feed_forward.receptance.weight"},
    {"final_norm.w", "rwkv.ln_out.weight"},
    {"final_norm.b", "rwkv.ln_out.bias"},
    {"head.w", "head.weight"},
};

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_stateful(config);
  spec.norm = NormKind::layer;
  spec.final_norm_eps = 1e-5f;         // the reference leaves it at PyTorch's default
  spec.embed_norm = true;
  spec.tied_head = config.boolean_or("tied", false);
  const int every = int(config.i64_or("rescale_every", 6));
  for (size_t i = 0; i < spec.layers().size(); ++i) {
    LayerSpec& layer = spec.stacks[0].layers[i];
    layer.mixer = Mixer::rwkv;
    layer.rwkv.width = int(config.i64_or("width", spec.dim));
    layer.ffn = Ffn::channel_mix;
    layer.hidden = int(config.i64_or("hidden", 4 * int64_t(spec.dim)));
    if (every <= 0) continue;
    layer.residual_scale = std::ldexp(1.0f, -int(i) / every);
    if ((int(i) + 1) % every == 0) layer.output_scale = 0.5f;
  }
  return spec;
}

Architecture rwkv4() {
  static const std::vector<KeyPair> keys = state_keys({
      {"context", "", "context_length|max_position_embeddings"},
      {"width", "", "attention_hidden_size"},
      {"rescale_every", "", "rescale_every"},
  });
  return {.id = "rwkv4", .gguf_names = {}, .hf_model_types = {"rwkv"}, .keys = keys, .hf_names = kNames, .spec = spec, .padding_row = {.declared = false}};
}

}  // namespace vitrine
