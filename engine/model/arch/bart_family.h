// SPDX-License-Identifier: Apache-2.0
// What BART, mBART, Pegasus and Marian share: fairseq's encoder and decoder, a bias on the logits.
#pragma once

#include "engine/model/architecture.h"

namespace vitrine {

std::span<const KeyPair> bart_keys();
std::span<const NameRule> bart_names();
/// Layer norms of epsilon 1e-5, biases everywhere, both stacks as configured; no positions yet.
ModelSpec read_bart(const ConfigView& config, NormPlacement placement);
/// Tables of learned positions that begin in row 2, and a norm after the embeddings (BART, mBART).
void learned_positions(ModelSpec& spec);
/// The bias of the logits is stored as a matrix of one row; an `adjust`.
void bart_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec);

}  // namespace vitrine
