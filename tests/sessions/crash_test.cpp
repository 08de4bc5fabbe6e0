// SPDX-License-Identifier: Apache-2.0
// A program killed at any moment loses at most the last 200 ms, and its file opens as if nothing had happened.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "tests/sessions/session_fixture.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostTokens = 100000;
constexpr int64_t kPromisedMs = 200;

/// What the child tells before each append, readable after its death: when token i was handed over.
struct Diary {
  std::atomic<int64_t> count;
  std::atomic<int64_t> run;
  std::atomic<int64_t> appended_ns[kMostTokens];
};

int64_t now_ns() { return Clock::now().time_since_epoch().count(); }

[[noreturn]] void write_until_killed(const std::filesystem::path& file, Diary* diary) {
  const auto store = SessionStore::open(file);
  const SessionId session = store->create_session({});
  const MessageId question = store->add_message(session, {.text = "q"});
  RunRecord record;
  record.session = session;
  const RunId run = store->begin_run(record);
  store->add_message(session, {.parent = question, .role = "assistant", .run = run});
  diary->run = run;
  for (int i = 0; i < kMostTokens; ++i) {
    const Event event{1, example_token(i, i, "t")};
    store->append(run, std::span(&event, 1));
    diary->appended_ns[i] = now_ns();
    diary->count = i + 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  _exit(0);
}

TEST_F(SessionTest, KilledAtAnyMomentLosesAtMostTheLastMoments) {
  store_.reset();  // its threads may hold locks, which a forked child would inherit
  void* shared = mmap(nullptr, sizeof(Diary), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto* diary = new (shared) Diary;
  std::mt19937 random(20240131);
  const std::filesystem::path file = folder_ / "killed.db";
  for (int round = 0; round < 12; ++round) {
    diary->count = 0;
    diary->run = 0;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_until_killed(file, diary);
    while (diary->count == 0) {
      ASSERT_EQ(waitpid(child, nullptr, WNOHANG), 0) << "the writer ended by itself";
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(0, 700)(random)));
    const int64_t killed_ns = now_ns();
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);

    const auto store = SessionStore::open(file);
    const std::vector<TokenOut> tokens = store->tokens(diary->run);
    for (size_t i = 0; i < tokens.size(); ++i) ASSERT_EQ(tokens[i].position, int64_t(i)) << "a hole";
    int64_t promised = 0;
    while (promised < diary->count && diary->appended_ns[promised] < killed_ns - kPromisedMs * 1000000) ++promised;
    EXPECT_GE(int64_t(tokens.size()), promised) << "round " << round;
    EXPECT_EQ(store->run(diary->run).outcome, "interrupted");
    const std::vector<Message> branch = store->selected_branch(store->run(diary->run).session);
    ASSERT_EQ(branch.size(), 2u);
    EXPECT_TRUE(branch[1].complete);
    EXPECT_EQ(branch[1].text.size(), tokens.size()) << "the answer so far is its text";
    EXPECT_EQ(store->list().size(), size_t(round) + 1);
  }
  munmap(shared, sizeof(Diary));
}

}  // namespace
}  // namespace vitrine
