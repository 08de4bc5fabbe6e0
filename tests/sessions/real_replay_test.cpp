// SPDX-License-Identifier: Apache-2.0
// Record and replay with the real engine: the same answer again, and the first token named when the record was another
// one.
#include <algorithm>
#include <condition_variable>

#include "engine/run/engine.h"
#include "sessions/replay.h"
#include "sessions/run_record.h"
#include "tests/sessions/session_fixture.h"
#include "tests/support/real_models.h"

namespace vitrine {
namespace {

/// Runs one command to its end; every event of it.
std::vector<Event> run_to_end(Engine& engine, EventStream& stream, Command command) {
  std::mutex mutex;
  std::condition_variable woken;
  bool awake = false;
  stream.set_wakeup([&] {
    const std::lock_guard lock(mutex);
    awake = true;
    woken.notify_all();
  });
  const JobId job = engine.submit(std::move(command));
  std::vector<Event> mine;
  for (;;) {
    std::vector<Event> events;
    if (stream.poll(events) == 0) {
      std::unique_lock lock(mutex);
      woken.wait(lock, [&] { return awake; });
      awake = false;
      continue;
    }
    for (Event& event : events) {
      if (event.job != job) continue;
      mine.push_back(std::move(event));
      if (!std::holds_alternative<JobEnded>(mine.back().body)) continue;
      stream.set_wakeup({});
      return mine;
    }
  }
}

class RealReplayTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    const std::filesystem::path model = test::real_model(test::kSmolLm2);
    if (!std::filesystem::exists(model)) GTEST_SKIP() << "SmolLM2 is not on this machine";
    Generate generate;
    generate.lane = 1;
    generate.tokens = {1, 5, 9, 2};
    generate.sampler = {.stages = {{.name = "temperature", .parameters = {{"temperature", 1.2}}}}, .seed = 7};
    generate.max_tokens = 24;
    generate.ignore_eos = true;
    record(model, generate);
    ASSERT_EQ(store_->tokens(run_).size(), 24u);
  }
  void record(const std::filesystem::path& model, const Generate& generate) {
    Engine engine;
    const auto stream = engine.subscribe(Engine::Policy::lossless);
    const std::vector<Event> loaded = run_to_end(engine, *stream, LoadModel{.path = model, .threads = 2});
    for (const Event& event : loaded)
      if (const auto* done = std::get_if<ModelLoaded>(&event.body)) facts_ = done->facts;
    ASSERT_TRUE(facts_);
    run_ = store_->begin_run(run_record(store_->create_session({}), *facts_, generate));
    store_->append(run_, Command(generate));
    store_->append(run_, run_to_end(engine, *stream, generate));
  }
  std::shared_ptr<const ModelFacts> facts_;
  RunId run_ = 0;
};

TEST_F(RealReplayTest, TheSameAnswerComesAgain) {
  Engine engine;
  const ReplayVerdict verdict = replay(door_of(engine), *store_, run_);
  EXPECT_TRUE(verdict.identical) << "differs at " << verdict.position;
  EXPECT_EQ(verdict.compared, 24);
}

/// An encoder-decoder's answer needs its source and its beams to come again.
class SourceReplayTest : public RealReplayTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    record(std::filesystem::path(VITRINE_TEST_DATA) / "encoders" / "t5",
           {.lane = 1, .tokens = {0}, .source = {9, 30, 41, 22, 1}, .sampler = greedy_sampler(), .beam = {.beams = 3, .length_penalty = 0.5}, .max_tokens = 8, .ignore_eos = true});
  }
};

TEST_F(SourceReplayTest, AnAnswerToASourceComesAgain) {
  Engine engine;
  const ReplayVerdict verdict = replay(door_of(engine), *store_, run_);
  EXPECT_TRUE(verdict.identical) << "differs at " << verdict.position;
  EXPECT_EQ(verdict.compared, 8);
}

TEST_F(SourceReplayTest, AnotherSourceIsFoundOut) {
  const RunRecord record = store_->run(run_);
  auto generate = std::get<Generate>(store_->commands(run_)[0]);
  EXPECT_EQ(generate.source, (std::vector<int32_t>{9, 30, 41, 22, 1}));
  EXPECT_EQ(generate.beam.beams, 3);
  generate.source = {60, 61, 62, 1};
  const RunId forged = store_->begin_run(record);
  store_->append(forged, Command(generate));
  for (const Event& event : store_->events(run_)) store_->append(forged, std::span(&event, 1));
  Engine engine;
  EXPECT_FALSE(replay(door_of(engine), *store_, forged).identical);
}

TEST_F(RealReplayTest, AnotherSeedIsFoundOut) {
  RunRecord record = store_->run(run_);
  auto generate = std::get<Generate>(store_->commands(run_)[0]);
  generate.sampler.seed = record.sampler.seed = 8;
  const RunId forged = store_->begin_run(record);
  store_->append(forged, Command(generate));
  for (const Event& event : store_->events(run_)) store_->append(forged, std::span(&event, 1));
  Engine engine;
  const ReplayVerdict verdict = replay(door_of(engine), *store_, forged);
  EXPECT_FALSE(verdict.identical);
  ASSERT_GE(verdict.position, 0);
  EXPECT_NE(verdict.was_id, verdict.now_id);
  EXPECT_EQ(verdict.causes, std::vector<std::string>{replay_cause::kUnknown});
}

}  // namespace
}  // namespace vitrine
