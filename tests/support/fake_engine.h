// SPDX-License-Identifier: Apache-2.0
// An engine for tests of the window: answers every command by a fixed rule, without a model. Linked before the real
// one, its Engine takes the real one's place.
#pragma once

#include <string>
#include <vector>

#include "engine/run/command.h"

namespace vitrine::fake {

/// A model of 4 layers with 8 heads; words of the answer are numbers of the vocabulary "word-<id>".
inline constexpr int kLayers = 4, kHeads = 8, kVocabulary = 1000;

/// Everything submitted to any fake engine of this process since the last call.
__attribute__((visibility("default"))) std::vector<Command> take_submitted();
/// Milliseconds between tokens; 0: at once.
__attribute__((visibility("default"))) void set_token_delay_ms(int ms);

}  // namespace vitrine::fake
