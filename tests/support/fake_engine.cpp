// SPDX-License-Identifier: Apache-2.0
// One worker thread that turns commands into the events the real engine would send, with values by a fixed rule.
#include "tests/support/fake_engine.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "engine/run/engine.h"

namespace vitrine {
namespace {

std::mutex submitted_mutex;
std::vector<Command> submitted;
std::atomic<int> token_delay_ms = 0;

std::shared_ptr<const ModelFacts> make_facts(const std::filesystem::path& path) {
  auto facts = std::make_shared<ModelFacts>();
  facts->path = path;
  facts->files = {path};
  facts->container = "gguf";
  facts->spec.arch = "llama";
  facts->spec.name = "Test model";
  facts->spec.dim = 64;
  facts->spec.vocab = fake::kVocabulary;
  facts->spec.context_length = 2048;
  StackSpec stack;
  LayerSpec layer;
  layer.heads = fake::kHeads;
  layer.kv_heads = 2;
  layer.head_dim = 8;
  layer.hidden = 128;
  stack.layers.assign(fake::kLayers, layer);
  facts->spec.stacks = {stack};
  facts->sites.stacks.assign(1, std::vector<SiteMask>(fake::kLayers + 1));
  for (SiteMask& mask : facts->sites.stacks[0])
    for (int s = 0; s < int(Site::kCount); ++s) mask.set(Site(s));
  facts->parameters = 1234567;
  facts->weight_bytes = 1 << 20;
  facts->weight_summary = "F32";
  facts->device = "CPU";
  facts->instruction_set = "scalar";
  facts->threads = 1;
  facts->kv_bytes_per_token = 256;
  for (int l = 0; l < fake::kLayers; ++l)
    for (const char* part : {"attn.wq", "attn.wk", "attn.wv", "attn.wo", "mlp.gate", "mlp.up", "mlp.down"}) {
      TensorFact tensor;
      tensor.name = "blk." + std::to_string(l) + "." + part;
      tensor.canonical = "layers." + std::to_string(l) + "." + part;
      tensor.shape = Shape{64, 64};
      tensor.bytes = 64 * 64 * 4;
      facts->tensors.push_back(tensor);
    }
  return facts;
}

TokenOut make_token(const Generate& asked, int64_t position, uint64_t step) {
  TokenOut out;
  out.lane = asked.lane;
  out.position = position;
  out.step = step;
  out.id = int32_t((position * 37 + int64_t(asked.sampler.seed)) % fake::kVocabulary);
  out.text = " word" + std::to_string(out.id);
  const double p = 0.02 + 0.95 * std::abs(std::sin(double(position) * 1.7));
  out.logprob = float(std::log(p));
  out.entropy = float(2.5 * (1 - p));
  out.rank = p > 0.3 ? 0 : 2;
  double left = 1 - p;
  for (int i = 0; i < 8; ++i) {
    const double q = i == out.rank ? p : left * 0.5;
    if (i != out.rank) left -= q;
    out.top.push_back({i == out.rank ? out.id : (out.id + i + 1) % fake::kVocabulary, float(std::log(q))});
  }
  out.rest_mass = float(left);
  out.elapsed_ms = double(step + 1) * 12;
  return out;
}

}  // namespace

struct Engine::State {
  std::mutex mutex;
  std::condition_variable work;
  std::deque<std::pair<JobId, Command>> queue;
  std::vector<Event> events;
  std::set<JobId> cancelled;
  std::function<void()> wakeup;
  JobId next = 1;
  bool stop = false, told = false;
  std::thread thread;

  void send(JobId job, EventBody body) {
    std::lock_guard lock(mutex);
    events.push_back({job, std::move(body)});
    if (!told && wakeup) {
      told = true;
      wakeup();
    }
  }
  bool gone(JobId job) {
    std::lock_guard lock(mutex);
    return stop || cancelled.count(job) > 0;
  }
  void run(JobId job, const LoadModel& load) {
    if (!std::filesystem::exists(load.path)) {
      end_with_error(job, Error(ErrorKind::io, "the file does not exist", "choose another file", load.path.string()));
      return;
    }
    for (int i = 1; i <= 4; ++i) send(job, Progress{"Reading weights", i, 4, "B"});
    ModelLoaded loaded;
    loaded.facts = make_facts(load.path);
    send(job, loaded);
    send(job, JobEnded{});
  }
  void run(JobId job, const Generate& asked) {
    const int64_t first = int64_t(asked.tokens.size());
    send(job, PromptDone{asked.lane, first, 0, 5});
    const int count = std::min(asked.max_tokens, 24);
    for (int i = 0; i < count; ++i) {
      if (const int ms = token_delay_ms) std::this_thread::sleep_for(std::chrono::milliseconds(ms));
      if (gone(job)) {
        send(job, JobEnded{JobEnded::Outcome::cancelled, nullptr});
        return;
      }
      send(job, make_token(asked, first + i, asked.first_step + uint64_t(i)));
    }
    Answered answered;
    answered.lane = asked.lane;
    answered.answer_tokens = count;
    answered.ttft_ms = 12;
    answered.tokens_per_s = 83.3;
    answered.kv_bytes = (first + count) * 256;
    send(job, answered);
    send(job, JobEnded{});
  }
  template <class Other>
  void run(JobId job, const Other&) {
    send(job, JobEnded{});
  }
  void end_with_error(JobId job, Error error) {
    send(job, JobEnded{JobEnded::Outcome::failed, std::make_shared<Error>(std::move(error))});
  }
  void loop() {
    for (;;) {
      std::pair<JobId, Command> next_job;
      {
        std::unique_lock lock(mutex);
        work.wait(lock, [&] { return stop || !queue.empty(); });
        if (stop) return;
        next_job = std::move(queue.front());
        queue.pop_front();
      }
      std::visit([&](const auto& command) { run(next_job.first, command); }, next_job.second);
    }
  }
};

Engine::Engine() : state_(std::make_unique<State>()) {
  state_->thread = std::thread([this] { state_->loop(); });
}

Engine::~Engine() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->work.notify_all();
  state_->thread.join();
}

JobId Engine::submit(Command command, std::string_view) {
  {
    std::lock_guard lock(submitted_mutex);
    submitted.push_back(command);
  }
  std::lock_guard lock(state_->mutex);
  state_->queue.emplace_back(state_->next, std::move(command));
  state_->work.notify_all();
  return state_->next++;
}

void Engine::cancel(JobId job) noexcept {
  std::lock_guard lock(state_->mutex);
  state_->cancelled.insert(job);
}

size_t Engine::poll(std::vector<Event>& out, size_t max_events) {
  std::lock_guard lock(state_->mutex);
  const size_t count = std::min(max_events, state_->events.size());
  out.insert(out.end(), state_->events.begin(), state_->events.begin() + ptrdiff_t(count));
  state_->events.erase(state_->events.begin(), state_->events.begin() + ptrdiff_t(count));
  state_->told = !state_->events.empty();
  return count;
}

void Engine::set_wakeup(std::function<void()> wakeup) {
  std::lock_guard lock(state_->mutex);
  state_->wakeup = std::move(wakeup);
  state_->told = false;
}

std::unique_ptr<EventStream> Engine::subscribe(Policy) { return nullptr; }

namespace fake {
std::vector<Command> take_submitted() {
  std::lock_guard lock(submitted_mutex);
  return std::exchange(submitted, {});
}
void set_token_delay_ms(int ms) { token_delay_ms = ms; }
}  // namespace fake

}  // namespace vitrine
