// SPDX-License-Identifier: Apache-2.0
// A session for people: Markdown, and what differs between two runs.
#include <cmath>
#include <ctime>
#include <map>
#include <sstream>

#include "engine/core/text.h"
#include "sessions/run_rows.h"
#include "sessions/session_json.h"
#include "sessions/store_state.h"

namespace vitrine {

static std::string number(double value) {
  std::ostringstream out;
  out.precision(6);
  out << value;
  return out.str();
}

static std::string utc(int64_t ms) {
  const std::time_t seconds = std::time_t(ms / 1000);
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts));
}

using Values = std::vector<std::pair<std::string, std::string>>;

static Values settings_of(const RunRecord& run) {
  Values rows{{"model", run.model_name},
              {"weights", run.weight_summary},
              {"model_path", run.model_path.string()},
              {"model_sha256", run.model_sha256},
              {"model_bytes", std::to_string(run.model_bytes)},
              {"device", run.device},
              {"instruction_set", run.instruction_set},
              {"threads", std::to_string(run.threads)},
              {"precision", std::string(precision_name(run.precision))},
              {"kv_dtype", std::string(dtype_info(run.kv_dtype).name)},
              {"seed", std::to_string(run.sampler.seed)}};
  std::map<std::string, int> seen;
  std::string order;
  for (const StageSpec& stage : run.sampler.stages) {
    const int again = seen[stage.name]++;
    const std::string name = again ? cat(stage.name, "#", again + 1) : stage.name;
    order += (order.empty() ? "" : ", ") + name;
    if (!stage.enabled)
      rows.emplace_back("sampler." + name, "off");
    else if (stage.parameters.empty())
      rows.emplace_back("sampler." + name, "on");
    if (stage.enabled)
      for (const auto& [key, value] : stage.parameters)
        rows.emplace_back(key == stage.name ? "sampler." + name : cat("sampler.", name, ".", key), number(value));
    if (!stage.bias.empty()) rows.emplace_back(cat("sampler.", name, ".tokens"), std::to_string(stage.bias.size()));
  }
  rows.emplace_back("sampler_order", order);
  rows.emplace_back("build", run.build_id);
  return rows;
}

static Values results_of(const RunRecord& run) {
  return {{"prompt_tokens", std::to_string(run.prompt_tokens)},
          {"answer_tokens", std::to_string(run.answer_tokens)},
          {"stop_reason", run.stop_reason.empty() ? run.outcome : run.stop_reason},
          {"tokens_per_s", number(run.tokens_per_s)},
          {"ttft_ms", number(run.ttft_ms)}};
}

/// exp of the mean negative log-probability of the answer's tokens; nothing without tokens.
static std::string perplexity(const sql::Database& db, RunId run) {
  sql::Query rows = db.query("SELECT avg(logprob), count(logprob) FROM tokens WHERE run = ? AND prompt = 0", run);
  return rows.step() && rows.integer(1) > 0 ? number(std::exp(-rows.real(0))) : std::string();
}

static void add_rows(std::vector<ComparedRow>& out, const Values& a, const Values& b, bool result) {
  const auto find = [](const Values& values, const std::string& key) -> std::string {
    for (const auto& [name, value] : values)
      if (name == key) return value;
    return "";
  };
  for (const auto& [key, value] : a) {
    const std::string other = find(b, key);
    out.push_back({key, value, other, result, value != other});
  }
  const auto in_a = [&](const std::string& key) {
    for (const auto& [name, value] : a)
      if (name == key) return true;
    return false;
  };
  for (const auto& [key, value] : b)
    if (!in_a(key)) out.push_back({key, "", value, result, !value.empty()});
}

static RunRecord one_run(const sql::Database& db, RunId run) {
  std::vector<RunRecord> found = read_runs(db, "id = ?", run);
  if (found.empty()) throw Error(ErrorKind::input, cat("there is no run ", run), "", db.file());
  return std::move(found.front());
}

std::vector<ComparedRow> SessionStore::compare_settings(RunId a, RunId b) const {
  const auto reading = state_->read();
  const RunRecord run_a = one_run(reading.db, a), run_b = one_run(reading.db, b);
  std::vector<ComparedRow> rows;
  add_rows(rows, settings_of(run_a), settings_of(run_b), false);
  Values results_a = results_of(run_a), results_b = results_of(run_b);
  results_a.emplace_back("perplexity", perplexity(reading.db, a));
  results_b.emplace_back("perplexity", perplexity(reading.db, b));
  add_rows(rows, results_a, results_b, true);
  return rows;
}

std::optional<FirstDifference> SessionStore::first_difference(RunId a, RunId b) const {
  const auto answer = [this](RunId run) {
    std::vector<TokenOut> all = tokens(run);
    std::erase_if(all, [](const TokenOut& token) { return token.prompt; });
    return all;
  };
  const std::vector<TokenOut> left = answer(a), right = answer(b);
  FirstDifference found;
  size_t at = 0;
  while (at < left.size() && at < right.size() && left[at].id == right[at].id) ++at;
  if (at == left.size() && at == right.size()) return std::nullopt;
  found.index = int64_t(at);
  if (at < left.size()) found.a = left[at];
  if (at < right.size()) found.b = right[at];
  for (size_t k = at >= 3 ? at - 3 : 0; k < at; ++k) found.before.push_back(left[k].text);
  return found;
}

std::string SessionStore::to_json(SessionId session) const {
  const auto reading = state_->read();
  return session_json(reading.db, session);
}

static std::string heading(const std::string& role) {
  if (role == "user") return "User";
  if (role == "assistant") return "Assistant";
  if (role == "system") return "System";
  return role.empty() ? "Text" : role;
}

std::string SessionStore::to_markdown(SessionId session) const {
  const std::optional<SessionRow> row = find(session);
  if (!row)
    throw Error(ErrorKind::input, cat("there is no session ", session), "list the sessions to see their numbers",
                file().string());
  std::ostringstream out;
  out << "# " << (row->title.empty() ? "Untitled session" : row->title) << "\n\n" << utc(row->created_ms) << "\n";
  if (!row->tags.empty()) {
    out << "\nTags:";
    for (const std::string& tag : row->tags) out << " `" << tag << "`";
    out << "\n";
  }
  if (!row->system_prompt.empty()) out << "\n## System\n\n" << row->system_prompt << "\n";
  for (const Message& message : selected_branch(session)) {
    out << "\n## " << heading(message.role) << "\n\n" << message.text << "\n";
    if (!message.run) continue;
    const RunRecord answered = run(*message.run);
    out << "\n*" << answered.model_name << " " << answered.weight_summary << ", " << answered.answer_tokens
        << " tokens, seed " << answered.sampler.seed << "*\n";
  }
  if (!row->notes.empty()) out << "\n## Notes\n\n" << row->notes << "\n";
  if (row->newest_run) {
    const RunRecord newest = run(*row->newest_run);
    out << "\n## Settings of the newest answer\n\n| setting | value |\n|---|---|\n";
    Values rows = settings_of(newest);
    for (const auto& [key, value] : results_of(newest)) rows.emplace_back(key, value);
    for (const auto& [key, value] : rows) {
      std::string cell;
      for (const char c : value) cell += c == '|' ? std::string("\\|") : std::string(1, c);
      out << "| " << key << " | " << cell << " |\n";
    }
  }
  return std::move(out).str();
}

}  // namespace vitrine
