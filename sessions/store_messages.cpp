// SPDX-License-Identifier: Apache-2.0
// The branch tree of messages. A branch is remembered by selected_child in each message and current_message in the
// session.
#include <algorithm>
#include <map>

#include "engine/core/text.h"
#include "sessions/record_codec.h"
#include "sessions/store_state.h"

namespace vitrine {

using sql::Database;

SessionId session_of_message(const Database& db, MessageId message) {
  const SessionId session = db.number("SELECT session FROM messages WHERE id = ?", message);
  if (session == 0) throw Error(ErrorKind::input, cat("there is no message ", message), "", db.file());
  return session;
}

/// The first line, at most 80 characters, as a title.
static std::string title_of(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  size_t characters = 0, at = 0;
  while (at < line.size() && characters < 80) {
    ++at;
    while (at < line.size() && (uint8_t(line[at]) & 0xC0) == 0x80) ++at;
    ++characters;
  }
  return at < line.size() ? line.substr(0, at) + "\u2026" : line;
}

/// Makes the path from the root to `leaf` the one being read.
static void select_path(Database& db, SessionId session, MessageId leaf) {
  db.run(
      "WITH RECURSIVE up(id, parent) AS (SELECT id, parent FROM messages WHERE id = ?1 UNION"
      " SELECT m.id, m.parent FROM messages m JOIN up ON m.id = up.parent)"
      " UPDATE messages SET selected_child = (SELECT up.id FROM up WHERE up.parent = messages.id)"
      " WHERE id IN (SELECT parent FROM up)",
      leaf);
  db.run("UPDATE sessions SET current_message = ?, modified_ms = ? WHERE id = ?", leaf, now_ms(), session);
}

static MessageId insert_message(Database& db, SessionId session, const NewMessage& m) {
  if (m.parent && session_of_message(db, *m.parent) != session)
    throw Error(ErrorKind::input, cat("message ", *m.parent, " belongs to another session"), "", db.file());
  const bool answering = m.run.has_value();
  db.run(
      "INSERT INTO messages(session, parent, role, text, prefix, tokens, run, complete, created_ms) VALUES "
      "(?,?,?,?,?,?,?,?,?)",
      session, m.parent, m.role, m.text, answering ? m.text : "", std::span<const std::byte>(pack_ids(m.tokens)), m.run,
      !answering, now_ms());
  const MessageId id = db.last_id();
  select_path(db, session, id);
  return id;
}

MessageId SessionStore::add_message(SessionId session, const NewMessage& m) {
  return state_->write([&](Database& db) {
    require_session(db, session);
    const MessageId id = insert_message(db, session, m);
    if (m.role == "user" || m.role == "text")
      db.run("UPDATE sessions SET title = ? WHERE id = ? AND title = ''", title_of(m.text), session);
    return id;
  });
}

MessageId SessionStore::edit_message(MessageId message, std::string_view text) {
  return state_->write([&](Database& db) {
    const SessionId session = session_of_message(db, message);
    sql::Query rows = db.query("SELECT parent, role FROM messages WHERE id = ?", message);
    rows.step();
    return insert_message(db, session,
                          {.parent = rows.optional_integer(0), .role = rows.text(1), .text = std::string(text)});
  });
}

void SessionStore::select_branch(MessageId message) {
  state_->write([&](Database& db) {
    const SessionId session = session_of_message(db, message);
    // Down to where this branch was left: the selected child, else the newest. UNION ends a cycle in a hostile file.
    const MessageId leaf = db.number(
        "WITH RECURSIVE down(id, depth) AS (SELECT ?1, 0 UNION SELECT coalesce("
        " (SELECT c.id FROM messages c WHERE c.parent = down.id AND c.id ="
        "   (SELECT p.selected_child FROM messages p WHERE p.id = down.id)),"
        " (SELECT max(c.id) FROM messages c WHERE c.parent = down.id)), depth + 1 FROM down"
        " WHERE down.id IS NOT NULL AND depth < 1000000)"
        " SELECT id FROM down WHERE id IS NOT NULL ORDER BY depth DESC LIMIT 1",
        message);
    select_path(db, session, leaf);
  });
}

static std::vector<Message> read_messages(const Database& db, SessionId session) {
  std::vector<Message> all;
  sql::Query rows = db.query(
      "SELECT id, parent, role, text, tokens, run, complete, created_ms, prefix FROM messages WHERE session = ? ORDER "
      "BY id",
      session);
  while (rows.step()) {
    Message m;
    m.id = rows.integer(0);
    m.session = session;
    m.parent = rows.optional_integer(1);
    m.role = rows.text(2);
    m.text = rows.text(3);
    m.tokens = unpack_ids(rows.blob(4));
    m.run = rows.optional_integer(5);
    m.complete = rows.integer(6) != 0;
    m.created_ms = rows.integer(7);
    if (!m.complete && m.run) {
      m.text = rows.text(8);
      sql::Query tokens = db.query("SELECT text, id FROM tokens WHERE run = ? AND prompt = 0 ORDER BY ordinal", *m.run);
      m.tokens.clear();
      while (tokens.step()) {
        m.text += tokens.text(0);
        m.tokens.push_back(int32_t(tokens.integer(1)));
      }
    }
    all.push_back(std::move(m));
  }
  return all;
}

std::vector<Message> SessionStore::messages(SessionId session) const {
  const auto reading = state_->read();
  require_session(reading.db, session);
  return read_messages(reading.db, session);
}

std::vector<Message> SessionStore::selected_branch(SessionId session) const {
  const auto reading = state_->read();
  require_session(reading.db, session);
  std::map<MessageId, Message> by_id;
  for (Message& m : read_messages(reading.db, session)) by_id.emplace(m.id, std::move(m));
  std::vector<Message> path;
  std::optional<MessageId> at = reading.db.number("SELECT current_message FROM sessions WHERE id = ?", session);
  while (at) {  // each message is taken out once, so a cycle in a hostile file ends
    const auto found = by_id.find(*at);
    if (found == by_id.end()) break;
    at = found->second.parent;
    path.push_back(std::move(found->second));
    by_id.erase(found);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace vitrine
