// SPDX-License-Identifier: Apache-2.0
// Replay says "identical" only when every token is, names the first that is not with what may explain it, and can be
// stopped. The engine here is a script of events: what replay asks and how it judges is the subject, not what a model
// computes.
#include "sessions/replay.h"

#include <deque>
#include <mutex>
#include <thread>

#include "sessions/run_record.h"
#include "tests/sessions/session_fixture.h"

namespace vitrine {
namespace {

using testing::ElementsAre;

/// Answers Generate with the given ids, LoadModel and HashModel with the given facts.
class ScriptedEngine {
 public:
  std::vector<int32_t> answer;
  ModelFacts facts;
  std::string sha256 = "ab12";
  std::set<std::string> unsupported_isas;
  std::vector<Command> seen;
  std::set<JobId> cancelled;
  bool endless = false;

  EngineDoor door() {
    auto stream = std::make_unique<Stream>(*this);
    return {[this](Command command) { return submit(std::move(command)); }, [this](JobId job) { cancel(job); },
            std::move(stream)};
  }

 private:
  struct Stream : EventStream {
    explicit Stream(ScriptedEngine& engine) : engine(engine) {}
    size_t poll(std::vector<Event>& out, size_t most) override {
      const std::lock_guard lock(engine.mutex_);
      size_t count = 0;
      for (; count < most && !engine.events_.empty(); ++count) {
        out.push_back(std::move(engine.events_.front()));
        engine.events_.pop_front();
      }
      return count;
    }
    void set_wakeup(std::function<void()> wakeup) override { engine.wakeup_ = std::move(wakeup); }
    ScriptedEngine& engine;
  };

  void say(JobId job, EventBody body) { events_.push_back({job, std::move(body)}); }

  JobId submit(Command command) {
    JobId job = 0;
    {
      const std::lock_guard lock(mutex_);
      job = ++last_;
      seen.push_back(command);
      say(job + 1000, Progress{"of another job", 1, 2, ""});
      auto outcome = JobEnded{};
      if (const auto* load = std::get_if<LoadModel>(&command)) {
        if (unsupported_isas.contains(load->isa)) {
          outcome = {JobEnded::Outcome::failed,
                     std::make_shared<const Error>(ErrorKind::unsupported, "no such instructions here")};
        } else {
          if (!load->isa.empty()) facts.instruction_set = load->isa;
          say(job, ModelLoaded{std::make_shared<const ModelFacts>(facts), nullptr, nullptr});
        }
      } else if (std::holds_alternative<HashModel>(command)) {
        say(job, HashOut{{{facts.path, sha256}}});
      } else if (const auto* generate = std::get_if<Generate>(&command)) {
        for (size_t i = 0; i < answer.size() && int(i) < generate->max_tokens; ++i) {
          TokenOut token = example_token(int64_t(i), answer[i], "n" + std::to_string(answer[i]));
          token.lane = generate->lane;
          say(job, std::move(token));
        }
        if (endless) job_running_ = job;
      }
      if (job_running_ != job) say(job, outcome);
    }
    if (wakeup_) wakeup_();
    return job;
  }
  void cancel(JobId job) {
    {
      const std::lock_guard lock(mutex_);
      cancelled.insert(job);
      if (job == job_running_) say(job, JobEnded{JobEnded::Outcome::cancelled, nullptr}), job_running_ = 0;
    }
    if (wakeup_) wakeup_();
  }

  std::mutex mutex_;
  std::deque<Event> events_;
  std::function<void()> wakeup_;
  JobId last_ = 0, job_running_ = 0;
};

class ReplayTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    std::ofstream(folder_ / "m.gguf") << "weights";
    engine_.facts.path = folder_ / "m.gguf";
    engine_.facts.device = "CPU";
    engine_.facts.instruction_set = "avx512";
    engine_.facts.kv_dtype = DType::f16;
    engine_.answer = {100, 101, 102};
    record();
  }
  void record() {
    const SessionId session = store_->create_session({});
    Generate generate{.lane = 3, .tokens = {1, 2}, .fork_of = 2, .sampler = example_sampler(), .max_tokens = 50};
    generate.watches = {Watch{.at = {.layer = 1}}, Watch{.at = {.layer = 2}, .edits = {Scale{0}}}};
    RunRecord record = run_record(session, engine_.facts, generate);
    record.model_sha256 = "ab12";
    run_ = store_->begin_run(record);
    store_->append(run_, Command(generate));
    store_->append(run_, example_answer({"a", "b", "c"}));
  }
  ScriptedEngine engine_;
  RunId run_ = 0;
};

TEST_F(ReplayTest, TheSameTokensAreIdentical) {
  std::vector<std::string> told;
  const ReplayVerdict verdict =
      replay(engine_.door(), *store_, run_,
             {.on_progress = [&](const ReplayProgress& p) { told.push_back(cat(p.what, p.done, "/", p.total)); }});
  EXPECT_TRUE(verdict.identical);
  EXPECT_EQ(verdict.compared, 3);
  EXPECT_EQ(verdict.position, -1);
  EXPECT_TRUE(verdict.causes.empty());
  EXPECT_THAT(told, ElementsAre("Answer1/3", "Answer2/3", "Answer3/3"));
  ASSERT_EQ(engine_.seen.size(), 3u);
  const auto& load = std::get<LoadModel>(engine_.seen[0]);
  EXPECT_EQ(load.path, folder_ / "m.gguf");
  EXPECT_EQ(load.isa, "avx512");
  const auto& again = std::get<Generate>(engine_.seen[1]);
  EXPECT_NE(again.lane, 3u) << "the window's lanes stay as they are";
  EXPECT_EQ(again.fork_of, 0u);
  EXPECT_EQ(again.sampler, example_sampler());
  ASSERT_EQ(again.watches.size(), 1u) << "edits decide the answer, watching does not";
  EXPECT_EQ(again.watches[0].at.layer, 2);
  EXPECT_EQ(std::get<DropLane>(engine_.seen[2]).lane, again.lane);
}

TEST_F(ReplayTest, TheModelThatIsLoadedIsNotLoadedAgain) {
  replay(engine_.door(), *store_, run_, {.loaded = std::make_shared<const ModelFacts>(engine_.facts)});
  EXPECT_TRUE(std::holds_alternative<Generate>(engine_.seen[0]));
}

TEST_F(ReplayTest, TheFirstDifferenceIsNamedWithItsCause) {
  engine_.answer = {100, 555, 102};
  engine_.sha256 = "other";
  engine_.unsupported_isas = {"avx512"};
  engine_.facts.instruction_set = "avx2";
  const ReplayVerdict verdict = replay(engine_.door(), *store_, run_);
  EXPECT_FALSE(verdict.identical);
  EXPECT_EQ(verdict.compared, 1);
  EXPECT_EQ(verdict.position, 1);
  EXPECT_EQ(verdict.was_id, 101);
  EXPECT_EQ(verdict.was_text, "b");
  EXPECT_EQ(verdict.now_id, 555);
  EXPECT_EQ(verdict.now_text, "n555");
  EXPECT_THAT(verdict.causes, ElementsAre("file", "instruction_set"));
  EXPECT_FALSE(engine_.cancelled.empty()) << "what comes after the first difference need not be computed";
}

TEST_F(ReplayTest, ShorterAndLongerAnswersDiffer) {
  engine_.answer = {100, 101};
  ReplayVerdict verdict = replay(engine_.door(), *store_, run_);
  EXPECT_EQ(verdict.position, 2);
  EXPECT_EQ(verdict.was_id, 102);
  EXPECT_EQ(verdict.now_id, -1);
  EXPECT_THAT(verdict.causes, ElementsAre("unknown"));
  engine_.answer = {100, 101, 102, 103};
  verdict = replay(engine_.door(), *store_, run_);
  EXPECT_EQ(verdict.position, 3);
  EXPECT_EQ(verdict.was_id, -1);
  EXPECT_EQ(verdict.now_id, 103);
}

TEST_F(ReplayTest, AnAnswerStoppedByHandIsComparedAsFarAsItWent) {
  const SessionId session = store_->create_session({});
  const Generate generate{.tokens = {1}, .max_tokens = 50};
  const RunId run = store_->begin_run(run_record(session, engine_.facts, generate));
  store_->append(run, Command(generate));
  store_->append(
      run, std::vector<Event>{{1, example_token(1, 100, "a")}, {1, JobEnded{JobEnded::Outcome::cancelled, nullptr}}});
  const ReplayVerdict verdict = replay(engine_.door(), *store_, run);
  EXPECT_TRUE(verdict.identical);
  EXPECT_EQ(verdict.compared, 1);
}

TEST_F(ReplayTest, StoppingEndsItAtOnce) {
  engine_.endless = true;
  engine_.answer = {100};
  std::stop_source stop;
  std::thread stopper;
  ReplayOptions options;
  options.on_progress = [&](const ReplayProgress&) { stopper = std::thread([&] { stop.request_stop(); }); };
  try {
    replay(engine_.door(), *store_, run_, options, stop.get_token());
    ADD_FAILURE() << "not stopped";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::cancelled);
  }
  stopper.join();
  EXPECT_TRUE(std::holds_alternative<DropLane>(engine_.seen.back())) << "a stopped replay leaves no lane behind";
}

TEST_F(ReplayTest, WhatCannotBeRepeatedSaysSo) {
  const SessionId session = store_->create_session({});
  const RunId run = store_->begin_run(example_run(session));
  EXPECT_THROW(replay(engine_.door(), *store_, run), Error);
  EXPECT_THROW(replay(engine_.door(), *store_, 9999), Error);
  engine_.unsupported_isas = {"avx512", ""};
  EXPECT_THROW(replay(engine_.door(), *store_, run_), Error);
}

}  // namespace
}  // namespace vitrine
