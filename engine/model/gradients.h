// SPDX-License-Identifier: Apache-2.0
// One forward and one backward pass: a loss, and what it depends on. Used by the command line (verify) and by tests; training runs the same
// Model::forward under a tape of its own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/model/parameter_origins.h"
#include "engine/model/probe.h"

namespace vitrine {

/// Entries of labels that take no part in the loss.
inline constexpr int32_t kNoLabel = -100;

/// What a next-token model should say at each row: labels[row + 1], nothing at the last one.
VT_API std::vector<int32_t> next_token_labels(const std::vector<int32_t>& labels);

struct GradientRequest {
  std::vector<ProbeSequence> sequences = {};
  std::vector<std::vector<int32_t>> labels = {};  // of each row of each sequence, kNoLabel: none
  std::vector<Watch> watches = {};                // Watch::grad: hits with `gradient`
  std::function<bool(std::string_view)> parameters = {};  // by stored name; empty: all
  int64_t frequency_length = 0;                   // see Batch
  bool backward = true;                           // false: the loss alone
};

struct GradientResult {
  float loss = 0;                                 // mean over all labels of all sequences
  std::map<std::string, StoredGradient> parameters;
  std::vector<ProbeHit> hits;
};

/// Mean cross entropy of the labels, all sequences in one step. A model that was loaded for inference has the gradients of watches only. Throws Error input when there
/// is no label or no head, unsupported when a parameter that is asked for is stored in blocks.
VT_API GradientResult run_gradients(const Model& model, const GradientRequest& request);

}  // namespace vitrine
