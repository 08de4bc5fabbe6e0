// SPDX-License-Identifier: Apache-2.0
// Pseudo-perplexity of a masked language model (Salazar et al. 2020, arXiv:1910.14659): exp of the mean of -log p(w_t | all other words),
// each token masked in turn.
#pragma once

#include <string_view>

#include "engine/model/model.h"
#include "engine/text/tokenizer.h"

namespace vitrine::cli {

struct PseudoPerplexity {
  int64_t tokens = 0;
  double nll = 0;     // sum over the tokens, nats
  int context = 0;    // tokens of a window, special ones included
};

/// Windows of at most `context` tokens, each with the tokenizer's special tokens, which are not scored. Throws Error input without a mask
/// token or text.
PseudoPerplexity measure_pseudo_perplexity(const Model& model, const Tokenizer& tokenizer, std::string_view text, int context, Precision precision);

}  // namespace vitrine::cli
