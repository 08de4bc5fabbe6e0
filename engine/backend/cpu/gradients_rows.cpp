// SPDX-License-Identifier: Apache-2.0
// Backward of what works on elements and rows: sums, activations, norms, softmax, rotation, the loss. Rows go to threads; sums over rows are
// taken column by column, so that a thread owns what it adds to.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/backend/cpu/gradients.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

namespace {

/// each(row) over rows, split.
template <class Each>
void for_rows(ThreadPool& pool, int64_t rows, int64_t cost, Each each) {
  split_work(pool, rows, cost, [&](int64_t from, int64_t to) {
    for (int64_t r = from; r < to; ++r) each(r);
  });
}

/// into[c] += term(r, c) over all rows, a run of columns a thread.
template <class Term>
void sum_columns(ThreadPool& pool, int64_t rows, int64_t columns, float* into, Term term) {
  split_work(pool, columns, rows * columns * 2, [&](int64_t from, int64_t to) {
    for (int64_t r = 0; r < rows; ++r) term(r, from, to, into);
  });
}

float* vector_of(const Tensor& t, int64_t n, const char* what) {
  if (!t.defined()) return nullptr;
  VT_CHECK(t.dtype() == DType::f32 && t.numel() == n && t.contiguous(), what, " must be [", n, "] f32, is ", t.shape().str());
  return data_of<float>(t);
}

struct Slope {
  float value, slope;
};

constexpr float kSqrtTwoOverPi = 0.7978845608f, kSqrtHalf = 0.70710678f, kNormalDensity = 0.39894228f;

Slope sigmoid_of(float x) {
  const float s = 1 / (1 + std::exp(-x));
  return {s, s * (1 - s)};
}

/// x sigmoid(a x).
Slope swish_of(float x, float a) {
  const Slope s = sigmoid_of(a * x);
  return {x * s.value, s.value + a * x * s.slope};
}

/// act(x) and act'(x).
Slope slope_of(Activation kind, float x) {
  switch (kind) {
    case Activation::identity: return {x, 1};
    case Activation::silu: return swish_of(x, 1);
    case Activation::gelu: {
      const float phi = 0.5f * (1 + std::erf(x * kSqrtHalf));
      return {x * phi, phi + x * kNormalDensity * std::exp(-0.5f * x * x)};
    }
    case Activation::gelu_tanh: {
      const float t = std::tanh(kSqrtTwoOverPi * (x + 0.044715f * x * x * x));
      return {0.5f * x * (1 + t), 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * kSqrtTwoOverPi * (1 + 3 * 0.044715f * x * x)};
    }
    case Activation::gelu_quick: return swish_of(x, 1.702f);
    case Activation::relu: return {std::max(x, 0.0f), x > 0 ? 1.0f : 0.0f};
    case Activation::relu_squared: return {x > 0 ? x * x : 0.0f, x > 0 ? 2 * x : 0.0f};
    case Activation::tanh: {
      const float t = std::tanh(x);
      return {t, 1 - t * t};
    }
    case Activation::sigmoid: return sigmoid_of(x);
  }
  return {0, 0};
}

/// dx += d_out slope(x), element by element.
template <class SlopeAt>
void pointwise(ThreadPool& pool, const Tensor& x, const Tensor& d_out, const Tensor& dx, SlopeAt slope) {
  if (!dx.defined()) return;
  const Rows in = float_rows(x, "x"), d = float_rows(d_out, "d_out"), into = float_rows(dx, "dx");
  VT_CHECK(x.shape() == d_out.shape() && x.shape() == dx.shape(), "gradient of ", x.shape().str(), " from ", d_out.shape().str());
  const int64_t n = in.columns();
  for_rows(pool, in.rows(), in.rows() * n * 8, [&](int64_t r) {
    const float *a = in.row(r), *g = d.row(r);
    float* out = into.row(r);
    for (int64_t i = 0; i < n; ++i) out[i] += g[i] * slope(a[i]);
  });
}

/// Mean and 1 / sqrt(mean((x - mean)^2) + eps) of each row.
struct Moments {
  std::vector<float> mean, inverse;

  Moments(ThreadPool& pool, const Rows& x, float eps, bool center) : mean(size_t(x.rows())), inverse(mean.size()) {
    const int64_t n = x.columns();
    for_rows(pool, x.rows(), x.rows() * n * 2, [&](int64_t r) {
      const float* row = x.row(r);
      double sum = 0, square = 0;
      for (int64_t i = 0; center && i < n; ++i) sum += double(row[i]);
      const double mu = sum / double(n);
      for (int64_t i = 0; i < n; ++i) square += (double(row[i]) - mu) * (double(row[i]) - mu);
      mean[size_t(r)] = float(mu);
      inverse[size_t(r)] = float(1 / std::sqrt(square / double(n) + double(eps)));
    });
  }
};

}  // namespace

void CpuGradients::fill(const Tensor& t, float value) {
  const Rows rows = float_rows(t, "t");
  for_rows(pool_, rows.rows(), t.numel(), [&](int64_t r) { std::fill_n(rows.row(r), rows.columns(), value); });
}

void CpuGradients::accumulate(const Tensor& d, float factor, const Tensor& into) {
  if (!into.defined()) return;
  const Rows from = float_rows(d, "d"), to = float_rows(into, "sum");
  const int64_t n = from.columns();
  if (d.shape() == into.shape()) {
    for_rows(pool_, from.rows(), from.rows() * n, [&](int64_t r) {
      const float* g = from.row(r);
      float* out = to.row(r);
      for (int64_t i = 0; i < n; ++i) out[i] += factor * g[i];
    });
    return;
  }
  sum_columns(pool_, from.rows(), n, vector_of(into, n, "sum of rows"), [&](int64_t r, int64_t a, int64_t b, float* out) {
    const float* g = from.row(r);
    for (int64_t i = a; i < b; ++i) out[i] += factor * g[i];
  });
}

void CpuGradients::accumulate_product(const Tensor& d, const Tensor& other, const Tensor& into) {
  if (!into.defined()) return;
  const Rows from = float_rows(d, "d"), to = float_rows(into, "sum");
  Rows by = float_rows(other, "factor");
  const int64_t n = from.columns();
  VT_CHECK(by.columns() == n, "product of ", d.shape().str(), " and ", other.shape().str());
  if (other.numel() != d.numel()) by.broadcast(from.rows());
  if (d.numel() == into.numel()) {
    for_rows(pool_, from.rows(), from.rows() * n, [&](int64_t r) {
      const float *g = from.row(r), *f = by.row(r);
      float* out = to.row(r);
      for (int64_t i = 0; i < n; ++i) out[i] += g[i] * f[i];
    });
    return;
  }
  sum_columns(pool_, from.rows(), n, vector_of(into, n, "sum of rows"), [&](int64_t r, int64_t a, int64_t b, float* out) {
    const float *g = from.row(r), *f = by.row(r);
    for (int64_t i = a; i < b; ++i) out[i] += g[i] * f[i];
  });
}

void CpuGradients::scale_rows(const Tensor& x, const Tensor& factors, const Tensor& d_out, const Tensor& dx, const Tensor& d_factors) {
  const Rows in = float_rows(x, "x"), d = float_rows(d_out, "d_out");
  const int64_t first = x.size(0), n = in.columns(), part = first ? in.rows() / first : 0;
  const float* factor = vector_of(factors, first, "row factors");
  float* d_factor = vector_of(d_factors, first, "gradient of row factors");
  for_rows(pool_, first, in.rows() * n * 2, [&](int64_t i) {
    double sum = 0;
    for (int64_t r = i * part; r < (i + 1) * part; ++r) {
      const float *a = in.row(r), *g = d.row(r);
      if (d_factor)
        for (int64_t c = 0; c < n; ++c) sum += double(a[c]) * double(g[c]);
      if (!dx.defined()) continue;
      float* out = float_rows(dx, "dx").row(r);
      for (int64_t c = 0; c < n; ++c) out[c] += g[c] * factor[i];
    }
    if (d_factor) d_factor[i] += float(sum);
  });
}

void CpuGradients::activate(const Tensor& x, Activation kind, const Tensor& d_out, const Tensor& dx) {
  pointwise(pool_, x, d_out, dx, [kind](float a) { return slope_of(kind, a).slope; });
}

void CpuGradients::softcap(const Tensor& x, float cap, const Tensor& d_out, const Tensor& dx) {
  pointwise(pool_, x, d_out, dx, [cap](float a) {
    const float t = std::tanh(a / cap);
    return 1 - t * t;
  });
}

void CpuGradients::clamp(const Tensor& x, float low, float high, const Tensor& d_out, const Tensor& dx) {
  pointwise(pool_, x, d_out, dx, [low, high](float a) { return a >= low && a <= high ? 1.0f : 0.0f; });
}

void CpuGradients::gated(const GatedGradArgs& args) {
  const Rows gate = float_rows(args.gate, "gate"), up = float_rows(args.up, "up"), d = float_rows(args.d_out, "d_out");
  const int64_t n = gate.columns();
  for_rows(pool_, gate.rows(), gate.rows() * n * 8, [&](int64_t r) {
    const float *a = gate.row(r), *u = up.row(r), *g = d.row(r);
    float* da = args.d_gate.defined() ? float_rows(args.d_gate, "d_gate").row(r) : nullptr;
    float* du = args.d_up.defined() ? float_rows(args.d_up, "d_up").row(r) : nullptr;
    for (int64_t i = 0; i < n; ++i) {
      const Slope s = slope_of(args.kind, a[i]);
      if (da) da[i] += g[i] * u[i] * s.slope;
      if (du) du[i] += g[i] * s.value;
    }
  });
}

void CpuGradients::clamped_glu(const ClampedGluGradArgs& args) {
  const Rows gate = float_rows(args.gate, "gate"), up = float_rows(args.up, "up"), d = float_rows(args.d_out, "d_out");
  const int64_t n = gate.columns();
  const float limit = args.limit;
  for_rows(pool_, gate.rows(), gate.rows() * n * 8, [&](int64_t r) {
    const float *a = gate.row(r), *u = up.row(r), *g = d.row(r);
    float* da = args.d_gate.defined() ? float_rows(args.d_gate, "d_gate").row(r) : nullptr;
    float* du = args.d_up.defined() ? float_rows(args.d_up, "d_up").row(r) : nullptr;
    for (int64_t i = 0; i < n; ++i) {
      const Slope s = swish_of(std::min(a[i], limit), args.alpha);
      const float value = std::clamp(u[i], -limit, limit) + 1;
      if (da && a[i] <= limit) da[i] += g[i] * value * s.slope;
      if (du && std::abs(u[i]) <= limit) du[i] += g[i] * s.value;
    }
  });
}

void CpuGradients::rope(const Tensor& cos, const Tensor& sin, bool interleaved, const Tensor& d_out, const Tensor& dx) {
  if (!dx.defined()) return;
  const Rows d = float_rows(d_out, "d_out"), into = float_rows(dx, "dx"), c = float_rows(cos, "cos"), s = float_rows(sin, "sin");
  const int64_t heads = d_out.size(1), n = d_out.size(2), half = c.columns();
  for_rows(pool_, d_out.size(0) * heads, d_out.numel() * 2, [&](int64_t i) {
    const float *g = d.row(i), *co = c.row(i / heads), *si = s.row(i / heads);
    float* out = into.row(i);
    for (int64_t j = 0; j < half; ++j) {
      const int64_t a = interleaved ? 2 * j : j, b = interleaved ? 2 * j + 1 : j + half;
      out[a] += g[a] * co[j] + g[b] * si[j];
      out[b] += g[b] * co[j] - g[a] * si[j];
    }
    for (int64_t j = 2 * half; j < n; ++j) out[j] += g[j];
  });
}

void CpuGradients::norm(const NormGradArgs& args) {
  const Rows x = float_rows(args.x, "x"), d = float_rows(args.d_out, "d_out");
  const int64_t n = x.columns(), rows = x.rows();
  Moments m(pool_, x, args.eps, args.center);
  const float* weight = vector_of(args.weight, n, "norm weight");
  const float* divisor = vector_of(args.divisor, rows, "norm divisor");
  float *dw = vector_of(args.dw, n, "gradient of norm weight"), *db = vector_of(args.db, n, "gradient of norm bias"),
        *d_divisor = vector_of(args.d_divisor, rows, "gradient of norm divisor");
  for (int64_t r = 0; divisor && r < rows; ++r) m.inverse[size_t(r)] = 1 / divisor[r];
  for_rows(pool_, rows, rows * n * 6, [&](int64_t r) {
    const float *a = x.row(r), *g = d.row(r), mean = m.mean[size_t(r)], inverse = m.inverse[size_t(r)];
    double along = 0, sum = 0;
    for (int64_t i = 0; i < n; ++i) {
      const double gw = double(g[i]) * (weight ? double(weight[i]) : 1);
      along += gw * (double(a[i]) - double(mean)) * double(inverse);
      sum += gw;
    }
    if (d_divisor) d_divisor[r] -= float(along) * inverse;
    if (!args.dx.defined()) return;
    const float with_x = divisor ? 0 : float(along / double(n)), level = args.center ? float(sum / double(n)) : 0;
    float* out = float_rows(args.dx, "dx").row(r);
    for (int64_t i = 0; i < n; ++i) {
      const float gw = weight ? g[i] * weight[i] : g[i];
      out[i] += (gw - level - (a[i] - mean) * inverse * with_x) * inverse;
    }
  });
  if (dw)
    sum_columns(pool_, rows, n, dw, [&](int64_t r, int64_t from, int64_t to, float* out) {
      const float *a = x.row(r), *g = d.row(r), mean = m.mean[size_t(r)], inverse = m.inverse[size_t(r)];
      for (int64_t i = from; i < to; ++i) out[i] += g[i] * (a[i] - mean) * inverse;
    });
  if (db)
    sum_columns(pool_, rows, n, db, [&](int64_t r, int64_t from, int64_t to, float* out) {
      const float* g = d.row(r);
      for (int64_t i = from; i < to; ++i) out[i] += g[i];
    });
}

void CpuGradients::norm_scale(const NormScaleGradArgs& args) {
  if (!args.dx.defined()) return;
  const Rows x = float_rows(args.x, "x"), into = float_rows(args.dx, "dx");
  const Moments m(pool_, x, args.eps, args.center);
  const float* d = vector_of(args.d_scale, x.rows(), "gradient of norm scale");
  const int64_t n = x.columns();
  for_rows(pool_, x.rows(), x.rows() * n, [&](int64_t r) {
    const float* a = x.row(r);
    float* out = into.row(r);
    const float factor = d[r] * m.inverse[size_t(r)] / float(n);
    for (int64_t i = 0; i < n; ++i) out[i] += factor * (a[i] - m.mean[size_t(r)]);
  });
}

void CpuGradients::softmax(const SoftmaxGradArgs& args) {
  const Rows p = float_rows(args.probs, "probs"), d = float_rows(args.d_probs, "d_probs");
  const int64_t n = p.columns(), first = args.probs.size(0), part = first ? p.rows() / first : 0;
  float* d_sink = vector_of(args.d_sinks, first, "gradient of sinks");
  for_rows(pool_, first, p.rows() * n * 3, [&](int64_t i) {
    for (int64_t r = i * part; r < (i + 1) * part; ++r) {
      const float *a = p.row(r), *g = d.row(r);
      double along = 0, sum = 0;
      for (int64_t c = 0; c < n; ++c) along += double(a[c]) * double(g[c]), sum += double(a[c]);
      if (d_sink) d_sink[i] -= float((1 - sum) * along);
      if (!args.dx.defined()) continue;
      float* out = float_rows(args.dx, "dx").row(r);
      for (int64_t c = 0; c < n; ++c) out[c] += a[c] * (g[c] - float(along));
    }
  });
}

void CpuGradients::cross_entropy(const CrossEntropyArgs& args) {
  const Rows logits = float_rows(args.logits, "logits");
  const Ids labels(args.labels, DType::i32, "labels");
  const int64_t rows = logits.rows(), n = logits.columns();
  VT_CHECK(args.labels.numel() == rows && args.labels.contiguous(), "one label a row");
  const int32_t* label = labels.row(0);
  std::vector<double> loss(static_cast<size_t>(rows));
  int64_t count = 0;
  for (int64_t r = 0; r < rows; ++r) {
    VT_CHECK(label[r] < n, "label ", label[r], " of ", n, " classes");
    count += label[r] >= 0;
  }
  const float* d_loss = vector_of(args.d_loss, 1, "gradient of the loss");
  for_rows(pool_, rows, rows * n * 8, [&](int64_t r) {
    if (label[r] < 0) return;
    const float* x = logits.row(r);
    const double most = double(*std::max_element(x, x + n));
    double sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += std::exp(double(x[i]) - most);
    loss[size_t(r)] = most + std::log(sum) - double(x[label[r]]);
    if (!args.d_logits.defined()) return;
    float* out = float_rows(args.d_logits, "d_logits").row(r);
    const double share = double(d_loss ? *d_loss : 1) / double(count);
    for (int64_t i = 0; i < n; ++i) out[i] += float(share * std::exp(double(x[i]) - most) / sum);
    out[label[r]] -= float(share);
  });
  double sum = 0;
  for (double one : loss) sum += one;
  if (args.loss.defined()) *vector_of(args.loss, 1, "loss") = float(count ? sum / double(count) : 0);
}

}  // namespace vitrine::cpu
