// SPDX-License-Identifier: Apache-2.0
// Norms, softmax, activations, rotary embedding and pointwise operations against double precision, at every instruction
// set, odd sizes and strided inputs; and all levels bit for bit alike, so that a session replays on another machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "levels.h"

namespace vitrine::test {
namespace {

constexpr int64_t kWidths[] = {1, 5, 15, 16, 17, 64, 100, 576, 1021};

double activation_in_double(Activation kind, double x) {
  const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
  switch (kind) {
    case Activation::identity:
      return x;
    case Activation::silu:
      return x * sigmoid(x);
    case Activation::gelu:
      return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    case Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case Activation::gelu_quick:
      return x * sigmoid(1.702 * x);
    case Activation::relu:
      return std::max(0.0, x);
    case Activation::relu_squared:
      return std::max(0.0, x) * std::max(0.0, x);
    case Activation::tanh:
      return std::tanh(x);
    case Activation::sigmoid:
      return sigmoid(x);
  }
  return 0;
}

TEST(Rows, NormsEqualDoublePrecision) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (int64_t n : kWidths) {
      for (bool center : {false, true}) {
        SCOPED_TRACE(cat(isa, ", ", n, center ? " layer norm" : " RMS norm"));
        const auto x = normal_values(3 * n, 1), w = normal_values(n, 2), b = normal_values(n, 3);
        const Tensor out = backend->alloc({3, n}, DType::f32), scale = backend->alloc({3}, DType::f32);
        backend->norm({.x = tensor_of(*backend, x, {3, n}),
                       .weight = tensor_of(*backend, w, {n}),
                       .bias = tensor_of(*backend, b, {n}),
                       .out = out,
                       .scale = scale,
                       .eps = 1e-5f,
                       .center = center});
        const auto got = floats_of(*backend, out), divisor = floats_of(*backend, scale);
        for (int64_t r = 0; r < 3; ++r) {
          double mean = 0, square = 0;
          for (int64_t i = 0; center && i < n; ++i) mean += double(x[size_t(r * n + i)]) / double(n);
          for (int64_t i = 0; i < n; ++i) square += std::pow(double(x[size_t(r * n + i)]) - mean, 2) / double(n);
          const double want = std::sqrt(square + 1e-5);
          EXPECT_NEAR(divisor[size_t(r)], want, 1e-6 * want);
          for (int64_t i = 0; i < n; ++i) {
            const double value =
                (double(x[size_t(r * n + i)]) - mean) / want * double(w[size_t(i)]) + double(b[size_t(i)]);
            EXPECT_NEAR(got[size_t(r * n + i)], value, center && n == 1 ? 1e-3 : 3e-6 * (1 + std::abs(value)));
          }
        }
      }
    }
  }
}

TEST(Rows, ActivationsEqualDoublePrecisionOverTheirRange) {
  std::vector<float> x;
  for (float v = -100; v <= 100; v += 0.0371f) x.push_back(v);
  for (float v = -6; v <= 6; v += 0.00113f) x.push_back(v);
  for (float v = 1e-8f; v < 1; v *= 1.7f) x.push_back(v), x.push_back(-v);
  const int64_t n = int64_t(x.size());
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const Tensor in = tensor_of(*backend, x, {n}), out = backend->alloc({n}, DType::f32);
    for (int kind = 0; kind <= int(Activation::sigmoid); ++kind) {
      backend->activate(in, Activation(kind), out);
      const auto got = floats_of(*backend, out);
      double worst = 0;
      for (size_t i = 0; i < x.size(); ++i) {
        const double want = activation_in_double(Activation(kind), double(x[i]));
        worst = std::max(worst, std::abs(double(got[i]) - want) / std::max(1.0, std::abs(want)));
      }
      EXPECT_LT(worst, 4e-7) << isa << ", activation " << kind;
      const auto up = normal_values(n, 5);
      const Tensor both = backend->alloc({n}, DType::f32);
      backend->gated(in, tensor_of(*backend, up, {n}), Activation(kind), both);
      const auto product = floats_of(*backend, both);
      for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(product[i], got[i] * up[i]) << isa << ", activation " << kind;
    }
    backend->softcap(in, 30, out);
    const auto capped = floats_of(*backend, out);
    for (size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(capped[i], 30 * std::tanh(double(x[i]) / 30), 6e-6);
  }
}

TEST(Rows, TinyInputsKeepTheirRelativePrecision) {
  const std::vector<float> x = {1e-6f, -1e-6f, 1e-3f, -2e-2f};
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const Tensor out = backend->alloc({4}, DType::f32);
    for (Activation kind : {Activation::tanh, Activation::gelu, Activation::silu}) {
      backend->activate(tensor_of(*backend, x, {4}), kind, out);
      const auto got = floats_of(*backend, out);
      for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(got[i] / activation_in_double(kind, double(x[i])), 1, 5e-7) << isa;
    }
  }
}

TEST(Rows, SoftmaxTakesMasksSinksAndExtremes) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (int64_t n : kWidths) {
      auto x = normal_values(2 * 3 * n, 7, 4);
      for (int64_t i = 1; i < n; i += 3) x[size_t(i)] = -inf;
      x[size_t(n)] = 500;
      const std::vector<float> sinks = {0.5f, -2};
      const Tensor in = tensor_of(*backend, x, {2, 3, n}), out = backend->alloc({2, 3, n}, DType::f32);
      for (bool with_sinks : {false, true}) {
        backend->softmax(in, with_sinks ? tensor_of(*backend, sinks, {2}) : Tensor(), out);
        const auto got = floats_of(*backend, out);
        for (int64_t r = 0; r < 6; ++r) {
          double top = with_sinks ? double(sinks[size_t(r / 3)]) : -1e30, sum = 0;
          for (int64_t i = 0; i < n; ++i) top = std::max(top, double(x[size_t(r * n + i)]));
          for (int64_t i = 0; i < n; ++i) sum += std::exp(double(x[size_t(r * n + i)]) - top);
          if (with_sinks) sum += std::exp(double(sinks[size_t(r / 3)]) - top);
          for (int64_t i = 0; i < n; ++i)
            EXPECT_NEAR(got[size_t(r * n + i)], std::exp(double(x[size_t(r * n + i)]) - top) / sum, 5e-7)
                << isa << " " << n;
        }
      }
    }
    const Tensor masked = tensor_of(*backend, std::vector<float>{-inf, -inf, -inf}, {1, 3});
    backend->softmax(masked, {}, masked);
    EXPECT_EQ(floats_of(*backend, masked), (std::vector<float>{0, 0, 0})) << "a row that sees nothing is zero, not NaN";
  }
}

TEST(Rows, RotaryEmbeddingTurnsPairsAndCopiesTheRest) {
  const int64_t rows = 3, heads = 2;
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    for (int64_t hd : {16, 24, 64, 80, 128}) {
      for (int64_t rotary : {hd, hd / 2}) {
        for (bool interleaved : {false, true}) {
          SCOPED_TRACE(cat(isa, ", ", hd, "/", rotary, interleaved ? " interleaved" : " half-split"));
          const int64_t half = rotary / 2;
          std::vector<float> freq;
          for (int64_t i = 0; i < half; ++i) freq.push_back(float(std::pow(500.0, -double(i) / double(half))));
          const std::vector<int32_t> positions = {0, 7, 4000};
          const Tensor cos = backend->alloc({rows, half}, DType::f32), sin = backend->alloc({rows, half}, DType::f32);
          backend->rope_table({.positions = tensor_of(*backend, positions, {rows}),
                               .inv_freq = tensor_of(*backend, freq, {1, half}),
                               .cos = cos,
                               .sin = sin,
                               .magnitude = 1.1f});
          const auto x = normal_values(rows * heads * hd, 4);
          const Tensor q = tensor_of(*backend, x, {rows, heads, hd});
          backend->rope({.x = q, .cos = cos, .sin = sin, .out = q, .interleaved = interleaved});
          const auto got = floats_of(*backend, q);
          for (int64_t r = 0; r < rows; ++r) {
            for (int64_t h = 0; h < heads; ++h) {
              const float* in = &x[size_t((r * heads + h) * hd)];
              const float* out = &got[size_t((r * heads + h) * hd)];
              for (int64_t i = 0; i < half; ++i) {
                const double angle = double(float(positions[size_t(r)]) * freq[size_t(i)]);
                const int64_t a = interleaved ? 2 * i : i, b = interleaved ? 2 * i + 1 : i + half;
                EXPECT_NEAR(out[a], 1.1 * (double(in[a]) * std::cos(angle) - double(in[b]) * std::sin(angle)), 2e-6);
                EXPECT_NEAR(out[b], 1.1 * (double(in[a]) * std::sin(angle) + double(in[b]) * std::cos(angle)), 2e-6);
              }
              for (int64_t i = rotary; i < hd; ++i) EXPECT_EQ(out[i], in[i]);
            }
          }
        }
      }
    }
  }
}

TEST(Rows, StridedInputsAndBroadcastAreFollowed) {
  for (const std::string& isa : isa_levels()) {
    const auto backend = backend_of(isa);
    const auto wide = normal_values(4 * 3 * 20, 1), row = normal_values(6, 2);
    const Tensor x = tensor_of(*backend, wide, {4, 3, 20}).slice(2, 5, 11).slice(1, 1, 3),
                 out = backend->alloc({4, 2, 6}, DType::f32);
    backend->add(x, tensor_of(*backend, row, {6}), out);
    const auto sums = floats_of(*backend, out);
    backend->multiply(x, x, out);
    const auto squares = floats_of(*backend, out);
    backend->scale(x, 3, out);
    const auto tripled = floats_of(*backend, out);
    const std::vector<float> factors = {1, -2, 0, 0.5f};
    backend->scale_rows(x, tensor_of(*backend, factors, {4}), out);
    const auto scaled = floats_of(*backend, out);
    backend->clamp(x, -0.5f, 0.25f, out);
    const auto clamped = floats_of(*backend, out);
    for (size_t a = 0; a < 4; ++a) {
      for (size_t b = 0; b < 2; ++b) {
        for (size_t c = 0; c < 6; ++c) {
          const float value = wide[(a * 3 + b + 1) * 20 + c + 5];
          const size_t at = (a * 2 + b) * 6 + c;
          EXPECT_EQ(sums[at], value + row[c]);
          EXPECT_EQ(squares[at], value * value);
          EXPECT_EQ(tripled[at], value * 3);
          EXPECT_EQ(scaled[at], value * factors[a]);
          EXPECT_EQ(clamped[at], std::clamp(value, -0.5f, 0.25f));
        }
      }
    }
  }
}

TEST(Rows, LevelsAndThreadsAgreeBitForBit) {
  const int64_t rows = 200, n = 1021;
  const auto x = normal_values(rows * n, 1, 3), w = normal_values(n, 2);
  std::vector<std::vector<float>> first;
  for (const std::string& isa : isa_levels()) {
    for (int threads : {1, 2, 3}) {
      const auto backend = backend_of(isa, threads);
      std::vector<std::vector<float>> results;
      const Tensor in = tensor_of(*backend, x, {rows, n}), out = backend->alloc({rows, n}, DType::f32),
                   stats = backend->alloc({rows, 5}, DType::f32);
      backend->norm({.x = in, .weight = tensor_of(*backend, w, {n}), .out = out, .center = true});
      results.push_back(floats_of(*backend, out));
      backend->softmax(in, {}, out);
      results.push_back(floats_of(*backend, out));
      for (int kind = 0; kind <= int(Activation::sigmoid); ++kind) {
        backend->activate(in, Activation(kind), out);
        results.push_back(floats_of(*backend, out));
      }
      backend->row_stats(in, stats);
      results.push_back(floats_of(*backend, stats));
      if (first.empty()) first = results;
      for (size_t i = 0; i < results.size(); ++i)
        EXPECT_EQ(0, std::memcmp(results[i].data(), first[i].data(), first[i].size() * 4))
            << isa << ", " << threads << " threads, result " << i;
    }
  }
}

}  // namespace
}  // namespace vitrine::test
