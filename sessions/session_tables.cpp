// SPDX-License-Identifier: Apache-2.0
// The list of session_tables.h.
#include "sessions/session_tables.h"

namespace vitrine {

using K = SessionColumn::Kind;

static constexpr std::string_view kOfRuns = "run IN (SELECT id FROM $.runs WHERE session = ?)";
static const std::vector<SessionTable> kTables = {
    {"sessions",
     "id = ?",
     {{"id", K::session_id},
      {"uid", K::uid},
      {"title", K::text},
      {"mode", K::text},
      {"system_prompt", K::text},
      {"notes", K::text},
      {"tags", K::text},
      {"current_message", K::message_id},
      {"layout", K::bytes},
      {"created_ms", K::integer},
      {"modified_ms", K::integer},
      {"deleted_ms", K::deleted}}},
    {"runs",
     "session = ?",
     {{"id", K::run_id},
      {"session", K::session_id},
      {"model_path", K::text},
      {"model_name", K::text},
      {"weight_summary", K::text},
      {"model_sha256", K::text},
      {"model_bytes", K::integer},
      {"model_mtime_ms", K::integer},
      {"instruction_set", K::text},
      {"device", K::text},
      {"precision", K::text},
      {"kv_dtype", K::text},
      {"threads", K::integer},
      {"sampler", K::json},
      {"seed", K::unsigned64},
      {"build_id", K::text},
      {"engine_version", K::text},
      {"started_ms", K::integer},
      {"finished_ms", K::integer},
      {"outcome", K::text},
      {"stop_reason", K::text},
      {"error", K::text},
      {"prompt_tokens", K::integer},
      {"answer_tokens", K::integer},
      {"ttft_ms", K::real},
      {"prompt_tokens_per_s", K::real},
      {"tokens_per_s", K::real},
      {"kv_bytes", K::integer},
      {"capture_bytes", K::integer}}},
    {"messages",
     "session = ?",
     {{"id", K::message_id},
      {"session", K::session_id},
      {"parent", K::message_id},
      {"role", K::text},
      {"text", K::text},
      {"prefix", K::text},
      {"tokens", K::token_ids},
      {"run", K::run_id},
      {"complete", K::integer},
      {"selected_child", K::message_id},
      {"created_ms", K::integer}}},
    {"commands", kOfRuns, {{"run", K::run_id}, {"ordinal", K::integer}, {"json", K::json}}},
    {"tokens",
     kOfRuns,
     {{"run", K::run_id},
      {"ordinal", K::integer},
      {"job", K::unsigned64},
      {"lane", K::integer},
      {"position", K::integer},
      {"step", K::unsigned64},
      {"prompt", K::integer},
      {"id", K::integer},
      {"text", K::text},
      {"logprob", K::real},
      {"entropy", K::real},
      {"rank", K::integer},
      {"top", K::alternatives},
      {"rest_mass", K::real},
      {"sampled_probability", K::real},
      {"stages", K::stages},
      {"elapsed_ms", K::real}}},
    {"events", kOfRuns, {{"run", K::run_id}, {"ordinal", K::integer}, {"type", K::text}, {"json", K::json}}},
    {"pinned_views",
     "session = ?",
     {{"id", K::pin_id},
      {"session", K::session_id},
      {"panel", K::text},
      {"title", K::text},
      {"view", K::text},
      {"created_ms", K::integer}}},
    {"replays",
     kOfRuns,
     {{"run", K::run_id},
      {"made_ms", K::integer},
      {"identical", K::integer},
      {"compared", K::integer},
      {"position", K::integer},
      {"was_id", K::integer},
      {"was_text", K::text},
      {"now_id", K::integer},
      {"now_text", K::text},
      {"causes", K::text},
      {"build_id", K::text}}},
    {"blobs", "hash IN (SELECT hash FROM $.blob_uses WHERE session = ?)", {{"hash", K::text}, {"bytes", K::bytes}}},
    {"blob_uses", "session = ?", {{"session", K::session_id}, {"hash", K::text}}},
};
const std::vector<SessionTable>& session_tables() { return kTables; }

int64_t IdShift::of(SessionColumn::Kind kind) const noexcept {
  switch (kind) {
    case SessionColumn::Kind::session_id:
      return session;
    case SessionColumn::Kind::run_id:
      return run;
    case SessionColumn::Kind::message_id:
      return message;
    case SessionColumn::Kind::pin_id:
      return pin;
    default:
      return 0;
  }
}

std::string column_list(const SessionTable& table) {
  std::string list;
  for (const SessionColumn& column : table.columns) list += (list.empty() ? "" : ", ") + std::string(column.name);
  return list;
}

}  // namespace vitrine
