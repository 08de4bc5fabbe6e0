// SPDX-License-Identifier: Apache-2.0
#include "engine/io/safetensors_writer.h"

#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"
#include "engine/io/write_beside.h"

namespace vitrine {
namespace {

std::string_view safetensors_name(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return "F64";
    case DType::f32:
      return "F32";
    case DType::f16:
      return "F16";
    case DType::bf16:
      return "BF16";
    case DType::i64:
      return "I64";
    case DType::i32:
      return "I32";
    case DType::i16:
      return "I16";
    case DType::i8:
      return "I8";
    case DType::u8:
      return "U8";
    case DType::boolean:
      return "BOOL";
    default:
      return {};
  }
}

std::string header_text(const std::filesystem::path& path, std::span<const NamedTensorBytes> tensors,
                        std::span<const std::pair<std::string, std::string>> metadata) {
  auto header = nlohmann::ordered_json::object();
  for (const auto& [key, value] : metadata) header["__metadata__"][key] = value;
  nlohmann::json names = nlohmann::json::object();
  size_t at = 0;
  for (const NamedTensorBytes& tensor : tensors) {
    const std::string_view type = safetensors_name(tensor.dtype);
    const auto fail = [&](std::string message) {
      throw Error(ErrorKind::input, cat("tensor ", in_quotes(tensor.name), message), "", path.string());
    };
    if (type.empty()) fail(cat(" is ", dtype_info(tensor.dtype).name, "; safetensors has no such type"));
    if (int64_t(tensor.bytes.size()) != dtype_bytes(tensor.dtype, tensor.shape.numel()))
      fail(cat(" has ", tensor.bytes.size(), " bytes for ", type, " ", tensor.shape.str()));
    if (!names.emplace(tensor.name, true).second) fail(" is there twice");
    std::vector<int64_t> extents;
    for (int axis = 0; axis < tensor.shape.rank(); ++axis) extents.push_back(tensor.shape[axis]);
    // push_back, not operator[]: an ordered object searches linearly for a key
    header.push_back(
        {tensor.name, {{"dtype", type}, {"shape", extents}, {"data_offsets", {at, at + tensor.bytes.size()}}}});
    at += tensor.bytes.size();
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensorBytes> tensors,
                       std::span<const std::pair<std::string, std::string>> metadata) {
  const std::string header = header_text(path, tensors, metadata);
  write_beside(path, [&](std::ostream& file) {
    const uint64_t length = header.size();
    file.write(reinterpret_cast<const char*>(&length), sizeof length);
    file.write(header.data(), std::streamsize(header.size()));
    for (const NamedTensorBytes& tensor : tensors)
      file.write(reinterpret_cast<const char*>(tensor.bytes.data()), std::streamsize(tensor.bytes.size()));
  });
}

}  // namespace vitrine
