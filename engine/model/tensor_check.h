// SPDX-License-Identifier: Apache-2.0
// Whether the tensors of a checkpoint are those its configuration asks for: what is missing, of another shape or superfluous, under the
// checkpoint's own names, and which entry of the configuration contradicts them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/model/weight_loader.h"

namespace vitrine {

struct TensorProblem {
  enum class Kind : uint8_t { missing, reshaped, unreadable } kind = Kind::missing;
  std::string name;       // as the checkpoint calls it, or would
  std::string also = {};  // " or model.shared.weight": other names it may be stored under
  Shape got, expected;    // as stored
  std::string text;       // one clause: "model.norm.weight is missing, expected [48]"
};

struct TensorCheck {
  std::vector<TensorProblem> problems;
  std::vector<std::string> unused;  // stored, and not asked for
  bool fits() const noexcept { return problems.empty(); }
};

/// From the headers alone. Throws Error where the configuration cannot be read at all.
VT_API TensorCheck check_tensors(const WeightSource& source, const std::shared_ptr<Backend>& backend);
/// "hidden_size is 64 in the configuration; with 48 every tensor would fit", where something does not fit and an entry is to blame; else empty.
VT_API std::string contradicting_entry(const WeightSource& source, const std::shared_ptr<Backend>& backend);
/// Throws one Error that lists what was asked for in vain: file, tensors, shapes, and the entry of the configuration that contradicts them.
void require_fit(const Architecture& architecture, const WeightSource& source, std::span<const WeightRequest> requests,
                 const std::shared_ptr<Backend>& backend);
/// Names of tensors that are stored and that none of `used` names.
std::vector<std::string> unused_tensors(const WeightSource& source, const std::map<std::string, std::vector<std::string>>& used);

}  // namespace vitrine
