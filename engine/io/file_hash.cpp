// SPDX-License-Identifier: Apache-2.0
#include "engine/io/file_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {
namespace {

constexpr size_t kChunk = size_t(4) << 20;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    check(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
  }
  void add(const void* data, size_t bytes) { check(EVP_DigestUpdate(context_.get(), data, bytes)); }
  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest, &size));
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += "0123456789abcdef"[digest[i] >> 4];
      text += "0123456789abcdef"[digest[i] & 15];
    }
    return text;
  }

 private:
  static void check(int ok) {
    if (!ok) throw Error(ErrorKind::io, "the cryptography library refuses SHA-256", "check the OpenSSL installation");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

int64_t size_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error)
    throw Error(ErrorKind::io, cat("cannot read the file's size: ", error.message()), "check the path", path.string());
  return int64_t(size);
}

std::string hash_one(const std::filesystem::path& path, int64_t before, int64_t total, const HashProgress& progress,
                     const std::stop_token& stop) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::io, "cannot open the file", "check the path and its permissions", path.string());
  Sha256 hash;
  std::vector<char> chunk(kChunk);
  int64_t done = before;
  while (file) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "hashing was stopped", "", path.string());
    file.read(chunk.data(), std::streamsize(chunk.size()));
    hash.add(chunk.data(), size_t(file.gcount()));
    done += file.gcount();
    if (progress) progress(done, total);
  }
  if (file.bad()) throw Error(ErrorKind::io, "cannot read the file to its end", "check the disk", path.string());
  return hash.hex();
}

}  // namespace

std::string sha256_of_file(const std::filesystem::path& path, const HashProgress& progress, std::stop_token stop) {
  return hash_one(path, 0, size_of(path), progress, stop);
}

std::string sha256_of_files(std::span<const std::filesystem::path> paths, const HashProgress& progress,
                            std::stop_token stop) {
  if (paths.size() == 1) return sha256_of_file(paths[0], progress, stop);
  std::vector<std::filesystem::path> order(paths.begin(), paths.end());
  std::sort(order.begin(), order.end(), [](auto& a, auto& b) { return a.filename() < b.filename(); });
  int64_t total = 0, done = 0;
  for (const auto& path : order) total += size_of(path);
  std::string listing;
  for (const auto& path : order) {
    listing += cat(hash_one(path, done, total, progress, stop), "  ", path.filename().string(), "\n");
    done += size_of(path);
  }
  Sha256 hash;
  hash.add(listing.data(), listing.size());
  return hash.hex();
}

}  // namespace vitrine
