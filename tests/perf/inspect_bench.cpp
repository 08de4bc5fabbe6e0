// SPDX-License-Identifier: Apache-2.0
// How long the attention panel waits for its picture: a text of TOKENS tokens is read as the window does it, then each head in
// turn is asked for through the engine's door, whole and as a row, on a 1280 x 800 canvas. Exit 1 when one takes longer than
// 200 ms.
//   inspect_bench MODEL [tokens] [threads]
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "engine/core/error.h"
#include "engine/run/engine.h"

namespace vitrine {
namespace {

constexpr double kLimitMs = 200;
using Clock = std::chrono::steady_clock;

/// Submits a command and waits for its end as a window does: woken, then polling.
class Client {
 public:
  Client() {
    engine_.set_wakeup([this] {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      ready_.notify_one();
    });
  }
  ~Client() { engine_.set_wakeup({}); }

  /// The events of the job. Throws its error.
  std::vector<Event> ask(Command command) {
    const JobId job = engine_.submit(std::move(command));
    std::vector<Event> seen;
    while (true) {
      std::vector<Event> events;
      while (engine_.poll(events)) {
      }
      for (const Event& event : events) {
        if (event.job != job) continue;
        seen.push_back(event);
        if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
          if (ended->error) throw *ended->error;
          return seen;
        }
      }
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [&] { return woken_; });
      woken_ = false;
    }
  }
  double milliseconds(const Inspect& what) {
    const auto start = Clock::now();
    ask(what);
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }

 private:
  Engine engine_;
  std::mutex mutex_;
  std::condition_variable ready_;
  bool woken_ = false;
};

bool report(const char* name, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const bool ok = times.back() <= kLimitMs;
  std::printf("%-24s %4zu pictures   median %7.1f ms   longest %7.1f ms   limit %.0f ms  %s\n", name, times.size(),
              times[times.size() / 2], times.back(), kLimitMs, ok ? "ok" : "MISSED");
  return ok;
}

int bench(const char* path, int tokens, int threads) {
  Client client;
  int vocab = 0, layers = 0, heads = 0;
  for (const Event& event : client.ask(LoadModel{.path = path, .threads = threads}))
    if (const auto* loaded = std::get_if<ModelLoaded>(&event.body)) {
      const ModelSpec& spec = loaded->facts->spec;
      vocab = spec.vocab, layers = int(spec.layers().size()), heads = spec.layers()[0].heads;
      std::printf("%s, %s, %d tokens\n", spec.name.c_str(), loaded->facts->device.c_str(), tokens);
    }
  Generate text{.lane = 1, .sampler = greedy_sampler(), .max_tokens = 1, .ignore_eos = true};
  for (int64_t i = 0; i + 1 < tokens; ++i) text.tokens.push_back(int32_t((i * 7919 + 13) % vocab));
  client.ask(text);
  Inspect picture{.what = Inspect::What::attention_tile, .lane = 1, .row_to = tokens - 1, .key_to = tokens - 1, .pixel_rows = 800, .pixel_cols = 1280};
  std::vector<double> largest, mean, row;
  for (int layer = 0; layer < layers; ++layer)
    for (int head = 0; head < heads; ++head) {
      picture.layer = layer, picture.head = head;
      picture.mean = false;
      largest.push_back(client.milliseconds(picture));
      if (head > 0) continue;
      picture.mean = true;
      mean.push_back(client.milliseconds(picture));
      row.push_back(client.milliseconds({.what = Inspect::What::attention_row, .lane = 1, .layer = layer, .head = -1, .row_from = tokens - 2}));
    }
  bool ok = report("one head, maximum", largest);
  ok &= report("one head, mean", mean);
  ok &= report("one row of every head", row);
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace vitrine

int main(int argc, char** argv) try {
  if (argc < 2) return std::fprintf(stderr, "inspect_bench MODEL [tokens] [threads]\n"), 2;
  return vitrine::bench(argv[1], argc > 2 ? std::atoi(argv[2]) : 8192, argc > 3 ? std::atoi(argv[3]) : 0);
} catch (const vitrine::Error& error) {
  std::fprintf(stderr, "inspect_bench: %s\n", error.what());
  return 2;
}
