// SPDX-License-Identifier: Apache-2.0
// Migrations sessions/schema/*.sql, one a version, and the check that a file has exactly the schema of its version.
#include "sessions/schema.h"

#include <map>
#include <span>
#include <string>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine::sql {

static std::span<const char* const> migrations() noexcept {
  static constexpr const char* kTexts[] = {
#include "migrations.inc"
  };
  return kTexts;
}

int newest_schema() noexcept { return int(migrations().size()); }

static void apply(Database& db, int from, int to) {
  for (int version = from; version < to; ++version) db.exec(migrations()[size_t(version)]);
  db.exec(cat("PRAGMA user_version = ", to));
}

void create_schema(Database& db, int version) {
  Transaction transaction(db);
  if (db.number("SELECT count(*) FROM sqlite_master") == 0) {  // else another program was faster
    db.exec(cat("PRAGMA application_id = ", kApplicationId));
    apply(db, 0, version);
  }
  transaction.commit();
}

/// "table sessions" -> its SQL, without what SQLite and FTS5 make for themselves.
static std::map<std::string, std::string> objects(const Database& db) {
  std::map<std::string, std::string> found;
  Query rows = db.query("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master");
  while (rows.step()) {
    const std::string name = rows.text(0);
    const size_t search = name.find("_search_");
    if (name.find("sqlite_") != std::string::npos) continue;
    if (search != std::string::npos && name.starts_with("table ")) {
      const std::string part = name.substr(search + 8);
      if (part == "data" || part == "idx" || part == "docsize" || part == "config") continue;
    }
    found[name] = rows.text(1);
  }
  return found;
}

int checked_version(const Database& db) {
  const auto foreign = [&] {
    return Error(ErrorKind::format, "this is not a Vitrine session file", "choose a .vitrine file or a session library",
                 db.file());
  };
  if (db.number("PRAGMA application_id") != kApplicationId) throw foreign();
  const int64_t version = db.number("PRAGMA user_version");
  if (version > newest_schema())
    throw Error(ErrorKind::unsupported,
                cat("made by a newer Vitrine (schema ", version, ", this program knows ", newest_schema(), ")"),
                "update Vitrine; the file is left as it is", db.file());
  if (version < 1) throw foreign();
  Database expected(":memory:", Database::Access::create);
  apply(expected, 0, int(version));
  if (objects(db) != objects(expected))
    throw Error(ErrorKind::format, "the tables of this session file have been changed",
                "choose a file that only Vitrine has written", db.file());
  return int(version);
}

void migrate(Database& db) {
  if (checked_version(db) == newest_schema()) return;
  Transaction transaction(db);
  apply(db, int(db.number("PRAGMA user_version")), newest_schema());
  transaction.commit();
}

}  // namespace vitrine::sql
