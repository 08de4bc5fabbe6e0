// SPDX-License-Identifier: Apache-2.0
#include "engine/model/state_mixer.h"

#include <cmath>

#include "engine/core/text.h"

namespace vitrine {

namespace {

/// Small weights that are not stored in the form the kernels want: read on the host, brought into form, uploaded.
class StateLoader {
 public:
  StateLoader(WeightLoader& weights, Backend& backend, const std::string& prefix) : weights_(weights), backend_(backend), prefix_(prefix) {}

  Linear linear(std::string_view name, int64_t out, int64_t in, bool bias_required) { return weights_.linear(cat(prefix_, name), out, in, bias_required); }
  Tensor vector(std::string_view name, int64_t n, bool required = true) { return weights_.vector(cat(prefix_, name), n, required); }
  Tensor matrix(std::string_view name, int64_t out, int64_t in) { return weights_.matrix(cat(prefix_, name), {out, in}); }
  StoredNumbers numbers(std::string_view name, const Shape& shape, bool required = true) { return weights_.numbers(cat(prefix_, name), shape, required); }
  bool has(std::string_view name) const { return weights_.has(cat(prefix_, name)); }
  Tensor upload(const StoredNumbers& numbers, Shape shape) const { return weights_.upload(numbers, shape); }
  Tensor constant(const std::vector<float>& values) const {
    return backend_.upload(std::as_bytes(std::span(values)), {int64_t(values.size())}, DType::f32);
  }

  /// Stored [rows, columns], uploaded [columns, rows].
  Tensor transposed(const StoredNumbers& numbers, int64_t rows, int64_t columns) const {
    std::vector<StoredNumber> turned(numbers.values.size());
    for (int64_t r = 0; !numbers.empty() && r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c) turned[size_t(c * rows + r)] = numbers.values[size_t(r * columns + c)];
    return upload(numbers.with(std::move(turned)), {columns, rows});
  }
  ConvWeights conv(int64_t channels, int64_t taps, bool bias_required) {
    return {transposed(numbers("ssm.conv.w", {channels, taps}), channels, taps), vector("ssm.conv.b", channels, bias_required)};
  }
  /// a = -exp(a_log) as Hugging Face stores it, or as it is, as llama.cpp does.
  StoredNumbers decay(const Shape& shape) { return weights_.spelled(cat(prefix_, "ssm.a_log")) ? minus_exp(numbers("ssm.a_log", shape)) : numbers("ssm.a", shape); }
  static StoredNumbers minus_exp(StoredNumbers numbers) {
    for (StoredNumber& number : numbers.values) number.slope *= number.value = -std::exp(number.value);
    return numbers;
  }
  /// Heads of a stored stack [heads, rows, columns]; `part` cuts rows [from, to) of each.
  std::vector<Linear> heads(const StoredNumbers& stack, int64_t count, int64_t rows, int64_t columns, int64_t from, int64_t to) const {
    std::vector<Linear> list;
    for (int64_t h = 0; !stack.empty() && h < count; ++h) {
      const auto begin = stack.values.begin() + (h * rows + from) * columns;
      list.push_back({weights_.upload(stack.with({begin, begin + (to - from) * columns}), {to - from, columns}, true), {}});
    }
    return list;
  }

 private:
  WeightLoader& weights_;
  Backend& backend_;
  std::string prefix_;
};

/// The parameter of an op together with its weights.
template <class Weights, class Rule>
class Mixed final : public StateMixer {
 public:
  using Op = Tensor (*)(Exec&, const Tensor&, const Batch&, const Weights&, const Rule&, nn::StatePlace&);
  Mixed(Weights weights, Rule rule, Op op) : weights_(std::move(weights)), rule_(std::move(rule)), op_(op) {}
  Tensor run(Exec& ex, const Tensor& x, const Batch& batch, nn::StatePlace& place) const override {
    return op_(ex, x, batch, weights_, rule_, place);
  }

 private:
  Weights weights_;
  Rule rule_;
  Op op_;
};
template <class Weights, class Rule>
std::shared_ptr<const StateMixer> mixed(Weights weights, Rule rule, typename Mixed<Weights, Rule>::Op op) {
  return std::make_shared<Mixed<Weights, Rule>>(std::move(weights), std::move(rule), op);
}

std::shared_ptr<const StateMixer> load_mamba(StateLoader& load, const MambaSpec& m, int64_t dim) {
  const int64_t width = m.inner / m.heads, parts = m.rank + 2 * int64_t(m.state);
  MambaWeights w;
  w.in = load.linear("ssm.in", 2 * int64_t(m.inner), dim, m.bias);
  w.conv = load.conv(m.inner, m.taps, m.conv_bias);
  if (m.heads == 1 && !load.has("ssm.x.w")) {
    w.to_rank = {{load.matrix("ssm.to_rank.w", m.rank, m.inner), {}}};
    w.to_b = {{load.matrix("ssm.to_b.w", m.state, m.inner), {}}};
    w.to_c = {{load.matrix("ssm.to_c.w", m.state, m.inner), {}}};
    w.from_rank = {{load.matrix("ssm.dt.w", m.inner, m.rank), {}}};
  } else {
    const StoredNumbers to = load.numbers("ssm.x.w", {m.heads, parts, width}), from = load.numbers("ssm.dt.w", {m.heads, width, m.rank});
    w.to_rank = load.heads(to, m.heads, parts, width, 0, m.rank);
    w.to_b = load.heads(to, m.heads, parts, width, m.rank, m.rank + m.state);
    w.to_c = load.heads(to, m.heads, parts, width, m.rank + m.state, parts);
    w.from_rank = load.heads(from, m.heads, width, m.rank, 0, width);
  }
  if (m.norm_weights) {
    w.rank_norm.w = load.vector("ssm.dt_norm.w", m.rank);
    w.b_norm.w = load.vector("ssm.b_norm.w", m.state);
    w.c_norm.w = load.vector("ssm.c_norm.w", m.state);
  }
  w.step_bias = load.upload(load.numbers("ssm.dt.b", {m.inner}), {m.inner});
  w.a = load.transposed(load.decay({m.inner, m.state}), m.inner, m.state);
  w.d = load.upload(load.numbers("ssm.d", {m.inner}), {m.inner});
  w.out = load.linear("ssm.out", dim, m.inner, m.bias);
  return mixed<MambaWeights, nn::MambaRule>(std::move(w), {m.heads, m.norms, m.norm_eps, m.activation}, nn::mamba);
}

std::shared_ptr<const StateMixer> load_mamba2(StateLoader& load, const Mamba2Spec& m, int64_t dim) {
  const int64_t bc = int64_t(m.groups) * m.state, conv = m.inner + 2 * bc, rows = m.inner + conv + m.heads;
  Mamba2Weights w;
  w.in = load.linear("ssm.in", rows, dim, m.in_bias);
  w.conv = load.conv(conv, m.taps, m.conv_bias);
  if (!m.part_scales.empty()) {
    std::vector<float> scales;
    const int64_t widths[] = {m.inner, m.inner, bc, bc, m.heads};
    for (size_t i = 0; i < 5; ++i) scales.insert(scales.end(), size_t(widths[i]), m.part_scales[i]);
    w.in_scales = load.constant(scales);
  }
  w.step_bias = load.vector("ssm.dt.b", m.heads);
  w.a = load.upload(load.decay({m.heads}), {m.heads});
  w.d = load.upload(load.numbers("ssm.d", {m.heads}), {m.heads});
  if (m.norm) w.norm = load.upload(load.numbers("ssm.norm.w", {m.inner}), {m.inner});
  w.out = load.linear("ssm.out", dim, m.inner, m.out_bias);
  using Gate = nn::Mamba2Rule::Gate;
  nn::Mamba2Rule rule{.gate = !m.norm ? Gate::plain : m.norm_first ? Gate::after_norm : Gate::then_norm, .groups = m.groups, .state = m.state,
                      .least_step = m.least_step, .most_step = m.most_step, .norm_eps = m.norm_eps, .in_scale = m.in_scale,
                      .activation = m.activation};
  return mixed<Mamba2Weights, nn::Mamba2Rule>(std::move(w), rule, nn::mamba2);
}

/// Stored is the share of this token; the one before has the rest.
Tensor shares(StateLoader& load, std::string_view name, int64_t dim) {
  const StoredNumbers now = load.numbers(name, {dim});
  std::vector<StoredNumber> both;
  for (const StoredNumber& share : now.values) both.push_back({1 - share.value, -share.slope, share.index});
  both.insert(both.end(), now.values.begin(), now.values.end());
  return load.upload(now.with(std::move(both)), {2, dim});
}

std::shared_ptr<const StateMixer> load_time_mix(StateLoader& load, const RwkvSpec& r, int64_t dim) {
  TimeMixWeights w;
  w.mix_k = shares(load, "time.mix_k", dim);
  w.mix_v = shares(load, "time.mix_v", dim);
  w.mix_r = shares(load, "time.mix_r", dim);
  w.decay = load.upload(StateLoader::minus_exp(load.numbers("time.decay", {r.width})), {r.width});
  w.first = load.vector("time.first", r.width);
  w.k = load.linear("time.k", r.width, dim, false);
  w.v = load.linear("time.v", r.width, dim, false);
  w.r = load.linear("time.r", r.width, dim, false);
  w.out = load.linear("time.out", dim, r.width, false);
  struct None {};
  return mixed<TimeMixWeights, None>(std::move(w), {}, [](Exec& ex, const Tensor& x, const Batch& batch, const TimeMixWeights& weights, const None&,
                                                          nn::StatePlace& place) { return nn::time_mix(ex, x, batch, weights, place); });
}

std::shared_ptr<const StateMixer> load_rg_lru(StateLoader& load, const RgLruSpec& g, int64_t dim) {
  const int64_t block = g.width / g.heads;
  RgLruWeights w;
  w.x = load.linear("lru.x", g.width, dim, true);
  w.gate = load.linear("lru.y", g.width, dim, true);
  w.out = load.linear("lru.out", dim, g.width, true);
  w.conv = load.conv(g.width, g.taps, true);
  const auto gate = [&](std::string_view name) {  // each block is stored [in, out]
    StoredNumbers stack = load.numbers(cat(name, ".w"), {g.heads, block, block});
    for (int64_t h = 0; !stack.empty() && h < g.heads; ++h)
      for (int64_t i = 0; i < block; ++i)
        for (int64_t o = 0; o < i; ++o) std::swap(stack.values[size_t((h * block + i) * block + o)], stack.values[size_t((h * block + o) * block + i)]);
    std::vector<Linear> heads = load.heads(stack, g.heads, block, block, 0, block);
    const StoredNumbers bias = load.numbers(cat(name, ".b"), {g.width});
    for (size_t h = 0; !bias.empty() && h < heads.size(); ++h) {
      const auto begin = bias.values.begin() + int64_t(h) * block;
      heads[h].b = load.upload(bias.with({begin, begin + block}), {block});
    }
    return heads;
  };
  w.input_gate = gate("lru.input_gate");
  w.recurrence_gate = gate("lru.recurrence_gate");
  StoredNumbers decay = load.numbers("lru.decay", {g.width});
  for (StoredNumber& number : decay.values) {  // softplus
    number.slope = number.value > 20 ? 1 : 1 / (1 + std::exp(-number.value));
    number.value = number.value > 20 ? number.value : std::log1p(std::exp(number.value));
  }
  w.decay = load.upload(decay, {g.width});
  return mixed<RgLruWeights, Activation>(std::move(w), g.activation, nn::rg_lru);
}

std::shared_ptr<const StateMixer> load_short_conv(StateLoader& load, const ShortConvSpec& c, int64_t dim) {
  ShortConvWeights w{load.linear("ssm.in", 3 * dim, dim, c.bias), load.linear("ssm.out", dim, dim, c.bias), load.conv(dim, c.taps, c.bias)};
  struct None {};
  return mixed<ShortConvWeights, None>(std::move(w), {}, [](Exec& ex, const Tensor& x, const Batch&, const ShortConvWeights& weights, const None&,
                                                            nn::StatePlace& place) { return nn::short_conv(ex, x, weights, place); });
}

std::shared_ptr<const StateMixer> load_gated_delta(StateLoader& load, const GatedDeltaSpec& d, float norm_eps, int64_t dim) {
  const int64_t key = int64_t(d.key_heads) * d.key_dim, value = int64_t(d.heads) * d.value_dim;
  GatedDeltaWeights w;
  w.in = load.linear("ssm.in", 2 * key + 2 * value, dim, false);
  w.rates = load.linear("ssm.rates", 2 * int64_t(d.heads), dim, false);
  w.conv = load.conv(2 * key + value, d.taps, false);
  w.step_bias = load.vector("ssm.dt.b", d.heads);
  w.a = load.upload(load.decay({d.heads}), {d.heads});
  w.norm.w = load.vector("ssm.norm.w", d.value_dim);
  w.out = load.linear("ssm.out", dim, value, false);
  return mixed<GatedDeltaWeights, nn::GatedDeltaRule>(std::move(w), {d.key_heads, d.heads, d.key_dim, d.value_dim, norm_eps, d.activation},
                                                      nn::gated_delta);
}

}  // namespace

std::shared_ptr<const StateMixer> load_state_mixer(WeightLoader& weights, Backend& backend, const LayerSpec& layer, float norm_eps,
                                                   const std::string& prefix, int64_t dim) {
  StateLoader load(weights, backend, prefix);
  switch (layer.mixer) {
    case Mixer::mamba: return load_mamba(load, layer.mamba, dim);
    case Mixer::mamba2: return load_mamba2(load, layer.mamba2, dim);
    case Mixer::rwkv: return load_time_mix(load, layer.rwkv, dim);
    case Mixer::rg_lru: return load_rg_lru(load, layer.rg_lru, dim);
    case Mixer::short_conv: return load_short_conv(load, layer.short_conv, dim);
    case Mixer::gated_delta: return load_gated_delta(load, layer.gated_delta, norm_eps, dim);
    default: return nullptr;
  }
}

ChannelMixWeights load_channel_mix(WeightLoader& weights, Backend& backend, const LayerSpec& layer, const std::string& prefix, int64_t dim) {
  StateLoader load(weights, backend, prefix);
  return {shares(load, "channel.mix_k", dim), shares(load, "channel.mix_r", dim), load.linear("channel.k", layer.hidden, dim, false),
          load.linear("channel.v", dim, layer.hidden, false), load.linear("channel.r", dim, dim, false)};
}

std::vector<Site> state_sites(const LayerSpec& layer) {
  switch (layer.mixer) {
    case Mixer::mamba:
    case Mixer::mamba2:
      return {Site::conv_in, Site::ssm_gate, Site::ssm_in, Site::ssm_dt, Site::ssm_b, Site::ssm_c, Site::ssm_state, Site::ssm_out};
    case Mixer::rwkv: return {Site::k, Site::v, Site::ssm_gate, Site::ssm_state, Site::ssm_out};
    case Mixer::rg_lru:
      return {Site::conv_in, Site::ssm_gate, Site::ssm_in, Site::ssm_write, Site::ssm_decay, Site::ssm_state, Site::ssm_out};
    case Mixer::short_conv: return {Site::conv_in, Site::ssm_gate, Site::conv_out};
    case Mixer::gated_delta:
      return {Site::conv_in, Site::ssm_gate, Site::q, Site::k, Site::v, Site::ssm_write, Site::ssm_decay, Site::ssm_state, Site::ssm_out};
    default: return {};
  }
}

}  // namespace vitrine
