// SPDX-License-Identifier: Apache-2.0
// A checkpoint's configuration under canonical names, whatever its container: an architecture gives one table of names
// and reads typed values. Data path: WeightSource -> ConfigView -> ModelSpec.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/api.h"
#include "engine/core/error.h"
#include "engine/io/weight_source.h"

namespace vitrine {

/// One configuration value and how each container spells it. Alternatives are separated by '|', the first present one
/// counts;
/// "" means the container has no such value.
struct KeyPair {
  std::string_view canonical;
  /// Without the architecture's prefix ("attention.head_count"); keys that begin with "general." or "tokenizer." are
  /// whole.
  std::string_view gguf = {};
  /// Dotted paths into config.json, for example
  /// "rope_parameters.sliding_attention.rope_theta|rope_parameters.rope_theta|rope_theta". A JSON null counts as
  /// absent.
  std::string_view hf = {};
};

/// Reading throws Error(format) that names the file, the canonical name and both spellings when a value is missing or
/// of the wrong type, and Error(bug) for a name that is not in the table. Values of the wrong type are errors in the
/// *_or forms as well.
class VT_API ConfigView {
 public:
  /// `source` and `keys` must outlive the view. `hf_scope`: an object of config.json that is looked into first
  /// ("text_config").
  ConfigView(const WeightSource& source, std::string_view gguf_arch_prefix, std::span<const KeyPair> keys,
             std::string_view hf_scope = {});

  bool gguf() const noexcept { return gguf_; }
  const WeightSource& source() const noexcept { return source_; }
  const std::string& scope() const noexcept { return scope_; }
  bool has(std::string_view name) const { return find(name) != nullptr; }

  int64_t i64(std::string_view name) const;
  double f64(std::string_view name) const;
  std::string str(std::string_view name) const;
  bool boolean(std::string_view name) const;

  int64_t i64_or(std::string_view name, int64_t fallback) const { return has(name) ? i64(name) : fallback; }
  double f64_or(std::string_view name, double fallback) const { return has(name) ? f64(name) : fallback; }
  std::string str_or(std::string_view name, std::string_view fallback) const {
    return has(name) ? str(name) : std::string(fallback);
  }
  bool boolean_or(std::string_view name, bool fallback) const { return has(name) ? boolean(name) : fallback; }

  /// A list as it is stored. With `count` >= 0 a scalar stands for `count` equal entries and a list must have that
  /// many.
  std::vector<int64_t> i64s(std::string_view name, int64_t count = -1) const;
  std::vector<double> f64s(std::string_view name, int64_t count = -1) const;
  std::vector<bool> booleans(std::string_view name, int64_t count = -1) const;
  std::vector<std::string> strs(std::string_view name) const;

  /// i64, which must lie in [least, most]: for counts that size allocations. The default bounds what any model has.
  int64_t count(std::string_view name, int64_t least = 1, int64_t most = int64_t(1) << 24) const;

  /// The value itself; nullptr: absent.
  const MetaValue* find(std::string_view name) const;
  /// The key it is stored under ("text_config.hidden_size", "llama.block_count"); empty: absent.
  std::string key_of(std::string_view name) const;
  /// An Error(format) about this value, for checks of the caller: throw view.error("heads", "is not divisible by
  /// kv_heads").
  Error error(std::string_view name, std::string_view problem) const;

 private:
  const KeyPair& pair(std::string_view name) const;
  std::string spelled(std::string_view key) const;
  const MetaValue& require(std::string_view name) const;
  [[noreturn]] void wrong_type(std::string_view name, std::string_view wanted) const;
  template <class T, class Read>
  std::vector<T> list(std::string_view name, int64_t count, std::string_view wanted, Read read) const;

  const WeightSource& source_;
  std::string prefix_, scope_;
  std::span<const KeyPair> keys_;
  bool gguf_;
};

}  // namespace vitrine
