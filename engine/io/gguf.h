// SPDX-License-Identifier: Apache-2.0
// GGUF files, versions 2 and 3, little-endian (specification: ggml's docs/gguf.md). parse_gguf works on a span, for
// fuzzing.
#pragma once

#include <memory>

#include "engine/io/meta_value.h"

namespace vitrine {

struct GgufFile {
  uint32_t version = 0;
  MetaTable meta;
  std::vector<TensorInfo> tensors = {};  // bytes inside the span that was parsed
};

/// Throws Error(format or unsupported) naming `file_name` for anything that breaks the format; never reads outside
/// `file`. Memory: 40 bytes a metadata value (at most 2^24 of them in lists) and the strings.
GgufFile parse_gguf(std::span<const std::byte> file, std::string_view file_name);

/// A file that starts with "GGUF", whatever it is called.
bool is_gguf(const std::filesystem::path& path);

/// Opens a file or, when it is a part "-00001-of-0000N.gguf" of a split, all parts beside it.
std::unique_ptr<WeightSource> open_gguf(const std::filesystem::path& path);

}  // namespace vitrine
