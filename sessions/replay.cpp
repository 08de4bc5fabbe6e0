// SPDX-License-Identifier: Apache-2.0
// Submits the recorded commands again and walks along the recorded tokens as new ones arrive.
#include "sessions/replay.h"

#include <condition_variable>
#include <mutex>

#include "engine/core/text.h"
#include "sessions/run_record.h"

namespace vitrine {

static constexpr LaneId kReplayLane = 0x52000000;  // far from the lanes that a window numbers from 0

namespace {

/// Hands out the events of one job at a time; wakes for new ones and for a stop.
class JobReader {
 public:
  JobReader(EngineDoor& door, std::stop_token stop) : door_(door), stop_(stop), on_stop_(stop, [this] { wake(); }) {
    door_.events->set_wakeup([this] { wake(); });
  }
  ~JobReader() { door_.events->set_wakeup({}); }

  /// Runs one command; `on_event` returns false to cancel it. Returns how it ended.
  JobEnded run(Command command, const std::function<bool(const Event&)>& on_event) {
    const JobId job = door_.submit(std::move(command));
    bool cancelled = false;
    for (;;) {
      if (stop_.stop_requested() && !cancelled) {
        door_.cancel(job);
        cancelled = true;
      }
      std::vector<Event> events;
      if (door_.events->poll(events) == 0) {
        std::unique_lock lock(mutex_);
        woken_.wait(lock, [this] { return awake_; });
        awake_ = false;
        continue;
      }
      for (const Event& event : events) {
        if (event.job != job) continue;
        if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
          if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "replay was stopped");
          return *ended;
        }
        if (!cancelled && !on_event(event)) {
          door_.cancel(job);
          cancelled = true;
        }
      }
    }
  }

 private:
  void wake() {
    const std::lock_guard lock(mutex_);
    awake_ = true;
    woken_.notify_all();
  }

  EngineDoor& door_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
  std::stop_callback<std::function<void()>> on_stop_;
};

/// The recorded answer, and how far the new one has followed it.
class Comparison {
 public:
  explicit Comparison(std::vector<TokenOut> recorded) : recorded_(std::move(recorded)) {}

  /// False at the first difference.
  bool accept(const TokenOut& now) {
    if (verdict_.position >= 0) return false;
    const size_t at = size_t(verdict_.compared);
    if (at < recorded_.size() && recorded_[at].id == now.id) {
      ++verdict_.compared;
      return true;
    }
    differ(at < recorded_.size() ? &recorded_[at] : nullptr, &now);
    return false;
  }
  void end() {
    if (verdict_.position < 0 && size_t(verdict_.compared) < recorded_.size())
      differ(&recorded_[size_t(verdict_.compared)], nullptr);
    verdict_.identical = verdict_.position < 0;
  }
  ReplayVerdict& verdict() { return verdict_; }
  int64_t total() const noexcept { return int64_t(recorded_.size()); }

 private:
  void differ(const TokenOut* was, const TokenOut* now) {
    verdict_.position = verdict_.compared;
    if (was) verdict_.was_id = was->id, verdict_.was_text = was->text;
    if (now) verdict_.now_id = now->id, verdict_.now_text = now->text;
  }

  std::vector<TokenOut> recorded_;
  ReplayVerdict verdict_;
};

class Replay {
 public:
  Replay(EngineDoor& door, const SessionStore& store, RunId run, const ReplayOptions& options, std::stop_token stop)
      : door_(door),
        record_(store.run(run)),
        commands_(store.commands(run)),
        options_(options),
        facts_(options.loaded),
        reader_(door, stop) {
    std::vector<TokenOut> recorded = store.tokens(run);
    std::erase_if(recorded, [](const TokenOut& token) { return token.prompt; });
    recorded_ = int64_t(recorded.size());
    comparison_ = std::make_unique<Comparison>(std::move(recorded));
  }

  ReplayVerdict run() {
    const std::vector<Generate> generations = this->generations();
    ensure_model();
    compare(generations);
    ReplayVerdict verdict = comparison_->verdict();
    verdict.build_id = SessionStore::build_id();
    if (!verdict.identical) verdict.causes = causes();
    return verdict;
  }

 private:
  void compare(const std::vector<Generate>& generations) {
    struct Drop {
      EngineDoor& door;
      ~Drop() { door.submit(DropLane{kReplayLane}); }  // also when stopped
    } drop{door_};
    for (const Generate& generate : generations) {
      const JobEnded ended = reader_.run(generate, [this](const Event& event) { return on_event(event); });
      if (ended.outcome == JobEnded::Outcome::failed) fail(ended);
      if (comparison_->verdict().position >= 0) break;
    }
    // A recorded answer that was stopped by hand goes on when it is run again: only its tokens are compared.
    comparison_->end();
  }

  [[noreturn]] static void fail(const JobEnded& ended) {
    if (ended.error) throw Error(*ended.error);
    throw Error(ErrorKind::bug, "the engine gave up without a reason", "please report this");
  }

  /// The recorded generations, in a lane of replay's own and without a fork: what they shared is computed again.
  std::vector<Generate> generations() {
    std::vector<Generate> all;
    for (const Command& command : commands_) {
      const auto* generate = std::get_if<Generate>(&command);
      if (!generate) continue;
      all.push_back(*generate);
      all.back().lane = kReplayLane;
      all.back().fork_of = 0;
      all.back().capture = false;
      // What was watched is not needed again; what was edited decides the answer.
      std::erase_if(all.back().watches, [](const Watch& watch) { return watch.edits.empty(); });
      for (Watch& watch : all.back().watches) watch.capture = false;
    }
    if (all.empty() || recorded_ == 0)
      throw Error(ErrorKind::input, cat("run ", record_.id, " has no answer that could be run again"),
                  "choose a run with an answer");
    const bool stopped =
        record_.outcome == "cancelled" || record_.outcome == "interrupted" || record_.stop_reason == "cancelled";
    if (stopped && all.size() == 1) all.back().max_tokens = int(recorded_);
    return all;
  }

  LoadModel recorded_load() const {
    LoadModel load{.path = record_.model_path,
                   .threads = record_.threads,
                   .isa = record_.instruction_set,
                   .kv_dtype = record_.kv_dtype};
    for (const Command& command : commands_)
      if (const auto* was = std::get_if<LoadModel>(&command)) load.capture_budget_bytes = was->capture_budget_bytes;
    return load;
  }

  void ensure_model() {
    const bool same = facts_ && facts_->path == record_.model_path && facts_->kv_dtype == record_.kv_dtype &&
                      (facts_->instruction_set == record_.instruction_set || record_.instruction_set.empty());
    if (same) return;
    LoadModel load = recorded_load();
    JobEnded ended = reader_.run(load, [this](const Event& event) { return on_event(event); });
    const bool other_isa =
        ended.error && (ended.error->kind() == ErrorKind::unsupported || ended.error->kind() == ErrorKind::input);
    if (ended.outcome == JobEnded::Outcome::failed && other_isa && !load.isa.empty()) {
      load.isa.clear();  // this machine lacks the recorded instruction set; the verdict will say so
      ended = reader_.run(load, [this](const Event& event) { return on_event(event); });
    }
    if (ended.outcome == JobEnded::Outcome::failed) fail(ended);
  }

  bool on_event(const Event& event) {
    if (const auto* loaded = std::get_if<ModelLoaded>(&event.body)) facts_ = loaded->facts;
    if (const auto* progress = std::get_if<Progress>(&event.body))
      tell({progress->what, progress->done, progress->total});
    const auto* token = std::get_if<TokenOut>(&event.body);
    if (!token || token->prompt) return true;
    const bool going_on = comparison_->accept(*token);
    tell({"Answer", comparison_->verdict().compared, recorded_});
    return going_on;
  }

  void tell(const ReplayProgress& progress) const {
    if (options_.on_progress) options_.on_progress(progress);
  }

  std::vector<std::string> causes() {
    std::vector<std::string> found;
    if (other_file()) found.push_back(replay_cause::kFile);
    if (facts_ && facts_->instruction_set != record_.instruction_set) found.push_back(replay_cause::kInstructionSet);
    if (facts_ && facts_->device != record_.device) found.push_back(replay_cause::kDevice);
    if (record_.build_id != SessionStore::build_id()) found.push_back(replay_cause::kBuild);
    if (found.empty()) found.push_back(replay_cause::kUnknown);
    return found;
  }

  /// By hash when one was recorded, else by size and time.
  bool other_file() {
    if (record_.model_sha256.empty()) {
      const ModelFile now = model_file(record_.model_path);
      return now.bytes != record_.model_bytes || now.mtime_ms != record_.model_mtime_ms;
    }
    std::string sha256;
    reader_.run(HashModel{}, [&](const Event& event) {
      if (const auto* hashes = std::get_if<HashOut>(&event.body)) sha256 = model_hash(*hashes);
      return true;
    });
    return sha256 != record_.model_sha256;
  }

  EngineDoor& door_;
  RunRecord record_;
  std::vector<Command> commands_;
  const ReplayOptions& options_;
  std::shared_ptr<const ModelFacts> facts_;
  JobReader reader_;
  int64_t recorded_ = 0;
  std::unique_ptr<Comparison> comparison_;
};

}  // namespace

ReplayVerdict replay(EngineDoor door, const SessionStore& store, RunId run, const ReplayOptions& options,
                     std::stop_token stop) {
  return Replay(door, store, run, options, stop).run();
}

}  // namespace vitrine
