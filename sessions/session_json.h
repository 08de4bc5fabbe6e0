// SPDX-License-Identifier: Apache-2.0
// One session as JSON: {"format": "vitrine-session", "version": 2, "sessions": [row], "runs": [...], "messages": [...],
// ...}, one list a table, one object a row, columns by name. README.md of this folder documents them. Private to
// sessions/.
#pragma once

#include <string>
#include <string_view>

#include "sessions/database.h"
#include "sessions/records.h"

namespace vitrine {

std::string session_json(const sql::Database& db, SessionId session);
/// Inserts with new ids, inside the caller's transaction. Throws Error input or format naming the row and column.
SessionId insert_session_json(sql::Database& db, std::string_view text);

}  // namespace vitrine
