// SPDX-License-Identifier: Apache-2.0
// sqlite3 as values and exceptions. Limits keep a hostile file from asking for memory without bound.
#include "sessions/database.h"

#include <limits>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine::sql {

static constexpr int kLongestValue = 512 << 20;  // bytes of one text or blob
static constexpr int kBusyMs = 5000;             // how long another process may hold the file

void fail(int code, const char* message, const std::string& file) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      throw Error(ErrorKind::io, "the disk is full",
                  "free some space; what is not saved yet stays in memory until then", file);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      throw Error(ErrorKind::io, "this file cannot be written", "copy it to a folder that you may write to", file);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::io, "another program is holding this file", "close that program and try again", file);
    case SQLITE_CANTOPEN:
      throw Error(ErrorKind::io, "cannot open this file", "check that it exists and that its folder can be written",
                  file);
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:
      throw Error(ErrorKind::io, cat("reading or writing failed: ", message), "check the disk", file);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(ErrorKind::format, "this session file is damaged",
                  "open a copy of it, or import an exported .vitrine file", file);
    case SQLITE_NOMEM:
      throw Error(ErrorKind::memory, "not enough memory for this session file", "close other programs", file);
    case SQLITE_TOOBIG:
      throw Error(ErrorKind::format, "a value in this session file is too large", "", file);
    default:
      throw Error(ErrorKind::format, cat("this session file cannot be used: ", message), "", file);
  }
}

Query::Query(sqlite3* db, const std::string& file, std::string_view sql) : db_(db), file_(file) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(db, sql.data(), int(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  check(code);
}

void Query::check(int code) {
  if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
    fail(sqlite3_extended_errcode(db_), sqlite3_errmsg(db_), file_);
}

void Query::reset() noexcept {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

void Query::bind(int index, std::nullptr_t) { check(sqlite3_bind_null(statement_.get(), index)); }
void Query::bind(int index, int64_t value) { check(sqlite3_bind_int64(statement_.get(), index, value)); }
void Query::bind(int index, double value) { check(sqlite3_bind_double(statement_.get(), index, value)); }
void Query::bind(int index, std::string_view value) {
  check(sqlite3_bind_text64(statement_.get(), index, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}
void Query::bind(int index, std::span<const std::byte> value) {
  if (value.empty())
    check(sqlite3_bind_zeroblob(statement_.get(), index, 0));
  else
    check(sqlite3_bind_blob64(statement_.get(), index, value.data(), value.size(), SQLITE_TRANSIENT));
}

bool Query::step() {
  const int code = sqlite3_step(statement_.get());
  check(code);
  return code == SQLITE_ROW;
}

int Query::columns() const noexcept { return sqlite3_column_count(statement_.get()); }
bool Query::null(int column) const noexcept { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
int64_t Query::integer(int column) const noexcept { return sqlite3_column_int64(statement_.get(), column); }
double Query::real(int column) const noexcept {
  return null(column) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(statement_.get(), column);
}
std::string Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return data ? std::string(data, size_t(sqlite3_column_bytes(statement_.get(), column))) : std::string();
}
std::span<const std::byte> Query::blob(int column) const noexcept {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  return {data, data ? size_t(sqlite3_column_bytes(statement_.get(), column)) : 0};
}
std::optional<int64_t> Query::optional_integer(int column) const noexcept {
  return null(column) ? std::nullopt : std::optional(integer(column));
}

std::string reading_uri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '.' || c == '_' || c == '-';
    if (plain)
      uri += c;
    else
      (uri += '%') += {kHex[uint8_t(c) >> 4], kHex[uint8_t(c) & 15]};
  }
  return uri + (std::filesystem::exists(file.string() + "-wal") ? "?mode=ro" : "?immutable=1");
}

Database::Database(const std::filesystem::path& file, Access access) : file_(file.string()) {
  const bool read = access == Access::read;
  const int flags =
      (read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (access == Access::create ? SQLITE_OPEN_CREATE : 0)) |
      SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  // A leading "./" keeps a file whose name begins with "file:" from being read as an address.
  const bool plain = file_ == ":memory:" || file.is_absolute();
  const std::string name = read ? reading_uri(file) : plain ? file_ : "./" + file_;
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &db, flags, nullptr);
  db_.reset(db);
  if (code != SQLITE_OK) fail(code, db ? sqlite3_errmsg(db) : "", file_);
  sqlite3_busy_timeout(db, kBusyMs);
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, kLongestValue);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  exec("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON");
}

void Database::exec(const std::string& sql) {
  const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(sqlite3_extended_errcode(db_.get()), sqlite3_errmsg(db_.get()), file_);
}

void Database::copy_to(Database& target) const {
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", db_.get(), "main");
  if (!backup) fail(sqlite3_extended_errcode(target.handle()), sqlite3_errmsg(target.handle()), target.file());
  int code = SQLITE_OK;
  do {
    code = sqlite3_backup_step(backup, 1024);
  } while (code == SQLITE_OK);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) fail(code, sqlite3_errstr(code), file_);
}

Transaction::Transaction(Database& db) : db_(db) { db_.exec("BEGIN IMMEDIATE"); }
Transaction::~Transaction() {
  if (open_ && !sqlite3_get_autocommit(db_.handle())) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}
void Transaction::commit() {
  db_.exec("COMMIT");
  open_ = false;
}

}  // namespace vitrine::sql
