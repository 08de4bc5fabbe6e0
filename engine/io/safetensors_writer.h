// SPDX-License-Identifier: Apache-2.0
// Writes safetensors files: recorded activations, edits, small checkpoints for tests.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/api.h"
#include "engine/tensor/dtype.h"
#include "engine/tensor/shape.h"

namespace vitrine {

struct NamedTensorBytes {
  std::string name;
  Shape shape = {};
  DType dtype = DType::f32;  // no block format: safetensors has none
  std::span<const std::byte> bytes = {};
};

/// Writes a new file beside `path` and renames it, so a reader never sees half of it. Throws Error(io) naming the file
/// when it cannot be written, Error(input) on a block format, a wrong size or two tensors of one name.
VT_API void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensorBytes> tensors,
                              std::span<const std::pair<std::string, std::string>> metadata = {});

}  // namespace vitrine
