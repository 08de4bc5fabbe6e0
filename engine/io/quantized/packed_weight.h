// SPDX-License-Identifier: Apache-2.0
// Weights that a Hugging Face folder stores as groups of tensors: codes, scales, zero points. One file per method, listed
// in methods.def; each finds its groups by their names and says how rows of the weight are put together.
// A module that the configuration leaves unquantized (modules_to_not_convert, ignored_layers) has no such group: its
// plain weight stays as it is.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/meta_value.h"
#include "engine/io/weight_source.h"

namespace vitrine {

/// Writes rows [from, to) as f32. Called from several threads.
using DecodeRows = std::function<void(int64_t from, int64_t to, float* out)>;

struct PackedWeight {
  std::string name;  // of the weight a plain folder would store
  Shape shape;       // a matrix
  DType dtype;       // f32, f16 or bf16: what the decoded values are rounded to
  std::vector<std::string> stored;
  /// Reads the scales and checks what lies in the file; throws Error format.
  std::function<DecodeRows()> open;
};

/// The tensors of the folder and its quantization_config.
class PackedFolder {
 public:
  PackedFolder(const std::vector<TensorInfo>& tensors, const MetaTable& config, std::string path);

  /// quantization_config.`key`, wherever the folder keeps it; nullptr: absent.
  const MetaValue* setting(std::string_view key) const;
  /// `key` of the weights of every entry of quantization_config.config_groups (compressed-tensors).
  std::vector<const MetaValue*> group_settings(std::string_view key) const;
  const MetaTable& config() const noexcept { return config_; }
  const std::string& path() const noexcept { return path_; }
  const TensorInfo* find(const std::string& name) const;
  /// Names without `suffix` of the tensors that end with it.
  std::vector<std::string> with_suffix(std::string_view suffix) const;
  /// The tensor, which must be of one of these types and of this shape.
  const TensorInfo& require(const std::string& name, std::initializer_list<DType> dtypes, const Shape& shape) const;
  [[noreturn]] void fail(ErrorKind kind, std::string message) const;

 private:
  const MetaTable& config_;
  std::string path_;
  std::map<std::string, const TensorInfo*, std::less<>> index_;
};

std::vector<PackedWeight> awq_weights(const PackedFolder& folder);
std::vector<PackedWeight> gptq_weights(const PackedFolder& folder);
std::vector<PackedWeight> bitsandbytes_weights(const PackedFolder& folder);
std::vector<PackedWeight> fp8_weights(const PackedFolder& folder);
std::vector<PackedWeight> compressed_weights(const PackedFolder& folder);

/// Those of the folder's quant_method; none without a quantization_config. Throws Error unsupported that names an unknown
/// method and the known ones.
std::vector<PackedWeight> packed_weights(const PackedFolder& folder);

/// Element `i` of a stored tensor of i32 (read without sign) or u8.
template <class T>
const T* elements(const TensorInfo& info) {
  return reinterpret_cast<const T*>(info.bytes.data());
}

}  // namespace vitrine
