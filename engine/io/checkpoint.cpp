// SPDX-License-Identifier: Apache-2.0
#include "engine/io/checkpoint.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"
#include "engine/io/mapped_file.h"

namespace vitrine {

Checkpoint::Checkpoint(CheckpointContents contents) : contents_(std::move(contents)) {
  index_.reserve(contents_.tensors.size());
  for (const TensorInfo& tensor : contents_.tensors)
    if (!index_.emplace(tensor.name, &tensor).second)
      throw Error(ErrorKind::format, cat("tensor ", in_quotes(tensor.name), " is there twice"), "get the file again",
                  contents_.path.string());
  owners_ = std::make_shared<const std::vector<std::shared_ptr<const void>>>(std::move(contents_.owners));
}

const TensorInfo* Checkpoint::find(std::string_view name) const noexcept {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : found->second;
}

std::filesystem::path Checkpoint::file_of(const TensorInfo& tensor) const {
  for (const auto& file : contents_.maps)
    if (const auto bytes = file->bytes(); tensor.bytes.data() >= bytes.data() && tensor.bytes.data() < bytes.data() + bytes.size()) return file->path();
  return contents_.files.size() == 1 ? contents_.files[0] : contents_.path;
}

std::optional<std::string> Checkpoint::companion(std::string_view file_name) const {
  constexpr size_t kLimit = size_t(256) << 20;
  if (contents_.companion_folder.empty() || std::filesystem::path(file_name).filename() != file_name)
    return std::nullopt;
  const std::filesystem::path path = contents_.companion_folder / file_name;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  return read_text_file(path, kLimit);
}

void check_no_overlap(std::span<const TensorInfo> tensors, std::string_view file) {
  std::vector<const TensorInfo*> order;
  order.reserve(tensors.size());
  for (const TensorInfo& tensor : tensors)
    if (!tensor.bytes.empty()) order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->bytes.data() < b->bytes.data(); });
  for (size_t i = 1; i < order.size(); ++i)
    if (order[i - 1]->bytes.data() + order[i - 1]->bytes.size() > order[i]->bytes.data())
      throw Error(ErrorKind::format,
                  cat("tensors ", in_quotes(order[i - 1]->name), " and ", in_quotes(order[i]->name), " overlap"),
                  "the file is damaged: get it again", std::string(file));
}

std::optional<int64_t> checked_bytes(const Shape& shape, DType dtype) {
  int64_t elements = 1;
  bool empty = false;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] < 0) return std::nullopt;
    empty = empty || shape[axis] == 0;
    if (shape[axis] != 0 && __builtin_mul_overflow(elements, shape[axis], &elements)) return std::nullopt;
  }
  const DTypeInfo& info = dtype_info(dtype);
  if (info.block_elements > 1 && (shape.rank() == 0 || shape[-1] % info.block_elements != 0)) return std::nullopt;
  int64_t bytes = 0;
  if (__builtin_mul_overflow(elements / info.block_elements, int64_t(info.block_bytes), &bytes)) return std::nullopt;
  return empty ? 0 : bytes;
}

/// Throws when this program has no decoder for the tensor's elements; `file` may be empty.
static void check_readable(const TensorInfo& tensor, std::string file) {
  if (tensor.foreign_dtype.empty()) return;
  throw Error(ErrorKind::unsupported,
              cat("tensor ", in_quotes(tensor.name), " has elements of type ", in_quotes(tensor.foreign_dtype),
                  ", which this program cannot read"),
              "use a checkpoint in BF16, F16 or F32, or a GGUF file", std::move(file));
}

const TensorInfo& require_tensor(const WeightSource& source, std::string_view name) {
  const TensorInfo* tensor = source.find(name);
  if (!tensor)
    throw Error(ErrorKind::format, cat("tensor ", in_quotes(name), " is missing"),
                "the checkpoint is incomplete or of another architecture", source.path().string());
  check_readable(*tensor, source.path().string());
  source.decode(*tensor);
  return *tensor;
}

std::vector<float> tensor_values(const TensorInfo& tensor) {
  check_readable(tensor, {});
  std::vector<float> values(static_cast<size_t>(tensor.shape.numel()));
  decode_to_f32(tensor.dtype, tensor.bytes.data(), tensor.shape.numel(), values.data());
  return values;
}

}  // namespace vitrine
