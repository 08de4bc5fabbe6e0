// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/allocator.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <fstream>
#include <string>

#include "engine/core/text.h"

namespace vitrine::cpu {
namespace {

constexpr size_t kMapped = size_t(1) << 20;  // from here on blocks come from mmap
constexpr size_t kHugePage = size_t(2) << 20;
constexpr size_t kArena = size_t(32) << 20;
constexpr size_t kWatched = size_t(64) << 20;  // from here on the system's free memory is looked at first

size_t round_up(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

/// Small blocks in eight steps an octave (they fit each other again); big ones to the page.
size_t capacity_of(size_t bytes) {
  if (bytes >= kMapped) return round_up(bytes, 4096);
  size_t step = Allocator::kAlignment;
  while (step * 16 < bytes) step *= 2;
  return round_up(std::max<size_t>(bytes, 1), step);
}

/// Small blocks of one capacity have one number.
size_t class_of(size_t capacity) {
  const auto octave = size_t(std::bit_width(capacity - 1));
  return octave * 16 + (capacity >> (octave < 4 ? 0 : octave - 4));
}

/// Bytes the system can still give without swapping or killing somebody, or SIZE_MAX when it does not say.
size_t available_bytes() {
  size_t least = SIZE_MAX;
  std::ifstream meminfo("/proc/meminfo");
  std::string key, unit;
  for (size_t kib = 0; meminfo >> key >> kib; std::getline(meminfo, unit))
    if (key == "MemAvailable:") least = kib * 1024;
  size_t limit = 0, used = 0;
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && std::ifstream("/sys/fs/cgroup/memory.current") >> used)
    least = std::min(least, limit > used ? limit - used : 0);
  return least;
}

std::byte* system_allocate(size_t capacity) {
  if (capacity < kMapped) return static_cast<std::byte*>(std::aligned_alloc(Allocator::kAlignment, capacity));
  if (capacity >= kWatched && capacity > available_bytes()) return nullptr;
  // Transparent huge pages need 2 MiB alignment: map that much more and cut both ends off.
  const size_t extra = capacity >= kHugePage ? kHugePage : 0;
  void* raw = mmap(nullptr, capacity + extra, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return nullptr;
  auto* from = static_cast<std::byte*>(raw);
  if (!extra) return from;
  auto* data = reinterpret_cast<std::byte*>(round_up(reinterpret_cast<uintptr_t>(from), kHugePage));
  if (data > from) munmap(from, size_t(data - from));
  if (size_t tail = size_t(from + capacity + extra - (data + capacity))) munmap(data + capacity, tail);
  madvise(data, capacity, MADV_HUGEPAGE);
  return data;
}

void system_release(std::byte* data, size_t capacity) noexcept {
  if (capacity < kMapped)
    std::free(data);
  else
    munmap(data, capacity);
}

}  // namespace

struct Allocator::BlockStorage final : Storage {
  std::shared_ptr<Allocator> home;
  size_t capacity = 0;
  ~BlockStorage() override { home->release(data, capacity, bytes); }
};

Allocator::~Allocator() { drop_free(0); }

std::shared_ptr<Storage> Allocator::allocate(size_t bytes) { return block(capacity_of(bytes), bytes); }

std::shared_ptr<Storage> Allocator::allocate_lasting(size_t bytes) {
  if (bytes >= kArena / 2) return allocate(bytes);
  auto storage = std::make_shared<Storage>();
  std::unique_lock lock(mutex_);
  std::shared_ptr<BlockStorage> arena = arena_.lock();
  if (!arena || arena->capacity - round_up(arena->bytes, kAlignment) < bytes) {
    lock.unlock();
    arena = block(kArena, 0);
    lock.lock();
    arena_ = arena;
  }
  const size_t at = round_up(arena->bytes, kAlignment);
  in_use_ += int64_t(at + bytes - arena->bytes);
  peak_ = std::max(peak_, in_use_);
  arena->bytes = at + bytes;
  storage->data = arena->data + at;
  storage->bytes = bytes;
  storage->owner = std::move(arena);
  return storage;
}

std::shared_ptr<Allocator::BlockStorage> Allocator::block(size_t capacity, size_t bytes) {
  std::byte* data = nullptr;
  {
    std::lock_guard lock(mutex_);
    data = take_free(capacity, capacity);
  }
  if (!data) data = system_allocate(capacity);
  if (!data) {
    trim();
    data = system_allocate(capacity);
  }
  if (!data)
    throw Error(ErrorKind::memory,
                cat("no memory for a block of ", capacity, " bytes; ", in_use(), " bytes are in use"),
                "choose a smaller context or model, or close other programs", "CPU memory");
  std::shared_ptr<BlockStorage> storage;
  try {
    storage = std::make_shared<BlockStorage>();
  } catch (...) {
    system_release(data, capacity);
    throw;
  }
  storage->data = data;
  storage->bytes = bytes;
  storage->capacity = capacity;
  storage->home = shared_from_this();
  std::lock_guard lock(mutex_);
  in_use_ += int64_t(bytes);
  peak_ = std::max(peak_, in_use_);
  return storage;
}

void Allocator::trim() {
  std::lock_guard lock(mutex_);
  drop_free(0);
}

std::byte* Allocator::take_free(size_t capacity, size_t& found) noexcept {
  if (capacity < kMapped) {
    const size_t index = class_of(capacity);
    if (index >= free_small_.size() || free_small_[index].empty()) return nullptr;
    std::byte* data = free_small_[index].back();  // the one freed last is the likeliest to be in a cache
    free_small_[index].pop_back();
    kept_ -= int64_t(capacity);
    return data;
  }
  const auto fitting = free_.lower_bound(capacity);
  if (fitting == free_.end() || fitting->first > capacity + capacity / 4) return nullptr;
  const auto at = std::prev(free_.upper_bound(fitting->first));  // the one freed last here too
  std::byte* data = at->second;
  found = at->first;
  kept_ -= int64_t(found);
  free_.erase(at);
  return data;
}

void Allocator::drop_free(size_t limit) noexcept {
  while (!free_.empty() && size_t(kept_) > limit) {
    const auto last = std::prev(free_.end());
    system_release(last->second, last->first);
    kept_ -= int64_t(last->first);
    free_.erase(last);
  }
  if (size_t(kept_) <= limit) return;
  for (std::vector<std::byte*>& blocks : free_small_) {
    for (std::byte* data : blocks) std::free(data);
    blocks.clear();
  }
  kept_ = 0;
}

void Allocator::release(std::byte* data, size_t capacity, size_t bytes) noexcept {
  std::lock_guard lock(mutex_);
  in_use_ -= int64_t(bytes);
  try {
    if (capacity < kMapped) {
      const size_t index = class_of(capacity);
      if (index >= free_small_.size()) free_small_.resize(index + 1);
      free_small_[index].push_back(data);
    } else {
      free_.emplace(capacity, data);
    }
  } catch (...) {  // no memory to remember the block with
    system_release(data, capacity);
    return;
  }
  kept_ += int64_t(capacity);
  drop_free(kKeptBytes);
}

int64_t Allocator::in_use() const noexcept {
  std::lock_guard lock(mutex_);
  return in_use_;
}
int64_t Allocator::peak() const noexcept {
  std::lock_guard lock(mutex_);
  return peak_;
}
int64_t Allocator::kept() const noexcept {
  std::lock_guard lock(mutex_);
  return kept_;
}

}  // namespace vitrine::cpu
