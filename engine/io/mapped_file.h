// SPDX-License-Identifier: Apache-2.0
// A file mapped read-only: weights are used where they lie, pages are shared with other processes and dropped under
// pressure.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "engine/core/api.h"
#include "engine/io/mapping_guard.h"

namespace vitrine {

class VT_API MappedFile {
 public:
  /// Throws Error(io) naming the file when it is missing, unreadable, a folder, or empty.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  const std::filesystem::path& path() const noexcept { return path_; }
  /// Throws Error(io) naming the file when bytes could not be read since it was opened: it was cut short, or its disk is
  /// gone. They read as zeros, so what was made of them is wrong.
  void check_intact() const;
  /// These bytes, if they are of this file, will not be read again soon: their pages leave the process.
  void drop_pages(std::span<const std::byte> bytes) const noexcept;

 private:
  MappedFile(std::filesystem::path path, std::span<std::byte> bytes)
      : path_(std::move(path)), bytes_(bytes), guard_(bytes.data(), bytes.size()) {}

  std::filesystem::path path_;
  std::span<const std::byte> bytes_;
  MappingGuard guard_;
};

/// The whole of a text file. Throws Error(io) as above (an empty file is fine) and Error(format) above `limit` bytes.
VT_API std::string read_text_file(const std::filesystem::path& path, size_t limit);

}  // namespace vitrine
