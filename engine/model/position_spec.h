// SPDX-License-Identifier: Apache-2.0
// How a model tells positions apart, as data: rotary frequencies, and biases by distance.
#pragma once

#include <cstdint>
#include <vector>

namespace vitrine {

/// Rotary frequencies. inv_freq[i] = theta^(-2i/rotary_dim), then scaled as `kind` says:
/// linear: / factor (Chen et al. 2023, arXiv:2306.15595). dynamic: theta grows with the length (NTK-aware).
/// yarn: Peng et al. 2023, arXiv:2309.00071. llama3: Llama 3.1 (wavelength bands). longrope: per-channel factors, short and long.
struct RopeSpec {
  enum class Kind : uint8_t { none, standard, linear, dynamic, yarn, llama3, longrope } kind = Kind::none;
  double theta = 10000, factor = 1;
  int rotary_dim = 0;
  bool interleaved = false;                                   // pairs (2i, 2i+1), else (i, i + rotary_dim / 2)
  int original_context = 0;                                   // trained length before scaling
  int max_context = 0;                                        // dynamic: the length from which theta grows
  double beta_fast = 32, beta_slow = 1;                       // yarn
  bool truncate = true;                                       // yarn: round the correction range to whole channels
  double attention_factor = 0;                                // yarn, longrope: 0 = from the factor
  double mscale = 0, mscale_all_dim = 0;                      // yarn as DeepSeek scales it
  double low_freq_factor = 1, high_freq_factor = 4;           // llama3
  std::vector<float> short_factors = {}, long_factors = {};   // longrope
  double short_magnitude = 0, long_magnitude = 0;             // PhiMoE: of cos and sin, up to the trained length and beyond; 0: as `kind` says
  bool anew_beyond_original = false;                          // Phi: a text that outgrows original_context is computed anew, its cached part too
  std::vector<float> freq_divisors = {};                      // per channel, as a GGUF stores them (rope_freqs.weight)
  double query_beta = 0;                                      // Llama 4: q times 1 + beta log(1 + floor(position / original_context))
  bool operator==(const RopeSpec&) const = default;
};

/// ALiBi (Press et al. 2022, arXiv:2108.12409): slope of head h = 2^(-max_bias (h + 1) / heads), see alibi_slopes().
struct AlibiSpec {
  float max_bias = 0;                    // 0: none
  float scale = 1;                       // what the bias is multiplied with
  bool bf16 = false;                     // slopes, positions and products rounded to bfloat16 (Falcon)
  bool operator==(const AlibiSpec&) const = default;
};

/// Relative positions in buckets (T5, arXiv:1910.10683, section 2.1): score of (i, j) + table[bucket of j - i][head]. Half of the buckets are
/// for single distances, the other half grow with the logarithm up to max_distance; bidirectional layers have half of them each way.
struct BucketSpec {
  int buckets = 0, max_distance = 128;   // 0 buckets: no such bias
  int stored_in = 0;                     // the layer whose table it has
  bool operator==(const BucketSpec&) const = default;
};

}  // namespace vitrine
