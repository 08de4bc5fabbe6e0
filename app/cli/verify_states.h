// SPDX-License-Identifier: Apache-2.0
// Recurrent states in the layout in which the reference library records them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/probe.h"

namespace vitrine::cli {

/// "final_conv_states.3" [batch, channels, taps], "final_recurrent_states.3", or RWKV's "state.num" [batch, width, layers]: the states after
/// the last token of every sequence. nullopt: the model has no such state.
std::optional<std::vector<float>> recorded_state(const ModelSpec& spec, const ProbeResult& result, const std::string& name);

/// True when hidden_states.0 is what left the first layer, not what entered it: so the library lists those of Mamba and RWKV.
bool lists_after_first_layer(const ModelSpec& spec);

/// True when a finite time step limit acts: the reference clamps in the full forward pass only, so its cached continuation is another one.
bool limits_time_steps(const ModelSpec& spec);

}  // namespace vitrine::cli
