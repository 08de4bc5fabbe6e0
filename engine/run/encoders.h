// SPDX-License-Identifier: Apache-2.0
// What encoders are asked: vectors of texts, masked tokens, replaced tokens, one forward pass each without a cache; and to read a text
// whose attention will be looked at.
#pragma once

#include "engine/run/lane.h"

namespace vitrine {

/// Throws Error input without texts or tokenizer, and what the checkpoint's modules throw.
EmbedOut embed(LoadedModel& loaded, const Embed& what, std::stop_token stop, const ProgressFn& progress);
/// Softmax of the logits at each mask token. Throws Error unsupported where the model has no masked-language head, input without a mask.
FillMaskOut fill_mask(LoadedModel& loaded, const FillMask& what, std::stop_token stop);
/// Sigmoid of the discriminator's logit of each token (Clark et al. 2020, arXiv:2003.10555). Throws Error unsupported where there is none.
ReplacedOut find_replaced(LoadedModel& loaded, const FindReplaced& what, std::stop_token stop);

/// The lane then holds the text and what its attention is drawn from, nothing of before. Throws Error unsupported where there is no encoder,
/// input for a text that does not fit it.
PromptDone read(LoadedModel& loaded, Lane& lane, const Read& what, std::stop_token stop);

}  // namespace vitrine
