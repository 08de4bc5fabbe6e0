// SPDX-License-Identifier: Apache-2.0
// Opening GGUF files: one, or all parts of a split (llama.cpp's gguf-split: NAME-00001-of-0000N.gguf, metadata in the
// first).
#include <charconv>
#include <fstream>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/checkpoint.h"
#include "engine/io/gguf.h"
#include "engine/io/mapped_file.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

/// "model-00002-of-00003.gguf" -> {"model", 2, 3}
struct PartName {
  std::string stem;
  int part = 0, parts = 0;
};

std::optional<PartName> part_name(const std::string& file) {
  constexpr std::string_view kTail = "-00001-of-00001.gguf";
  if (file.size() <= kTail.size()) return std::nullopt;
  const std::string_view tail = std::string_view(file).substr(file.size() - kTail.size());
  if (tail[0] != '-' || tail.substr(6, 4) != "-of-" || tail.substr(15) != ".gguf") return std::nullopt;
  PartName name{.stem = file.substr(0, file.size() - kTail.size())};
  const auto number = [&](size_t at, int& value) {
    return std::from_chars(tail.data() + at, tail.data() + at + 5, value).ptr == tail.data() + at + 5 && value > 0;
  };
  if (!number(1, name.part) || !number(10, name.parts)) return std::nullopt;
  return name;
}

std::string part_file(const PartName& name, int part) {
  char tail[32];
  std::snprintf(tail, sizeof tail, "-%05d-of-%05d.gguf", part, name.parts);
  return name.stem + tail;
}

void check_all_there(const fs::path& folder, const PartName& name) {
  std::string missing;
  int count = 0;
  for (int part = 1; part <= name.parts; ++part) {
    std::error_code error;
    if (fs::exists(folder / part_file(name, part), error)) continue;
    if (++count <= 5) missing += (missing.empty() ? "" : ", ") + part_file(name, part);
  }
  if (count > 0)
    throw Error(ErrorKind::io,
                cat(count, " of ", name.parts, " parts of the model are missing: ", missing, count > 5 ? ", ..." : ""),
                "put all parts into one folder", folder.string());
}

void add_part(CheckpointContents& contents, const fs::path& path, int part, int parts) {
  const auto file = MappedFile::open(path);
  GgufFile parsed = parse_gguf(file->bytes(), path.string());
  const auto split_no = meta_i64(parsed.meta.find("split.no")), split_count = meta_i64(parsed.meta.find("split.count"));
  if (split_no.value_or(-1) != part - 1 || split_count.value_or(-1) != parts)
    throw Error(ErrorKind::format, cat("its name says part ", part, " of ", parts, ", its metadata another"),
                "give the parts their first names back", path.string());
  if (part == 1) contents.meta = std::move(parsed.meta);
  for (TensorInfo& tensor : parsed.tensors) contents.tensors.push_back(std::move(tensor));
  contents.files.push_back(path);
  contents.owners.push_back(file);
  contents.maps.push_back(file);
}

}  // namespace

bool is_gguf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  char magic[4] = {};
  return file.read(magic, 4) && std::string_view(magic, 4) == "GGUF";
}

std::unique_ptr<WeightSource> open_gguf(const fs::path& path) {
  CheckpointContents contents{.container = "gguf", .path = path};
  const auto file = MappedFile::open(path);
  GgufFile parsed = parse_gguf(file->bytes(), path.string());
  const int64_t parts = meta_i64(parsed.meta.find("split.count")).value_or(1);
  if (parts <= 1) {
    contents.meta = std::move(parsed.meta);
    contents.tensors = std::move(parsed.tensors);
    contents.files = {path};
    contents.owners = {file};
    contents.maps = {file};
    return std::make_unique<Checkpoint>(std::move(contents));
  }
  const auto name = part_name(path.filename().string());
  if (!name || name->parts != parts)
    throw Error(ErrorKind::format,
                cat("one of ", parts, " parts, but its name does not end in \"-0000N-of-0000M.gguf\""),
                "give the parts their first names back", path.string());
  check_all_there(path.parent_path(), *name);
  for (int part = 1; part <= name->parts; ++part)
    add_part(contents, path.parent_path() / part_file(*name, part), part, name->parts);
  const auto expected = meta_i64(contents.meta.find("split.tensors.count"));
  if (expected && *expected != int64_t(contents.tensors.size()))
    throw Error(ErrorKind::format,
                cat("the parts hold ", contents.tensors.size(), " tensors, the first announces ", *expected),
                "the parts are of different conversions: get all of them again", path.string());
  return std::make_unique<Checkpoint>(std::move(contents));
}

}  // namespace vitrine
