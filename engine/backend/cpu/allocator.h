// SPDX-License-Identifier: Apache-2.0
// Memory of the CPU backend: 64-byte aligned blocks, kept for reuse when the last Storage that holds one dies.
// Big blocks come straight from the system and ask for huge pages.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/tensor/tensor.h"

namespace vitrine::cpu {

class Allocator : public std::enable_shared_from_this<Allocator> {
 public:
  static constexpr size_t kAlignment = 64;
  /// Free bytes kept for reuse; beyond that the largest go back to the system, the small ones last and all at once.
  static constexpr size_t kKeptBytes = size_t(512) << 20;

  Allocator() = default;
  ~Allocator();
  Allocator(const Allocator&) = delete;
  Allocator& operator=(const Allocator&) = delete;

  /// `bytes` uninitialised bytes. Throws Error memory when the system has not enough.
  std::shared_ptr<Storage> allocate(size_t bytes);
  /// The same for what lives long and is streamed (weights): small ones lie side by side in arenas of huge pages, which
  /// a decode step reads nearly twice as fast as scattered small pages. An arena is free again when all in it have
  /// died.
  std::shared_ptr<Storage> allocate_lasting(size_t bytes);
  /// Gives all free blocks back to the system.
  void trim();

  /// Bytes of live blocks (as asked for), the most they have been, and bytes waiting for reuse.
  int64_t in_use() const noexcept;
  int64_t peak() const noexcept;
  int64_t kept() const noexcept;

 private:
  struct BlockStorage;
  std::shared_ptr<BlockStorage> block(size_t capacity, size_t bytes);
  void release(std::byte* data, size_t capacity, size_t bytes) noexcept;
  std::byte* take_free(size_t capacity, size_t& found) noexcept;
  void drop_free(size_t limit) noexcept;

  mutable std::mutex mutex_;
  std::vector<std::vector<std::byte*>> free_small_;  // by size class
  std::multimap<size_t, std::byte*> free_;           // big ones by capacity
  int64_t in_use_ = 0, peak_ = 0, kept_ = 0;
  std::weak_ptr<BlockStorage> arena_;  // its bytes: what has been given away of it
};

}  // namespace vitrine::cpu
