// SPDX-License-Identifier: Apache-2.0
// From the tensors that ops use back to the tensors of the checkpoint: which of those a model is made of, and their gradients in the shape in
// which they are stored, however fused, turned or transformed they were on the way in.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/exec/tape.h"
#include "engine/model/architecture.h"
#include "engine/model/stored_numbers.h"

namespace vitrine {

/// d(loss)/d(stored tensor).
struct StoredGradient {
  Shape shape;
  std::vector<float> values;
};

class VT_API ParameterOrigins {
 public:
  /// `used` came out of `recipe`, whose pieces are cut from tensors of these shapes. blocks: the format they are stored in when it has no
  /// gradient of its own, else empty.
  void add(const Tensor& used, const Recipe& recipe, std::vector<Shape> stored_shapes, std::string blocks);
  /// `used` holds these numbers in order.
  void add(const Tensor& used, const StoredNumbers& numbers);

  /// Stored tensors that a gradient can be asked of, sorted: all that the model reads but constants.
  std::vector<std::string> names() const;
  /// Asks the tape for the gradients of every parameter that `wanted` chooses by stored name; all when empty. Throws Error unsupported
  /// naming one that is stored in blocks.
  void record(Tape& tape, const std::function<bool(std::string_view)>& wanted = {}) const;
  /// By stored name, of what was recorded; zeros where the loss does not depend on it.
  std::map<std::string, StoredGradient> collect(Tape& tape, const std::function<bool(std::string_view)>& wanted = {}) const;

 private:
  struct Cut {
    Recipe recipe;
    std::vector<Shape> shapes;
    std::string blocks;
  };
  struct Picked {
    std::string stored;
    Shape shape;
    std::vector<int32_t> index;
    std::vector<float> slope;        // empty: all 1
  };
  struct Origin {
    Tensor used;
    std::variant<Cut, Picked> from;
  };
  static bool touches(const Origin& origin, const std::function<bool(std::string_view)>& wanted);

  std::vector<Origin> origins_;
};

}  // namespace vitrine
