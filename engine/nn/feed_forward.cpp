// SPDX-License-Identifier: Apache-2.0
// Feed-forward layers, gated and plain.
#include "engine/nn/ops.h"

namespace vitrine::nn {

Tensor feed_forward(Exec& ex, const Tensor& x, const FfnWeights& weights, Activation activation, float gate_scale) {
  const Linear* const layers[] = {&weights.gate, &weights.up};
  std::vector<Tensor> parts = linears(ex, x, layers);                // [rows, hidden]
  Tensor &gate = parts[0], &up = parts[1];
  Tensor hidden;
  if (gate.defined()) {
    if (gate_scale != 1) gate = scale(ex, std::move(gate), gate_scale);
    ex.tap(Site::mlp_gate, gate);
    ex.tap(Site::mlp_up, up);
    hidden = gated(ex, gate, up, activation);
  } else {
    ex.tap(Site::mlp_gate, up);                                      // before the activation, as TransformerLens' hook_pre
    hidden = activate(ex, up, activation);
  }
  ex.tap(Site::mlp_act, hidden);
  return linear(ex, hidden, weights.down);
}

}  // namespace vitrine::nn
