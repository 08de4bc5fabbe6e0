// SPDX-License-Identifier: Apache-2.0
// Runs: what was asked of the engine, what it answered, and whether it answered the same again.
#include <link.h>

#include <algorithm>
#include <cstring>

#include "engine/core/text.h"
#include "engine/run/command_json.h"
#include "sessions/record_codec.h"
#include "sessions/run_rows.h"
#include "sessions/store_state.h"

namespace vitrine {

using sql::Database;

/// The NT_GNU_BUILD_ID note of the object that holds `address`, as hexadecimal digits.
static std::string linker_build_id(const void* address) {
  struct Search {
    uintptr_t address;
    std::string id;
  } search{reinterpret_cast<uintptr_t>(address), {}};
  const auto visit = [](dl_phdr_info* object, size_t, void* data) -> int {
    auto& found = *static_cast<Search*>(data);
    bool holds = false;
    for (int i = 0; i < object->dlpi_phnum; ++i) {
      const auto& part = object->dlpi_phdr[i];
      const uintptr_t from = object->dlpi_addr + part.p_vaddr;
      holds = holds || (part.p_type == PT_LOAD && found.address >= from && found.address < from + part.p_memsz);
    }
    if (!holds) return 0;
    for (int i = 0; i < object->dlpi_phnum; ++i) {
      const auto& part = object->dlpi_phdr[i];
      if (part.p_type != PT_NOTE) continue;
      const char* at = reinterpret_cast<const char*>(object->dlpi_addr + part.p_vaddr);
      const char* end = at + part.p_memsz;
      while (at + sizeof(ElfW(Nhdr)) <= end) {
        ElfW(Nhdr) note;
        std::memcpy(&note, at, sizeof note);
        const char* name = at + sizeof note;
        const char* id = name + (note.n_namesz + 3) / 4 * 4;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
          static constexpr char kHex[] = "0123456789abcdef";
          for (size_t k = 0; k < std::min<size_t>(note.n_descsz, 8); ++k)
            (found.id += kHex[uint8_t(id[k]) >> 4]) += kHex[uint8_t(id[k]) & 15];
          return 1;
        }
        at = id + (note.n_descsz + 3) / 4 * 4;
      }
    }
    return 1;
  };
  dl_iterate_phdr(visit, &search);
  return search.id;
}

std::string SessionStore::build_id() {
  static const std::string id = [] {
    // The engine decides what a run computes, so its object counts: the shared library, or the program it is linked
    // into.
    const std::string linked = linker_build_id(reinterpret_cast<const void*>(&command_to_json));
    return std::string(VITRINE_VERSION) + (linked.empty() ? "" : "+" + linked);
  }();
  return id;
}

RunId SessionStore::begin_run(const RunRecord& run) {
  return state_->write([&](Database& db) {
    require_session(db, run.session);
    RunRecord filled = run;
    if (filled.started_ms == 0) filled.started_ms = now_ms();
    if (filled.build_id.empty()) filled.build_id = build_id();
    if (filled.engine_version.empty()) filled.engine_version = VITRINE_VERSION;
    const RunId id = insert_run(db, filled);
    touch(db, run.session);
    return id;
  });
}

void SessionStore::append(RunId run, const Command& command) {
  if (state_->thread) state_->thread->append(run, command);
}
void SessionStore::append(RunId run, std::span<const Event> events) {
  if (state_->thread) state_->thread->append(run, events);
}

RunRecord SessionStore::run(RunId run) const {
  const auto reading = state_->read();
  std::vector<RunRecord> found = read_runs(reading.db, "id = ?", run);
  if (found.empty()) throw Error(ErrorKind::input, cat("there is no run ", run), "", reading.db.file());
  return std::move(found.front());
}

std::vector<RunRecord> SessionStore::runs(SessionId session) const {
  const auto reading = state_->read();
  require_session(reading.db, session);
  return read_runs(reading.db, "session = ?", session);
}

std::vector<Command> SessionStore::commands(RunId run) const {
  const auto reading = state_->read();
  std::vector<Command> all;
  sql::Query rows = reading.db.query("SELECT json FROM commands WHERE run = ? ORDER BY ordinal", run);
  while (rows.step()) all.push_back(command_from_json(rows.text(0)));
  return all;
}

std::vector<Event> SessionStore::events(RunId run) const {
  const auto reading = state_->read();
  std::vector<std::pair<int64_t, Event>> all = read_tokens(reading.db, run), others = read_events(reading.db, run);
  all.insert(all.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Event> events;
  events.reserve(all.size());
  for (auto& [ordinal, event] : all) events.push_back(std::move(event));
  return events;
}

std::vector<TokenOut> SessionStore::tokens(RunId run) const {
  const auto reading = state_->read();
  std::vector<TokenOut> tokens;
  for (auto& [ordinal, event] : read_tokens(reading.db, run))
    tokens.push_back(std::move(std::get<TokenOut>(event.body)));
  return tokens;
}

void SessionStore::set_model_hash(const std::filesystem::path& model, int64_t bytes, int64_t mtime_ms,
                                  std::string_view sha256) {
  state_->write([&](Database& db) {
    db.run(
        "UPDATE runs SET model_sha256 = ? WHERE model_path = ? AND model_bytes = ? AND model_mtime_ms = ? AND "
        "model_sha256 = ''",
        sha256, model.native(), bytes, mtime_ms);
  });
}

void SessionStore::record_replay(RunId run, const ReplayVerdict& v) {
  state_->write([&](Database& db) {
    std::string causes;
    for (const std::string& cause : v.causes) causes += (causes.empty() ? "" : "\n") + cause;
    db.run(
        "INSERT INTO replays(run, made_ms, identical, compared, position, was_id, was_text, now_id, now_text, causes, "
        "build_id)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        run, v.made_ms ? v.made_ms : now_ms(), v.identical, v.compared, v.position, v.was_id, v.was_text, v.now_id,
        v.now_text, causes, v.build_id.empty() ? build_id() : v.build_id);
  });
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::optional<ReplayVerdict> last_replay_row(const Database& db, RunId run) {
  sql::Query rows = db.query(
      "SELECT identical, compared, position, was_id, was_text, now_id, now_text, causes, build_id, made_ms FROM replays"
      " WHERE run = ? ORDER BY made_ms DESC, rowid DESC LIMIT 1",
      run);
  if (!rows.step()) return std::nullopt;
  ReplayVerdict v;
  v.identical = rows.integer(0) != 0;
  v.compared = rows.integer(1);
  v.position = rows.integer(2);
  v.was_id = int32_t(rows.integer(3));
  v.was_text = rows.text(4);
  v.now_id = int32_t(rows.integer(5));
  v.now_text = rows.text(6);
  v.causes = split_lines(rows.text(7));
  v.build_id = rows.text(8);
  v.made_ms = rows.integer(9);
  return v;
}

std::optional<ReplayVerdict> SessionStore::last_replay(RunId run) const {
  const auto reading = state_->read();
  return last_replay_row(reading.db, run);
}

}  // namespace vitrine
