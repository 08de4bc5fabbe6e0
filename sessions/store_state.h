// SPDX-License-Identifier: Apache-2.0
// What a SessionStore owns: a writing connection shared with the writer thread, a reading one, and their locks.
#pragma once

#include <memory>
#include <mutex>

#include "sessions/database.h"
#include "sessions/session_store.h"
#include "sessions/writer_thread.h"

namespace vitrine {

struct SessionStore::State {
  std::filesystem::path file;
  bool read_only = false;
  bool single = false;     // a .vitrine file, left without side files when closed
  bool in_memory = false;  // `reader` is a copy of an older file, brought up to date
  std::mutex write_mutex, read_mutex;
  sql::Database writer, reader;
  std::unique_ptr<WriterThread> thread;  // null: read only

  /// The reading connection, after what waited has been saved.
  struct Reading {
    std::unique_lock<std::mutex> lock;
    const sql::Database& db;
  };
  Reading read() {
    if (thread) thread->drain();
    return {std::unique_lock(read_mutex), reader};
  }

  /// Runs `work(db)` in one transaction on the writing connection, after what waited.
  template <class Work>
  auto write(Work work) {
    if (read_only)
      throw Error(ErrorKind::io, "this session file was opened for reading only",
                  "import it into the library to change it", file.string());
    const std::lock_guard lock(write_mutex);
    thread->drain_locked();
    sql::Transaction transaction(writer);
    if constexpr (std::is_void_v<decltype(work(writer))>) {
      work(writer);
      transaction.commit();
    } else {
      auto result = work(writer);
      transaction.commit();
      return result;
    }
  }
};

/// Throws Error input when the session (or run, message) is not in this file.
void require_session(const sql::Database& db, SessionId session);
SessionId session_of_message(const sql::Database& db, MessageId message);
void touch(sql::Database& db, SessionId session);
std::string new_uid();

}  // namespace vitrine
