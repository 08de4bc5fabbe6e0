// SPDX-License-Identifier: Apache-2.0
#include "engine/model/latent_weights.h"

#include "engine/core/text.h"

namespace vitrine {

LatentWeights load_latent(WeightLoader& weights, const LayerSpec& layer, const std::string& prefix, int64_t dim) {
  const LatentSpec& latent = layer.latent;
  const int64_t q = int64_t(layer.heads) * (latent.nope + latent.rope);
  LatentWeights loaded;
  if (latent.q_rank > 0) {
    loaded.q_a = weights.linear(prefix + "attn.q_a", latent.q_rank, dim, layer.qkv_bias);
    loaded.q_norm = weights.norm(prefix + "attn.q_a_norm", latent.q_rank, false, false);
    loaded.q_b = weights.linear(prefix + "attn.q_b", q, latent.q_rank, false);
  } else {
    loaded.q = weights.linear(prefix + "attn.q", q, dim, false);
  }
  loaded.kv_a = weights.linear(prefix + "attn.kv_a", latent.kv_rank + latent.rope, dim, layer.qkv_bias);
  loaded.kv_norm = weights.norm(prefix + "attn.kv_a_norm", latent.kv_rank, false, false);
  for (int head = 0; head < layer.heads; ++head) {
    const Shape k_shape = latent.absorbed ? Shape{latent.kv_rank, latent.nope} : Shape{latent.nope, latent.kv_rank};
    loaded.k_up.push_back(weights.matrix(cat(prefix, "attn.k_up.", head, ".w"), k_shape));
    loaded.v_up.push_back(weights.matrix(cat(prefix, "attn.v_up.", head, ".w"), {latent.v, latent.kv_rank}));
  }
  loaded.o = weights.linear(prefix + "attn.o", dim, int64_t(layer.heads) * latent.v, layer.o_bias);
  return loaded;
}

}  // namespace vitrine
