// SPDX-License-Identifier: Apache-2.0
// The kernels over time against plain loops in double precision: odd sizes, strided inputs, several sequences, every instruction set; all
// levels bit for bit alike, and no bit changed by a cut between rows.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "levels.h"

namespace vitrine::test {
namespace {

constexpr int64_t kRows = 150;  // chunks of time are 64 rows

/// Runs the kernel on rows [0, cut) and [cut, kRows) of one sequence whose state has `state` floats; outputs, then the state left.
using Run = std::function<Tensor(Backend&, std::span<const StateRun>)>;
std::vector<float> in_two(Backend& backend, Shape state, int64_t cut, const Run& run) {
  std::vector<float> out;
  Tensor before;
  const std::pair<int64_t, int64_t> parts[] = {{0, cut}, {cut, kRows}};
  for (const auto& [from, to] : parts) {
    if (from == to) continue;
    const StateRun one{from, to - from, before, backend.alloc(state, DType::f32)};
    const std::vector<float> all = floats_of(backend, run(backend, {&one, 1}));
    const size_t width = all.size() / size_t(kRows);
    out.insert(out.end(), all.begin() + from * int64_t(width), all.begin() + to * int64_t(width));
    before = one.after;
  }
  const std::vector<float> left = floats_of(backend, before);
  out.insert(out.end(), left.begin(), left.end());
  return out;
}

/// The same bits at every level and for every cut; returns them.
std::vector<float> agreed(Shape state, const Run& run) {
  const std::vector<float> first = in_two(*backend_of("scalar", 1), state, kRows, run);
  for (const std::string& isa : isa_levels())
    for (int64_t cut : {int64_t(0), int64_t(1), int64_t(63), int64_t(64), int64_t(90), kRows - 1, kRows}) EXPECT_EQ(in_two(*backend_of(isa), state, cut, run), first) << isa << ", cut at " << cut;
  return first;
}

void expect_near(const std::vector<float>& got, const std::vector<double>& wanted, double relative) {
  double largest = 0;
  for (double value : wanted) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], relative * largest) << i;
}

TEST(Scan, TimeStepsEqualDoublePrecisionAndStayWithinTheirLimits) {
  std::vector<float> x;
  for (float value = -90; value < 90; value += 0.37f) x.push_back(value);
  const int64_t n = int64_t(x.size());
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const auto run = [&](float least, float most) {
      const Tensor out = backend->alloc({1, n}, DType::f32);
      backend->time_step({.x = tensor_of(*backend, x, {1, n}), .out = out, .least = least, .most = most});
      return floats_of(*backend, out);
    };
    const std::vector<float> free = run(0, std::numeric_limits<float>::infinity()), limited = run(0.1f, 2);
    for (size_t i = 0; i < x.size(); ++i) {
      const double wanted = x[i] > 30 ? double(x[i]) : std::log1p(std::exp(double(x[i])));
      EXPECT_NEAR(free[i], wanted, 4e-7 * wanted + 1e-37) << isa << " at " << x[i];
      EXPECT_EQ(limited[i], std::min(2.0f, std::max(0.1f, free[i])));
    }
  }
}

TEST(Scan, AConvolutionSeesItsStateAndNothingAhead) {
  const int64_t channels = 37, taps = 4;
  const auto x = normal_values(kRows * channels, 1), w = normal_values(taps * channels, 2), b = normal_values(channels, 3);
  const std::vector<float> got = agreed({taps, channels}, [&](Backend& backend, std::span<const StateRun> runs) {
    const Tensor out = backend.alloc({kRows, channels}, DType::f32);
    backend.conv1d({.x = tensor_of(backend, x, {kRows, channels}), .weight = tensor_of(backend, w, {taps, channels}),
                    .bias = tensor_of(backend, b, {channels}), .out = out, .runs = runs});
    return out;
  });
  std::vector<double> wanted;
  const auto at = [&](int64_t t, int64_t c) { return t < 0 ? 0.0 : double(x[size_t(t * channels + c)]); };
  for (int64_t t = 0; t < kRows; ++t)
    for (int64_t c = 0; c < channels; ++c) {
      double sum = b[size_t(c)];
      for (int64_t k = 0; k < taps; ++k) sum += double(w[size_t(k * channels + c)]) * at(t - taps + 1 + k, c);
      wanted.push_back(sum);
    }
  for (int64_t k = 0; k < taps; ++k)
    for (int64_t c = 0; c < channels; ++c) wanted.push_back(at(kRows - taps + k, c));
  expect_near(got, wanted, 1e-6);
}

TEST(Scan, SelectiveScansEqualTheRecurrence) {
  for (const auto& [channels, heads, groups, state] : {std::array<int64_t, 4>{36, 0, 2, 5}, {100, 0, 1, 16}, {60, 5, 1, 12}, {96, 4, 2, 20}, {1344, 21, 1, 9}, {192, 6, 2, 5}}) {
    const int64_t steps = heads ? heads : channels;
    const auto x = normal_values(kRows * channels, 1), b = normal_values(kRows * groups * state, 2), c = normal_values(kRows * groups * state, 3),
               d = normal_values(steps, 4);
    auto dt = normal_values(kRows * steps, 5), a = normal_values(heads ? heads : state * channels, 6);
    for (float& value : dt) value = std::abs(value);
    for (float& value : a) value = -std::abs(value);
    const std::vector<float> got = agreed({state, channels}, [&](Backend& backend, std::span<const StateRun> runs) {
      const Tensor out = backend.alloc({kRows, channels}, DType::f32);
      backend.selective_scan({.x = tensor_of(backend, x, {kRows, channels}), .dt = tensor_of(backend, dt, {kRows, steps}),
                              .a = tensor_of(backend, a, heads ? Shape{heads} : Shape{state, channels}),
                              .b = tensor_of(backend, b, {kRows, groups * state}), .c = tensor_of(backend, c, {kRows, groups * state}),
                              .d = tensor_of(backend, d, {steps}), .out = out, .groups = int(groups), .runs = runs});
      return out;
    });
    std::vector<double> wanted, h(size_t(state * channels), 0.0);
    for (int64_t t = 0; t < kRows; ++t)
      for (int64_t i = 0; i < channels; ++i) {
        const int64_t head = heads ? i / (channels / heads) : i, group = i / (channels / groups);
        const double step = dt[size_t(t * steps + head)], in = x[size_t(t * channels + i)];
        double y = double(d[size_t(head)]) * in;
        for (int64_t n = 0; n < state; ++n) {
          double& held = h[size_t(n * channels + i)];
          held = std::exp(step * double(a[size_t(heads ? head : n * channels + i)])) * held + step * in * double(b[size_t((t * groups + group) * state + n)]);
          y += double(c[size_t((t * groups + group) * state + n)]) * held;
        }
        wanted.push_back(y);
      }
    wanted.insert(wanted.end(), h.begin(), h.end());
    expect_near(got, wanted, 2e-6);
  }
}

TEST(Scan, TheDeltaRuleReplacesWhatAKeyHeld) {
  const int64_t key_heads = 2, heads = 4, key = 9, value = 21;
  const auto q = normal_values(kRows * key_heads * key, 1), k = normal_values(kRows * key_heads * key, 2, 0.3f), v = normal_values(kRows * heads * value, 3);
  auto decay = normal_values(kRows * heads, 4), beta = normal_values(kRows * heads, 5);
  for (float& x : decay) x = -std::abs(x);
  for (float& x : beta) x = 1 / (1 + std::exp(-x));
  const std::vector<float> got = agreed({heads * key, value}, [&](Backend& backend, std::span<const StateRun> runs) {
    const Tensor out = backend.alloc({kRows, heads * value}, DType::f32);
    backend.delta_rule({.q = tensor_of(backend, q, {kRows, key_heads * key}), .k = tensor_of(backend, k, {kRows, key_heads * key}),
                        .v = tensor_of(backend, v, {kRows, heads * value}), .decay = tensor_of(backend, decay, {kRows, heads}),
                        .beta = tensor_of(backend, beta, {kRows, heads}), .out = out, .key_heads = int(key_heads), .runs = runs});
    return out;
  });
  std::vector<double> wanted(size_t(kRows * heads * value)), s(size_t(heads * key * value), 0.0);
  for (int64_t t = 0; t < kRows; ++t)
    for (int64_t h = 0; h < heads; ++h) {
      const size_t row = size_t((t * key_heads + h / (heads / key_heads)) * key), rate = size_t(t * heads + h);
      for (int64_t j = 0; j < value; ++j) {
        double held = 0, y = 0;
        const auto cell = [&](int64_t i) -> double& { return s[size_t((h * key + i) * value + j)]; };
        for (int64_t i = 0; i < key; ++i) held += double(k[row + size_t(i)]) * (cell(i) *= std::exp(double(decay[rate])));
        const double change = (double(v[size_t((t * heads + h) * value + j)]) - held) * double(beta[rate]);
        for (int64_t i = 0; i < key; ++i) y += double(q[row + size_t(i)]) * (cell(i) += double(k[row + size_t(i)]) * change);
        wanted[size_t((t * heads + h) * value + j)] = y;
      }
    }
  wanted.insert(wanted.end(), s.begin(), s.end());
  expect_near(got, wanted, 2e-6);
}

TEST(Scan, TheGatedUnitEntersUnscaledAtItsBegin) {
  const int64_t width = 35;
  const auto x = normal_values(kRows * width, 1), in = normal_values(kRows * width, 2), re = normal_values(kRows * width, 3);
  auto decay = normal_values(width, 4, 0.2f);
  for (float& value : decay) value = std::abs(value) + 0.01f;
  const std::vector<float> got = agreed({1, width}, [&](Backend& backend, std::span<const StateRun> runs) {
    const Tensor out = backend.alloc({kRows, width}, DType::f32);
    const auto rows = [&](const std::vector<float>& values) { return tensor_of(backend, values, {kRows, width}); };
    backend.rg_lru({.x = rows(x), .input_gate = rows(in), .recurrence_gate = rows(re), .decay = tensor_of(backend, decay, {width}), .out = out, .runs = runs});
    return out;
  });
  std::vector<double> wanted, h(size_t(width), 0.0);
  const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
  for (int64_t t = 0; t < kRows; ++t)
    for (int64_t i = 0; i < width; ++i) {
      const size_t at = size_t(t * width + i);
      const double log_a = -8 * double(decay[size_t(i)]) * sigmoid(re[at]), entering = sigmoid(in[at]) * double(x[at]);
      h[size_t(i)] = t == 0 ? entering : std::exp(log_a) * h[size_t(i)] + std::sqrt(1 - std::exp(2 * log_a)) * entering;
      wanted.push_back(h[size_t(i)]);
    }
  wanted.insert(wanted.end(), h.begin(), h.end());
  expect_near(got, wanted, 4e-6);
}

TEST(Scan, WkvIsAWeightedMeanThatDoesNotOverflow) {
  const int64_t width = 33;
  const auto k = normal_values(kRows * width, 1, 40), v = normal_values(kRows * width, 2), first = normal_values(width, 3);
  auto decay = normal_values(width, 4);
  for (float& value : decay) value = -std::exp(value);
  const std::vector<float> got = agreed({3, width}, [&](Backend& backend, std::span<const StateRun> runs) {
    const Tensor out = backend.alloc({kRows, width}, DType::f32);
    backend.wkv({.k = tensor_of(backend, k, {kRows, width}), .v = tensor_of(backend, v, {kRows, width}), .decay = tensor_of(backend, decay, {width}),
                 .first = tensor_of(backend, first, {width}), .out = out, .runs = runs});
    return out;
  });
  std::vector<double> wanted;
  for (int64_t t = 0; t < kRows; ++t)
    for (int64_t i = 0; i < width; ++i) {
      long double num = 0, den = 0;
      for (int64_t s = 0; s <= t; ++s) {
        const long double exponent = s == t ? (long double)first[size_t(i)] : (long double)(t - 1 - s) * decay[size_t(i)];
        const long double weight = std::exp(exponent + (long double)k[size_t(s * width + i)]);
        num += weight * v[size_t(s * width + i)], den += weight;
      }
      wanted.push_back(double(num / den));
    }
  expect_near(got, {wanted.begin(), wanted.begin() + 11 * width}, 4e-6);
  expect_near(got, wanted, 2e-5);  // later ones have exponents of some hundreds, whose own rounding is 1e-5
}

TEST(Scan, SequencesOfOneStepDoNotFeelEachOther) {
  const int64_t channels = 20, state = 6, rows = 11;
  const auto x = normal_values(rows * channels, 1), b = normal_values(rows * state, 2), a = std::vector<float>(size_t(state * channels), -0.5f),
             dt = std::vector<float>(size_t(rows * channels), 0.7f), d = std::vector<float>(size_t(channels), 0);
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const auto run = [&](const std::vector<StateRun>& runs) {
      const Tensor out = tensor_of(*backend, std::vector<float>(size_t(rows * channels)), {rows, channels});
      backend->selective_scan({.x = tensor_of(*backend, x, {rows, channels}), .dt = tensor_of(*backend, dt, {rows, channels}),
                               .a = tensor_of(*backend, a, {state, channels}), .b = tensor_of(*backend, b, {rows, state}),
                               .c = tensor_of(*backend, b, {rows, state}), .d = tensor_of(*backend, d, {channels}), .out = out, .runs = runs});
      return floats_of(*backend, out);
    };
    const auto room = [&] { return backend->alloc({state, channels}, DType::f32); };
    const std::vector<float> both = run({{0, 4, {}, room()}, {4, 7, {}, room()}}), first = run({{0, 4, {}, room()}}), second = run({{4, 7, {}, room()}});
    for (int64_t i = 0; i < rows * channels; ++i) EXPECT_EQ(both[size_t(i)], (i < 4 * channels ? first : second)[size_t(i)]) << isa;
  }
}

}  // namespace
}  // namespace vitrine::test
