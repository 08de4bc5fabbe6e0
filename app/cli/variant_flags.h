// SPDX-License-Identifier: Apache-2.0
// --positions and --attention: a loaded model run with other positions or another attention than its checkpoint's.
#pragma once

#include <CLI/CLI.hpp>

#include "engine/model/variant_text.h"

namespace vitrine::cli {

inline void add_variant_flags(CLI::App& command, VariantText& variant) {
  command.add_option("--positions", variant.positions,
                     "Positions instead of the model's: none, learned, sinusoidal, alibi, buckets, rope, linear, ntk, dynamic, yarn, llama3, longrope; "
                     "parameters follow a colon (yarn:factor=4,original=2048)");
  command.add_option("--attention", variant.attention,
                     "Changes of the attention: kv_heads=N (mean of each group), window=N, softcap=X, sinks=X, qk_norm=on; off takes away; layers=full or "
                     "sliding restricts");
}

}  // namespace vitrine::cli
