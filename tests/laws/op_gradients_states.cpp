// SPDX-License-Identifier: Apache-2.0
// Ops that carry a state along time, two sequences that begin in the step; one of them behind padding.
#include <limits>

#include "tests/laws/op_gradients.h"

namespace vitrine::op_gradients {

namespace {

nn::StatePlace states(Exec& ex, const std::vector<Shape>& shapes, int left_padding = 0) {
  nn::StatePlace place{.slots = {}, .left_padding = {0, left_padding}};
  for (const Shape& shape : shapes) place.slots.push_back({{0, kFirst, {}, ex.alloc(shape)}, {kFirst, kSecond, {}, ex.alloc(shape)}});
  return place;
}

/// x factor + shift, for parameters that must lie in a range.
Tensor moved(Exec& ex, const Tensor& x, float factor, float shift) {
  const Tensor shifts = ex.upload_f32(std::vector<float>(size_t(x.size(-1)), shift), {x.size(-1)});
  return nn::add(ex, nn::scale(ex, x, factor), shifts);
}

constexpr Activation kSilu = Activation::silu;

Case mamba_case(int heads, bool norms) {
  // x, in, in bias, conv, conv bias, to_rank, to_b, to_c, from_rank, step bias, a, d, out, and norms
  const int64_t inner = 6, rank = 2, state = 3, width = inner / heads;
  std::vector<Shape> shapes{{kRows, 5}, {2 * inner, 5}, {2 * inner}, {4, inner}, {inner}, {heads * rank, width}, {heads * state, width}, {heads * state, width},
                            {inner, rank}, {inner}, {state, inner}, {inner}, {5, inner}};
  if (norms) shapes.insert(shapes.end(), {{rank}, {state}, {state}});
  return {norms ? "mamba, normed" : heads > 1 ? "mamba, in heads" : "mamba", shapes, [=](Exec& ex, const Inputs& in) {
            Step step(ex);
            MambaWeights w;
            w.in = {in[1], in[2]}, w.conv = {in[3], in[4]};
            w.to_rank = rows_as_heads(in[5], heads), w.to_b = rows_as_heads(in[6], heads), w.to_c = rows_as_heads(in[7], heads);
            w.from_rank = rows_as_heads(in[8], heads);
            w.step_bias = in[9], w.a = moved(ex, in[10], 0.5f, -1), w.d = in[11], w.out = {in[12], {}};
            if (norms) w.rank_norm.w = in[13], w.b_norm.w = in[14], w.c_norm.w = in[15];
            nn::StatePlace place = states(ex, {{4, inner}, {state, inner}}, 2);
            return nn::mamba(ex, in[0], step.batch, w, {.heads = heads, .norms = norms, .norm_eps = 0.1f, .activation = kSilu}, place);
          }};
}

Case mamba2_case(nn::Mamba2Rule::Gate gate, bool scaled) {
  const int64_t inner = 8, heads = 4, groups = 2, state = 3, conv = inner + 2 * groups * state, rows = inner + conv + heads;
  using Gate = nn::Mamba2Rule::Gate;
  std::vector<Shape> shapes{{kRows, 5}, {rows, 5}, {rows}, {4, conv}, {conv}, {heads}, {heads}, {heads}, {5, inner}};
  if (gate != Gate::plain) shapes.push_back({inner});
  return {"mamba2, " + std::to_string(int(gate)), shapes, [=](Exec& ex, const Inputs& in) {
            Step step(ex);
            Mamba2Weights w;
            w.in = {in[1], in[2]}, w.conv = {in[3], in[4]}, w.step_bias = in[5], w.a = moved(ex, in[6], 0.5f, -1), w.d = in[7], w.out = {in[8], {}};
            if (gate != Gate::plain) w.norm = in[9];
            if (scaled) w.in_scales = ex.upload_f32(std::vector<float>(size_t(rows), 0.8f), {rows});
            nn::StatePlace place = states(ex, {{4, conv}, {state, inner}}, 1);
            const nn::Mamba2Rule rule{.gate = gate, .groups = int(groups), .state = int(state), .least_step = 0,
                                      .most_step = std::numeric_limits<float>::infinity(), .norm_eps = 0.1f, .in_scale = scaled ? 1.3f : 1, .activation = kSilu};
            return nn::mamba2(ex, in[0], step.batch, w, rule, place);
          }};
}

Case rg_lru_case() {
  // x, x and gate projections, conv, gates of two heads, decay, out
  return {"rg_lru", {{kRows, 5}, {6, 5}, {6, 5}, {4, 6}, {6}, {6, 3}, {6, 3}, {6}, {5, 6}}, [](Exec& ex, const Inputs& in) {
            Step step(ex);
            RgLruWeights w;
            w.x = {in[1], {}}, w.gate = {in[2], {}}, w.conv = {in[3], in[4]};
            w.input_gate = rows_as_heads(in[5], 2), w.recurrence_gate = rows_as_heads(in[6], 2);
            w.decay = moved(ex, in[7], 0.1f, 0.2f), w.out = {in[8], {}};
            nn::StatePlace place = states(ex, {{4, 6}, {1, 6}});
            return nn::rg_lru(ex, in[0], step.batch, w, Activation::gelu_tanh, place);
          }};
}

Case gated_delta_case() {
  const int64_t key_heads = 2, heads = 4, key = 3, value = 2, keys = key_heads * key, values = heads * value;
  return {"gated_delta", {{kRows, 5}, {2 * keys + 2 * values, 5}, {2 * heads, 5}, {4, 2 * keys + values}, {heads}, {heads}, {value}, {5, values}},
          [=](Exec& ex, const Inputs& in) {
            Step step(ex);
            GatedDeltaWeights w;
            w.in = {in[1], {}}, w.rates = {in[2], {}}, w.conv = {in[3], {}}, w.step_bias = in[4], w.a = moved(ex, in[5], 0.3f, -0.6f);
            w.norm.w = in[6], w.out = {in[7], {}};
            nn::StatePlace place = states(ex, {{4, 2 * keys + values}, {heads * key, value}});
            return nn::gated_delta(ex, in[0], step.batch, w,
                                   {.key_heads = int(key_heads), .heads = int(heads), .key_dim = int(key), .value_dim = int(value), .norm_eps = 0.1f, .activation = kSilu},
                                   place);
          },
          1, 0.02f};
}

}  // namespace

std::vector<Case> state_cases() {
  return {
      {"convolved", {{kRows, 6}, {3, 6}, {6}},
       [](Exec& ex, const Inputs& in) {
         const nn::StatePlace place = states(ex, {{3, 6}});
         return nn::convolved(ex, in[0], {in[1], in[2]}, place.slots[0]);
       }},
      {"causal_conv, behind padding", {{kRows, 6}, {3, 6}, {6}, {6}},
       [](Exec& ex, const Inputs& in) {
         nn::StatePlace place = states(ex, {{3, 6}}, 2);
         return nn::causal_conv(ex, in[0], {in[1], in[2]}, place, 0, kSilu, in[3]);
       }},
      {"scan", {{kRows, 6}, {3, 6}, {6}},
       [](Exec& ex, const Inputs& in) {
         Step step(ex);
         nn::StatePlace place = states(ex, {{3, 6}});
         Tensor y;
         nn::scan(ex, step.batch, place.slots[0],
                  [&](std::span<const StateRun> runs, const Tensor&, bool) { y = nn::convolved(ex, in[0], {in[1], in[2]}, runs); });
         return y;
       }},
      mamba_case(1, false),
      mamba_case(2, false),
      mamba_case(1, true),
      mamba2_case(nn::Mamba2Rule::Gate::plain, true),
      mamba2_case(nn::Mamba2Rule::Gate::then_norm, false),
      mamba2_case(nn::Mamba2Rule::Gate::after_norm, false),
      {"time_mix", {{kRows, 5}, {2, 5}, {2, 5}, {2, 5}, {6}, {6}, {6, 5}, {6, 5}, {6, 5}, {5, 6}},
       [](Exec& ex, const Inputs& in) {
         Step step(ex);
         const TimeMixWeights w{in[1], in[2], in[3], moved(ex, in[4], 0.4f, -0.6f), in[5], {in[6], {}}, {in[7], {}}, {in[8], {}}, {in[9], {}}};
         nn::StatePlace place = states(ex, {{2, 5}, {3, 6}});
         return nn::time_mix(ex, in[0], step.batch, w, place);
       }},
      {"channel_mix", {{kRows, 5}, {2, 5}, {2, 5}, {7, 5}, {5, 7}, {5, 5}},
       [](Exec& ex, const Inputs& in) {
         Step step(ex);
         const ChannelMixWeights w{in[1], in[2], {in[3], {}}, {in[4], {}}, {in[5], {}}};
         nn::StatePlace place = states(ex, {{2, 5}});
         return nn::channel_mix(ex, in[0], w, place, 0);
       }},
      rg_lru_case(),
      {"short_conv", {{kRows, 5}, {15, 5}, {15}, {3, 5}, {5}, {5, 5}},
       [](Exec& ex, const Inputs& in) {
         Step step(ex);
         const ShortConvWeights w{{in[1], in[2]}, {in[5], {}}, {in[3], in[4]}};
         nn::StatePlace place = states(ex, {{3, 5}}, 2);
         return nn::short_conv(ex, in[0], w, place);
       }},
      gated_delta_case(),
  };
}

}  // namespace vitrine::op_gradients
