// SPDX-License-Identifier: Apache-2.0
// The WeightSource every container returns: a container's parser only fills CheckpointContents.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/io/mapped_file.h"
#include "engine/io/meta_value.h"
#include "engine/io/quantized/decoded_weights.h"
#include "engine/io/weight_source.h"

namespace vitrine {

struct CheckpointContents {
  std::string_view container = {};
  std::filesystem::path path = {};
  std::vector<std::filesystem::path> files = {};
  std::vector<TensorInfo> tensors = {};
  MetaTable meta = {};
  std::filesystem::path companion_folder = {};  // empty: the container has no companion files
  std::vector<std::shared_ptr<const void>> owners = {};
  std::vector<std::shared_ptr<const MappedFile>> maps = {};  // those of the owners that are files
  std::shared_ptr<DecodedWeights> decoded = {};              // of a quantized folder, one of the owners
};

class Checkpoint final : public WeightSource {
 public:
  /// Throws Error(format) when two tensors have one name.
  explicit Checkpoint(CheckpointContents contents);

  std::string_view container() const noexcept override { return contents_.container; }
  const std::filesystem::path& path() const noexcept override { return contents_.path; }
  std::vector<std::filesystem::path> files() const override { return contents_.files; }
  std::span<const TensorInfo> tensors() const override { return contents_.tensors; }
  const TensorInfo* find(std::string_view name) const noexcept override;
  std::filesystem::path file_of(const TensorInfo& tensor) const override;
  const MetaValue* meta(std::string_view key) const override { return contents_.meta.find(key); }
  std::vector<std::string> meta_keys() const override { return contents_.meta.keys(); }
  std::optional<std::string> companion(std::string_view file_name) const override;
  std::shared_ptr<const void> keep_alive() const override { return owners_; }
  bool decode(const TensorInfo& tensor) const override {
    return contents_.decoded && contents_.decoded->decode(tensor.bytes);
  }
  void drop_pages(std::span<const std::byte> bytes) const noexcept override {
    if (contents_.decoded) contents_.decoded->drop(bytes);
    for (const auto& file : contents_.maps) file->drop_pages(bytes);
  }
  void check_intact() const override {
    for (const auto& file : contents_.maps) file->check_intact();
  }

 private:
  CheckpointContents contents_;
  std::unordered_map<std::string_view, const TensorInfo*> index_;
  std::shared_ptr<const void> owners_;
};

/// Throws Error(format) when two tensors of one file share bytes; `file` names it.
void check_no_overlap(std::span<const TensorInfo> tensors, std::string_view file);

/// Product of the extents times the bytes of an element, nullopt on overflow, a negative extent or a cut block.
std::optional<int64_t> checked_bytes(const Shape& shape, DType dtype);

}  // namespace vitrine
