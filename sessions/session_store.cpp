// SPDX-License-Identifier: Apache-2.0
// Opening and closing a session file, and the sessions themselves.
#include "sessions/session_store.h"

#include <cstdlib>
#include <random>

#include "engine/core/text.h"
#include "sessions/record_codec.h"
#include "sessions/run_rows.h"
#include "sessions/schema.h"
#include "sessions/store_state.h"

namespace vitrine {

using sql::Database;

SessionStore::SessionStore() : state_(std::make_unique<State>()) {}

static constexpr int64_t kCheckedWhole = 64 << 20;  // files up to this size are checked page by page when opened

/// Throws Error format unless the file is a whole database of ours.
static void check_file(const Database& db, const std::filesystem::path& file) {
  sql::checked_version(db);
  std::error_code ignored;
  if (int64_t(std::filesystem::file_size(file, ignored)) > kCheckedWhole) return;
  sql::Query rows = db.query("PRAGMA quick_check(1)");
  if (!rows.step() || rows.text(0) != "ok") sql::fail(SQLITE_CORRUPT, "", file.string());
}

static bool empty_or_missing(const std::filesystem::path& file) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  return error ? !std::filesystem::exists(file) : bytes == 0;
}

/// A .vitrine on a read-only disk has no side files; a library that nobody has open neither.
static Database open_for_reading(const std::filesystem::path& file, bool& in_memory) {
  Database db(file, Database::Access::read);
  check_file(db, file);
  in_memory = db.number("PRAGMA user_version") != sql::newest_schema();
  if (!in_memory) return db;
  Database copy(":memory:", Database::Access::create);  // an older file is brought up to date in memory
  db.copy_to(copy);
  sql::migrate(copy);
  return copy;
}

static void open_for_writing(Database& writer, const std::filesystem::path& file) {
  const bool fresh = empty_or_missing(file);
  if (fresh && file.has_parent_path()) {
    std::error_code error;
    if (std::filesystem::create_directories(file.parent_path(), error) && !error)
      std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, error);
  }
  writer = Database(file, fresh ? Database::Access::create : Database::Access::write);
  if (sqlite3_db_readonly(writer.handle(), "main") == 1) sql::fail(SQLITE_READONLY, "", file.string());
  if (fresh)
    sql::create_schema(writer, sql::newest_schema());
  else
    check_file(writer, file);
  writer.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
  sql::migrate(writer);
  sql::Transaction transaction(writer);
  finish_interrupted_runs(writer);
  transaction.commit();
}

std::unique_ptr<SessionStore> SessionStore::open(const std::filesystem::path& file, Access access) {
  std::unique_ptr<SessionStore> store(new SessionStore);
  State& state = *store->state_;
  state.file = file;
  state.read_only = access == Access::read;
  state.single = file.extension() == ".vitrine";
  if (std::filesystem::is_directory(file))
    throw Error(ErrorKind::io, "this is a folder, not a session file", "", file.string());
  if (state.read_only) {
    if (empty_or_missing(file))
      throw Error(ErrorKind::io, "there is no session file here", "check the path", file.string());
    state.reader = open_for_reading(file, state.in_memory);
    return store;
  }
  open_for_writing(state.writer, file);
  state.reader = Database(file, Database::Access::write);
  state.reader.exec("PRAGMA query_only = ON");
  state.thread = std::make_unique<WriterThread>(state.writer, state.write_mutex);
  return store;
}

SessionStore::~SessionStore() {
  State& state = *state_;
  if (!state.thread) return;
  state.thread.reset();
  state.reader = {};
  try {
    state.writer.exec(state.single ? "PRAGMA journal_mode = DELETE" : "PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const Error&) {  // another program has it open; what is in the WAL is saved
  }
}

std::filesystem::path SessionStore::library_path() {
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path root =
      data && *data ? std::filesystem::path(data) : std::filesystem::path(home ? home : ".") / ".local/share";
  return root / "vitrine" / "sessions.db";
}

const std::filesystem::path& SessionStore::file() const noexcept { return state_->file; }
bool SessionStore::read_only() const noexcept { return state_->read_only; }

void SessionStore::flush() {
  if (state_->thread) state_->thread->flush();
}
std::optional<Error> SessionStore::trouble() const { return state_->thread ? state_->thread->trouble() : std::nullopt; }
void SessionStore::set_on_trouble(std::function<void(const Error*)> callback) {
  if (state_->thread) state_->thread->set_on_trouble(std::move(callback));
}

std::string new_uid() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device random;
  std::string uid;
  for (int word = 0; word < 4; ++word)
    for (uint32_t bits = random(), k = 0; k < 8; ++k, bits >>= 4) uid += kHex[bits & 15];
  return uid;
}

void require_session(const Database& db, SessionId session) {
  if (db.number("SELECT count(*) FROM sessions WHERE id = ?", session) == 0)
    throw Error(ErrorKind::input, cat("there is no session ", session), "list the sessions to see their numbers",
                db.file());
}

void touch(Database& db, SessionId session) {
  db.run("UPDATE sessions SET modified_ms = ? WHERE id = ?", now_ms(), session);
}

SessionId SessionStore::create_session(const NewSession& s) {
  return state_->write([&](Database& db) {
    db.run("INSERT INTO sessions(uid, title, mode, system_prompt, created_ms, modified_ms) VALUES (?1,?2,?3,?4,?5,?5)",
           new_uid(), s.title, s.mode, s.system_prompt, now_ms());
    return db.last_id();
  });
}

#define VT_SET_COLUMN(column, value)                                           \
  state_->write([&](Database& db) {                                            \
    require_session(db, session);                                              \
    db.run("UPDATE sessions SET " column " = ? WHERE id = ?", value, session); \
  })
void SessionStore::rename(SessionId session, std::string_view title) { VT_SET_COLUMN("title", title); }
void SessionStore::set_notes(SessionId session, std::string_view notes) { VT_SET_COLUMN("notes", notes); }
void SessionStore::set_system_prompt(SessionId session, std::string_view text) { VT_SET_COLUMN("system_prompt", text); }
void SessionStore::set_layout(SessionId session, std::span<const std::byte> state) { VT_SET_COLUMN("layout", state); }
void SessionStore::remove(SessionId session) { VT_SET_COLUMN("deleted_ms", now_ms()); }
void SessionStore::restore(SessionId session) { VT_SET_COLUMN("deleted_ms", nullptr); }
void SessionStore::set_tags(SessionId session, const std::vector<std::string>& tags) {
  std::string lines;
  for (const std::string& tag : tags) {
    if (tag.empty() || tag.find('\n') != std::string::npos)
      throw Error(ErrorKind::input, "a tag is one line of text", "remove the line break");
    lines += (lines.empty() ? "" : "\n") + tag;
  }
  VT_SET_COLUMN("tags", lines);
}
#undef VT_SET_COLUMN

std::vector<std::byte> SessionStore::layout(SessionId session) const {
  const auto reading = state_->read();
  require_session(reading.db, session);
  sql::Query rows = reading.db.query("SELECT layout FROM sessions WHERE id = ?", session);
  if (!rows.step()) return {};
  const std::span<const std::byte> bytes = rows.blob(0);
  return {bytes.begin(), bytes.end()};
}

void SessionStore::purge(SessionId session) {
  state_->write([&](Database& db) {
    if (db.number("SELECT count(*) FROM sessions WHERE id = ? AND deleted_ms IS NOT NULL", session) == 0)
      throw Error(ErrorKind::input, cat("session ", session, " is not in the bin"), "remove it first", db.file());
    db.run("DELETE FROM sessions WHERE id = ?", session);
    db.run("DELETE FROM blobs WHERE hash NOT IN (SELECT hash FROM blob_uses)");
  });
}

PinId SessionStore::pin(SessionId session, std::string_view panel, std::string_view title, std::string_view view_json) {
  return state_->write([&](Database& db) {
    require_session(db, session);
    db.run("INSERT INTO pinned_views(session, panel, title, view, created_ms) VALUES (?,?,?,?,?)", session, panel,
           title, view_json, now_ms());
    const PinId pin = db.last_id();
    touch(db, session);
    return pin;
  });
}

void SessionStore::unpin(PinId pin) {
  state_->write([&](Database& db) { db.run("DELETE FROM pinned_views WHERE id = ?", pin); });
}

std::vector<PinnedView> SessionStore::pinned(SessionId session) const {
  const auto reading = state_->read();
  std::vector<PinnedView> all;
  sql::Query rows = reading.db.query(
      "SELECT id, panel, title, view, created_ms FROM pinned_views WHERE session = ? ORDER BY id", session);
  while (rows.step()) all.push_back({rows.integer(0), rows.text(1), rows.text(2), rows.text(3), rows.integer(4)});
  return all;
}

std::string SessionStore::put_blob(SessionId session, std::span<const std::byte> bytes) {
  return state_->write([&](Database& db) {
    require_session(db, session);
    return put_blob_row(db, session, bytes);
  });
}

std::vector<std::byte> SessionStore::get_blob(const std::string& hash) const {
  const auto reading = state_->read();
  return get_blob_row(reading.db, hash);
}

}  // namespace vitrine
