// SPDX-License-Identifier: Apache-2.0
// The engine door under several threads at once: submit, cancel, poll and close, as an impatient window would. Run under TSan.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "engine/run/engine.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;

namespace {

LoadModel tiny() { return {.path = test::tiny_folder("llama"), .threads = 2}; }

Generate question(LaneId lane) {
  return {.lane = lane, .tokens = {11, 42, 7, 99, 3}, .sampler = greedy_sampler(), .max_tokens = 30, .ignore_eos = true};
}

/// Polls until every job of `wanted` has ended; returns how often each did.
std::map<JobId, int> endings(Engine& engine, const std::vector<JobId>& wanted) {
  std::map<JobId, int> ended;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (std::chrono::steady_clock::now() < deadline) {
    std::vector<Event> events;
    engine.poll(events);
    for (const Event& event : events)
      if (std::holds_alternative<JobEnded>(event.body)) ++ended[event.job];
    if (std::all_of(wanted.begin(), wanted.end(), [&](JobId job) { return ended.count(job); })) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return ended;
}

}  // namespace

TEST(EngineThreads, EveryJobEndsOnceWhoeverCancelsIt) {
  Engine engine;
  std::atomic<int> wakeups = 0;
  engine.set_wakeup([&] { ++wakeups; });
  std::vector<JobId> jobs{engine.submit(tiny())};
  std::vector<std::vector<JobId>> submitted(3);
  {
    std::vector<std::jthread> clients;
    for (size_t client = 0; client < submitted.size(); ++client)
      clients.emplace_back([&, client] {
        for (int i = 0; i < 12; ++i) {
          submitted[client].push_back(engine.submit(question(LaneId(1 + client))));
          if (i % 2) engine.cancel(submitted[client].back());
        }
      });
  }
  for (const auto& list : submitted) jobs.insert(jobs.end(), list.begin(), list.end());
  const std::map<JobId, int> ended = endings(engine, jobs);
  for (JobId job : jobs) EXPECT_EQ(ended.count(job) ? ended.at(job) : 0, 1) << "job " << job;
  EXPECT_GT(wakeups, 0);
  engine.set_wakeup({});
}

TEST(EngineThreads, ATaggedJobThatWaitsIsReplaced) {
  Engine engine;
  const JobId load = engine.submit(tiny());
  std::vector<JobId> jobs{load};
  for (int i = 0; i < 20; ++i) jobs.push_back(engine.submit(Score{.lane = 1, .tokens = {1, 2, 3, 4}}, "score"));
  const std::map<JobId, int> ended = endings(engine, jobs);
  for (JobId job : jobs) EXPECT_EQ(ended.count(job) ? ended.at(job) : 0, 1);
}

TEST(EngineThreads, AWakeupThatWasTakenAwayIsOver) {
  Engine engine;
  std::atomic<int> begun = 0, ended = 0;
  const auto slow_wakeup = [&] {
    ++begun;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ++ended;
  };
  const auto wait_for_call = [&](int calls) {
    while (begun < calls) std::this_thread::yield();
  };
  engine.set_wakeup(slow_wakeup);
  engine.submit(tiny());
  wait_for_call(1);
  engine.set_wakeup({});
  EXPECT_EQ(ended, begun) << "a window that closes is destroyed under its wakeup";
  auto stream = engine.subscribe(Engine::Policy::lossless);
  stream->set_wakeup(slow_wakeup);
  engine.submit(tiny());
  wait_for_call(2);
  stream.reset();
  EXPECT_EQ(ended, begun) << "a reader that stops reading is destroyed under its wakeup";
}

TEST(EngineThreads, ClosingWhileWorkingLosesNobody) {
  for (int i = 0; i < 4; ++i) {
    Engine engine;
    const auto stream = engine.subscribe(Engine::Policy::lossless);
    engine.submit(tiny());
    for (LaneId lane = 1; lane < 4; ++lane) engine.submit(question(lane));
    std::this_thread::sleep_for(std::chrono::milliseconds(3 * i));
  }
}
