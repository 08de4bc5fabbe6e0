// SPDX-License-Identifier: Apache-2.0
// Appends wait in a queue; one thread commits them together at most every kCommitMs, a second one checkpoints the WAL
// so that no commit ever waits for the disk to sync. A batch that the disk refuses stays queued and is tried again.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "engine/core/error.h"
#include "sessions/database.h"
#include "sessions/records.h"

namespace vitrine {

class WriterThread {
 public:
  /// `db` is shared with direct writes: both hold `write_mutex`.
  WriterThread(sql::Database& db, std::mutex& write_mutex);
  /// Saves what waits, as far as the disk lets it.
  ~WriterThread();

  void append(RunId run, const Command& command);
  void append(RunId run, std::span<const Event> events);
  /// Saves what waits in the calling thread. Throws what prevents it; the items stay queued.
  void flush();
  /// flush() for readers: trouble is kept, not thrown.
  void drain() noexcept;
  /// drain() for a caller that holds write_mutex already.
  void drain_locked() noexcept;
  std::optional<Error> trouble() const;
  void set_on_trouble(std::function<void(const Error*)> callback);

 private:
  struct Item {
    RunId run = 0;
    std::variant<Command, Event> what;
  };

  void loop();
  void checkpoint_loop();
  void save_batch();
  void save_singly(const std::vector<Item>& batch);
  void save(std::span<const Item> batch);
  void apply(const Item& item);
  void note(const Error* error);
  int64_t next_ordinal(RunId run);

  sql::Database& db_;
  std::mutex& write_mutex_;
  std::map<RunId, int64_t> ordinals_;  // guarded by write_mutex_

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::vector<Item> queue_;
  bool stopping_ = false;
  std::optional<Error> trouble_;
  std::function<void(const Error*)> on_trouble_;

  std::thread thread_, checkpointer_;
};

/// Ends what a killed program left running: its answers keep the tokens that were saved. Call inside a transaction.
void finish_interrupted_runs(sql::Database& db);

}  // namespace vitrine
