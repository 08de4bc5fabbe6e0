// SPDX-License-Identifier: Apache-2.0
// The caching allocator: a block still looked at is never handed out again, and nothing is lost or miscounted.
#include "engine/backend/cpu/allocator.h"

#include <gtest/gtest.h>

#include <cstring>

#include "engine/core/error.h"

namespace vitrine::cpu {
namespace {

TEST(Allocator, BlocksAreAlignedAndCounted) {
  auto allocator = std::make_shared<Allocator>();
  int64_t total = 0;
  std::vector<std::shared_ptr<Storage>> held;
  for (size_t bytes :
       {size_t(0), size_t(1), size_t(63), size_t(64), size_t(1000), size_t(1) << 20, (size_t(5) << 20) + 3}) {
    held.push_back(allocator->allocate(bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(held.back()->data) % Allocator::kAlignment, 0u) << bytes;
    EXPECT_EQ(held.back()->bytes, bytes);
    if (bytes) std::memset(held.back()->data, 0x5a, bytes);
    total += int64_t(bytes);
    EXPECT_EQ(allocator->in_use(), total);
  }
  held.clear();
  EXPECT_EQ(allocator->in_use(), 0);
  EXPECT_EQ(allocator->peak(), total);
}

TEST(Allocator, ABlockReturnsOnlyWhenItsLastHolderDies) {
  auto allocator = std::make_shared<Allocator>();
  for (size_t bytes : {size_t(4096), size_t(3) << 20}) {
    std::shared_ptr<Storage> first = allocator->allocate(bytes);
    std::byte* const address = first->data;
    const Tensor view = Tensor(first, {int64_t(bytes)}, DType::u8).slice(0, 8, 16);
    first.reset();
    EXPECT_NE(allocator->allocate(bytes)->data, address) << "a live view lost its bytes";
    const_cast<Tensor&>(view) = Tensor();
    EXPECT_EQ(allocator->allocate(bytes)->data, address) << "a free block is not used again";
  }
}

TEST(Allocator, LastingBlocksShareAnArenaAndAreCounted) {
  auto allocator = std::make_shared<Allocator>();
  std::vector<std::shared_ptr<Storage>> held;
  int64_t total = 0;
  for (int i = 0; i < 100; ++i) {
    const size_t bytes = size_t(i) * 10000 + 1;
    held.push_back(allocator->allocate_lasting(bytes));
    std::memset(held.back()->data, i, bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(held.back()->data) % Allocator::kAlignment, 0u);
    total += int64_t(bytes);
    EXPECT_GE(allocator->in_use(), total);
    EXPECT_LE(allocator->in_use(), total + 100 * int64_t(Allocator::kAlignment));
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(int(held[size_t(i)]->data[i * 10000]), i) << "overlap";
  held.clear();
  EXPECT_EQ(allocator->in_use(), 0);
}

TEST(Allocator, StorageMayOutliveTheBackend) {
  auto allocator = std::make_shared<Allocator>();
  std::shared_ptr<Storage> storage = allocator->allocate(1 << 16);
  allocator.reset();
  std::memset(storage->data, 1, 1 << 16);
  EXPECT_EQ(int(storage->data[65535]), 1);
}

TEST(Allocator, RefusesWhatTheSystemHasNot) {
  auto allocator = std::make_shared<Allocator>();
  try {
    allocator->allocate(size_t(1) << 50);
    FAIL() << "a petabyte was given";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::memory);
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_EQ(allocator->in_use(), 0);
}

TEST(Allocator, KeepsABoundedReserve) {
  auto allocator = std::make_shared<Allocator>();
  for (int i = 0; i < 3; ++i) {
    std::vector<std::shared_ptr<Storage>> held;
    for (int j = 0; j < 5; ++j) held.push_back(allocator->allocate(size_t(200) << 20));  // never touched, costs nothing
  }
  EXPECT_LE(allocator->kept(), int64_t(Allocator::kKeptBytes));
  allocator->trim();
  EXPECT_EQ(allocator->kept(), 0);
}

}  // namespace
}  // namespace vitrine::cpu
