// SPDX-License-Identifier: Apache-2.0
// Small model files made in a folder of their own, right or wrong in chosen ways.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/error.h"

namespace vitrine::test {

/// Where small files are written fast: in memory, where there is room.
inline std::filesystem::path scratch_folder() {
  std::error_code none;
  const auto space = std::filesystem::space("/dev/shm", none);
  return !none && ::access("/dev/shm", W_OK) == 0 && space.available > (64u << 20) ? "/dev/shm" : std::filesystem::temp_directory_path();
}

/// An empty folder, removed at the end of the test.
class Folder {
 public:
  Folder() {
    std::string name = (scratch_folder() / "vitrine-io-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// Little-endian bytes put one after the other.
struct Bytes {
  std::string text;

  template <class T>
  Bytes& put(T value) {
    text.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Bytes& raw(std::string_view bytes) {
    text += bytes;
    return *this;
  }
  Bytes& str(std::string_view bytes) { return put(uint64_t(bytes.size())).raw(bytes); }
};

struct GgufTensor {
  std::string name = "a";
  std::vector<uint64_t> extents = {8};  // fastest first, as in the file
  uint32_t type = 0;
  uint64_t offset = 0;
};

struct GgufSpec {
  uint32_t version = 3;
  std::vector<GgufTensor> tensors = {};
  Bytes meta = {};  // entries
  uint64_t meta_count = 0;
  size_t data_bytes = 0;
  std::optional<uint64_t> claimed_tensors = {}, claimed_meta = {};
};

inline std::string gguf_bytes(const GgufSpec& spec) {
  Bytes out;
  out.raw("GGUF").put(spec.version);
  out.put(spec.claimed_tensors.value_or(spec.tensors.size())).put(spec.claimed_meta.value_or(spec.meta_count));
  out.raw(spec.meta.text);
  for (const GgufTensor& tensor : spec.tensors) {
    out.str(tensor.name).put(uint32_t(tensor.extents.size()));
    for (uint64_t extent : tensor.extents) out.put(extent);
    out.put(tensor.type).put(tensor.offset);
  }
  out.text.resize((out.text.size() + 31) / 32 * 32, '\0');
  return out.text + std::string(spec.data_bytes, '\1');
}

inline std::string safetensors_bytes(const std::string& header, size_t data_bytes) {
  std::string padded = header;
  padded.resize((header.size() + 7) / 8 * 8, ' ');
  return Bytes().put(uint64_t(padded.size())).raw(padded).text + std::string(data_bytes, '\1');
}

/// What the Error says, or "no error".
inline std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace vitrine::test
