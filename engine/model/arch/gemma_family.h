// SPDX-License-Identifier: Apache-2.0
// What the three Gemma generations share.
#pragma once

#include "engine/model/architecture.h"

namespace vitrine {

/// Embedding scale, tied head, tanh GELU.
void gemma_common(const ConfigView& config, ModelSpec& spec);
/// Norm weights of a Hugging Face folder are stored minus one.
void gemma_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec);
/// Names of the sandwich norms (Gemma 2 and 3) in a Hugging Face folder.
std::span<const NameRule> hf_gemma2_names();
/// Sandwich norms, score scale from query_pre_attn_scalar, soft caps; windows on the sliding layers.
void gemma_sandwich(const ConfigView& config, ModelSpec& spec, int pattern);

}  // namespace vitrine
