// SPDX-License-Identifier: Apache-2.0
// Rows <-> JSON, driven by session_tables(): a new column is exported by being listed there.
#include "sessions/session_json.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/core/base64.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "sessions/record_codec.h"
#include "sessions/schema.h"
#include "sessions/session_tables.h"
#include "sessions/store_state.h"

namespace vitrine {

using Json = nlohmann::ordered_json;
using Kind = SessionColumn::Kind;

static constexpr int64_t kLargestId = int64_t(1) << 52;

// ---- to JSON ----

/// Text that is not UTF-8 (a file name can be anything) keeps its bytes.
static Json text_value(const std::string& text) {
  Json value = text;
  try {
    (void)value.dump();
    return value;
  } catch (const Json::exception&) {
    return Json{{"base64", base64_encode(std::as_bytes(std::span(text)))}};
  }
}

static Json real_value(double value) {
  return std::isfinite(value) ? Json(value) : Json(std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

static Json alternatives_value(std::span<const std::byte> bytes) {
  Json list = Json::array();
  for (const TokenAlternative& one : unpack_alternatives(bytes))
    list.push_back(Json::array({one.id, real_value(one.logprob)}));
  return list;
}

static Json stages_value(std::span<const std::byte> bytes) {
  Json list = Json::array();
  for (const StageTrace& s : unpack_stages(bytes))
    list.push_back({{"stage", s.stage},
                    {"entered", s.entered},
                    {"kept", s.kept},
                    {"removed_mass", real_value(s.removed_mass)},
                    {"entropy_before", real_value(s.entropy_before)},
                    {"entropy_after", real_value(s.entropy_after)}});
  return list;
}

static Json value_of(const sql::Query& row, int column, Kind kind) {
  switch (kind) {
    case Kind::real:
      return real_value(row.real(column));
    case Kind::bytes:
      return row.null(column) ? Json() : Json(base64_encode(row.blob(column)));
    case Kind::token_ids:
      return Json(unpack_ids(row.blob(column)));
    case Kind::alternatives:
      return alternatives_value(row.blob(column));
    case Kind::stages:
      return stages_value(row.blob(column));
    case Kind::unsigned64:
      return Json(uint64_t(row.integer(column)));
    default:
      break;
  }
  if (row.null(column)) return Json();
  if (kind == Kind::text || kind == Kind::uid) return text_value(row.text(column));
  if (kind != Kind::json) return Json(row.integer(column));
  try {
    return Json::parse(row.text(column));
  } catch (const Json::exception&) {
    throw Error(ErrorKind::format, "a row holds JSON that cannot be read", "");
  }
}

static std::string with_main(std::string_view where) {
  std::string text;
  for (const char c : where) c == '$' ? text += "main" : text += c;
  return text;
}

std::string session_json(const sql::Database& db, SessionId session) {
  require_session(db, session);
  Json out{{"format", "vitrine-session"}, {"version", sql::newest_schema()}};
  for (const SessionTable& table : session_tables()) {
    Json list = Json::array();
    sql::Query rows = db.query(
        cat("SELECT ", column_list(table), " FROM ", table.name, " WHERE ", with_main(table.where), " ORDER BY rowid"),
        session);
    while (rows.step()) {
      Json row = Json::object();
      for (size_t i = 0; i < table.columns.size(); ++i)
        row[std::string(table.columns[i].name)] = value_of(rows, int(i), table.columns[i].kind);
      list.push_back(std::move(row));
    }
    out[std::string(table.name)] = std::move(list);
  }
  return out.dump(1);
}

// ---- from JSON ----

[[noreturn]] static void wrong(const std::string& where, const char* what) {
  throw Error(ErrorKind::format, what, "export the session again, or mend this field", where);
}

static double real_of(const Json& value, const std::string& where) {
  if (value.is_number()) return value.get<double>();
  if (value == "nan" || value.is_null()) return std::nan("");
  if (value == "inf") return INFINITY;
  if (value == "-inf") return -INFINITY;
  wrong(where, "expected a number");
}

static int32_t id_of(const Json& value, const std::string& where) {
  if (!value.is_number_integer() || value.get<int64_t>() != int32_t(value.get<int64_t>()))
    wrong(where, "expected a 32-bit whole number");
  return value.get<int32_t>();
}

static std::string text_of(const Json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.size() == 1 && value.contains("base64") && value["base64"].is_string())
    if (const auto bytes = base64_decode(value["base64"].get<std::string>()))
      return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
  wrong(where, "expected text");
}

static const Json& list_of(const Json& value, const std::string& where) {
  if (!value.is_array()) wrong(where, "expected a list");
  return value;
}

static std::vector<std::byte> packed_of(const Json& value, Kind kind, const std::string& where) {
  if (kind == Kind::bytes) {
    auto bytes = value.is_string() ? base64_decode(value.get<std::string>()) : std::nullopt;
    if (!bytes) wrong(where, "expected base64");
    return std::move(*bytes);
  }
  std::vector<int32_t> ids;
  std::vector<TokenAlternative> top;
  std::vector<StageTrace> stages;
  for (const Json& one : list_of(value, where)) {
    if (kind == Kind::token_ids) {
      ids.push_back(id_of(one, where));
    } else if (kind == Kind::alternatives) {
      if (!one.is_array() || one.size() != 2) wrong(where, "expected [id, logprob]");
      top.push_back({id_of(one[0], where), float(real_of(one[1], where))});
    } else {
      const auto part = [&](const char* name) -> const Json& {
        if (!one.is_object() || !one.contains(name)) wrong(where, "a sampler stage is incomplete");
        return one[name];
      };
      stages.push_back({id_of(part("stage"), where), id_of(part("entered"), where), id_of(part("kept"), where),
                        real_of(part("removed_mass"), where), real_of(part("entropy_before"), where),
                        real_of(part("entropy_after"), where)});
    }
  }
  return kind == Kind::token_ids      ? pack_ids(ids)
         : kind == Kind::alternatives ? pack_alternatives(top)
                                      : pack_stages(stages);
}

static void bind_value(sql::Query& row, int index, const Json& value, const SessionColumn& column, const IdShift& shift,
                       const std::string& where) {
  switch (column.kind) {
    case Kind::uid:
      return row.bind(index, new_uid());
    case Kind::deleted:
      return row.bind(index, nullptr);
    case Kind::real:
      return row.bind(index, real_of(value, where));
    case Kind::json:
      return row.bind(index, value.dump());
    default:
      break;
  }
  if (value.is_null()) return row.bind(index, nullptr);
  switch (column.kind) {
    case Kind::text:
      return row.bind(index, text_of(value, where));
    case Kind::bytes:
    case Kind::token_ids:
    case Kind::alternatives:
    case Kind::stages:
      return row.bind(index, std::span<const std::byte>(packed_of(value, column.kind, where)));
    case Kind::unsigned64:
      if (!value.is_number_unsigned()) wrong(where, "expected a whole number");
      return row.bind(index, value.get<uint64_t>());
    default:
      break;
  }
  if (!value.is_number_integer()) wrong(where, "expected a whole number");
  const int64_t number = value.get<int64_t>();
  const bool id = column.kind != Kind::integer;
  if (id && (number < 1 || number > kLargestId)) wrong(where, "this number of a row is out of range");
  row.bind(index, number + shift.of(column.kind));
}

/// Ids keep their order: what the file calls 1 becomes the next free one.
static IdShift next_free(const sql::Database& db) {
  const auto last = [&](const char* table) { return db.number(cat("SELECT coalesce(max(id), 0) FROM ", table)); };
  return {last("sessions"), last("runs"), last("messages"), last("pinned_views")};
}

static void insert_rows(sql::Database& db, const SessionTable& table, const Json& rows, const IdShift& shift) {
  std::string marks;
  for (size_t i = 0; i < table.columns.size(); ++i) marks += i ? ",?" : "?";
  const char* verb = table.name == "blobs" ? "INSERT OR IGNORE INTO " : "INSERT INTO ";
  for (size_t r = 0; r < rows.size(); ++r) {
    const Json& row = rows[r];
    const std::string at = cat(table.name, "[", r, "]");
    if (!row.is_object()) wrong(at, "expected an object");
    for (const auto& field : row.items()) {
      const auto known = [&](const SessionColumn& column) { return column.name == field.key(); };
      if (std::none_of(table.columns.begin(), table.columns.end(), known)) wrong(at + "." + field.key(), "unknown field");
    }
    sql::Query insert = db.query(cat(verb, table.name, "(", column_list(table), ") VALUES (", marks, ")"));
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const SessionColumn& column = table.columns[i];
      const auto value = row.find(std::string(column.name));
      if (value == row.end()) wrong(cat(at, ".", column.name), "this field is missing");
      bind_value(insert, int(i) + 1, *value, column, shift, cat(at, ".", column.name));
    }
    while (insert.step()) {
    }
    if (table.name == "blobs" && sha256_hex(packed_of(row["bytes"], Kind::bytes, at)) != text_of(row["hash"], at))
      wrong(at, "the bytes do not match their hash");
  }
}

SessionId insert_session_json(sql::Database& db, std::string_view text) {
  Json in;
  try {
    in = Json::parse(text);
  } catch (const Json::exception& e) {
    throw Error(ErrorKind::format, cat("this is neither a session file nor JSON: ", e.what()),
                "choose a .vitrine or .json export");
  }
  if (!in.is_object() || in.value("format", Json()) != "vitrine-session")
    wrong("format", "this JSON is not a Vitrine session");
  const Json version = in.value("version", Json());
  if (!version.is_number_integer() || version.get<int64_t>() > sql::newest_schema())
    throw Error(ErrorKind::unsupported, "this export was made by a newer Vitrine", "update Vitrine");
  if (!in.contains("sessions") || !in["sessions"].is_array() || in["sessions"].size() != 1)
    wrong("sessions", "expected one session");
  db.exec("PRAGMA defer_foreign_keys = ON");
  const IdShift shift = next_free(db);
  for (const SessionTable& table : session_tables()) {
    const auto rows = in.find(std::string(table.name));
    if (rows == in.end()) continue;  // an older export has fewer tables
    insert_rows(db, table, list_of(*rows, std::string(table.name)), shift);
  }
  const SessionId session = db.number("SELECT max(id) FROM sessions");
  const int64_t strays = db.number(
      "SELECT (SELECT count(*) FROM runs WHERE id > ?1 AND session <> ?3) + (SELECT count(*) FROM messages WHERE id > "
      "?2 AND session <> ?3)",
      shift.run, shift.message, session);
  if (strays > 0) wrong("runs", "a row belongs to another session");
  return session;
}

}  // namespace vitrine
