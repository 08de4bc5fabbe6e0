// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/memory_plan.h"

#include <algorithm>

namespace vitrine {

MemoryPlan plan_memory(const ModelFacts& facts, int64_t context, DType kv_format) {
  MemoryPlan plan;
  const ModelSpec& spec = facts.spec;
  plan.weights = facts.weight_bytes;
  if (spec.stacks.empty()) return plan;
  const int64_t tokens = std::max<int64_t>(context, 0);
  plan.kv_per_token = kv_bytes_per_token(spec, kv_format);
  plan.kv = kv_bytes(spec, kv_format, tokens);
  int64_t kept_per_token = 0, widest = 0;
  for (const LayerSpec& layer : spec.layers()) {
    if (const KvEntry entry = kv_entry(layer); entry.heads > 0) kept_per_token += int64_t(layer.heads) * (int64_t(entry.k_dim) * 2 + 4);
    const int64_t attention = (2 * int64_t(layer.heads) + 2 * int64_t(layer.kv_heads)) * layer.head_dim;
    const int64_t experts = layer.ffn == Ffn::moe ? layer.moe.route.used : 1;
    const int64_t feed_forward = experts * (layer.ffn == Ffn::glu || layer.ffn == Ffn::moe ? 2 : 1) * int64_t(layer.hidden);
    widest = std::max({widest, attention, feed_forward});
  }
  plan.kept = kept_per_token * tokens;
  plan.working = std::min(tokens, kPromptPieceTokens) * (2 * int64_t(spec.dim) + widest) * 4;
  if (spec.head) plan.working += int64_t(spec.vocab) * 4;
  return plan;
}

}  // namespace vitrine
