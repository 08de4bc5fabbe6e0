// SPDX-License-Identifier: Apache-2.0
// Values of a small stored weight on their way into the form an op wants. Each remembers where it was stored and how it moves with what is
// stored there, so that a gradient finds the way back through any picking, turning and elementwise function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/tensor/shape.h"

namespace vitrine {

struct StoredNumber {
  float value = 0, slope = 1;        // slope: d value / d stored
  int32_t index = 0;
};

/// Values of one stored tensor (or picked from it); empty: it is not there.
struct StoredNumbers {
  std::string stored = {};           // name in the checkpoint
  Shape shape = {};                  // of the stored tensor
  std::vector<StoredNumber> values = {};

  bool empty() const noexcept { return values.empty(); }
  /// The same origin, other values.
  StoredNumbers with(std::vector<StoredNumber> picked) const { return {stored, shape, std::move(picked)}; }
  std::vector<float> floats() const {
    std::vector<float> list;
    for (const StoredNumber& number : values) list.push_back(number.value);
    return list;
  }
};

}  // namespace vitrine
