// SPDX-License-Identifier: Apache-2.0
// Which entry of a configuration contradicts the tensors: entries are varied one at a time, and the headers asked again.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine/model/weight_loader.h"

namespace vitrine {

/// "hidden_size is 64 in the configuration; with 48 every tensor would fit"; where no single entry makes all fit, those that decide the
/// shape of the first tensor that does not. Empty: none does.
std::string blamed_entry(const Architecture& architecture, const WeightSource& source, std::span<const WeightRequest> requests,
                         const std::shared_ptr<Backend>& backend);

}  // namespace vitrine
