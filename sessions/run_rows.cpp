// SPDX-License-Identifier: Apache-2.0
// Rows of runs, tokens, events and blobs.
#include "sessions/run_rows.h"

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/run/command_json.h"
#include "sessions/record_codec.h"
#include "sessions/run_record.h"

namespace vitrine {

std::string_view precision_name(Precision precision) noexcept {
  return precision == Precision::exact ? "exact" : "fast";
}

std::string_view stop_reason_name(StopReason reason) noexcept {
  switch (reason) {
    case StopReason::end_of_generation:
      return "end_of_generation";
    case StopReason::stop_string:
      return "stop_string";
    case StopReason::max_tokens:
      return "max_tokens";
    case StopReason::context_full:
      return "context_full";
    case StopReason::cancelled:
      return "cancelled";
  }
  return "unknown";
}

void insert_token(sql::Database& db, RunId run, int64_t ordinal, JobId job, const TokenOut& t) {
  db.run(
      "INSERT INTO tokens(run, ordinal, job, lane, position, step, prompt, id, text, logprob, entropy, rank, top, "
      "rest_mass,"
      " sampled_probability, stages, elapsed_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      run, ordinal, job, t.lane, t.position, t.step, t.prompt, t.id, t.text, double(t.logprob), double(t.entropy),
      t.rank, std::span<const std::byte>(pack_alternatives(t.top)), double(t.rest_mass), t.sampled_probability,
      std::span<const std::byte>(pack_stages(t.stages)), t.elapsed_ms);
}

std::vector<std::pair<int64_t, Event>> read_tokens(const sql::Database& db, RunId run) {
  std::vector<std::pair<int64_t, Event>> all;
  sql::Query rows = db.query(
      "SELECT ordinal, job, lane, position, step, prompt, id, text, logprob, entropy, rank, top, rest_mass,"
      " sampled_probability, stages, elapsed_ms FROM tokens WHERE run = ? ORDER BY ordinal",
      run);
  while (rows.step()) {
    TokenOut t;
    t.lane = LaneId(rows.integer(2));
    t.position = rows.integer(3);
    t.step = uint64_t(rows.integer(4));
    t.prompt = rows.integer(5) != 0;
    t.id = int32_t(rows.integer(6));
    t.text = rows.text(7);
    t.logprob = float(rows.real(8));
    t.entropy = float(rows.real(9));
    t.rank = int32_t(rows.integer(10));
    t.top = unpack_alternatives(rows.blob(11));
    t.rest_mass = float(rows.real(12));
    t.sampled_probability = rows.real(13);
    t.stages = unpack_stages(rows.blob(14));
    t.elapsed_ms = rows.real(15);
    all.emplace_back(rows.integer(0), Event{JobId(rows.integer(1)), std::move(t)});
  }
  return all;
}

void insert_event(sql::Database& db, RunId run, int64_t ordinal, const Event& event) {
  const SessionId session = db.number("SELECT session FROM runs WHERE id = ?", run);
  const BlobSink sink = [&](std::span<const std::byte> bytes) { return put_blob_row(db, session, bytes); };
  db.run("INSERT INTO events(run, ordinal, type, json) VALUES (?,?,?,?)", run, ordinal, event_type_name(event.body),
         event_to_json(event, sink));
}

std::vector<std::pair<int64_t, Event>> read_events(const sql::Database& db, RunId run) {
  std::vector<std::pair<int64_t, Event>> all;
  sql::Query rows = db.query("SELECT ordinal, json FROM events WHERE run = ? ORDER BY ordinal", run);
  const BlobSource source = [&](const std::string& hash) { return get_blob_row(db, hash); };
  while (rows.step()) all.emplace_back(rows.integer(0), event_from_json(rows.text(1), source));
  return all;
}

RunId insert_run(sql::Database& db, const RunRecord& r) {
  db.run(
      "INSERT INTO runs(session, model_path, model_name, weight_summary, model_sha256, model_bytes, model_mtime_ms,"
      " instruction_set, device, precision, kv_dtype, threads, sampler, seed, build_id, engine_version, started_ms)"
      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      r.session, r.model_path.native(), r.model_name, r.weight_summary, r.model_sha256, r.model_bytes, r.model_mtime_ms,
      r.instruction_set, r.device, precision_name(r.precision), dtype_info(r.kv_dtype).name, r.threads,
      sampler_to_json(r.sampler), r.sampler.seed, r.build_id, r.engine_version, r.started_ms);
  return db.last_id();
}

std::vector<RunRecord> read_runs(const sql::Database& db, const std::string& where, int64_t value) {
  std::vector<RunRecord> all;
  sql::Query rows = db.query(
      "SELECT id, session, model_path, model_name, weight_summary, model_sha256, model_bytes, model_mtime_ms, "
      "instruction_set,"
      " device, precision, kv_dtype, threads, sampler, seed, build_id, engine_version, started_ms, finished_ms, "
      "outcome,"
      " stop_reason, error, prompt_tokens, answer_tokens, ttft_ms, prompt_tokens_per_s, tokens_per_s, kv_bytes, "
      "capture_bytes"
      " FROM runs WHERE " +
          where + " ORDER BY id",
      value);
  while (rows.step()) {
    RunRecord r;
    r.id = rows.integer(0);
    r.session = rows.integer(1);
    r.model_path = rows.text(2);
    r.model_name = rows.text(3);
    r.weight_summary = rows.text(4);
    r.model_sha256 = rows.text(5);
    r.model_bytes = rows.integer(6);
    r.model_mtime_ms = rows.integer(7);
    r.instruction_set = rows.text(8);
    r.device = rows.text(9);
    r.precision = rows.text(10) == "exact" ? Precision::exact : Precision::fast;
    r.kv_dtype = dtype_of_name(rows.text(11)).value_or(DType::f16);
    r.threads = int(rows.integer(12));
    r.sampler = sampler_from_json(rows.text(13));
    r.sampler.seed = uint64_t(rows.integer(14));
    r.build_id = rows.text(15);
    r.engine_version = rows.text(16);
    r.started_ms = rows.integer(17);
    r.finished_ms = rows.optional_integer(18);
    r.outcome = rows.text(19);
    r.stop_reason = rows.text(20);
    r.error = rows.text(21);
    r.prompt_tokens = rows.integer(22);
    r.answer_tokens = rows.integer(23);
    r.ttft_ms = rows.null(24) ? 0 : rows.real(24);
    r.prompt_tokens_per_s = rows.null(25) ? 0 : rows.real(25);
    r.tokens_per_s = rows.null(26) ? 0 : rows.real(26);
    r.kv_bytes = rows.integer(27);
    r.capture_bytes = rows.integer(28);
    all.push_back(std::move(r));
  }
  return all;
}

void apply_prompt_done(sql::Database& db, RunId run, const PromptDone& done) {
  db.run("UPDATE runs SET prompt_tokens = ? WHERE id = ?", done.tokens, run);
}

void apply_answered(sql::Database& db, RunId run, const Answered& a) {
  db.run(
      "UPDATE runs SET stop_reason = ?, answer_tokens = ?, ttft_ms = ?, prompt_tokens_per_s = ?, tokens_per_s = ?, "
      "kv_bytes = ?,"
      " capture_bytes = ? WHERE id = ?",
      stop_reason_name(a.reason), a.answer_tokens, a.ttft_ms, a.prompt_tokens_per_s, a.tokens_per_s, a.kv_bytes,
      a.capture_bytes, run);
  complete_message(db, run, a.tail);
}

void apply_ended(sql::Database& db, RunId run, JobId job, const JobEnded& ended) {
  // Other jobs of a run (hashes, questions about its attention) end without ending the answer.
  if (db.number("SELECT count(*) FROM tokens WHERE run = ? AND job <> ? AND prompt = 0", run, job) > 0) return;
  using Outcome = JobEnded::Outcome;
  const char* outcome = ended.outcome == Outcome::done        ? "done"
                        : ended.outcome == Outcome::cancelled ? "cancelled"
                                                              : "failed";
  db.run("UPDATE runs SET outcome = ?, error = ?, finished_ms = ? WHERE id = ?", outcome,
         ended.error ? ended.error->what() : "", now_ms(), run);
  db.run(
      "UPDATE runs SET answer_tokens = (SELECT count(*) FROM tokens WHERE run = ?1 AND prompt = 0)"
      " WHERE id = ?1 AND stop_reason = ''",
      run);
  if (db.number("SELECT count(*) FROM messages WHERE run = ? AND complete = 0", run) > 0) complete_message(db, run, "");
  db.run("UPDATE sessions SET modified_ms = ? WHERE id = (SELECT session FROM runs WHERE id = ?)", now_ms(), run);
}

void apply_hashes(sql::Database& db, RunId run, const HashOut& hashes) {
  db.run(
      "UPDATE runs SET model_sha256 = ?1 WHERE model_sha256 = '' AND (model_path, model_bytes, model_mtime_ms) ="
      " (SELECT model_path, model_bytes, model_mtime_ms FROM runs WHERE id = ?2)",
      model_hash(hashes), run);
}

void complete_message(sql::Database& db, RunId run, std::string_view tail) {
  std::string text;
  std::vector<int32_t> ids;
  sql::Query rows = db.query("SELECT id, text FROM tokens WHERE run = ? AND prompt = 0 ORDER BY ordinal", run);
  while (rows.step()) {
    ids.push_back(int32_t(rows.integer(0)));
    text += rows.text(1);
  }
  text += tail;
  db.run("UPDATE messages SET text = prefix || ?, tokens = ?, complete = 1 WHERE run = ?", text,
         std::span<const std::byte>(pack_ids(ids)), run);
}

std::string put_blob_row(sql::Database& db, SessionId session, std::span<const std::byte> bytes) {
  const std::string hash = sha256_hex(bytes);
  if (db.number("SELECT count(*) FROM blobs WHERE hash = ?", hash) == 0)
    db.run("INSERT INTO blobs(hash, bytes) VALUES (?,?)", hash, bytes);
  db.run("INSERT OR IGNORE INTO blob_uses(session, hash) VALUES (?,?)", session, hash);
  return hash;
}

std::vector<std::byte> get_blob_row(const sql::Database& db, const std::string& hash) {
  sql::Query rows = db.query("SELECT bytes FROM blobs WHERE hash = ?", hash);
  if (!rows.step())
    throw Error(ErrorKind::input, cat("no stored bytes with the hash ", hash.substr(0, 80)), "", db.file());
  const std::span<const std::byte> bytes = rows.blob(0);
  if (sha256_hex(bytes) != hash)
    throw Error(ErrorKind::format, cat("stored bytes no longer match their hash ", hash), "", db.file());
  return {bytes.begin(), bytes.end()};
}

}  // namespace vitrine
