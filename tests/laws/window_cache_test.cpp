// SPDX-License-Identifier: Apache-2.0
// Laws of caches with sliding windows: pages that no query to come can see are given back, and nobody notices: not the logits, not a fork,
// not who goes back.
#include <gtest/gtest.h>

#include "engine/model/probe.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;

namespace {

constexpr int kLong = 500;

std::vector<int32_t> tokens(int count, int seed = 1) {
  std::vector<int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * 37 + seed * 11 + i / 7 + 5) % 140);
  return ids;
}

class WindowCache : public testing::TestWithParam<const char*> {
 protected:
  const std::shared_ptr<const Model> model = test::open_tiny(GetParam(), 2);
  const std::shared_ptr<KvPool> pool = model->make_pool(DType::f32);

  std::vector<float> feed(SeqState& state, std::span<const int32_t> ids) {
    Batch batch;
    batch.ids.assign(ids.begin(), ids.end());
    batch.segments.push_back({&state, 0, int(ids.size()), state.length(), nullptr});
    for (int32_t row = 0; row < int32_t(ids.size()); ++row) batch.logit_rows.push_back(row);
    Exec ex(*model->backend(), Precision::exact);
    const Output out = model->forward(ex, batch);
    state.commit(int64_t(ids.size()));
    return model->backend()->snapshot(out.logits)->f32();
  }
  std::vector<float> whole(const std::vector<int32_t>& ids) {
    const ProbeSequence sequence{ids};
    return run_sequences(*model, {&sequence, 1}, Precision::exact).logits;
  }
  /// The logits of rows [from, to) of all.
  std::vector<float> rows(const std::vector<float>& all, int64_t from, int64_t to) const {
    const int64_t vocab = model->spec().vocab;
    return {all.begin() + from * vocab, all.begin() + to * vocab};
  }
  /// A prompt in two pieces, then token by token.
  std::vector<float> tell(SeqState& state, const std::vector<int32_t>& ids) {
    std::vector<float> all;
    const int64_t steps[] = {100, 60};
    int64_t at = 0;
    for (int i = 0; at < int64_t(ids.size()); ++i) {
      const int64_t step = i < 2 ? std::min<int64_t>(steps[i], int64_t(ids.size()) - at) : 1;
      const std::vector<float> part = feed(state, std::span(ids).subspan(size_t(at), size_t(step)));
      all.insert(all.end(), part.begin(), part.end());
      at += step;
    }
    return all;
  }
};

}  // namespace

TEST_P(WindowCache, PagesBehindTheWindowAreGivenBackAndTheLogitsStay) {
  const std::vector<int32_t> ids = tokens(kLong);
  {
    SeqState state(pool);
    EXPECT_EQ(tell(state, ids), whole(ids));
    bool local = false;
    int64_t bytes = 0;
    for (size_t group = 0; group < pool->group_count(); ++group) {
      const int window = pool->group(group).window, all = (kLong + KvPool::kPageTokens - 1) / KvPool::kPageTokens;
      // At the end the window, its margin and two pages that are begun; each mark has as much at most.
      const int most = window == 0 ? all : 3 * ((window + int(SeqState::kWindowMargin)) / KvPool::kPageTokens + 2);
      EXPECT_LE(pool->pages_in_use(group), most) << "window " << window;
      if (window == 0) {
        EXPECT_EQ(pool->pages_in_use(group), all);
      }
      if (window > 0 && window < 60) {
        EXPECT_LE(pool->pages_in_use(group), 5) << "of " << all;
      }
      local |= window > 0;
      bytes += pool->pages_in_use(group) * pool->group(group).bytes_per_page;
    }
    EXPECT_TRUE(local);
    EXPECT_EQ(pool->bytes_in_use(), bytes);
    EXPECT_LT(pool->bytes_in_use(), kv_bytes_per_token(model->spec(), DType::f32) * kLong);
    EXPECT_LE(kv_bytes(model->spec(), DType::f32, kLong), pool->bytes_in_use());
  }
  EXPECT_EQ(pool->bytes_in_use(), 0);
}

TEST_P(WindowCache, GoingBackGivesTheSameLogitsFromWhereItCouldGo) {
  const std::vector<int32_t> ids = tokens(kLong);
  const std::vector<float> all = whole(ids);
  for (const int64_t back : {1, 20, 64, 65, 150, 339, 341, 399, 401, 499, 500}) {
    SCOPED_TRACE(back);
    SeqState state(pool);
    tell(state, ids);
    const int64_t wanted = kLong - back, kept = state.truncate(wanted);
    ASSERT_LE(kept, wanted);
    ASSERT_EQ(state.length(), kept);
    if (!state.recurrent() && back <= SeqState::kWindowMargin) {
      EXPECT_EQ(kept, wanted) << "within the margin nothing is run again";
    }
    if (!state.recurrent() && wanted >= 160) {
      EXPECT_GE(kept, 100) << "the last mark is no farther";
    }
    EXPECT_EQ(feed(state, std::span(ids).subspan(size_t(kept), size_t(wanted - kept + 1) > ids.size() - size_t(kept) ? ids.size() - size_t(kept) : size_t(wanted - kept + 1))),
              rows(all, kept, std::min<int64_t>(wanted + 1, kLong)));
  }
  EXPECT_EQ(pool->bytes_in_use(), 0);
}

TEST_P(WindowCache, AMarkIsComeBackTo) {
  const std::vector<int32_t> ids = tokens(kLong), other = tokens(30, 9);
  SeqState state(pool);
  for (int i = 0; i < 200; ++i) feed(state, std::span(ids).subspan(size_t(i), 1));
  state.mark();
  for (int i = 200; i < kLong; ++i) feed(state, std::span(ids).subspan(size_t(i), 1));
  EXPECT_EQ(state.truncate(200), 200);
  std::vector<int32_t> told(ids.begin(), ids.begin() + 200);
  told.insert(told.end(), other.begin(), other.end());
  EXPECT_EQ(feed(state, other), rows(whole(told), 200, 230));
}

TEST_P(WindowCache, ForksKeepWhatTheyNeed) {
  const std::vector<int32_t> ids = tokens(kLong), other = tokens(120, 9);
  SeqState state(pool);
  const std::vector<int32_t> first(ids.begin(), ids.begin() + 300);
  tell(state, first);
  const auto fork = state.fork();
  const std::vector<float> all = whole(ids);
  for (int i = 300; i < kLong; ++i) EXPECT_EQ(feed(state, std::span(ids).subspan(size_t(i), 1)), rows(all, i, i + 1));
  std::vector<int32_t> told = first;
  told.insert(told.end(), other.begin(), other.end());
  EXPECT_EQ(feed(*fork, other), rows(whole(told), 300, 420));
}

TEST_P(WindowCache, WhoWantsToLookBackKeepsEverything) {
  SeqState state(pool), looking(pool);
  looking.hold_everything(true);
  for (SeqState* s : {&state, &looking}) tell(*s, tokens(kLong));
  for (size_t layer = 0; layer < model->spec().layers().size(); ++layer) {
    if (!attends(model->spec().layers()[layer])) continue;
    EXPECT_TRUE(looking.holds(int(layer), 0, kLong));
    EXPECT_EQ(state.holds(int(layer), 0, kLong), model->spec().layers()[layer].window == 0);
    EXPECT_TRUE(state.holds(int(layer), kLong - 10, kLong));
  }
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, WindowCache, testing::Values("mistral_swa", "gemma2", "gemma3", "gpt_oss", "recurrent_gemma"));
