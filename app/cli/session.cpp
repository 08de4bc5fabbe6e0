// SPDX-License-Identifier: Apache-2.0
// session FILE list | show [ID] | replay [ID] | export [ID]: saved experiments (a .vitrine file or a library).
// Without an ID the newest session counts. Exit codes: 0, 1 (a replay differs), 2 (file, number or format cannot be
// used).
#include <cstdio>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/session_replay.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "sessions/session_store.h"

namespace vitrine::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::filesystem::path file;
  SessionId id = 0;
  bool json = false;
  std::string search, format = "md";
  std::filesystem::path out;
};

void print(const Json& json) { std::printf("%s\n", json.dump(1, ' ', false, Json::error_handler_t::replace).c_str()); }

std::string local_time(int64_t ms) {
  const std::time_t seconds = std::time_t(ms / 1000);
  std::tm parts = {};
  localtime_r(&seconds, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts));
}

std::string verdict_text(const ReplayVerdict& verdict) {
  if (verdict.identical) return "identical";
  return cat("differs at answer token ", verdict.position);
}

std::unique_ptr<SessionStore> open(const Options& options) {
  return SessionStore::open(options.file, SessionStore::Access::read);
}

SessionRow chosen(const SessionStore& store, const Options& options) {
  if (options.id != 0) {
    if (auto row = store.find(options.id)) return *std::move(row);
    throw Error(ErrorKind::input, cat("there is no session ", options.id), "`session FILE list` shows the numbers",
                options.file.string());
  }
  std::vector<SessionRow> rows = store.list({.limit = 1});
  if (rows.empty()) throw Error(ErrorKind::input, "this file holds no session", "", options.file.string());
  return std::move(rows.front());
}

int list(const Options& options) {
  const auto store = open(options);
  const std::vector<SessionRow> rows = store->list({.search = options.search});
  Json all = Json::array();
  for (const SessionRow& row : rows) {
    all.push_back({{"id", row.id},
                   {"title", row.title},
                   {"modified_ms", row.modified_ms},
                   {"model", row.model_name},
                   {"weights", row.weight_summary},
                   {"messages", row.messages},
                   {"answer_tokens", row.answer_tokens},
                   {"replay", row.replay ? Json(verdict_text(*row.replay)) : Json()}});
    if (!options.json)
      std::printf("%4lld  %s  %6lld tokens  %-28s %s%s\n", static_cast<long long>(row.id),
                  local_time(row.modified_ms).c_str(), static_cast<long long>(row.answer_tokens),
                  cat(row.model_name, " ", row.weight_summary).c_str(), row.title.c_str(),
                  row.replay ? cat("  (", verdict_text(*row.replay), ")").c_str() : "");
  }
  if (options.json)
    print(all);
  else
    std::printf("%zu session%s\n", rows.size(), rows.size() == 1 ? "" : "s");
  return kOk;
}

void show_run(const RunRecord& run) {
  std::printf("    %s %s, %s, %d threads, %s, KV %s, seed %llu\n", run.model_name.c_str(), run.weight_summary.c_str(),
              run.instruction_set.c_str(), run.threads, run.precision == Precision::exact ? "exact" : "fast",
              std::string(dtype_info(run.kv_dtype).name).c_str(), static_cast<unsigned long long>(run.sampler.seed));
  std::printf("    %lld tokens, %s, first token after %.0f ms, %.1f tokens/s\n",
              static_cast<long long>(run.answer_tokens),
              (run.stop_reason.empty() ? run.outcome : run.stop_reason).c_str(), run.ttft_ms, run.tokens_per_s);
}

int show(const Options& options) {
  const auto store = open(options);
  const SessionRow row = chosen(*store, options);
  if (options.json) {
    std::printf("%s\n", store->to_json(row.id).c_str());
    return kOk;
  }
  std::printf("%s\n%s, %lld messages, %lld runs\n", row.title.c_str(), local_time(row.modified_ms).c_str(),
              static_cast<long long>(row.messages), static_cast<long long>(row.runs));
  if (!row.notes.empty()) std::printf("Notes: %s\n", row.notes.c_str());
  for (const Message& message : store->selected_branch(row.id)) {
    std::printf("\n[%s]\n%s\n", message.role.c_str(), message.text.c_str());
    if (message.run) show_run(store->run(*message.run));
  }
  return kOk;
}

int export_one(const Options& options) {
  const auto store = open(options);
  const SessionRow row = chosen(*store, options);
  static const std::map<std::string, SessionStore::Format> kFormats = {{"md", SessionStore::Format::markdown},
                                                                       {"json", SessionStore::Format::json},
                                                                       {"vitrine", SessionStore::Format::vitrine}};
  store->export_session(row.id, kFormats.at(options.format), options.out);
  std::printf("%s\n", options.out.string().c_str());
  return kOk;
}

int replay_one(const Options& options) {
  const auto store = open(options);
  const SessionRow row = chosen(*store, options);
  if (!row.newest_run)
    throw Error(ErrorKind::input, "this session has no answer to run again", "", options.file.string());
  return replay_run(*store, *row.newest_run, options.json);
}

}  // namespace

void register_session(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* session = app.add_subcommand("session", "List, show, replay and export saved sessions");
  session->add_option("file", options->file, "A .vitrine file or a session library (.db)")->required();
  session->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*run)(const Options&), bool one) {
    CLI::App* command = session->add_subcommand(name, help);
    if (one) command->add_option("id", options->id, "Number of the session (default: the newest)");
    command->callback([&runner, options, run] { runner.run = [options, run] { return run(*options); }; });
    return command;
  };
  CLI::App* listing = add("list", "One line a session, newest first", list, false);
  listing->add_option("--search", options->search, "Only sessions that contain these words");
  listing->add_flag("--json", options->json, "Print JSON");
  add("show", "The conversation and its settings", show, true)
      ->add_flag("--json", options->json, "Print the JSON export");
  add("replay", "Run the newest answer again and compare token by token", replay_one, true)
      ->add_flag("--json", options->json, "Print JSON");
  CLI::App* exporting = add("export", "Write one session to a file", export_one, true);
  exporting->add_option("--format", options->format, "md, json or vitrine")
      ->check(CLI::IsMember({"md", "json", "vitrine"}));
  exporting->add_option("--out", options->out, "The file to write")->required();
}

}  // namespace vitrine::cli
