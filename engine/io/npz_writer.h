// SPDX-License-Identifier: Apache-2.0
// .npz as numpy.load reads it: a zip archive of stored entries, one NAME.npy (format 1.0, C order) each.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/core/api.h"
#include "engine/tensor/shape.h"

namespace vitrine {

struct NamedArray {
  std::string name;
  Shape shape;
  std::span<const float> values;
};

/// Written beside and renamed. Throws Error io naming the file, input for more than 4 GB (a zip of this form holds no more).
VT_API void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays);

}  // namespace vitrine
