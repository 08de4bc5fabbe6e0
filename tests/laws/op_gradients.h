// SPDX-License-Identifier: Apache-2.0
// What the tables of ops whose gradients are measured have in common: a case, and the step of two sequences that ops of a model expect.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "engine/model/kv_cache.h"
#include "engine/nn/state_ops.h"

namespace vitrine::op_gradients {

using Inputs = std::vector<Tensor>;

struct Case {
  std::string name;                  // of the op, and what is special: "norm, layer"
  std::vector<Shape> shapes;         // of its inputs, all of which are varied
  std::function<Tensor(Exec&, const Inputs&)> op;
  float spread = 1, shift = 0;       // inputs lie in shift +- spread
};

std::vector<Case> pointwise_cases();
std::vector<Case> dense_cases();
std::vector<Case> expert_cases();
std::vector<Case> attention_cases();
std::vector<Case> state_cases();

/// Pseudo-random numbers in [-1, 1], a function of place alone.
inline float noise(uint64_t seed, uint64_t i) {
  uint64_t x = (seed * 0x9E3779B97F4A7C15u) ^ (i + 0x632BE59BD9B4E019u);
  for (int round = 0; round < 2; ++round) x = (x ^ (x >> 29)) * 0xBF58476D1CE4E5B9u;
  return float(double(x >> 40) / double(1 << 23) - 1.0);
}

inline constexpr int kFirst = 5, kSecond = 4, kRows = kFirst + kSecond;

/// Two sequences in one step; nothing is watched.
struct Step {
  Batch batch;
  SiteCatalog catalog;

  explicit Step(Exec& ex) {
    batch.ids.resize(kRows);
    batch.segments = {{nullptr, 0, kFirst}, {nullptr, kFirst, kSecond}};
    catalog.stacks = {{SiteMask{}, SiteMask{}}};
    ex.begin(batch, catalog);
    ex.enter_layer(0, 0);
  }
};

/// Tables of cosines or sines of both sequences' positions.
inline Tensor rotary_table(Exec& ex, int64_t half, bool sine) {
  std::vector<float> values;
  for (int64_t row = 0; row < kRows; ++row)
    for (int64_t i = 0; i < half; ++i) values.push_back(sine ? std::sin(float(row) / float(i + 1)) : std::cos(float(row) / float(i + 1)));
  return ex.upload_f32(values, {kRows, half});
}

/// One Linear a head, rows of w [heads * out, in].
inline std::vector<Linear> rows_as_heads(const Tensor& w, int64_t heads) {
  std::vector<Linear> list;
  for (int64_t h = 0; h < heads; ++h) list.push_back({w.slice(0, h * w.size(0) / heads, (h + 1) * w.size(0) / heads), {}});
  return list;
}

}  // namespace vitrine::op_gradients
