// SPDX-License-Identifier: Apache-2.0
// The tape itself: whose gradient is whose, what has none, and what is still held when the loss has gone all the way back.
#include "engine/exec/tape.h"

#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/nn/ops.h"

using namespace vitrine;

namespace {

class TapeTest : public testing::Test {
 protected:
  TapeTest() { ex.set_tape(&tape); }
  std::vector<float> values(const Tensor& t) { return backend->snapshot(t)->f32(); }
  /// The sum of all elements.
  Tensor sum(const Tensor& x) {
    const int64_t n = x.numel();
    return nn::linear(ex, nn::dense(ex, x).reshape({1, n}), {ex.upload_f32(std::vector<float>(size_t(n), 1), {1, n}), {}}).reshape({1});
  }

  std::shared_ptr<Backend> backend = make_backend({.threads = 1});
  Tape tape{*backend};
  Exec ex{*backend, Precision::exact};
};

}  // namespace

TEST_F(TapeTest, ThePartHasThePartOfTheGradient) {
  const Tensor x = ex.upload_f32({1, 2, 3, 4, 5, 6}, {2, 3});
  tape.record(x, "x");
  const Tensor left = nn::scale(ex, x.slice(1, 0, 1), 10), right = nn::scale(ex, x.slice(1, 1, 3), 2);
  tape.backward(sum(nn::add(ex, sum(left), sum(right))));
  EXPECT_EQ(values(tape.reached(x)), (std::vector<float>{10, 2, 2, 10, 2, 2}));
  EXPECT_EQ(values(tape.reached(x.slice(0, 1, 2))), (std::vector<float>{10, 2, 2}));
  EXPECT_EQ(values(tape.reached(x.reshape({3, 2}))), (std::vector<float>{10, 2, 2, 10, 2, 2}));
}

TEST_F(TapeTest, ConstantsHaveNoGradient) {
  const Tensor constant = ex.upload_f32({1, 2, 3}, {3}), x = ex.upload_f32({1, 1, 1}, {3});
  tape.record(x, "x");
  tape.backward(sum(nn::multiply(ex, x, constant)));
  EXPECT_FALSE(tape.grad(constant).defined());
  EXPECT_EQ(values(tape.reached(x)), (std::vector<float>{1, 2, 3}));
}

TEST_F(TapeTest, WhatTheLossDoesNotReadIsNotReached) {
  const Tensor x = ex.upload_f32({1, 2}, {2}), y = ex.upload_f32({3, 4}, {2});
  tape.record(x, "x");
  tape.record(y, "y");
  const Tensor unused = nn::scale(ex, y, 3);
  tape.backward(sum(x));
  EXPECT_FALSE(tape.reached(y).defined());
  EXPECT_FALSE(tape.reached(unused).defined());
}

TEST_F(TapeTest, AHalfPrecisionWeightHasAnF32Gradient) {
  const Tensor x = ex.upload_f32({1, 2}, {1, 2}), stored = backend->alloc({2, 2}, DType::bf16);
  backend->copy(ex.upload_f32({1, 2, 3, 4}, {2, 2}), stored);
  const Tensor w = backend->prepare(stored);
  tape.record(w, "w");
  tape.backward(sum(nn::linear(ex, x, {w, {}})));
  EXPECT_EQ(tape.reached(w).dtype(), DType::f32);
  EXPECT_EQ(values(tape.reached(w)), (std::vector<float>{1, 2, 1, 2}));
}

TEST_F(TapeTest, BlocksHaveNoGradientOfTheirOwnAndAreNamed) {
  const std::vector<std::byte> blocks(18 * 2);
  const Tensor w = backend->upload(blocks, {2, 32}, DType::q4_0);
  try {
    tape.record(w, "blk.0.attn_q.weight");
    ADD_FAILURE() << "blocks were recorded";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::unsupported);
    EXPECT_NE(e.message().find("blk.0.attn_q.weight"), std::string::npos) << e.message();
  }
}

TEST_F(TapeTest, OnlyTheGradientsOfParametersAndOfWhatTheCallerHeldAreLeft) {
  const Tensor x = ex.upload_f32(std::vector<float>(4096, 1), {4096});
  tape.record(x, "x");
  const int64_t before = backend->bytes_in_use();
  {
    Tensor y = x;
    for (int i = 0; i < 20; ++i) y = nn::scale(ex, y, 1.01f);
    tape.backward(sum(y));
  }
  EXPECT_LE(backend->bytes_in_use(), before + 3 * 4096 * 4 + 64);  // of x; y, which was held while the loss went back, and its own
}
