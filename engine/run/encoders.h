// SPDX-License-Identifier: Apache-2.0
// What encoders are asked: vectors of texts, masked tokens, replaced tokens. Nothing is cached; one forward pass each.
#pragma once

#include "engine/run/loaded_model.h"

namespace vitrine {

/// Throws Error input without texts or tokenizer, and what the checkpoint's modules throw.
EmbedOut embed(LoadedModel& loaded, const Embed& what, std::stop_token stop, const ProgressFn& progress);
/// Softmax of the logits at each mask token. Throws Error unsupported where the model has no masked-language head, input without a mask.
FillMaskOut fill_mask(LoadedModel& loaded, const FillMask& what, std::stop_token stop);
/// Sigmoid of the discriminator's logit of each token (Clark et al. 2020, arXiv:2003.10555). Throws Error unsupported where there is none.
ReplacedOut find_replaced(LoadedModel& loaded, const FindReplaced& what, std::stop_token stop);

}  // namespace vitrine
