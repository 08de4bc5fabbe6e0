// SPDX-License-Identifier: Apache-2.0
// One session copied within a file or between two: duplicate, .vitrine export, import.
#include <unistd.h>

#include <fstream>
#include <limits>

#include "engine/core/text.h"
#include "sessions/record_codec.h"
#include "sessions/run_rows.h"
#include "sessions/schema.h"
#include "sessions/session_json.h"
#include "sessions/session_tables.h"
#include "sessions/store_state.h"

namespace vitrine {

using sql::Database;

static std::string in_schema(std::string_view sql, std::string_view schema) {
  std::string text;
  for (const char c : sql) c == '$' ? text += schema : text += c;
  return text;
}

/// First free id of a table minus the first used one.
static int64_t shift_of(const Database& db, std::string_view table, std::string_view from, std::string_view to,
                        SessionId session) {
  const std::string owner = table == "sessions" ? "id" : "session";
  const int64_t first =
      db.number(cat("SELECT coalesce(min(id), 1) FROM ", from, ".", table, " WHERE ", owner, " = ?"), session);
  const int64_t last =
      db.number(cat("SELECT coalesce(max(id), 1) FROM ", from, ".", table, " WHERE ", owner, " = ?"), session);
  const int64_t used = db.number(cat("SELECT coalesce(max(id), 0) FROM ", to, ".", table));
  int64_t end = 0;
  if (first < 1 || __builtin_add_overflow(last, used, &end))
    throw Error(ErrorKind::format, cat("the numbers in table ", table, " are out of range"), "", db.file());
  return used + 1 - first;
}

/// Bytes are checked against their hash, so a foreign file cannot put false ones under a hash of ours.
static void copy_blobs(Database& db, std::string_view from, std::string_view to, SessionId session) {
  sql::Query rows = db.query(cat("SELECT hash, bytes FROM ", from, ".blobs WHERE hash IN (SELECT hash FROM ", from,
                                 ".blob_uses WHERE session = ?) ORDER BY rowid"),
                             session);
  while (rows.step()) {
    const std::string hash = rows.text(0);
    if (sha256_hex(rows.blob(1)) != hash)
      throw Error(ErrorKind::format, "stored bytes do not match their hash", "", db.file());
    db.run(cat("INSERT OR IGNORE INTO ", to, ".blobs(hash, bytes) VALUES (?, ?)"), hash, rows.blob(1));
  }
}

/// Copies every row of `session` with shifted ids. Inside a transaction of `db`.
static SessionId copy_session(Database& db, std::string_view from, std::string_view to, SessionId session) {
  using Kind = SessionColumn::Kind;
  const auto shift = [&](std::string_view table) { return shift_of(db, table, from, to, session); };
  const IdShift ids{shift("sessions"), shift("runs"), shift("messages"), shift("pinned_views")};
  for (const SessionTable& table : session_tables()) {
    if (table.name == "blobs") {
      copy_blobs(db, from, to, session);
      continue;
    }
    std::string values;
    for (const SessionColumn& column : table.columns) {
      values += values.empty() ? "" : ", ";
      if (column.kind == Kind::uid)
        values += cat("'", new_uid(), "'");
      else if (column.kind == Kind::deleted)
        values += "NULL";
      else if (const int64_t by = ids.of(column.kind))
        values += cat(column.name, " + (", by, ")");
      else
        values += column.name;
    }
    db.run(cat("INSERT INTO ", to, ".", table.name, "(", column_list(table), ") SELECT ", values, " FROM ", from, ".",
               table.name, " WHERE ", in_schema(table.where, from), " ORDER BY rowid"),
           session);
  }
  return session + ids.session;
}

SessionId SessionStore::duplicate(SessionId session, std::string_view title) {
  return state_->write([&](Database& db) {
    require_session(db, session);
    const SessionId copy = copy_session(db, "main", "main", session);
    const int64_t now = now_ms();
    db.run("UPDATE sessions SET title = ?, created_ms = ?, modified_ms = ? WHERE id = ?", title, now, now, copy);
    return copy;
  });
}

/// A path beside `target` that is removed again unless it was renamed to it.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& target)
      : target_(target), path_(cat(target.string(), ".new-", getpid())) {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ~NewFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  const std::filesystem::path& path() const noexcept { return path_; }
  void keep() {
    std::error_code error;
    std::filesystem::rename(path_, target_, error);
    if (error)
      throw Error(ErrorKind::io, cat("cannot write this file: ", error.message()), "choose another folder",
                  target_.string());
  }

 private:
  std::filesystem::path target_, path_;
};

static void write_text(const std::filesystem::path& to, const std::string& text) {
  NewFile file(to);
  std::ofstream out(file.path(), std::ios::binary);
  out.write(text.data(), std::streamsize(text.size()));
  out.close();
  if (!out)
    throw Error(ErrorKind::io, "cannot write this file", "check the folder and the space on the disk", to.string());
  file.keep();
}

/// ATTACH for the life of the object.
class Attached {
 public:
  Attached(Database& db, const std::filesystem::path& file) : db_(db) { db_.run("ATTACH ? AS other", file.string()); }
  ~Attached() { sqlite3_exec(db_.handle(), "DETACH other", nullptr, nullptr, nullptr); }

 private:
  Database& db_;
};

/// Fills a new file with one session of the schema `other` of `target`, without free pages.
static void write_vitrine(const SessionStore::State& state, SessionId session, const std::filesystem::path& to) {
  NewFile file(to);
  NewFile migrated(cat(to.string(), ".old"));  // an older file was brought up to date in memory only
  {
    Database target(file.path(), Database::Access::create);
    target.exec(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");  // a half-written file is never renamed into place
    sql::create_schema(target, sql::newest_schema());
    std::string source = state.file.string();
    if (state.in_memory) {
      Database copy(migrated.path(), Database::Access::create);
      state.reader.copy_to(copy);
      source = migrated.path().string();
    } else if (state.read_only) {
      source = sql::reading_uri(state.file);
    }
    const Attached other(target, source);
    sql::Transaction transaction(target);
    copy_session(target, "other", "main", session);
    transaction.commit();
  }
  Database(file.path(), Database::Access::write).exec("VACUUM");
  file.keep();
}

void SessionStore::export_session(SessionId session, Format format, const std::filesystem::path& to) const {
  if (format == Format::markdown) return write_text(to, to_markdown(session));
  if (format == Format::json) return write_text(to, to_json(session));
  const auto reading = state_->read();
  require_session(reading.db, session);
  if (std::error_code ignored; std::filesystem::equivalent(to, state_->file, ignored))
    throw Error(ErrorKind::input, "a session cannot be exported over the file it is in", "choose another name",
                to.string());
  write_vitrine(*state_, session, to);
}

static bool is_database(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(ErrorKind::io, "cannot open this file", "check that it exists and may be read", file.string());
  char head[16] = {};
  in.read(head, sizeof head);
  return std::string_view(head, 15) == "SQLite format 3";
}

static std::string read_text(const std::filesystem::path& file) {
  static constexpr uintmax_t kLongest = uintmax_t(2) << 30;
  std::error_code error;
  if (const auto bytes = std::filesystem::file_size(file, error); error || bytes > kLongest)
    throw Error(ErrorKind::io, "this file is too large to be a session", "", file.string());
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<SessionId> SessionStore::import_file(const std::filesystem::path& from) {
  if (!is_database(from)) {
    const std::string text = read_text(from);
    return state_->write([&](Database& db) {
      try {
        return std::vector<SessionId>{insert_session_json(db, text)};
      } catch (const Error& e) {
        throw e.within(from.string());
      }
    });
  }
  // Through a private, checked and migrated copy: the given file is never written and its triggers never run.
  const auto other = open(from, Access::read);
  const std::filesystem::path copy = cat(state_->file.string(), ".import-", getpid());
  NewFile file(copy);
  {
    Database target(file.path(), Database::Access::create);
    other->state_->reader.copy_to(target);
  }
  const std::lock_guard lock(state_->write_mutex);
  if (state_->read_only)
    throw Error(ErrorKind::io, "this session file was opened for reading only", "", state_->file.string());
  state_->thread->drain_locked();
  const Attached attached(state_->writer, file.path().string());
  sql::Transaction transaction(state_->writer);
  std::vector<SessionId> sessions, copies;
  sql::Query rows = state_->writer.query("SELECT id FROM other.sessions WHERE deleted_ms IS NULL ORDER BY id");
  while (rows.step()) sessions.push_back(rows.integer(0));
  for (const SessionId session : sessions) copies.push_back(copy_session(state_->writer, "other", "main", session));
  transaction.commit();
  return copies;
}

}  // namespace vitrine
