// SPDX-License-Identifier: Apache-2.0
// Backward of what carries a state along time: the states are made again forwards, then time runs backwards with d(loss)/d(state). Channels
// (or heads) go to threads; sequences follow each other where a parameter belongs to all of them.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/backend/cpu/gradients.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {

namespace {

constexpr int64_t kBlocks = 8;  // parts of a group whose sums are kept apart

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

/// [rows, columns], rows of any distance; undefined: null.
struct Lines {
  float* data = nullptr;
  int64_t step = 0;

  Lines(const Tensor& t, int64_t rows, int64_t columns, const char* what) {
    if (!t.defined()) return;
    VT_CHECK(t.dtype() == DType::f32 && t.rank() == 2 && t.size(0) == rows && t.size(1) == columns && (columns == 1 || t.stride(1) == 1), what,
             " must be [", rows, ", ", columns, "] f32, is ", t.shape().str());
    data = data_of<float>(t);
    step = t.stride(0);
  }
  explicit operator bool() const { return data != nullptr; }
  float& at(int64_t row, int64_t column) const { return data[row * step + column]; }
  void add(int64_t row, int64_t column, float value) const {
    if (data) data[row * step + column] += value;
  }
};

float* plain(const Tensor& t, int64_t n, const char* what) {
  if (!t.defined()) return nullptr;
  VT_CHECK(t.dtype() == DType::f32 && t.contiguous() && t.numel() == n, what, " must hold ", n, " f32, is ", t.shape().str());
  return data_of<float>(t);
}

/// The state tensors of run i and their gradients.
struct RunStates {
  const float *before, *after;
  float *d_before, *d_after;

  RunStates(std::span<const StateRun> runs, std::span<const StateRun> d_runs, size_t i)
      : before(data_of<const float>(runs[i].before)), after(data_of<const float>(runs[i].after)),
        d_before(i < d_runs.size() ? data_of<float>(d_runs[i].before) : nullptr), d_after(i < d_runs.size() ? data_of<float>(d_runs[i].after) : nullptr) {}
};

}  // namespace

void CpuGradients::time_step(const TimeStepGradArgs& args) {
  const Rows x = float_rows(args.x, "x"), d = float_rows(args.d_out, "d_out");
  const int64_t n = x.columns();
  const float* bias = plain(args.bias, n, "time step bias");
  float* d_bias = plain(args.d_bias, n, "gradient of the time step bias");
  const Lines dx(args.dx, x.rows(), n, "dx");
  split_work(pool_, n, x.rows() * n * 16, [&](int64_t from, int64_t to) {
    for (int64_t r = 0; r < x.rows(); ++r)
      for (int64_t i = from; i < to; ++i) {
        const float at = x.row(r)[i] + (bias ? bias[i] : 0), y = std::max(at, 0.0f) + std::log1p(std::exp(-std::abs(at)));
        if (y < args.least || y > args.most) continue;
        const float g = d.row(r)[i] * sigmoid(at);
        dx.add(r, i, g);
        if (d_bias) d_bias[i] += g;
      }
  });
}

void CpuGradients::conv1d(const Conv1dGradArgs& args) {
  const int64_t rows = args.x.size(0), channels = args.weight.size(-1), taps = args.weight.size(0);
  const Lines x(args.x, rows, channels, "conv input"), d(args.d_out, rows, channels, "d_out"), dx(args.dx, rows, channels, "dx");
  const float* weight = plain(args.weight, taps * channels, "conv weight");
  float *dw = plain(args.d_weight, taps * channels, "gradient of conv weight"), *db = plain(args.d_bias, channels, "gradient of conv bias");
  split_work(pool_, channels, rows * channels * taps * 2, [&](int64_t from, int64_t to) {
    for (size_t i = 0; i < args.runs.size(); ++i) {
      const StateRun& run = args.runs[i];
      const RunStates states(args.runs, args.d_runs, i);
      /// Position t of the inputs, negative ones in the state.
      const auto value = [&](int64_t t, int64_t c) { return t >= 0 ? x.at(run.first_row + t, c) : states.before ? states.before[(taps + t) * channels + c] : 0; };
      const auto give = [&](int64_t t, int64_t c, float g) {
        if (t >= 0) return dx.add(run.first_row + t, c, g);
        if (states.d_before) states.d_before[(taps + t) * channels + c] += g;
      };
      for (int64_t t = 0; t < run.rows; ++t)
        for (int64_t k = 0; k < taps; ++k)
          for (int64_t c = from; c < to; ++c) {
            const float g = d.at(run.first_row + t, c);
            if (dw) dw[k * channels + c] += g * value(t - taps + 1 + k, c);
            give(t - taps + 1 + k, c, g * weight[k * channels + c]);
          }
      for (int64_t t = 0; db && t < run.rows; ++t)
        for (int64_t c = from; c < to; ++c) db[c] += d.at(run.first_row + t, c);
      for (int64_t k = 0; states.d_after && k < taps; ++k)
        for (int64_t c = from; c < to; ++c) give(run.rows - taps + k, c, states.d_after[k * channels + c]);
    }
  });
}

namespace {

/// Selective scan of one channel, forwards with all its states, then backwards.
struct ScanBackward {
  bool per_head;
  int64_t rows, channels, heads, groups, state;
  Lines x, dt, b, c, d_out, dx, d_dt;
  const float *a, *d;
  float *d_a, *d_d, *d_states;
  std::vector<float> kept, flow;     // [rows + 1][state], [state]

  explicit ScanBackward(const SelectiveScanGradArgs& g)
      : per_head(g.forward.a.rank() == 1), rows(g.forward.x.size(0)), channels(g.forward.x.size(-1)),
        heads(per_head ? g.forward.a.size(0) : channels), groups(g.forward.groups), state(g.forward.b.size(-1) / groups),
        x(g.forward.x, rows, channels, "scan input"), dt(g.forward.dt, rows, heads, "time steps"), b(g.forward.b, rows, groups * state, "b"),
        c(g.forward.c, rows, groups * state, "c"), d_out(g.d_out, rows, channels, "d_out"), dx(g.dx, rows, channels, "dx"),
        d_dt(g.d_dt, rows, heads, "d_dt"), a(plain(g.forward.a, per_head ? heads : state * channels, "a")), d(plain(g.forward.d, heads, "d")),
        d_a(plain(g.d_a, per_head ? heads : state * channels, "d_a")), d_d(plain(g.d_d, heads, "d_d")),
        d_states(plain(g.d_states, rows * state * channels, "d_states")), flow(size_t(state)) {}

  /// Adds to db and dc [rows][state] of the caller.
  void channel(const StateRun& run, const RunStates& states, int64_t i, float* db, float* dc) {
    const int64_t head = per_head ? i / (channels / heads) : i, group = i / (channels / groups) * state, r0 = run.first_row;
    kept.resize(size_t((run.rows + 1) * state));
    const auto rate = [&](int64_t n) { return a[per_head ? head : n * channels + i]; };
    for (int64_t n = 0; n < state; ++n) {
      kept[size_t(n)] = states.before ? states.before[n * channels + i] : 0;
      flow[size_t(n)] = states.d_after ? states.d_after[n * channels + i] : 0;
    }
    for (int64_t t = 0; t < run.rows; ++t) {
      const float step = dt.at(r0 + t, head), u = step * x.at(r0 + t, i);
      for (int64_t n = 0; n < state; ++n)
        kept[size_t((t + 1) * state + n)] = std::exp(step * rate(n)) * kept[size_t(t * state + n)] + u * b.at(r0 + t, group + n);
    }
    for (int64_t t = run.rows - 1; t >= 0; --t) {
      const float dy = d_out ? d_out.at(r0 + t, i) : 0, step = dt.at(r0 + t, head), u = x.at(r0 + t, i);
      const float *before = kept.data() + t * state, *after = before + state;
      float d_step = 0, d_u = 0;
      for (int64_t n = 0; n < state; ++n) {
        const float bn = b.at(r0 + t, group + n), e = std::exp(step * rate(n));
        float g = flow[size_t(n)] + c.at(r0 + t, group + n) * dy;
        if (d_states) {
          float& shown = d_states[((r0 + t) * state + n) * channels + i];
          g = shown += g;
        }
        if (dc) dc[(r0 + t) * state + n] += dy * after[n];
        if (db) db[(r0 + t) * state + n] += g * step * u;
        d_step += g * (before[n] * e * rate(n) + u * bn);
        d_u += g * step * bn;
        if (d_a) d_a[per_head ? head : n * channels + i] += g * before[n] * e * step;
        flow[size_t(n)] = g * e;
      }
      d_dt.add(r0 + t, head, d_step);
      dx.add(r0 + t, i, d_u + d[head] * dy);
      if (d_d) d_d[head] += u * dy;
    }
    for (int64_t n = 0; states.d_before && n < state; ++n) states.d_before[n * channels + i] += flow[size_t(n)];
  }
};

}  // namespace

void CpuGradients::selective_scan(const SelectiveScanGradArgs& args) {
  const ScanBackward shape(args);
  const int64_t rows = shape.rows, state = shape.state, span = shape.channels / shape.groups, head = shape.channels / shape.heads;
  const int64_t units = std::min(kBlocks, span / head);                 // whole heads each
  const size_t part = size_t(rows * state);
  std::vector<float> db(args.d_b.defined() ? size_t(units * shape.groups) * part : 0), dc(args.d_c.defined() ? size_t(units * shape.groups) * part : 0);
  share_work(pool_, units * shape.groups, rows * shape.channels * state * 16, [&](int64_t unit, int) {
    ScanBackward scan(args);
    const int64_t group = unit / units, at = unit % units, heads = span / head;
    for (size_t i = 0; i < args.runs.size(); ++i)
      for (int64_t channel = heads * at / units * head; channel < heads * (at + 1) / units * head; ++channel)
        scan.channel(args.runs[i], RunStates(args.runs, args.d_runs, i), group * span + channel, db.empty() ? nullptr : db.data() + size_t(unit) * part,
                     dc.empty() ? nullptr : dc.data() + size_t(unit) * part);
  });
  const auto add_up = [&](const Tensor& t, const std::vector<float>& parts) {
    const Lines into(t, rows, shape.groups * state, "gradient of b or c");
    for (int64_t unit = 0; into && unit < units * shape.groups; ++unit)
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t n = 0; n < state; ++n) into.add(r, unit / units * state + n, parts[size_t(unit) * part + size_t(r * state + n)]);
  };
  add_up(args.d_b, db);
  add_up(args.d_c, dc);
}

namespace {

constexpr int64_t kRowsBetweenStates = 32;

/// One value head of the gated delta rule. States are kept every kRowsBetweenStates rows and made again in between.
struct DeltaBackward {
  int64_t rows, key_heads, heads, key, value, one;
  Lines q, k, v, decay, beta, d_out, dq, dk, dv, d_decay, d_beta;
  float* d_states;
  std::vector<float> marks, states, flow, faded, gap, write, d_write;

  explicit DeltaBackward(const DeltaRuleGradArgs& g)
      : rows(g.forward.q.size(0)), key_heads(g.forward.key_heads), heads(g.forward.decay.size(-1)), key(g.forward.q.size(-1) / key_heads),
        value(g.forward.v.size(-1) / heads), one(key * value), q(g.forward.q, rows, key_heads * key, "q"), k(g.forward.k, rows, key_heads * key, "k"),
        v(g.forward.v, rows, heads * value, "v"), decay(g.forward.decay, rows, heads, "decay"), beta(g.forward.beta, rows, heads, "beta"),
        d_out(g.d_out, rows, heads * value, "d_out"), dq(g.dq, rows, key_heads * key, "dq"), dk(g.dk, rows, key_heads * key, "dk"),
        dv(g.dv, rows, heads * value, "dv"), d_decay(g.d_decay, rows, heads, "d_decay"), d_beta(g.d_beta, rows, heads, "d_beta"),
        d_states(plain(g.d_states, rows * heads * one, "d_states")), flow(size_t(one)), faded(flow.size()), gap(size_t(value)), write(gap.size()),
        d_write(gap.size()) {}

  /// faded = exp(g) before; gap = v - faded^T k; write = beta gap. after (may be null) = faded + k write^T.
  void step(int64_t row, int64_t head, const float* before, float* after) {
    const int64_t from = head / (heads / key_heads) * key;
    const float fade = std::exp(decay.at(row, head));
    for (int64_t i = 0; i < one; ++i) faded[size_t(i)] = fade * before[i];
    for (int64_t j = 0; j < value; ++j) gap[size_t(j)] = v.at(row, head * value + j);
    for (int64_t i = 0; i < key; ++i)
      for (int64_t j = 0; j < value; ++j) gap[size_t(j)] -= faded[size_t(i * value + j)] * k.at(row, from + i);
    for (size_t j = 0; j < gap.size(); ++j) write[j] = gap[j] * beta.at(row, head);
    for (int64_t i = 0; after && i < key; ++i)
      for (int64_t j = 0; j < value; ++j) after[i * value + j] = faded[size_t(i * value + j)] + k.at(row, from + i) * write[size_t(j)];
  }

  void back(int64_t row, int64_t head, const float* before, const float* after) {
    const int64_t from = head / (heads / key_heads) * key;
    for (int64_t i = 0; i < key; ++i)
      for (int64_t j = 0; j < value; ++j) {
        float& g = flow[size_t(i * value + j)];
        const float dy = d_out ? d_out.at(row, head * value + j) : 0;
        dq.add(row, from + i, after[i * value + j] * dy);
        g += q.at(row, from + i) * dy;
        if (!d_states) continue;
        float& shown = d_states[(row * heads + head) * one + i * value + j];
        g = shown += g;
      }
    step(row, head, before, nullptr);
    std::fill(d_write.begin(), d_write.end(), 0.0f);
    for (int64_t i = 0; i < key; ++i)
      for (int64_t j = 0; j < value; ++j) {
        d_write[size_t(j)] += flow[size_t(i * value + j)] * k.at(row, from + i);
        dk.add(row, from + i, flow[size_t(i * value + j)] * write[size_t(j)]);
      }
    const float strength = beta.at(row, head), fade = std::exp(decay.at(row, head));
    float by_strength = 0, by_decay = 0;
    for (int64_t j = 0; j < value; ++j) {
      by_strength += d_write[size_t(j)] * gap[size_t(j)];
      d_write[size_t(j)] *= strength;
      dv.add(row, head * value + j, d_write[size_t(j)]);
    }
    for (int64_t i = 0; i < key; ++i)
      for (int64_t j = 0; j < value; ++j) {
        float& g = flow[size_t(i * value + j)];
        dk.add(row, from + i, -faded[size_t(i * value + j)] * d_write[size_t(j)]);
        g -= k.at(row, from + i) * d_write[size_t(j)];
        by_decay += g * faded[size_t(i * value + j)];
        g *= fade;
      }
    d_beta.add(row, head, by_strength);
    d_decay.add(row, head, by_decay);
  }

  void run(const StateRun& r, const RunStates& s, int64_t head) {
    const int64_t parts = (r.rows + kRowsBetweenStates - 1) / kRowsBetweenStates;
    marks.assign(size_t((parts + 1) * one), 0);
    states.resize(size_t((kRowsBetweenStates + 1) * one));
    if (s.before) std::copy_n(s.before + head * one, one, marks.begin());
    const auto forward = [&](int64_t part) {
      std::copy_n(marks.begin() + part * one, one, states.begin());
      const int64_t count = std::min(kRowsBetweenStates, r.rows - part * kRowsBetweenStates);
      for (int64_t t = 0; t < count; ++t)
        step(r.first_row + part * kRowsBetweenStates + t, head, states.data() + t * one, states.data() + (t + 1) * one);
      return count;
    };
    for (int64_t part = 0; part < parts; ++part) {
      const int64_t count = forward(part);
      std::copy_n(states.begin() + count * one, one, marks.begin() + (part + 1) * one);
    }
    if (s.d_after)
      std::copy_n(s.d_after + head * one, one, flow.begin());
    else
      std::fill(flow.begin(), flow.end(), 0.0f);
    for (int64_t part = parts - 1; part >= 0; --part)
      for (int64_t t = forward(part) - 1; t >= 0; --t)
        back(r.first_row + part * kRowsBetweenStates + t, head, states.data() + t * one, states.data() + (t + 1) * one);
    for (int64_t i = 0; s.d_before && i < one; ++i) s.d_before[head * one + i] += flow[size_t(i)];
  }
};

}  // namespace

void CpuGradients::delta_rule(const DeltaRuleGradArgs& args) {
  const DeltaBackward shape(args);
  const int64_t each = shape.heads / shape.key_heads;
  share_work(pool_, int64_t(args.runs.size()) * shape.key_heads, shape.rows * shape.heads * shape.one * 8, [&](int64_t unit, int) {
    DeltaBackward delta(args);
    const size_t run = size_t(unit / shape.key_heads);
    for (int64_t head = unit % shape.key_heads * each; head < (unit % shape.key_heads + 1) * each; ++head)
      delta.run(args.runs[run], RunStates(args.runs, args.d_runs, run), head);
  });
}

void CpuGradients::rg_lru(const RgLruGradArgs& args) {
  const RgLruArgs& f = args.forward;
  const int64_t rows = f.x.size(0), channels = f.x.size(-1);
  const Lines x(f.x, rows, channels, "x"), input(f.input_gate, rows, channels, "input gate"), recurrence(f.recurrence_gate, rows, channels, "recurrence gate"),
      d_out(args.d_out, rows, channels, "d_out"), dx(args.dx, rows, channels, "dx"), d_input(args.d_input_gate, rows, channels, "d_input_gate"),
      d_recurrence(args.d_recurrence_gate, rows, channels, "d_recurrence_gate");
  const float* decay = plain(f.decay, channels, "decay");
  float *d_decay = plain(args.d_decay, channels, "d_decay"), *d_states = plain(args.d_states, rows * channels, "d_states");
  split_work(pool_, channels, rows * channels * 32, [&](int64_t from, int64_t to) {
    std::vector<float> held;
    for (size_t i = 0; i < args.runs.size(); ++i) {
      const StateRun& run = args.runs[i];
      const RunStates states(args.runs, args.d_runs, i);
      held.resize(size_t(run.rows + 1));
      for (int64_t c = from; c < to; ++c) {
        held[0] = states.before ? states.before[c] : 0;
        const auto fade = [&](int64_t t) { return std::exp(-8 * decay[c] * sigmoid(recurrence.at(run.first_row + t, c))); };
        const auto begins = [&](int64_t t) { return t == 0 && !states.before; };
        for (int64_t t = 0; t < run.rows; ++t) {
          const float a = fade(t), u = sigmoid(input.at(run.first_row + t, c)) * x.at(run.first_row + t, c);
          held[size_t(t + 1)] = begins(t) ? u : a * held[size_t(t)] + std::sqrt(1 - a * a) * u;
        }
        float g = states.d_after ? states.d_after[c] : 0;
        for (int64_t t = run.rows - 1; t >= 0; --t) {
          const int64_t r = run.first_row + t;
          const float a = fade(t), open = sigmoid(input.at(r, c)), opens = sigmoid(recurrence.at(r, c)), m = begins(t) ? 1 : std::sqrt(1 - a * a);
          if (d_out) g += d_out.at(r, c);
          if (d_states) g = d_states[r * channels + c] += g;
          dx.add(r, c, g * m * open);
          d_input.add(r, c, g * m * x.at(r, c) * open * (1 - open));
          if (begins(t)) {
            g = 0;
            continue;
          }
          const float slope = std::min(m > 0 ? 0.5f / m : 1000.0f, 1000.0f);
          const float d_a = g * held[size_t(t)] - g * open * x.at(r, c) * slope * 2 * a, d_log = d_a * a;
          if (d_decay) d_decay[c] -= 8 * opens * d_log;
          d_recurrence.add(r, c, -8 * decay[c] * d_log * opens * (1 - opens));
          g *= a;
        }
        if (states.d_before) states.d_before[c] += g;
      }
    }
  });
}

namespace {

/// One channel of WKV: numerator and denominator are kept times e^-exponent, their gradients times e^exponent, so that all powers are below 1.
struct WkvBackward {
  struct Held {
    float numerator = 0, denominator = 0, exponent = -1e38f;
  };
  std::vector<Held> held;

  static Held next(const Held& h, float decay, float k, float v) {
    const float top = std::max(h.exponent + decay, k), old = std::exp(h.exponent + decay - top), now = std::exp(k - top);
    return {old * h.numerator + now * v, old * h.denominator + now, top};
  }
};

}  // namespace

void CpuGradients::wkv(const WkvGradArgs& args) {
  const WkvArgs& f = args.forward;
  const int64_t rows = f.k.size(0), channels = f.k.size(-1);
  const Lines k(f.k, rows, channels, "k"), v(f.v, rows, channels, "v"), d_out(args.d_out, rows, channels, "d_out"), dk(args.dk, rows, channels, "dk"),
      dv(args.dv, rows, channels, "dv");
  const float *decay = plain(f.decay, channels, "decay"), *first = plain(f.first, channels, "first");
  float *d_decay = plain(args.d_decay, channels, "d_decay"), *d_first = plain(args.d_first, channels, "d_first"),
        *d_states = plain(args.d_states, rows * 3 * channels, "d_states");
  split_work(pool_, channels, rows * channels * 64, [&](int64_t from, int64_t to) {
    WkvBackward wkv;
    for (size_t i = 0; i < args.runs.size(); ++i) {
      const StateRun& run = args.runs[i];
      const RunStates s(args.runs, args.d_runs, i);
      wkv.held.resize(size_t(run.rows + 1));
      for (int64_t c = from; c < to; ++c) {
        wkv.held[0] = s.before ? WkvBackward::Held{s.before[c], s.before[channels + c], s.before[2 * channels + c]} : WkvBackward::Held{};
        for (int64_t t = 0; t < run.rows; ++t) wkv.held[size_t(t + 1)] = WkvBackward::next(wkv.held[size_t(t)], decay[c], k.at(run.first_row + t, c), v.at(run.first_row + t, c));
        float ga = s.d_after ? s.d_after[c] : 0, gb = s.d_after ? s.d_after[channels + c] : 0, ge = s.d_after ? s.d_after[2 * channels + c] : 0;
        for (int64_t t = run.rows - 1; t >= 0; --t) {
          const int64_t r = run.first_row + t;
          const WkvBackward::Held &old = wkv.held[size_t(t)], &now = wkv.held[size_t(t + 1)];
          const float key = k.at(r, c), value = v.at(r, c);
          if (d_states) {
            float* shown = d_states + r * 3 * channels + c;
            ga = shown[0] += ga, gb = shown[channels] += gb, ge = shown[2 * channels] += ge;
          }
          // What is left of the exponent's own gradient goes the way of the larger one.
          const float by_top = ge - ga * now.numerator - gb * now.denominator, keep = std::exp(old.exponent + decay[c] - now.exponent),
                      take = std::exp(key - now.exponent);
          const bool key_is_top = key > old.exponent + decay[c];
          float d_key = take * (ga * value + gb), d_value = take * ga, d_fade = keep * (ga * old.numerator + gb * old.denominator);
          float next_e = d_fade;
          if (key_is_top) d_key += by_top;
          else d_fade += by_top, next_e += by_top;
          ga *= keep, gb *= keep;
          const float dy = d_out ? d_out.at(r, c) : 0, top = std::max(old.exponent, first[c] + key), past = std::exp(old.exponent - top),
                      here = std::exp(first[c] + key - top), below = past * old.denominator + here, y = (past * old.numerator + here * value) / below;
          const float by_here = dy * (value - y) * here / below;
          ga += dy * past / below;
          gb -= dy * y * past / below;
          next_e += dy * past * (old.numerator - y * old.denominator) / below;
          ge = next_e;
          dk.add(r, c, d_key + by_here);
          dv.add(r, c, d_value + dy * here / below);
          if (d_decay) d_decay[c] += d_fade;
          if (d_first) d_first[c] += by_here;
        }
        if (s.d_before) s.d_before[c] += ga, s.d_before[channels + c] += gb, s.d_before[2 * channels + c] += ge;
      }
    }
  });
}

}  // namespace vitrine::cpu
