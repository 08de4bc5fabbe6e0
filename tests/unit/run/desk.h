// SPDX-License-Identifier: Apache-2.0
// An engine as a window uses it, over the tiny random checkpoints of tests/data/llm; these have no tokenizer, so tokens go in and out.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "engine/core/error.h"
#include "engine/run/engine.h"
#include "tests/support/tiny_models.h"

namespace vitrine::test {

/// An engine and everything it said.
class Desk {
 public:
  Desk() {
    engine.set_wakeup([this] {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      ready_.notify_one();
    });
  }
  ~Desk() { engine.set_wakeup({}); }

  JobEnded load(const std::filesystem::path& path) { return wait(engine.submit(LoadModel{.path = path, .threads = 1})); }
  void open(const std::string& name = "llama") {
    ASSERT_EQ(load(tiny_folder(name)).outcome, JobEnded::Outcome::done);
  }
  /// Waits until the job ended.
  JobEnded wait(JobId job) {
    while (true) {
      for (const Event& event : all)
        if (const auto* ended = std::get_if<JobEnded>(&event.body); ended && event.job == job) return *ended;
      std::unique_lock lock(mutex_);
      if (!ready_.wait_for(lock, std::chrono::seconds(60), [&] { return woken_; })) {
        ADD_FAILURE() << "job " << job << " did not end";
        return {};
      }
      woken_ = false;
      lock.unlock();
      while (engine.poll(all)) {
      }
    }
  }
  template <class T>
  std::vector<T> of(JobId job) const {
    std::vector<T> found;
    for (const Event& event : all)
      if (event.job == job)
        if (const auto* body = std::get_if<T>(&event.body)) found.push_back(*body);
    return found;
  }
  std::vector<int32_t> answer(JobId job) const {
    std::vector<int32_t> ids;
    for (const TokenOut& token : of<TokenOut>(job)) ids.push_back(token.id);
    return ids;
  }

  std::vector<Event> all;
  Engine engine;

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  bool woken_ = false;
};

inline SamplerSpec warm(uint64_t seed) { return {.stages = {{.name = "temperature", .parameters = {{"temperature", 1.0}}}}, .seed = seed}; }

inline Generate question(LaneId lane, std::vector<int32_t> tokens, uint64_t seed = 1, int max_tokens = 12) {
  return {.lane = lane, .tokens = std::move(tokens), .sampler = warm(seed), .max_tokens = max_tokens, .ignore_eos = true};
}

inline const std::vector<int32_t> kPrompt{11, 42, 7, 99, 3};

}  // namespace vitrine::test
