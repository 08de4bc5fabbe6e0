// SPDX-License-Identifier: Apache-2.0
// Would break: a model with a sliding window has given the pages of a long answer's beginning back, somebody clicks a token there, and sees
// what other tokens left in these pages instead of its attention.
#include "tests/unit/run/desk.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

/// Attention of all heads of layer 0 at `row`.
TapOut look(Desk& desk, LaneId lane, int64_t row) {
  const JobId job = desk.engine.submit(Inspect{.what = Inspect::What::attention_row, .lane = lane, .layer = 0, .head = -1, .row_from = row, .row_to = row + 1});
  EXPECT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
  return desk.of<TapOut>(job).at(0);
}

Generate answer(LaneId lane, int tokens) {
  Generate request = question(lane, {11, 42, 7, 99, 3, 8, 120, 64, 5, 77, 31, 2}, 1, tokens);
  request.precision = Precision::exact;
  request.variant.positions = "linear:factor=8";  // room for an answer longer than the tiny model's context
  return request;
}

}  // namespace

TEST(WindowPast, AttentionWhoseKeysAreGoneIsComputedAgainAndSaysSo) {
  Desk desk;
  desk.open("mistral_swa");
  ASSERT_EQ(desk.wait(desk.engine.submit(answer(1, 4))).outcome, JobEnded::Outcome::done);
  const TapOut fresh = look(desk, 1, 9);
  EXPECT_FALSE(fresh.recomputed);
  const JobId job = desk.engine.submit(answer(2, 400));
  ASSERT_EQ(desk.wait(job).outcome, JobEnded::Outcome::done);
  const Answered answered = desk.of<Answered>(job).at(0);
  EXPECT_LT(answered.kv_bytes, 412 * desk.of<ModelLoaded>(1).at(0).facts->kv_bytes_per_token) << "the window's pages alone are held";
  const TapOut late = look(desk, 2, 405);
  EXPECT_FALSE(late.recomputed) << "what lies within the window is still there";
  const TapOut old = look(desk, 2, 9);
  EXPECT_TRUE(old.recomputed);
  EXPECT_EQ(old.values->f32(), fresh.values->f32());
  EXPECT_EQ(desk.wait(desk.engine.submit(answer(2, 400))).outcome, JobEnded::Outcome::done);
}
