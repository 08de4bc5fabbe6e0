// SPDX-License-Identifier: Apache-2.0
// How a checkpoint wants its answers decoded: generation_config.json, or where there is none the same fields of config.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/api.h"
#include "engine/decode/sampler_spec.h"

namespace vitrine {

class WeightSource;

struct GenerationDefaults {
  int32_t decoder_start = -1;               // what an encoder-decoder's answer begins with; -1: not said
  int32_t forced_first = -1;                // forced_bos_token_id: the first token of the answer, -1: free
  int32_t forced_last = -1;                 // forced_eos_token_id: the token at the last place, -1: free
  SamplerSpec sampler = {};                 // penalties, bans, lengths; then greedy, or with do_sample how to draw
  BeamSpec beam = {};
  int max_tokens = 0;                       // of the answer; 0: not said
  std::vector<std::string> not_applied = {};  // fields that say something this program does not do
};

/// Of an encoder-decoder's checkpoint. Throws Error format naming the file and the field of the wrong type.
VT_API GenerationDefaults read_generation_defaults(const WeightSource& source);
/// `sampler` with the checkpoint's forced tokens in front, for an answer of at most `max_tokens`.
VT_API SamplerSpec with_forced_tokens(SamplerSpec sampler, const GenerationDefaults& defaults, int max_tokens);

}  // namespace vitrine
