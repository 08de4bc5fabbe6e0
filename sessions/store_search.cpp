// SPDX-License-Identifier: Apache-2.0
// The browser's list and its search. FTS5's trigram index answers terms of three or more characters; it finds nothing
// at all for shorter ones, so one and two characters (common Korean words) are found by a scan.
#include <algorithm>

#include "engine/core/text.h"
#include "sessions/run_rows.h"
#include "sessions/search_terms.h"
#include "sessions/store_state.h"

namespace vitrine {

using sql::Database;

/// Appends a condition that binds two more values, both derived from `term`.
static std::string term_condition(const std::string& term, int index, std::string& pattern) {
  const std::string at = cat("?", index);
  if (characters(term) >= 3) {
    pattern.assign(1, '"');
    for (const char c : term) pattern.append(c == '"' ? 2 : 1, c);
    pattern.push_back('"');
    return cat(
        " AND s.id IN (SELECT session FROM messages WHERE id IN (SELECT rowid FROM message_search WHERE message_search "
        "MATCH ",
        at, ") UNION SELECT rowid FROM session_search WHERE session_search MATCH ", at, ")");
  }
  pattern = term;
  return cat(
      " AND s.id IN (SELECT session FROM messages WHERE instr(lower(text), lower(", at,
      ")) UNION SELECT id FROM sessions WHERE instr(lower(title || char(10) || notes || char(10) || tags), lower(", at,
      ")))");
}

static constexpr const char* kColumns =
    "SELECT s.id, s.uid, s.title, s.mode, s.system_prompt, s.notes, s.tags, s.created_ms, s.modified_ms, s.deleted_ms,"
    " (SELECT max(r.id) FROM runs r WHERE r.session = s.id),"
    " (SELECT count(*) FROM runs r WHERE r.session = s.id),"
    " (SELECT count(*) FROM messages m WHERE m.session = s.id),"
    " (SELECT coalesce(sum(r.answer_tokens), 0) FROM runs r WHERE r.session = s.id)"
    " FROM sessions s";

static SessionRow read_row(const Database& db, const sql::Query& rows) {
  SessionRow row;
  row.id = rows.integer(0);
  row.uid = rows.text(1);
  row.title = rows.text(2);
  row.mode = rows.text(3);
  row.system_prompt = rows.text(4);
  row.notes = rows.text(5);
  row.tags = split_lines(rows.text(6));
  row.created_ms = rows.integer(7);
  row.modified_ms = rows.integer(8);
  row.deleted = !rows.null(9);
  row.newest_run = rows.optional_integer(10);
  row.runs = rows.integer(11);
  row.messages = rows.integer(12);
  row.answer_tokens = rows.integer(13);
  if (row.newest_run) {
    sql::Query run = db.query("SELECT model_name, weight_summary FROM runs WHERE id = ?", *row.newest_run);
    if (run.step()) {
      row.model_name = run.text(0);
      row.weight_summary = run.text(1);
    }
    row.replay = last_replay_row(db, *row.newest_run);
  }
  return row;
}

/// Where the first term stands in the session's messages; without a search the newest answer's beginning.
static void add_excerpt(const Database& db, SessionRow& row, const std::vector<std::string>& terms) {
  if (terms.empty()) {
    sql::Query newest = db.query(
        "SELECT substr(text, 1, 400) FROM messages WHERE session = ? AND role <> 'system' ORDER BY id DESC LIMIT 1",
        row.id);
    if (newest.step()) row.excerpt = one_line(newest.text(0), 0, kExcerptCharacters);
    return;
  }
  sql::Query rows = db.query("SELECT text FROM messages WHERE session = ? ORDER BY id", row.id);
  while (rows.step()) {
    const std::string text = rows.text(0);
    const size_t at = find_folded(text, terms.front());
    if (at == std::string::npos) continue;
    if (row.matches++ == 0) row.excerpt = excerpt_around(text, at);
  }
  if (row.excerpt.empty()) row.excerpt = one_line(row.notes, 0, kExcerptCharacters);
}

std::vector<SessionRow> SessionStore::list(const ListQuery& query) const {
  const std::vector<std::string> terms = search_terms(query.search);
  const auto reading = state_->read();
  std::string sql =
      cat(kColumns, " WHERE s.deleted_ms IS ", query.deleted ? "NOT " : "", "NULL AND s.modified_ms >= ?1");
  sql += " AND (?2 = '' OR instr(char(10) || s.tags || char(10), char(10) || ?2 || char(10)))";
  sql += " AND (?3 = '' OR EXISTS (SELECT 1 FROM runs r WHERE r.session = s.id AND r.model_name = ?3))";
  std::vector<std::string> patterns(terms.size());
  for (size_t i = 0; i < terms.size(); ++i) sql += term_condition(terms[i], int(i) + 5, patterns[i]);
  sql += query.order == ListQuery::Order::title ? " ORDER BY s.title COLLATE NOCASE, s.id"
                                                : " ORDER BY s.modified_ms DESC, s.id DESC";
  sql += " LIMIT ?4";
  sql::Query rows = reading.db.query(sql, query.modified_since_ms, query.tag, query.model, query.limit);
  for (size_t i = 0; i < patterns.size(); ++i) rows.bind(int(i) + 5, patterns[i]);
  std::vector<SessionRow> found;
  while (rows.step()) {
    found.push_back(read_row(reading.db, rows));
    add_excerpt(reading.db, found.back(), terms);
  }
  if (query.order == ListQuery::Order::relevance && !terms.empty()) {
    const auto score = [&](const SessionRow& row) {
      return row.matches + (find_folded(row.title, terms.front()) != std::string::npos ? 1000 : 0);
    };
    std::stable_sort(found.begin(), found.end(),
                     [&](const SessionRow& a, const SessionRow& b) { return score(a) > score(b); });
  }
  return found;
}

std::optional<SessionRow> SessionStore::find(SessionId session) const {
  const auto reading = state_->read();
  sql::Query rows = reading.db.query(std::string(kColumns) + " WHERE s.id = ?", session);
  if (!rows.step()) return std::nullopt;
  SessionRow row = read_row(reading.db, rows);
  add_excerpt(reading.db, row, {});
  return row;
}

}  // namespace vitrine
