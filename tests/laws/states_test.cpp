// SPDX-License-Identifier: Apache-2.0
// Laws of layers that carry a state: going back and running again gives what was, wherever one goes back to; a marked position comes back
// exactly; what a sequence carries does not grow; an edit of a state acts on what follows and on nothing before.
#include <gtest/gtest.h>

#include "engine/model/probe.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

bool carries(const ModelSpec& spec) { return state_bytes(spec) > 0; }

/// Ids that every tiny checkpoint has.
std::vector<int32_t> tokens(int count, int seed) {
  std::vector<int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * 41 + seed * 13 + 7) % 90);
  return ids;
}

class States : public testing::TestWithParam<std::string> {
 protected:
  std::shared_ptr<const Model> model = open_tiny(GetParam(), 2);
  /// A prompt in two chunks, then token by token.
  void talk(ProbeLane& lane, const std::vector<int32_t>& ids, size_t prompt) {
    lane.feed(std::span(ids).first(prompt / 2));
    lane.feed(std::span(ids).subspan(prompt / 2, prompt - prompt / 2));
    for (size_t i = prompt; i < ids.size(); ++i) lane.feed({&ids[i], 1});
  }
};

}  // namespace

TEST_P(States, GoingBackAnywhereAndRunningAgainGivesWhatWas) {
  const std::vector<int32_t> ids = tokens(90, 1), other = tokens(5, 2);
  for (int64_t to : {89, 65, 64, 40, 21, 20, 19, 10, 1, 0}) {
    ProbeLane lane(model, Precision::exact), fresh(model, Precision::exact);
    talk(lane, ids, 20);
    const int64_t kept = lane.state().truncate(to);
    EXPECT_LE(kept, to);
    EXPECT_EQ(lane.state().length(), kept);
    if (kept < to) lane.feed(std::span(ids).subspan(size_t(kept), size_t(to - kept)));
    if (to > 0) fresh.feed(std::span(ids).first(size_t(to)));
    EXPECT_EQ(lane.feed(other), fresh.feed(other)) << "back to " << to;
  }
}

TEST_P(States, AMarkedPositionComesBackExactly) {
  const std::vector<int32_t> ids = tokens(30, 3), wrong = tokens(4, 4), right = tokens(4, 5);
  ProbeLane lane(model, Precision::exact), straight(model, Precision::exact);
  talk(lane, ids, 12);
  talk(straight, ids, 12);
  lane.state().mark();
  for (int32_t id : wrong) lane.feed({&id, 1});
  EXPECT_EQ(lane.state().truncate(30), 30);
  EXPECT_EQ(lane.feed(right), straight.feed(right));
}

TEST_P(States, WhatASequenceCarriesDoesNotGrow) {
  ProbeLane lane(model, Precision::exact);
  lane.feed(tokens(8, 6));
  const int64_t one = state_bytes(model->spec());
  int64_t most = 0;
  for (int i = 0; i < 40; ++i) {
    lane.feed(tokens(25, i));
    most = std::max(most, lane.state().recurrent()->bytes());
  }
  EXPECT_LE(most, 13 * one);
  EXPECT_EQ(most, lane.state().recurrent()->bytes()) << "a thousand tokens later no more than at the most";
}

TEST_P(States, AnEditOfAStateActsOnWhatFollowsOnly) {
  int16_t layer = 0;
  while (size_t(layer) < model->spec().layers().size() && !model->sites().stacks[0][size_t(layer)].has(Site::ssm_state)) ++layer;
  if (size_t(layer) == model->spec().layers().size()) GTEST_SKIP() << "its state is a window of inputs";
  const std::vector<int32_t> ids = tokens(12, 7);
  const size_t vocab = size_t(model->spec().vocab);
  const Watch edit{.at = {.layer = layer, .site = Site::ssm_state}, .select = {.positions = {5}}, .edits = {Scale{0.25f}}};
  ProbeLane plain(model, Precision::exact), whole(model, Precision::exact), stepwise(model, Precision::exact);
  whole.watches = stepwise.watches = {edit};
  const std::vector<float> before = plain.feed(ids, true), after = whole.feed(ids, true);
  std::vector<float> one_by_one;
  for (int32_t id : ids) {
    const std::vector<float> row = stepwise.feed({&id, 1}, true);
    one_by_one.insert(one_by_one.end(), row.begin(), row.end());
  }
  EXPECT_EQ(after, one_by_one);
  EXPECT_TRUE(std::equal(before.begin(), before.begin() + int64_t(5 * vocab), after.begin())) << "rows before the edited one";
  for (size_t row = 6; row < ids.size(); ++row)
    EXPECT_FALSE(std::equal(before.begin() + int64_t(row * vocab), before.begin() + int64_t((row + 1) * vocab), after.begin() + int64_t(row * vocab)))
        << "row " << row;
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, States, testing::ValuesIn(tiny_models(carries)), [](const auto& info) { return info.param; });
