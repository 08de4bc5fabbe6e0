// SPDX-License-Identifier: Apache-2.0
// Would break: views of weights (fused matrices, expert slices) and the values panels read from snapshots.
#include "engine/tensor/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "engine/core/error.h"

namespace vitrine {
namespace {

Tensor make(Shape shape, DType dtype) {
  auto bytes = std::make_shared<std::vector<std::byte>>(size_t(dtype_bytes(dtype, shape.numel())));
  auto storage = std::make_shared<Storage>();
  storage->data = bytes->data();
  storage->bytes = bytes->size();
  storage->owner = bytes;
  return Tensor(std::move(storage), shape, dtype);
}

TEST(Tensor, SlicesAreViewsAtTheRightByte) {
  const Tensor whole = make({4, 64}, DType::q4_0);
  const Tensor rows = whole.slice(0, 1, 3);
  EXPECT_EQ(rows.shape(), (Shape{2, 64}));
  EXPECT_EQ(rows.byte_offset(), 36);
  EXPECT_EQ(rows.storage(), whole.storage());
  EXPECT_TRUE(rows.contiguous());
  EXPECT_EQ(rows.nbytes(), 72);
}

TEST(Tensor, ACutInsideABlockIsRefused) {
  const Tensor whole = make({4, 64}, DType::q4_0);
  EXPECT_THROW(whole.slice(1, 16, 48), Error);
  EXPECT_THROW(whole.slice(0, 2, 5), Error);
  EXPECT_THROW(whole.slice(0, 3, 2), Error);
  EXPECT_FALSE(whole.slice(1, 32, 64).contiguous());
}

TEST(Tensor, ReshapeKeepsTheElements) {
  const Tensor whole = make({4, 6}, DType::f32);
  EXPECT_EQ(whole.reshape({2, 12}).stride(0), 12);
  EXPECT_THROW(whole.reshape({5, 5}), Error);
  EXPECT_THROW(whole.slice(1, 0, 3).reshape({12}), Error);
}

TEST(Tensor, AViewLargerThanItsStorageIsRefused) {
  auto storage = std::make_shared<Storage>();
  storage->bytes = 16;
  EXPECT_THROW(Tensor(storage, {5}, DType::f32), Error);
  EXPECT_THROW(Tensor(storage, {4}, DType::f32, 4), Error);
  EXPECT_THROW(Tensor(nullptr, {1}, DType::f32), Error);
}

TEST(Tensor, SoleOwnerSaysWhetherTheBytesMayBeReused) {
  Tensor tensor = make({2}, DType::f32);
  EXPECT_TRUE(tensor.sole_owner());
  const Tensor view = tensor.slice(0, 0, 1);
  EXPECT_FALSE(tensor.sole_owner());
  EXPECT_FALSE(Tensor().sole_owner());
}

TEST(HostBlock, GivesFloatsAndIntegers) {
  const int32_t values[] = {3, -4};
  std::vector<std::byte> bytes(sizeof values);
  std::memcpy(bytes.data(), values, sizeof values);
  const HostBlock block({2}, DType::i32, bytes);
  EXPECT_THAT(block.f32(), testing::ElementsAre(3.0f, -4.0f));
  EXPECT_THAT(block.i32(), testing::ElementsAre(3, -4));
  EXPECT_THROW(HostBlock({3}, DType::i32, bytes), Error);
}

TEST(Shape, AxesCountFromBothEnds) {
  const Shape shape = {2, 3, 4};
  EXPECT_EQ(shape[-1], 4);
  EXPECT_EQ(shape.rows(), 6);
  EXPECT_EQ(shape.numel(), 24);
  EXPECT_EQ(shape.str(), "[2, 3, 4]");
  EXPECT_THROW(shape[3], Error);
  EXPECT_THROW(shape[-4], Error);
}

}  // namespace
}  // namespace vitrine
