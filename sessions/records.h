// SPDX-License-Identifier: Apache-2.0
// What a session holds, as plain values. Times are milliseconds since 1970 (UTC); ids are valid within one file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/run/command.h"
#include "engine/run/event.h"

namespace vitrine {

using SessionId = int64_t;
using MessageId = int64_t;
using RunId = int64_t;
using PinId = int64_t;

struct NewSession {
  std::string title = {};     // empty: the first question becomes the title
  std::string mode = "chat";  // "chat", "completion"
  std::string system_prompt = {};
};

/// One message of a branch tree. Siblings (same parent) are alternatives: an edited question, a retried answer.
struct Message {
  MessageId id = 0;
  SessionId session = 0;
  std::optional<MessageId> parent = {};
  std::string role = {};             // "system", "user", "assistant", "tool"; "text" in completion mode
  std::string text = {};             // while its run still answers: what has been saved so far
  std::vector<int32_t> tokens = {};  // rendered ids: of the whole prompt for a question, of the answer for an answer
  std::optional<RunId> run = {};     // the run that wrote it
  bool complete = true;              // false: its run has not ended
  int64_t created_ms = 0;
};

struct NewMessage {
  std::optional<MessageId> parent = {};
  std::string role = "user";
  std::string text = {};  // of an answer being written: the part that was given to the run
  std::vector<int32_t> tokens = {};
  std::optional<RunId> run = {};  // set: the message is completed from the run's tokens when it ends
};

/// What a run was started with, and what came of it.
struct RunRecord {
  RunId id = 0;
  SessionId session = 0;
  std::filesystem::path model_path = {};
  std::string model_name = {}, weight_summary = {};
  std::string model_sha256 = {};  // empty until known: then size and time stand for it
  int64_t model_bytes = 0, model_mtime_ms = 0;
  std::string instruction_set = {}, device = {};
  Precision precision = Precision::fast;
  DType kv_dtype = DType::f16;
  int threads = 0;
  SamplerSpec sampler = {};                        // its seed is the run's seed
  std::string build_id = {}, engine_version = {};  // empty: those of this program
  int64_t started_ms = 0;                          // 0: now
  std::optional<int64_t> finished_ms = {};
  std::string outcome = "running";  // running, done, cancelled, failed, interrupted
  std::string stop_reason = {}, error = {};
  int64_t prompt_tokens = 0, answer_tokens = 0;
  double ttft_ms = 0, prompt_tokens_per_s = 0, tokens_per_s = 0;
  int64_t kv_bytes = 0, capture_bytes = 0;
};

/// A panel's view that the user keeps with the session.
struct PinnedView {
  PinId id = 0;
  std::string panel = {}, title = {}, view = {};  // view: JSON of the program
  int64_t created_ms = 0;
};

/// What came of running an answer again.
struct ReplayVerdict {
  bool identical = false;
  int64_t compared = 0;              // answer tokens that were equal
  int64_t position = -1;             // answer token that differs first, from 0; -1: none
  int32_t was_id = -1, now_id = -1;  // -1: that side had already ended
  std::string was_text = {}, now_text = {};
  std::vector<std::string> causes = {};  // keys of ReplayCause, likeliest first
  std::string build_id = {};
  int64_t made_ms = 0;
};

/// One row of the browser.
struct SessionRow {
  SessionId id = 0;
  std::string uid = {}, title = {}, mode = {}, system_prompt = {}, notes = {};
  std::vector<std::string> tags = {};
  int64_t created_ms = 0, modified_ms = 0;
  bool deleted = false;
  std::string model_name = {}, weight_summary = {};  // of the newest run
  std::optional<RunId> newest_run = {};
  int64_t runs = 0, messages = 0, answer_tokens = 0;
  std::optional<ReplayVerdict> replay = {};  // of the newest run
  std::string excerpt = {};                  // around what was searched for, else the newest answer's beginning
  int matches = 0;                           // messages that hold the first term
};

struct ListQuery {
  std::string search = {};  // terms separated by spaces; all must occur somewhere in the session; "quoted" = one term
  std::string tag = {}, model = {};
  int64_t modified_since_ms = 0;
  enum class Order { recent, relevance, title } order = Order::recent;
  bool deleted = false;  // true: the bin instead
  int limit = 1000;
};

/// A setting or result of two runs, as text. `key`: "model", "seed", "sampler.temperature", "sampler.repetition_penalty.last_n", "answer_tokens", ...
struct ComparedRow {
  std::string key = {}, a = {}, b = {};
  bool result = false;  // measured, not chosen
  bool differs = false;
};

/// The first answer token in which two runs differ.
struct FirstDifference {
  int64_t index = 0;                       // answer token, from 0
  std::optional<TokenOut> a = {}, b = {};  // none: that side had already ended
  std::vector<std::string> before = {};    // texts of up to three common tokens before it
};

}  // namespace vitrine
