// SPDX-License-Identifier: Apache-2.0
// Each scheme turns the standard frequencies theta^(-2i/d) into its own. Angles stay float32, as the reference's do.
#include "engine/model/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vitrine {

namespace {

using Kind = RopeSpec::Kind;

std::vector<float> powers(double theta, int dim) {
  std::vector<float> result(size_t(dim / 2));
  for (size_t i = 0; i < result.size(); ++i) result[i] = std::pow(float(theta), float(2 * i) / float(dim));
  return result;
}

std::vector<float> standard(double theta, int dim) {
  std::vector<float> frequencies = powers(theta, dim);
  for (float& f : frequencies) f = 1.0f / f;
  return frequencies;
}

/// theta * (factor * length / trained - (factor - 1))^(d / (d - 2)), for lengths beyond the trained one.
double dynamic_theta(const RopeSpec& spec, int64_t length) {
  const double trained = spec.max_context, now = double(std::max<int64_t>(length, spec.max_context));
  return spec.theta * std::pow(spec.factor * now / trained - (spec.factor - 1), double(spec.rotary_dim) / (spec.rotary_dim - 2));
}

double yarn_mscale(double factor, double mscale) { return factor <= 1 ? 1.0 : 0.1 * mscale * std::log(factor) + 1.0; }

/// Channel whose wavelength turns `rotations` times in the trained context (Peng et al. 2023, section 3.2).
double yarn_channel(const RopeSpec& spec, double rotations) {
  return spec.rotary_dim * std::log(spec.original_context / (rotations * 2 * std::numbers::pi)) / (2 * std::log(spec.theta));
}

RopeFrequencies yarn(const RopeSpec& spec) {
  double low = yarn_channel(spec, spec.beta_fast), high = yarn_channel(spec, spec.beta_slow);
  if (spec.truncate) low = std::floor(low), high = std::ceil(high);
  low = std::max(low, 0.0);
  high = std::min(high, double(spec.rotary_dim - 1));
  if (low == high) high += 0.001;
  RopeFrequencies result;
  for (float power : powers(spec.theta, spec.rotary_dim)) {
    const double i = double(result.inv_freq.size());
    const float ramp = float(std::clamp((i - low) / (high - low), 0.0, 1.0));
    result.inv_freq.push_back(1.0f / (float(spec.factor) * power) * ramp + 1.0f / power * (1 - ramp));
  }
  if (spec.attention_factor > 0)
    result.magnitude = float(spec.attention_factor);
  else if (spec.mscale != 0 && spec.mscale_all_dim != 0)
    result.magnitude = float(yarn_mscale(spec.factor, spec.mscale) / yarn_mscale(spec.factor, spec.mscale_all_dim));
  else
    result.magnitude = float(yarn_mscale(spec.factor, 1));
  return result;
}

std::vector<float> llama3(const RopeSpec& spec) {
  const double longest = spec.original_context / spec.low_freq_factor, shortest = spec.original_context / spec.high_freq_factor;
  std::vector<float> frequencies = standard(spec.theta, spec.rotary_dim);
  for (float& f : frequencies) {
    const double wavelength = 2 * std::numbers::pi / f;
    if (wavelength > longest) {
      f = float(f / spec.factor);
    } else if (wavelength >= shortest) {
      const double smooth = (spec.original_context / wavelength - spec.low_freq_factor) / (spec.high_freq_factor - spec.low_freq_factor);
      f = float((1 - smooth) * f / spec.factor + smooth * f);
    }
  }
  return frequencies;
}

RopeFrequencies longrope(const RopeSpec& spec, int64_t length) {
  const std::vector<float>& factors = length > spec.original_context ? spec.long_factors : spec.short_factors;
  RopeFrequencies result{standard(spec.theta, spec.rotary_dim), 1};
  for (size_t i = 0; i < result.inv_freq.size(); ++i) result.inv_freq[i] /= factors.at(i);
  if (spec.attention_factor > 0)
    result.magnitude = float(spec.attention_factor);
  else if (spec.factor > 1)
    result.magnitude = float(std::sqrt(1 + std::log(spec.factor) / std::log(double(spec.original_context))));
  return result;
}

}  // namespace

RopeFrequencies rope_frequencies(const RopeSpec& spec, int64_t length) {
  RopeFrequencies result;
  switch (spec.kind) {
    case Kind::none: return result;
    case Kind::standard: result.inv_freq = standard(spec.theta, spec.rotary_dim); break;
    case Kind::linear:
      result.inv_freq = standard(spec.theta, spec.rotary_dim);
      for (float& f : result.inv_freq) f = float(f / spec.factor);
      break;
    case Kind::dynamic: result.inv_freq = standard(dynamic_theta(spec, length), spec.rotary_dim); break;
    case Kind::yarn: result = yarn(spec); break;
    case Kind::llama3: result.inv_freq = llama3(spec); break;
    case Kind::longrope: result = longrope(spec, length); break;
  }
  if (const double stated = length > spec.original_context ? spec.long_magnitude : spec.short_magnitude; stated > 0) result.magnitude = float(stated);
  for (size_t i = 0; i < spec.freq_divisors.size() && i < result.inv_freq.size(); ++i) result.inv_freq[i] /= spec.freq_divisors[i];
  return result;
}

}  // namespace vitrine
