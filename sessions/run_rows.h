// SPDX-License-Identifier: Apache-2.0
// Runs, tokens and events as rows: one place that writes them and reads them back. Private to sessions/.
#pragma once

#include "sessions/database.h"
#include "sessions/records.h"

namespace vitrine {

void insert_token(sql::Database& db, RunId run, int64_t ordinal, JobId job, const TokenOut& token);
std::vector<std::pair<int64_t, Event>> read_tokens(const sql::Database& db, RunId run);  // with ordinals
void insert_event(sql::Database& db, RunId run, int64_t ordinal, const Event& event);
std::vector<std::pair<int64_t, Event>> read_events(const sql::Database& db, RunId run);

RunId insert_run(sql::Database& db, const RunRecord& run);
/// `where` selects rows of runs, its ? is `value`: "id = ?".
std::vector<RunRecord> read_runs(const sql::Database& db, const std::string& where, int64_t value);

/// What events change beside their own row.
void apply_answered(sql::Database& db, RunId run, const Answered& answered);
void apply_prompt_done(sql::Database& db, RunId run, const PromptDone& done);
void apply_ended(sql::Database& db, RunId run, JobId job, const JobEnded& ended);
void apply_hashes(sql::Database& db, RunId run, const HashOut& hashes);
/// Gives the message that `run` writes its text and ids from the saved tokens.
void complete_message(sql::Database& db, RunId run, std::string_view tail);

std::string put_blob_row(sql::Database& db, SessionId session, std::span<const std::byte> bytes);
std::vector<std::byte> get_blob_row(const sql::Database& db, const std::string& hash);

std::optional<ReplayVerdict> last_replay_row(const sql::Database& db, RunId run);
std::vector<std::string> split_lines(const std::string& text);

std::string_view precision_name(Precision precision) noexcept;
std::string_view stop_reason_name(StopReason reason) noexcept;

}  // namespace vitrine
