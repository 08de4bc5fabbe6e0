// SPDX-License-Identifier: Apache-2.0
// safetensors files (huggingface/safetensors, format description in its README) and the Hugging Face folders made of
// them.
#pragma once

#include <memory>

#include "engine/core/api.h"
#include "engine/io/meta_value.h"

namespace vitrine {

struct SafetensorsFile {
  std::vector<TensorInfo> tensors;  // by position in the file; bytes inside the span that was parsed
  MetaTable meta;                   // "__metadata__"
};

/// Throws Error(format) naming `file_name` for anything that breaks the format; never reads outside `file`.
SafetensorsFile parse_safetensors(std::span<const std::byte> file, std::string_view file_name);

/// One file by itself, without config.json; meta() gives its "__metadata__". For reference files, traces, adapters.
VT_API std::unique_ptr<WeightSource> open_safetensors_file(const std::filesystem::path& path);

/// A folder with config.json and one model.safetensors or the parts that model.safetensors.index.json lists.
/// meta() gives dotted paths into config.json; companion() any file of the folder.
std::unique_ptr<WeightSource> open_safetensors_folder(const std::filesystem::path& folder);

/// True when the folder has model weights in this container.
bool has_safetensors(const std::filesystem::path& folder);

}  // namespace vitrine
