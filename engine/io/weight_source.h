// SPDX-License-Identifier: Apache-2.0
// A checkpoint as it lies on disk: tensors by name, bytes in the mapped file, and metadata.
// One implementation per container (gguf.cpp, safetensors.cpp), listed in registry.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/api.h"
#include "engine/tensor/dtype.h"
#include "engine/tensor/shape.h"

namespace vitrine {

/// `shape` is slowest axis first, as PyTorch prints it (a GGUF file stores the reverse).
struct TensorInfo {
  std::string name;
  Shape shape;
  DType dtype = DType::f32;
  std::span<const std::byte> bytes;  // inside the mapped file; valid while the source or keep_alive() lives
  /// Not empty: the file's name of an element type this program cannot decode ("F8_E4M3"). The tensor is listed,
  /// `dtype` is u8 and means nothing; require_tensor() refuses it.
  std::string foreign_dtype = {};
};

/// A metadata value. Integers of every width become int64, those above its range uint64; floats become double.
struct MetaValue;
using MetaArray = std::vector<MetaValue>;
struct MetaValue {
  std::variant<std::monostate, bool, int64_t, double, std::string, std::shared_ptr<const MetaArray>, uint64_t> value;
};

class VT_API WeightSource {
 public:
  virtual ~WeightSource() = default;
  /// "gguf" or "safetensors".
  virtual std::string_view container() const noexcept = 0;
  /// The file or folder the user opened.
  virtual const std::filesystem::path& path() const noexcept = 0;
  /// Every file that belongs to it (shards), for hashing and for the model panel.
  virtual std::vector<std::filesystem::path> files() const = 0;
  virtual std::span<const TensorInfo> tensors() const = 0;
  /// nullptr: absent, not an error.
  virtual const TensorInfo* find(std::string_view name) const noexcept = 0;
  /// The file that holds a tensor of this source; path() where that cannot be said.
  virtual std::filesystem::path file_of(const TensorInfo&) const { return path(); }
  /// GGUF key/value; for a Hugging Face folder a path into config.json such as "rope_parameters.rope_type". nullptr:
  /// absent.
  virtual const MetaValue* meta(std::string_view key) const = 0;
  virtual std::vector<std::string> meta_keys() const = 0;
  /// The text of a companion file (config.json, tokenizer.json, chat_template.jinja, ...); nullopt: not there.
  virtual std::optional<std::string> companion(std::string_view file_name) const = 0;
  /// Shared ownership of the mapping that backs `TensorInfo::bytes`.
  virtual std::shared_ptr<const void> keep_alive() const = 0;
  /// A quantized Hugging Face weight is stored as several tensors and listed as one. Its bytes may be read after this call,
  /// which decodes them, and until drop_pages(). False for any other tensor, whose bytes need no such call. Throws Error
  /// format when what is stored is wrong.
  virtual bool decode(const TensorInfo&) const { return false; }
  /// `bytes` of a tensor have been copied elsewhere: the mapping may let their pages go. They stay readable.
  virtual void drop_pages(std::span<const std::byte>) const noexcept {}
  /// Throws Error io naming the file when some of the bytes could not be read since it was opened (they read as zeros).
  /// To be asked after reading, before what was read is used.
  virtual void check_intact() const {}
};

/// Opens a .gguf file (any shard of a split one), a folder, or a .safetensors file in one.
/// Throws Error naming the file, what is wrong and what to do.
VT_API std::unique_ptr<WeightSource> open_weights(const std::filesystem::path& path);

/// The tensor a model needs. Throws Error naming the file and the tensor: format when it is missing, unsupported when
/// its element type cannot be decoded.
VT_API const TensorInfo& require_tensor(const WeightSource& source, std::string_view name);

/// All values of a stored tensor as f32, in the order they lie in the file; integers convert by value. For tensors that
/// are small: recorded references, rotary factors, traces. Throws Error unsupported naming the tensor when its element
/// type cannot be decoded.
VT_API std::vector<float> tensor_values(const TensorInfo& tensor);

}  // namespace vitrine
