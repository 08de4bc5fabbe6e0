// SPDX-License-Identifier: Apache-2.0
// A thin owner of sqlite3: connections, statements, transactions, and every failure as one vitrine::Error.
// Private to sessions/: no public header includes it.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vitrine::sql {

/// A statement with its values bound; rows are read while step() says true.
class Query {
 public:
  Query(sqlite3* db, const std::string& file, std::string_view sql);
  template <class... Args>
  Query(sqlite3* db, const std::string& file, std::string_view sql, const Args&... args) : Query(db, file, sql) {
    rebind(args...);
  }

  /// Starts over with other values.
  template <class... Args>
  void rebind(const Args&... args) {
    reset();
    int index = 0;
    (bind(++index, args), ...);
  }
  void bind(int index, std::nullptr_t);
  void bind(int index, int64_t value);
  void bind(int index, int value) { bind(index, int64_t(value)); }
  void bind(int index, bool value) { bind(index, int64_t(value)); }
  void bind(int index, uint32_t value) { bind(index, int64_t(value)); }
  void bind(int index, uint64_t value) { bind(index, int64_t(value)); }
  void bind(int index, double value);
  void bind(int index, std::string_view value);
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  void bind(int index, const char* value) { bind(index, std::string_view(value)); }
  void bind(int index, std::span<const std::byte> value);
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : bind(index, nullptr);
  }

  /// True: a row is there. False: done.
  bool step();
  int columns() const noexcept;
  bool null(int column) const noexcept;
  int64_t integer(int column) const noexcept;
  /// NaN where NULL is stored (SQLite has no NaN).
  double real(int column) const noexcept;
  std::string text(int column) const;
  std::span<const std::byte> blob(int column) const noexcept;
  std::optional<int64_t> optional_integer(int column) const noexcept;

 private:
  void reset() noexcept;
  void check(int code);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  sqlite3* db_;
  std::string file_;
};

class Database {
 public:
  enum class Access { create, write, read };

  Database() = default;
  /// ":memory:" makes a private one in memory.
  Database(const std::filesystem::path& file, Access access);

  void exec(const std::string& sql);
  template <class... Args>
  Query query(std::string_view sql, const Args&... args) const {
    return Query(db_.get(), file_, sql, args...);
  }
  template <class... Args>
  void run(std::string_view sql, const Args&... args) {
    Query statement = query(sql, args...);
    while (statement.step()) {
    }
  }
  /// The first column of the first row; 0 without a row.
  template <class... Args>
  int64_t number(std::string_view sql, const Args&... args) const {
    Query statement = query(sql, args...);
    return statement.step() ? statement.integer(0) : 0;
  }
  int64_t last_id() const noexcept { return sqlite3_last_insert_rowid(db_.get()); }
  int changes() const noexcept { return sqlite3_changes(db_.get()); }
  sqlite3* handle() const noexcept { return db_.get(); }
  const std::string& file() const noexcept { return file_; }
  /// A copy of every page into `target` (both open).
  void copy_to(Database& target) const;

 private:
  struct Close {
    void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, Close> db_;
  std::string file_;
};

/// BEGIN IMMEDIATE ... commit(), rolled back when left otherwise.
class Transaction {
 public:
  explicit Transaction(Database& db);
  ~Transaction();
  void commit();

 private:
  Database& db_;
  bool open_ = true;
};

/// The address under which `file` is opened for reading only; without a WAL beside it also from a read-only folder.
std::string reading_uri(const std::filesystem::path& file);
/// Throws the Error that belongs to an SQLite result code.
[[noreturn]] void fail(int code, const char* message, const std::string& file);

}  // namespace vitrine::sql
