// SPDX-License-Identifier: Apache-2.0
// A folder that goes away with the test, and a session with a question, an answer and its tokens.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include "engine/run/command_json.h"
#include "sessions/session_store.h"
#include "tests/support/every_message.h"

namespace vitrine {

class SessionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "vitrine-sessions-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    store_ = SessionStore::open(folder_ / "sessions.db");
  }
  void TearDown() override {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  static RunRecord example_run(SessionId session, std::string model = "SmolLM2-135M-Instruct") {
    RunRecord run;
    run.session = session;
    run.model_path = "/models/smol.gguf";
    run.model_name = std::move(model);
    run.weight_summary = "Q4_1";
    run.model_bytes = 1000;
    run.model_mtime_ms = 2000;
    run.instruction_set = "avx512";
    run.device = "CPU";
    run.kv_dtype = DType::f16;
    run.threads = 2;
    run.sampler = {.stages = {{.name = "temperature", .parameters = {{"temperature", 0.8}}}}, .seed = 42};
    return run;
  }

  /// Tokens with these texts, ids 100, 101, ... and the end of the job.
  static std::vector<Event> example_answer(const std::vector<std::string>& texts, JobId job = 5) {
    std::vector<Event> events{{job, PromptDone{1, 12, 0, 3.5}}};
    for (size_t i = 0; i < texts.size(); ++i)
      events.push_back({job, example_token(12 + int64_t(i), 100 + int32_t(i), texts[i])});
    Answered answered;
    answered.reason = StopReason::end_of_generation;
    answered.answer_tokens = int64_t(texts.size());
    answered.ttft_ms = 41;
    answered.tokens_per_s = 86.1;
    events.push_back({job, answered});
    events.push_back({job, JobEnded{}});
    return events;
  }

  struct Chat {
    SessionId session = 0;
    MessageId question = 0, answer = 0;
    RunId run = 0;
  };
  Chat add_chat(const std::string& question, const std::vector<std::string>& answer) {
    Chat chat;
    chat.session = store_->create_session({});
    chat.question = store_->add_message(chat.session, {.role = "user", .text = question});
    chat.run = store_->begin_run(example_run(chat.session));
    chat.answer = store_->add_message(chat.session, {.parent = chat.question, .role = "assistant", .run = chat.run});
    store_->append(chat.run, Command(Generate{.lane = 1, .tokens = {1, 2, 3}}));
    store_->append(chat.run, example_answer(answer));
    store_->flush();
    return chat;
  }

  static std::vector<std::string> titles(const std::vector<SessionRow>& rows) {
    std::vector<std::string> all;
    for (const SessionRow& row : rows) all.push_back(row.title);
    return all;
  }

  std::filesystem::path folder_;
  std::unique_ptr<SessionStore> store_;
};

}  // namespace vitrine
