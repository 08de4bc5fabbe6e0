// SPDX-License-Identifier: Apache-2.0
// How an op leaves its way back: a step that runs when the loss depends on what the op made.
#pragma once

#include <utility>

#include "engine/exec/exec.h"

namespace vitrine::nn {

/// step(tape, d_out) once d(loss)/d(out) is complete. Only under a tape: `if (ex.tape()) back_through(ex, out, [...]`, so that inference
/// copies no handles.
template <class Step>
void back_through(Exec& ex, const Tensor& out, Step step) {
  ex.tape()->push([out, step = std::move(step)](Tape& tape) {
    if (const Tensor d = tape.reached(out); d.defined()) step(tape, d);
  });
}

/// Where a result goes: over x where the caller gives x up, nobody else holds its bytes and no tape may want its values, else into a new tensor.
inline Tensor room_for(Exec& ex, const Tensor& x, bool given_up) { return given_up && x.sole_owner() && !ex.tape() ? x : ex.alloc(x.shape()); }

}  // namespace vitrine::nn
