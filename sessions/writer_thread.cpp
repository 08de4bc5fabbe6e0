// SPDX-License-Identifier: Apache-2.0
// Batches of appends become transactions.
#include "sessions/writer_thread.h"

#include <chrono>

#include "engine/run/command_json.h"
#include "sessions/record_codec.h"
#include "sessions/run_rows.h"

namespace vitrine {

static constexpr std::chrono::milliseconds kCommit{50};   // the longest an append waits before its commit begins
static constexpr std::chrono::milliseconds kRetry{1000};  // between tries while the disk refuses
static constexpr std::chrono::milliseconds kCheckpoint{2000};

WriterThread::WriterThread(sql::Database& db, std::mutex& write_mutex)
    : db_(db), write_mutex_(write_mutex), thread_([this] { loop(); }), checkpointer_([this] { checkpoint_loop(); }) {}

WriterThread::~WriterThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  checkpointer_.join();
  drain();
}

void WriterThread::append(RunId run, const Command& command) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({run, command});
  }
  wake_.notify_all();
}

void WriterThread::append(RunId run, std::span<const Event> events) {
  {
    const std::lock_guard lock(mutex_);
    for (const Event& event : events)
      if (!std::holds_alternative<Progress>(event.body)) queue_.push_back({run, event});
  }
  wake_.notify_all();
}

void WriterThread::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    wake_.wait_for(lock, trouble_ ? kRetry : kCommit, [this] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    drain();
    lock.lock();
  }
}

void WriterThread::checkpoint_loop() {
  try {
    const sql::Database own(db_.file(), sql::Database::Access::write);
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      wake_.wait_for(lock, kCheckpoint, [this] { return stopping_; });
      if (stopping_) return;
      lock.unlock();
      sqlite3_wal_checkpoint_v2(own.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
      lock.lock();
    }
  } catch (const Error& e) {
    note(&e);  // the WAL grows until the file is closed; nothing is lost
  }
}

void WriterThread::drain() noexcept {
  const std::lock_guard lock(write_mutex_);
  drain_locked();
}

void WriterThread::drain_locked() noexcept {
  try {
    save_batch();
  } catch (const std::exception&) {  // noted as trouble and tried again
  }
}

void WriterThread::flush() {
  const std::lock_guard lock(write_mutex_);
  save_batch();
}

/// Caller holds write_mutex_. On an io error the items go back to the front of the queue.
void WriterThread::save_batch() {
  std::vector<Item> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(queue_);
  }
  if (batch.empty()) return;
  try {
    save(batch);
    note(nullptr);
  } catch (const Error& e) {
    ordinals_.clear();
    note(&e);
    if (e.kind() != ErrorKind::io && e.kind() != ErrorKind::memory) return save_singly(batch);
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
    throw;
  }
}

/// One item cannot be stored at all (a tensor beyond SQLite's limit): it must not hold up the others.
void WriterThread::save_singly(const std::vector<Item>& batch) {
  for (const Item& item : batch) {
    try {
      save({&item, 1});
    } catch (const Error& e) {
      ordinals_.clear();
      note(&e);
    }
  }
}

void WriterThread::save(std::span<const Item> batch) {
  sql::Transaction transaction(db_);
  for (const Item& item : batch) {
    // A run that was purged while its last events waited has nowhere to keep them.
    if (db_.number("SELECT count(*) FROM runs WHERE id = ?", item.run) > 0) apply(item);
  }
  transaction.commit();
}

int64_t WriterThread::next_ordinal(RunId run) {
  const auto [at, fresh] = ordinals_.try_emplace(run, 0);
  if (fresh)
    at->second = db_.number(
        "SELECT 1 + max((SELECT coalesce(max(ordinal), -1) FROM tokens WHERE run = ?1),"
        " (SELECT coalesce(max(ordinal), -1) FROM events WHERE run = ?1))",
        run);
  return at->second++;
}

void WriterThread::apply(const Item& item) {
  const RunId run = item.run;
  if (const auto* command = std::get_if<Command>(&item.what)) {
    db_.run("INSERT INTO commands(run, ordinal, json) VALUES (?1, (SELECT count(*) FROM commands WHERE run = ?1), ?2)",
            run, command_to_json(*command));
    return;
  }
  const Event& event = std::get<Event>(item.what);
  if (const auto* token = std::get_if<TokenOut>(&event.body)) {
    insert_token(db_, run, next_ordinal(run), event.job, *token);
    return;
  }
  insert_event(db_, run, next_ordinal(run), event);
  if (const auto* done = std::get_if<PromptDone>(&event.body)) apply_prompt_done(db_, run, *done);
  if (const auto* answered = std::get_if<Answered>(&event.body)) apply_answered(db_, run, *answered);
  if (const auto* hashes = std::get_if<HashOut>(&event.body)) apply_hashes(db_, run, *hashes);
  if (const auto* ended = std::get_if<JobEnded>(&event.body)) apply_ended(db_, run, event.job, *ended);
}

void WriterThread::note(const Error* error) {
  std::function<void(const Error*)> tell;
  {
    const std::lock_guard lock(mutex_);
    if (bool(error) != trouble_.has_value()) tell = on_trouble_;
    if (error)
      trouble_ = *error;
    else
      trouble_.reset();
  }
  if (tell) tell(error);
}

std::optional<Error> WriterThread::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void WriterThread::set_on_trouble(std::function<void(const Error*)> callback) {
  const std::lock_guard lock(mutex_);
  on_trouble_ = std::move(callback);
}

void finish_interrupted_runs(sql::Database& db) {
  std::vector<RunId> unfinished;
  sql::Query rows = db.query("SELECT id FROM runs WHERE outcome = 'running'");
  while (rows.step()) unfinished.push_back(rows.integer(0));
  for (const RunId run : unfinished) {
    db.run(
        "UPDATE runs SET outcome = 'interrupted',"
        " answer_tokens = (SELECT count(*) FROM tokens WHERE run = ?1 AND prompt = 0) WHERE id = ?1",
        run);
    complete_message(db, run, "");
  }
}

}  // namespace vitrine
