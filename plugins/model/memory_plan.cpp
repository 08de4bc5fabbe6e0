// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/memory_plan.h"

#include <algorithm>

namespace vitrine {
namespace {

/// Values a token that a mixer with a state has in flight: what its projections give.
int64_t state_mixer_width(const LayerSpec& layer, int64_t dim) {
  switch (layer.mixer) {
    case Mixer::mamba:
      return 3 * int64_t(layer.mamba.inner);
    case Mixer::mamba2:
      return 3 * int64_t(layer.mamba2.inner) + 2 * int64_t(layer.mamba2.groups) * layer.mamba2.state;
    case Mixer::rwkv:
      return 4 * int64_t(layer.rwkv.width);
    case Mixer::rg_lru:
      return 3 * int64_t(layer.rg_lru.width);
    case Mixer::short_conv:
      return 3 * dim;
    case Mixer::gated_delta:
      return 2 * int64_t(layer.gated_delta.key_heads) * layer.gated_delta.key_dim + 3 * int64_t(layer.gated_delta.heads) * layer.gated_delta.value_dim;
    default:
      return 0;
  }
}

}  // namespace

MemoryPlan plan_memory(const ModelFacts& facts, int64_t context, DType kv_format) {
  MemoryPlan plan;
  const ModelSpec& spec = facts.spec;
  plan.weights = facts.weight_bytes;
  plan.state = facts.state_bytes;
  if (spec.stacks.empty()) return plan;
  const int64_t tokens = std::max<int64_t>(context, 0);
  plan.kv_per_token = kv_bytes_per_token(spec, kv_format);
  plan.kv = kv_bytes(spec, kv_format, tokens);
  int64_t kept_per_token = 0, widest = 0;
  for (const LayerSpec& layer : spec.layers()) {
    if (const KvEntry entry = kv_entry(layer); entry.heads > 0) kept_per_token += int64_t(layer.heads) * (int64_t(entry.k_dim) * 2 + 4);
    const int64_t attention = (2 * int64_t(layer.heads) + 2 * int64_t(layer.kv_heads)) * layer.head_dim;
    const int64_t experts = layer.ffn == Ffn::moe ? layer.moe.route.used : 1;
    const int64_t hidden = layer.ffn == Ffn::moe ? layer.moe.hidden : layer.hidden;
    const int64_t feed_forward = experts * (layer.ffn == Ffn::glu || layer.ffn == Ffn::moe ? 2 : 1) * hidden;
    widest = std::max({widest, attention, feed_forward, state_mixer_width(layer, spec.dim)});
  }
  plan.kept = kept_per_token * tokens;
  plan.working = std::min(tokens, kPromptPieceTokens) * (2 * int64_t(spec.dim) + widest) * 4;
  if (spec.head) plan.working += int64_t(spec.vocab) * 4;
  return plan;
}

}  // namespace vitrine
