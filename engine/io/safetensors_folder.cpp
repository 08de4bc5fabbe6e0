// SPDX-License-Identifier: Apache-2.0
// Hugging Face folders: config.json as metadata, weights from one file or from the parts an index lists.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/checkpoint.h"
#include "engine/io/error_text.h"
#include "engine/io/json_text.h"
#include "engine/io/mapped_file.h"
#include "engine/io/safetensors.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;
constexpr const char* kSingle = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// Kernels read scalars in place. A file whose header length is no multiple of 8 (older writers) has misaligned data:
/// those tensors are copied once.
void align(std::vector<TensorInfo>& tensors, CheckpointContents& contents) {
  for (TensorInfo& tensor : tensors) {
    const size_t size = size_t(dtype_info(tensor.dtype).block_bytes);
    if (tensor.bytes.empty() || reinterpret_cast<uintptr_t>(tensor.bytes.data()) % size == 0) continue;
    auto copy = std::make_shared<std::vector<std::byte>>(tensor.bytes.begin(), tensor.bytes.end());
    tensor.bytes = *copy;
    contents.owners.push_back(std::move(copy));
  }
}

/// Adds the file's tensors; returns its "__metadata__".
MetaTable add_file(CheckpointContents& contents, const fs::path& path) {
  auto file = MappedFile::open(path);
  SafetensorsFile parsed = parse_safetensors(file->bytes(), path.string());
  align(parsed.tensors, contents);
  for (TensorInfo& tensor : parsed.tensors) contents.tensors.push_back(std::move(tensor));
  contents.files.push_back(path);
  contents.maps.push_back(file);
  contents.owners.push_back(std::move(file));
  return std::move(parsed.meta);
}

/// tensor -> part, as the index has it.
std::map<std::string, std::string> read_index(const fs::path& path) {
  const auto fail = [&](std::string message) {
    throw Error(ErrorKind::format, std::move(message), "get the file again", path.string());
  };
  const nlohmann::json index = parse_json(read_text_file(path, JsonLimits().bytes), path.string());
  const auto map = index.is_object() ? index.find("weight_map") : index.end();
  if (map == index.end() || !map->is_object() || map->empty()) fail("no \"weight_map\" of tensors and files");
  std::map<std::string, std::string> parts;
  for (const auto& [tensor, part] : map->items()) {
    if (!part.is_string()) fail(cat("tensor ", in_quotes(tensor), " has no file name"));
    const auto& name = part.get_ref<const std::string&>();
    if (name.empty() || name == "." || name == ".." ||
        name.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos)
      fail(cat("tensor ", in_quotes(tensor), " lies in ", in_quotes(name), ", which is not a file of this folder"));
    parts.emplace(tensor, name);
  }
  return parts;
}

void add_parts(CheckpointContents& contents, const fs::path& folder) {
  const auto index = read_index(folder / kIndex);
  std::set<std::string> files;
  for (const auto& [tensor, file] : index) files.insert(file);
  std::string missing;
  int count = 0;
  for (const std::string& file : files)
    if (!is_file(folder / file) && ++count <= 5) missing += (missing.empty() ? "" : ", ") + file;
  if (count > 0)
    throw Error(ErrorKind::io,
                cat(count, " of ", files.size(), " weight files are missing: ", missing, count > 5 ? ", ..." : ""),
                "download the model again or copy them here", folder.string());
  for (const std::string& file : files) add_file(contents, folder / file);
  std::set<std::string_view> there;
  for (const TensorInfo& tensor : contents.tensors) there.insert(tensor.name);
  for (const auto& [tensor, file] : index)
    if (!there.contains(tensor))
      throw Error(ErrorKind::format, cat("tensor ", in_quotes(tensor), " is missing: the index promises it in ", file),
                  "download the model again", folder.string());
}

std::vector<fs::path> safetensors_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".safetensors" && is_file(entry->path())) files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

void add_weights(CheckpointContents& contents, const fs::path& folder) {
  if (is_file(folder / kSingle)) {
    add_file(contents, folder / kSingle);
  } else if (is_file(folder / kIndex)) {
    add_parts(contents, folder);
  } else {
    const auto files = safetensors_files(folder);
    if (files.size() != 1)
      throw Error(ErrorKind::io, cat("neither ", kSingle, " nor ", kIndex, " in this folder"),
                  files.empty() ? "choose the folder that holds the weights" : "open one of its .safetensors files",
                  folder.string());
    add_file(contents, files[0]);
  }
}

/// Puts a quantized weight in the place of the tensors that it is stored as.
void join_packed(CheckpointContents& contents) {
  auto weights = packed_weights(PackedFolder(contents.tensors, contents.meta, contents.path.string()));
  if (weights.empty()) return;
  std::set<std::string> stored;
  for (const PackedWeight& weight : weights) stored.insert(weight.stored.begin(), weight.stored.end());
  std::erase_if(contents.tensors, [&](const TensorInfo& tensor) { return stored.contains(tensor.name); });
  contents.decoded = std::make_shared<DecodedWeights>(std::move(weights), contents.path.string());
  for (size_t i = 0; i < contents.decoded->weights().size(); ++i) contents.tensors.push_back(contents.decoded->info(i));
  contents.owners.push_back(contents.decoded);
}

}  // namespace

bool has_safetensors(const fs::path& folder) {
  return is_file(folder / kSingle) || is_file(folder / kIndex) || !safetensors_files(folder).empty();
}

std::unique_ptr<WeightSource> open_safetensors_folder(const fs::path& folder) {
  CheckpointContents contents{.container = "safetensors", .path = folder, .companion_folder = folder};
  const fs::path config = folder / "config.json";
  if (!is_file(config))
    throw Error(ErrorKind::io, "the folder has weights but no config.json", "copy the model's config.json beside them",
                folder.string());
  const nlohmann::json parsed = parse_json(read_text_file(config, JsonLimits().bytes), config.string());
  if (!parsed.is_object()) throw Error(ErrorKind::format, "not a JSON object", "get the file again", config.string());
  flatten_json(parsed, contents.meta);
  add_weights(contents, folder);
  join_packed(contents);
  return std::make_unique<Checkpoint>(std::move(contents));
}

std::unique_ptr<WeightSource> open_safetensors_file(const fs::path& path) {
  CheckpointContents contents{.container = "safetensors", .path = path, .companion_folder = path.parent_path()};
  contents.meta = add_file(contents, path);
  return std::make_unique<Checkpoint>(std::move(contents));
}

}  // namespace vitrine
