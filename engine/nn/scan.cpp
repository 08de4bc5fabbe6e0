// SPDX-License-Identifier: Apache-2.0
// Looking at a state while it runs along time, and changing it: the whole step in one kernel, or row by row where an edit must act on
// what follows.
#include "engine/nn/scan_back.h"
#include "engine/nn/state_ops.h"

namespace vitrine::nn {

std::vector<StateRun> gradients_of(Tape& tape, std::span<const StateRun> runs) {
  std::vector<StateRun> gradients;
  for (const StateRun& run : runs) gradients.push_back({run.first_row, run.rows, tape.grad(run.before), tape.reached(run.after)});
  return gradients;
}

void overwrite_rows(Exec& ex, const Tensor& out, const StateRun& run) {
  ex.tape()->push([rows = out.slice(0, run.first_row, run.first_row + run.rows)](Tape& t) {
    if (const Tensor d = t.reached(rows); d.defined()) t.kernels().fill(d, 0);
  });
}

/// One sequence, row by row: after each row its state is edited, and the row's output read again from the edited state.
static void scan_edited(Exec& ex, const Segment& segment, int index, StateRun& run, const ScanKernel& kernel, const Tensor& states) {
  Tensor held = run.before;
  for (int64_t row = 0; row < run.rows; ++row) {
    StateRun one{run.first_row + row, 1, held, ex.alloc(run.after.shape())};
    kernel({&one, 1}, {}, false);
    Tensor state = one.after.reshape({1, run.after.size(0), run.after.size(1)});
    const bool edited = ex.edit_row(Site::ssm_state, index, segment.first_position + row, state);
    const Tensor shown = states.slice(0, one.first_row, one.first_row + 1);
    if (ex.wants_gradient(Site::ssm_state))  // of the row's state, for those who look at it
      back_through(ex, state, [shown](Tape& t, const Tensor& d) { t.kernels().accumulate(d, 1, t.grad(shown)); });
    if (edited) {
      StateRun again{one.first_row, 1, state.reshape(run.after.shape()), ex.alloc(run.after.shape())};
      kernel({&again, 1}, {}, true);
      one.after = again.before;
    }
    held = one.after;
    ex.backend().copy(state, shown);
  }
  ex.backend().copy(held, run.after);
}

void scan(Exec& ex, const Batch& batch, std::vector<StateRun>& runs, const ScanKernel& kernel) {
  if (!ex.wants(Site::ssm_state)) return kernel(runs, {}, false);
  const Tensor states = ex.alloc({batch.rows(), runs[0].after.size(0), runs[0].after.size(1)});
  ex.show_gradient(Site::ssm_state, states);  // on the way back, after all that makes it
  if (ex.edits(Site::ssm_state))
    for (size_t segment = 0; segment < runs.size(); ++segment)
      scan_edited(ex, batch.segments[segment], int(segment), runs[segment], kernel, states);
  else
    kernel(runs, states, false);
  ex.show_value(Site::ssm_state, states);
}

}  // namespace vitrine::nn
