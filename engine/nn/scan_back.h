// SPDX-License-Identifier: Apache-2.0
// What the ways back through the scans share: the gradients of the states before and after each run.
#pragma once

#include <span>
#include <vector>

#include "engine/nn/backward.h"

namespace vitrine::nn {

/// Of runs[i].before and .after, undefined where the state is a constant or the loss does not depend on it.
std::vector<StateRun> gradients_of(Tape& tape, std::span<const StateRun> runs);

/// Pushes step(tape, d_out, d_runs), which runs when the loss depends on `out`, on a state shown in `states` or on what a run leaves.
template <class Step>
void scan_back(Exec& ex, const Tensor& out, const Tensor& states, std::span<const StateRun> runs, Step step) {
  ex.tape()->push([out, states, kept = std::vector<StateRun>(runs.begin(), runs.end()), step = std::move(step)](Tape& tape) {
    bool wanted = tape.reached(out).defined() || tape.reached(states).defined();
    for (const StateRun& run : kept) wanted |= tape.reached(run.after).defined();
    if (!wanted) return;
    const std::vector<StateRun> d_runs = gradients_of(tape, kept);
    step(tape, std::span<const StateRun>(kept), std::span<const StateRun>(d_runs));
  });
}

/// The run's rows of `out` are about to be written again: on the way back, what they were before has no gradient.
void overwrite_rows(Exec& ex, const Tensor& out, const StateRun& run);

}  // namespace vitrine::nn
