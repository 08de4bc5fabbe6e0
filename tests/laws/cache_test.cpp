// SPDX-License-Identifier: Apache-2.0
// Laws of the cache: a row's result does not depend on how the tokens arrived, on what runs beside them, or on forks and truncation.
#include <gtest/gtest.h>

#include "engine/model/probe.h"
#include "engine/model/rope.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

/// But those whose frequencies depend on the length.
bool decodes_alike(const ModelSpec& spec) { return spec.stacks[0].causal && std::none_of(spec.ropes.begin(), spec.ropes.end(), rope_depends_on_length); }

/// Ids that every tiny checkpoint has.
std::vector<int32_t> tokens(int count, int seed) {
  std::vector<int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * 37 + seed * 11 + 5) % 90);
  return ids;
}

class Cache : public testing::TestWithParam<std::string> {
 protected:
  std::shared_ptr<const Model> model = open_tiny(GetParam(), 2);
  /// Where the model has an encoder: the text that is answered to.
  void give_source(SeqState& state) const {
    if (!model->spec().has_encoder()) return;
    Batch batch;
    batch.ids = tokens(11, 7);
    batch.segments.push_back({&state, 0, 11, 0, nullptr});
    Exec ex(*model->backend(), Precision::exact);
    model->encode(ex, batch);
  }
  /// `most`, or what a table of learned positions leaves of it.
  int room(int most) const {
    const ModelSpec& spec = model->spec();
    return spec.learned_positions ? std::min(most, spec.learned_positions - spec.position_offset) : most;
  }
  /// Logits of all rows when the tokens arrive in pieces of these sizes.
  std::vector<float> in_pieces(const std::vector<int32_t>& ids, const std::vector<int>& sizes, Precision precision, DType cache) {
    ProbeLane lane(model, precision, cache);
    give_source(lane.state());
    std::vector<float> all;
    size_t at = 0;
    for (int size : sizes) {
      const std::vector<float> part = lane.feed(std::span(ids).subspan(at, size_t(size)), true);
      all.insert(all.end(), part.begin(), part.end());
      at += size_t(size);
    }
    return all;
  }
};

}  // namespace

TEST_P(Cache, ChunksGiveTheBitsOfTheWhole) {
  const int count = room(70);
  const std::vector<int32_t> ids = tokens(count, 1);
  for (Precision precision : {Precision::exact, Precision::fast}) {
    for (DType cache : {DType::f32, DType::f16}) {
      const std::vector<float> whole = in_pieces(ids, {count}, precision, cache);
      EXPECT_EQ(in_pieces(ids, {1, 1, 1, 1, 16, count - 20}, precision, cache), whole);
      EXPECT_EQ(in_pieces(ids, {count - 7, 2, 5}, precision, cache), whole);
    }
  }
}

TEST_P(Cache, SequencesThatRunTogetherDoNotFeelEachOther) {
  std::vector<ProbeSequence> both{{tokens(9, 1)}, {tokens(23, 2)}};
  if (model->spec().has_encoder()) both[0].source = tokens(5, 8), both[1].source = tokens(16, 9);
  const std::vector<float> together = run_sequences(*model, both, Precision::exact).logits;
  std::vector<float> apart = run_sequences(*model, {&both[0], 1}, Precision::exact).logits;
  const std::vector<float> second = run_sequences(*model, {&both[1], 1}, Precision::exact).logits;
  apart.insert(apart.end(), second.begin(), second.end());
  EXPECT_EQ(together, apart);
}

TEST_P(Cache, AForkGoesItsOwnWay) {
  if (room(73) < 73) GTEST_SKIP() << "this model ends before a second page is half full";
  auto pool = model->make_pool(DType::f32);
  SeqState first(pool);
  give_source(first);
  const auto feed = [&](SeqState& state, const std::vector<int32_t>& ids) {
    Batch batch;
    batch.ids = ids;
    batch.segments.push_back({&state, 0, int(ids.size()), state.length(), nullptr});
    batch.logit_rows = {int32_t(ids.size()) - 1};
    Exec ex(*model->backend(), Precision::exact);
    const Output out = model->forward(ex, batch);
    state.commit(int64_t(ids.size()));
    return model->backend()->snapshot(out.logits)->f32();
  };
  const std::vector<int32_t> prefix = tokens(66, 3), left = tokens(7, 4), right = tokens(7, 5);
  feed(first, prefix);
  const auto second = first.fork();
  EXPECT_EQ(pool->references(0, first.pages()[0]), 2);
  const std::vector<float> l = feed(first, left), r = feed(*second, right);
  EXPECT_EQ(pool->references(0, first.pages()[0]), 2) << "the full page stays shared";
  EXPECT_EQ(pool->references(0, first.pages()[1]), 1) << "the half page was copied when it was written";
  SeqState alone(pool);
  give_source(alone);
  feed(alone, prefix);
  EXPECT_EQ(feed(alone, right), r);
  const int64_t kept = alone.truncate(int64_t(prefix.size()));
  ASSERT_EQ(alone.length(), kept);
  if (kept < int64_t(prefix.size())) feed(alone, {prefix.begin() + kept, prefix.end()});  // states go back to a snapshot
  EXPECT_EQ(feed(alone, left), l) << "truncation forgets";
}

TEST_P(Cache, ACancelledStepLeavesNothingBehind) {
  ProbeLane lane(model, Precision::exact);
  give_source(lane.state());
  const std::vector<int32_t> ids = tokens(12, 6);
  lane.feed(ids);
  std::stop_source stop;
  stop.request_stop();
  Batch batch;
  batch.ids = {1, 2, 3};
  batch.segments.push_back({&lane.state(), 0, 3, lane.state().length(), nullptr});
  Exec ex(*model->backend(), Precision::exact, stop.get_token());
  EXPECT_THROW(model->forward(ex, batch), Error);
  EXPECT_EQ(lane.state().length(), 12);
  ProbeLane fresh(model, Precision::exact);
  give_source(fresh.state());
  fresh.feed(ids);
  const int32_t next = 9;
  EXPECT_EQ(lane.feed({&next, 1}), fresh.feed({&next, 1}));
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, Cache, testing::ValuesIn(tiny_models(decodes_alike)), [](const auto& info) { return info.param; });
