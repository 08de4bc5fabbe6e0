// SPDX-License-Identifier: Apache-2.0
// Turns recipes into tensors on the backend: mapped bytes are used where they lie, unless a recipe rearranges them or the kernels
// want another layout (prepared once, in parallel). Collects everything that is missing or misshapen into one error.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/model/architecture.h"
#include "engine/nn/params.h"

namespace vitrine {

class WeightLoader {
 public:
  WeightLoader(const Architecture& architecture, const ModelSpec& spec, const WeightSource& source, Backend& backend, ProgressFn progress);

  /// A matrix for matmul or gather, prepared. Undefined when absent and not required.
  Tensor matrix(const std::string& canonical, Shape expected, bool required = true);
  /// A vector as f32.
  Tensor vector(const std::string& canonical, int64_t expected, bool required = true);
  Linear linear(const std::string& canonical, int64_t out, int64_t in, bool bias_required);
  Norm norm(const std::string& canonical, int64_t dim, bool bias_required, bool bias_allowed);
  /// Values on the host, of a small weight that is brought into another form. Leading and single axes of what is stored may be split
  /// otherwise than `expected`. Empty when absent.
  std::vector<float> numbers(const std::string& canonical, const Shape& expected, bool required = true);
  bool has(const std::string& canonical) const;

  /// Throws one Error that lists what was missing or misshapen, with the shapes expected.
  void finish() const;
  /// canonical name -> stored names, for the model panel.
  const std::map<std::string, std::vector<std::string>>& used() const noexcept { return used_; }
  /// True when a matrix stayed where it lies in the checkpoint's files.
  bool in_place() const noexcept { return in_place_; }

 private:
  Tensor fetch(const std::string& canonical, const Shape& expected, bool required, bool as_f32);
  struct Part;
  std::optional<Part> open_part(const Piece& piece, const Recipe& recipe) const;
  Tensor assemble(const Recipe& recipe, const std::vector<Part>& parts, const Shape& expected, bool as_f32) const;
  void count(int64_t bytes);

  const Architecture& architecture_;
  const ModelSpec& spec_;
  const WeightSource& source_;
  Backend& backend_;
  ProgressFn progress_;
  bool in_place_ = false;
  int64_t done_bytes_ = 0, total_bytes_ = 0;
  std::map<std::string, std::vector<std::string>> used_;
  std::vector<std::string> problems_;
  std::vector<std::span<const std::byte>> read_;  // what the last fetch read
};

}  // namespace vitrine
