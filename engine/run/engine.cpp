// SPDX-License-Identifier: Apache-2.0
// Two threads behind the door: the device thread owns model and lanes and gives running generations turns, token by token, with
// the other jobs between them; the background thread reads files (hashes, tensor statistics). Messages are values.
#include "engine/run/engine.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "engine/core/text.h"
#include "engine/run/background.h"
#include "engine/run/encoders.h"
#include "engine/run/event_bus.h"
#include "engine/run/generation.h"
#include "engine/run/inspect.h"

namespace vitrine {

namespace {

struct Job {
  JobId id = 0;
  Command command;
  std::string tag;
  std::stop_source stop;
};

/// Jobs waiting for one thread.
class JobQueue {
 public:
  void push(std::shared_ptr<Job> job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    ready_.notify_one();
  }
  /// Takes the queued job of this tag out.
  std::shared_ptr<Job> remove_tagged(std::string_view tag) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& job) { return job->tag == tag; });
    if (found == jobs_.end()) return nullptr;
    std::shared_ptr<Job> job = *found;
    jobs_.erase(found);
    return job;
  }
  /// nullptr when closed, or at once when `wait` is false and nothing is there.
  std::shared_ptr<Job> pop(bool wait) {
    std::unique_lock lock(mutex_);
    if (wait) ready_.wait(lock, [&] { return closed_ || !jobs_.empty(); });
    if (jobs_.empty()) return nullptr;
    std::shared_ptr<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ready_.notify_all();
  }
  bool closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::shared_ptr<Job>> jobs_;
  bool closed_ = false;
};

/// Progress at most every 50 ms, and a question whether to go on.
ProgressFn reporter(EventBus& bus, const Job& job, std::string what, std::string unit) {
  auto last = std::make_shared<std::chrono::steady_clock::time_point>();
  return [&bus, &job, what = std::move(what), unit = std::move(unit), last](int64_t done, int64_t total) {
    const auto now = std::chrono::steady_clock::now();
    if (done == total || now - *last > std::chrono::milliseconds(50)) {
      *last = now;
      bus.publish(job.id, Progress{what, done, total, unit});
    }
    return !job.stop.stop_requested();
  };
}

}  // namespace

struct Engine::State {
  EventBus bus;
  std::shared_ptr<EventQueue> own = bus.open(Policy::drop_old);
  JobQueue device_jobs, background_jobs;
  std::mutex mutex;                              // jobs, next_id, files
  std::map<JobId, std::weak_ptr<Job>> jobs;
  JobId next_id = 1;
  std::shared_ptr<const WeightSource> files;     // of the open model, for the background thread

  // device thread only
  std::shared_ptr<LoadedModel> loaded;
  std::map<LaneId, Lane> lanes;
  struct Active {
    std::shared_ptr<Job> job;
    LaneId lane = 0;
    std::unique_ptr<Generation> generation;
  };
  std::vector<Active> active;

  std::jthread device_thread, background_thread;

  void end(const Job& job, JobEnded ended) {
    {
      const std::lock_guard lock(mutex);
      jobs.erase(job.id);
    }
    bus.publish(job.id, std::move(ended));
  }
  /// The one place where errors are handled: a job's error becomes its last event.
  template <class Work>
  bool guarded(const Job& job, Work&& work) {
    try {
      if (job.stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
      work();
      return true;
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::cancelled)
        end(job, {JobEnded::Outcome::cancelled, nullptr});
      else
        end(job, {JobEnded::Outcome::failed, std::make_shared<const Error>(e)});
    } catch (const std::bad_alloc&) {
      end(job, {JobEnded::Outcome::failed, std::make_shared<const Error>(ErrorKind::memory, "not enough memory", "close other programs, shorten the text or open a smaller model")});
    } catch (const std::exception& e) {
      end(job, {JobEnded::Outcome::failed, std::make_shared<const Error>(ErrorKind::bug, e.what(), "please report this")});
    }
    return false;
  }

  void run_device();
  void run_background();
  void start(std::shared_ptr<Job> job);
  void advance();
  void open_model(const Job& job, const LoadModel& command);
  void close_model();
  void end_answer(LaneId lane);
  void begin_generation(const std::shared_ptr<Job>& job, const Generate& request);
  LoadedModel& model_or_throw();
  Lane& lane_or_throw(LaneId id);
};

LoadedModel& Engine::State::model_or_throw() {
  if (!loaded) throw Error(ErrorKind::input, "no model is open", "open a model first");
  return *loaded;
}

Lane& Engine::State::lane_or_throw(LaneId id) {
  const auto found = lanes.find(id);
  if (found == lanes.end() || (found->second.tokens.empty() && found->second.source.empty())) throw Error(ErrorKind::input, cat("lane ", id, " holds nothing"), "ask something first");
  return found->second;
}

void Engine::State::close_model() {
  for (Active& a : active) end(*a.job, {JobEnded::Outcome::cancelled, nullptr});
  active.clear();
  lanes.clear();
  loaded.reset();
  const std::lock_guard lock(mutex);
  files.reset();
}

void Engine::State::open_model(const Job& job, const LoadModel& command) {
  std::shared_ptr<LoadedModel> fresh = load(command, reporter(bus, job, "Reading weights", "B"));  // the old model stays open if this throws
  close_model();
  loaded = std::move(fresh);
  {
    const std::lock_guard lock(mutex);
    files = std::shared_ptr<const WeightSource>(loaded, loaded->source.get());
  }
  bus.publish(job.id, ModelLoaded{loaded->facts, loaded->tokenizer, loaded->chat_template});
}

/// Of a lane that is about to hold something else, or nothing.
void Engine::State::end_answer(LaneId lane) {
  std::erase_if(active, [&](Active& a) {
    if (a.lane != lane) return false;
    end(*a.job, {JobEnded::Outcome::cancelled, nullptr});
    return true;
  });
}

void Engine::State::begin_generation(const std::shared_ptr<Job>& job, const Generate& request) {
  LoadedModel& model = model_or_throw();
  for (auto a = active.begin(); a != active.end(); ++a)
    if (a->lane == request.lane) {  // a new request for a lane that still answers replaces it
      a->generation->finish(StopReason::cancelled);
      end(*a->job, {JobEnded::Outcome::cancelled, nullptr});
      active.erase(a);
      break;
    }
  const auto fork = request.fork_of != 0 ? lanes.find(request.fork_of) : lanes.end();
  const Lane* source = fork == lanes.end() ? nullptr : &fork->second;
  Lane& lane = lanes[request.lane];
  auto generation = std::make_unique<Generation>(model, lane, source, request, [this, id = job->id](EventBody body) { bus.publish(id, std::move(body)); });
  active.push_back({job, request.lane, std::move(generation)});
}

void Engine::State::start(std::shared_ptr<Job> job) {
  const bool generate = std::holds_alternative<Generate>(job->command);
  const std::stop_token stop = job->stop.get_token();
  const bool ok = guarded(*job, [&] {
    if (const auto* c = std::get_if<LoadModel>(&job->command)) open_model(*job, *c);
    if (std::holds_alternative<UnloadModel>(job->command)) close_model();
    if (const auto* c = std::get_if<Generate>(&job->command)) begin_generation(job, *c);
    if (const auto* c = std::get_if<DropLane>(&job->command)) {
      end_answer(c->lane);
      lanes.erase(c->lane);
    }
    if (const auto* c = std::get_if<Read>(&job->command)) {
      end_answer(c->lane);
      bus.publish(job->id, read(model_or_throw(), lanes[c->lane], *c, stop));
    }
    if (const auto* c = std::get_if<Inspect>(&job->command))
      bus.publish(job->id, inspect(model_or_throw(), lane_or_throw(c->lane), *c, stop, reporter(bus, *job, "Layers again", "tokens")));
    if (const auto* c = std::get_if<Resample>(&job->command))
      bus.publish(job->id, resample(model_or_throw(), lane_or_throw(c->lane), *c, stop, reporter(bus, *job, "Answer again", "tokens")));
    if (const auto* c = std::get_if<Score>(&job->command))
      bus.publish(job->id, score(model_or_throw(), *c, stop, reporter(bus, *job, "Scoring", "tokens")));
    if (const auto* c = std::get_if<Embed>(&job->command)) bus.publish(job->id, embed(model_or_throw(), *c, stop, reporter(bus, *job, "Texts", "texts")));
    if (const auto* c = std::get_if<FillMask>(&job->command)) bus.publish(job->id, fill_mask(model_or_throw(), *c, stop));
    if (const auto* c = std::get_if<FindReplaced>(&job->command)) bus.publish(job->id, find_replaced(model_or_throw(), *c, stop));
  });
  if (ok && !generate) end(*job, {});
}

void Engine::State::advance() {
  for (size_t i = 0; i < active.size();) {
    Active& a = active[i];
    bool more = false;
    const bool cancelled = a.job->stop.stop_requested();
    if (cancelled) a.generation->finish(StopReason::cancelled);
    const bool ok = guarded(*a.job, [&] { more = a.generation->step(a.job->stop.get_token()); });
    if (!ok && !cancelled) a.generation->finish(StopReason::cancelled);
    if (ok && !more) end(*a.job, {});
    if (ok && more)
      ++i;
    else
      active.erase(active.begin() + int64_t(i));
  }
}

void Engine::State::run_device() {
  while (true) {
    std::shared_ptr<Job> job = device_jobs.pop(active.empty());
    if (job)
      start(std::move(job));
    else if (device_jobs.closed())
      break;
    else
      advance();
    if (!active.empty()) advance();
  }
  close_model();
}

void Engine::State::run_background() {
  while (std::shared_ptr<Job> job = background_jobs.pop(true)) {
    const bool ok = guarded(*job, [&] {
      std::shared_ptr<const WeightSource> source;
      {
        const std::lock_guard lock(mutex);
        source = files;
      }
      if (!source) throw Error(ErrorKind::input, "no model is open", "open a model first");
      if (const auto* c = std::get_if<TensorStatistics>(&job->command))
        bus.publish(job->id, tensor_statistics(*source, *c, job->stop.get_token(), reporter(bus, *job, "Tensor statistics", "values")));
      else
        bus.publish(job->id, hash_files(source->files(), job->stop.get_token(), reporter(bus, *job, "Hashing model file", "B")));
    });
    if (ok) end(*job, {});
  }
}

Engine::Engine() : state_(std::make_unique<State>()) {
  state_->device_thread = std::jthread([state = state_.get()] { state->run_device(); });
  state_->background_thread = std::jthread([state = state_.get()] { state->run_background(); });
}

Engine::~Engine() {
  {
    const std::lock_guard lock(state_->mutex);
    for (auto& [id, weak] : state_->jobs)
      if (const auto job = weak.lock()) job->stop.request_stop();
  }
  state_->device_jobs.close();
  state_->background_jobs.close();
  state_->device_thread.join();
  state_->background_thread.join();
}

JobId Engine::submit(Command command, std::string_view replaces_queued_with_tag) {
  auto job = std::make_shared<Job>();
  job->command = std::move(command);
  job->tag = std::string(replaces_queued_with_tag);
  const bool background = std::holds_alternative<TensorStatistics>(job->command) || std::holds_alternative<HashModel>(job->command);
  JobQueue& queue = background ? state_->background_jobs : state_->device_jobs;
  std::shared_ptr<Job> replaced = job->tag.empty() ? nullptr : queue.remove_tagged(job->tag);
  if (replaced) state_->end(*replaced, {JobEnded::Outcome::cancelled, nullptr});
  {
    const std::lock_guard lock(state_->mutex);
    job->id = state_->next_id++;
    state_->jobs[job->id] = job;
  }
  const JobId id = job->id;
  queue.push(std::move(job));
  return id;
}

void Engine::cancel(JobId id) noexcept {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->jobs.find(id);
  if (found == state_->jobs.end()) return;
  if (const auto job = found->second.lock()) job->stop.request_stop();
}

size_t Engine::poll(std::vector<Event>& out, size_t max_events) { return state_->own->poll(out, max_events); }
void Engine::set_wakeup(std::function<void()> wakeup) { state_->own->set_wakeup(std::move(wakeup)); }

namespace {
/// Keeps the queue alive for its reader.
class Subscription final : public EventStream {
 public:
  explicit Subscription(std::shared_ptr<EventQueue> queue) : queue_(std::move(queue)) {}
  ~Subscription() override { queue_->set_wakeup({}); }
  size_t poll(std::vector<Event>& out, size_t max_events) override { return queue_->poll(out, max_events); }
  void set_wakeup(std::function<void()> wakeup) override { queue_->set_wakeup(std::move(wakeup)); }

 private:
  std::shared_ptr<EventQueue> queue_;
};
}  // namespace

std::unique_ptr<EventStream> Engine::subscribe(Policy policy) { return std::make_unique<Subscription>(state_->bus.open(policy)); }

}  // namespace vitrine
