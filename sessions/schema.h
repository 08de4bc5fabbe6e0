// SPDX-License-Identifier: Apache-2.0
// The schema and its migrations. PRAGMA application_id says that a file is ours, PRAGMA user_version which schema it
// has.
#pragma once

#include "sessions/database.h"

namespace vitrine::sql {

inline constexpr int kApplicationId = 0x56545253;  // "VTRS"

/// The version that this program writes.
int newest_schema() noexcept;
/// Gives an empty database the schema of `version`.
void create_schema(Database& db, int version);
/// The version of an existing file. Throws Error: format when it is not ours or its schema is not the one of its
/// version (so no foreign table, trigger or view is ever run), unsupported when it is newer than this program.
int checked_version(const Database& db);
/// Brings `db` from its version to the newest in one transaction; nothing changes when it fails.
void migrate(Database& db);

}  // namespace vitrine::sql
