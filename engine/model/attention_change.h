// SPDX-License-Identifier: Apache-2.0
// Another attention for a loaded model, as data: fewer key/value heads, another window, cap, sinks or norms of queries and keys.
#pragma once

#include <optional>
#include <string_view>

#include "engine/model/spec.h"

namespace vitrine {

/// What is not set stays as it is. A value of 0 takes window and cap away.
struct AttentionChange {
  enum class Layers : uint8_t { all, full, sliding } layers = Layers::all;  // full: those without a window now
  std::optional<int> kv_heads = {};        // mean of the heads of each group (Ainslie et al. 2023, arXiv:2305.13245, section 2.1)
  std::optional<int> window = {};          // tokens a query sees, itself included; in a bidirectional stack to each side
  std::optional<float> softcap = {};       // scores become cap tanh(score / cap) (Gemma 2, arXiv:2408.00118)
  std::optional<bool> sinks = {};          // a logit a head beside its keys (GPT-OSS); true: the checkpoint's own, or sink_logit
  float sink_logit = 0;
  std::optional<bool> qk_norm = {};        // RMS norm of each head's q and k; true: as the checkpoint has it, or without weights
  bool operator==(const AttentionChange&) const = default;
};

/// "kv_heads=1,window=128,softcap=30,sinks=0.5,qk_norm=on"; off takes window, softcap, sinks and qk_norm away; layers=full or layers=sliding
/// restrict it. Throws Error input naming what cannot be read.
VT_API AttentionChange parse_attention(std::string_view text);

/// `spec` with the change. Throws Error unsupported where a layer cannot have it: heads that do not divide, latent keys, keys with
/// low-rank additions.
VT_API ModelSpec change_attention(ModelSpec spec, const AttentionChange& change);

}  // namespace vitrine
