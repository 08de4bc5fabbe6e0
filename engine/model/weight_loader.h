// SPDX-License-Identifier: Apache-2.0
// Turns recipes into tensors on the backend: mapped bytes are used where they lie, unless a recipe rearranges them or the kernels
// want another layout (prepared once, in parallel). Keeps a list of what was asked for and what came of it (tensor_check.h reads it).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/model/architecture.h"
#include "engine/model/parameter_origins.h"
#include "engine/nn/params.h"

namespace vitrine {

/// One weight that was asked for.
struct WeightRequest {
  enum class Outcome : uint8_t {
    fits,
    absent,      // no such tensor
    misfit,      // of another shape
    unreadable,  // `problem` says why
  } outcome = Outcome::absent;
  std::string canonical;
  Recipe recipe;               // without its row_order
  int64_t stored_rows = -1;    // rows that row_order picks from, -1: it has none
  Shape expected;
  bool required = false;
  std::string stored = {};     // the tensor that is absent, misfits or is unreadable
  std::string problem = {};

  bool fails() const { return outcome == Outcome::misfit || outcome == Outcome::unreadable || (outcome == Outcome::absent && required); }
};

class WeightLoader {
 public:
  /// `origins`, when given, learns where each tensor came from. read: load the weights; headers: only ask whether they are there and fit, every weight stays undefined.
  enum class Mode : uint8_t { read, headers };
  WeightLoader(const Architecture& architecture, const ModelSpec& spec, const WeightSource& source, Backend& backend, ProgressFn progress,
               Mode mode = Mode::read, std::shared_ptr<ParameterOrigins> origins = nullptr);
  ~WeightLoader() { give_back(); }
  WeightLoader(const WeightLoader&) = delete;
  WeightLoader& operator=(const WeightLoader&) = delete;

  /// A matrix for matmul or gather, prepared. Undefined when absent and not required.
  Tensor matrix(const std::string& canonical, Shape expected, bool required = true);
  /// A matrix for gather alone, as it is stored, copied out of the file.
  Tensor table(const std::string& canonical, Shape expected);
  /// A vector as f32.
  Tensor vector(const std::string& canonical, int64_t expected, bool required = true);
  Linear linear(const std::string& canonical, int64_t out, int64_t in, bool bias_required);
  Norm norm(const std::string& canonical, int64_t dim, bool bias_required, bool bias_allowed);
  /// Values on the host, of a small weight that is brought into another form. Leading and single axes of what is stored may be split
  /// otherwise than `expected`. Empty when absent.
  StoredNumbers numbers(const std::string& canonical, const Shape& expected, bool required = true);
  /// Numbers brought into form, as a tensor; undefined when there are none.
  Tensor upload(const StoredNumbers& numbers, const Shape& shape, bool prepared = false);
  bool has(const std::string& canonical) const;
  /// Whether this container has a name for it at all.
  bool spelled(const std::string& canonical) const { return !find_recipe(architecture_, spec_, canonical, source_).pieces.empty(); }

  /// Everything asked for so far.
  std::span<const WeightRequest> requests() const noexcept { return requests_; }
  /// canonical name -> stored names, for the model panel.
  const std::map<std::string, std::vector<std::string>>& used() const noexcept { return used_; }
  /// True when a matrix stayed where it lies in the checkpoint's files.
  bool in_place() const noexcept { return in_place_; }
  const std::shared_ptr<ParameterOrigins>& origins() const noexcept { return origins_; }

 private:
  /// What was read of which tensors.
  struct Fetched {
    Tensor t;
    Recipe recipe = {};
    std::vector<Shape> shapes = {};
    std::string blocks = {};
  };
  /// `t`, made of what was fetched, is what the model keeps.
  Tensor kept(const Tensor& t, Fetched fetched);
  Fetched fetch(const std::string& canonical, const Shape& expected, bool required, bool as_f32);
  void trace(const Tensor& used, Fetched fetched) const;
  struct Part;
  WeightRequest& ask(const std::string& canonical, const Recipe& recipe, const Shape& expected, bool required);
  std::optional<std::vector<Part>> open_parts(const Recipe& recipe, WeightRequest& request) const;
  void read_part(Part& part, const Recipe& recipe);
  /// WeightSource::decode; what was decoded stays until another weight is, as one that is several fused is read piece by piece.
  bool decode(const TensorInfo& info);
  void give_back();
  bool holds(std::span<const std::byte> bytes) const;
  Tensor assemble(const Recipe& recipe, const std::vector<Part>& parts, const Shape& expected, bool as_f32) const;
  void count(int64_t bytes);

  const Architecture& architecture_;
  const ModelSpec& spec_;
  const WeightSource& source_;
  Backend& backend_;
  ProgressFn progress_;
  std::shared_ptr<ParameterOrigins> origins_;
  bool in_place_ = false;
  int64_t done_bytes_ = 0, total_bytes_ = 0;
  std::map<std::string, std::vector<std::string>> used_;
  Mode mode_ = Mode::read;
  std::set<std::string> in_any_layer_;            // stored names without the layer's number
  std::vector<WeightRequest> requests_;
  const TensorInfo* held_ = nullptr;              // decoded and not given back yet
  std::vector<std::span<const std::byte>> read_;  // what the last fetch read
};

}  // namespace vitrine
