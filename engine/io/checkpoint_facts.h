// SPDX-License-Identifier: Apache-2.0
// What a checkpoint says about itself, without knowing its architecture: for inspect, the model panel and the list of
// models found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/api.h"
#include "engine/io/weight_source.h"

namespace vitrine {

struct DTypeShare {
  std::string name;  // "q4_1", or the file's own name of a type this program cannot decode
  int64_t tensors = 0, elements = 0, bytes = 0;
};

/// Keys and values that one more token of context costs, from the head counts in the configuration.
struct KvShape {
  int64_t layers = 0;            // layers that have attention
  int64_t values_per_token = 0;  // elements of K and V, all layers together
  /// Of `tokens` tokens; the largest int64 where absurd numbers would exceed it.
  int64_t bytes(int64_t tokens, DType dtype) const noexcept {
    int64_t all = 0;
    return __builtin_mul_overflow(tokens, dtype_bytes(dtype, values_per_token), &all) ? INT64_MAX : all;
  }
};

struct CheckpointFacts {
  std::string architecture;  // "llama", "gemma3_text"; empty: the file does not say
  std::string name;          // as the file calls itself; empty: it does not
  std::string licence;
  std::string quantization;  // "Q4_K_M" when the file says so, else its most common type
  int64_t parameters = 0;    // elements of all tensors but integer ones
  int64_t weight_bytes = 0, file_bytes = 0;
  std::vector<DTypeShare> dtypes;  // most bytes first
  std::optional<int64_t> layers, dim, heads, context, vocab;
  std::optional<KvShape> kv;  // absent: an encoder, no attention, or head counts not given
  std::string tokenizer;      // "gpt2 (smollm)", "BPE", "WordPiece"; empty: none
  bool chat_template = false;
};

/// Never throws for odd content, only for files that cannot be read. `with_tokenizer` false skips reading
/// tokenizer.json.
VT_API CheckpointFacts checkpoint_facts(const WeightSource& source, bool with_tokenizer = true);

/// general.file_type of a GGUF file as llama.cpp names it ("Q4_K_M"); empty: unknown.
VT_API std::string_view gguf_file_type_name(int64_t file_type) noexcept;

/// "1.23 GiB", "640 KiB", "12 B"
VT_API std::string bytes_text(int64_t bytes);
/// "135.0 M", "1.24 B"
VT_API std::string count_text(int64_t count);

}  // namespace vitrine
