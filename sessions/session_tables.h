// SPDX-License-Identifier: Apache-2.0
// The tables that make up one session, in the order in which they can be copied: one list for duplicate, .vitrine and
// JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sessions/database.h"
#include "sessions/records.h"

namespace vitrine {

struct SessionColumn {
  enum class Kind {
    text,
    integer,
    real,
    unsigned64,  // stored as signed
    bytes,       // base64 in JSON
    token_ids,   // records of record_codec.h; lists in JSON
    alternatives,
    stages,
    json,        // JSON stored as text; a value in JSON
    uid,         // new in every copy
    session_id,  // ids are shifted in a copy so that they stay unique
    run_id,
    message_id,
    pin_id,
    deleted,  // a copy is never in the bin
  };
  std::string_view name;
  Kind kind = Kind::integer;
};

struct SessionTable {
  std::string_view name;
  /// Selects a session's rows in schema `$`; its one ? is the session.
  std::string_view where;
  std::vector<SessionColumn> columns;
};

const std::vector<SessionTable>& session_tables();

/// What is added to each id of a session when it is copied into another file (or the same one).
struct IdShift {
  int64_t session = 0, run = 0, message = 0, pin = 0;
  int64_t of(SessionColumn::Kind kind) const noexcept;
};

/// "a, b, c"
std::string column_list(const SessionTable& table);

}  // namespace vitrine
