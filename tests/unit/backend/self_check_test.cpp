// SPDX-License-Identifier: Apache-2.0
// Trying instructions out in a child: whatever happens there, the program goes on and knows the answer.
#include "engine/backend/cpu/self_check.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "engine/backend/cpu/isa.h"
#include "levels.h"

namespace vitrine::cpu {
namespace {

TEST(SelfCheck, OnlyTheAnswerTrueCounts) {
  const std::pair<const char*, bool (*)()> refused[] = {
      {"answers no", [] { return false; }},
      {"illegal instruction", [] { return raise(SIGILL) == 0; }},
      {"broken memory access", [] { return raise(SIGSEGV) == 0; }},
      {"leaves without an answer", []() -> bool { _exit(0); }},
  };
  EXPECT_TRUE(passes_in_child([] { return true; }));
  for (const auto& [what, check] : refused) EXPECT_FALSE(passes_in_child(check)) << what;
  EXPECT_FALSE(passes_in_child([] { return pause() == 0; }, 50)) << "never answers";
}

volatile sig_atomic_t handled = 0;

// A program with a handler of its own (a crash reporter, say) does not see the child's signals.
TEST(SelfCheck, LeavesHandlersAndChildrenOfTheProgramAlone) {
  struct sigaction ours {
  }, before{}, after{};
  ours.sa_handler = [](int) { handled = 1; };
  ASSERT_EQ(sigaction(SIGILL, &ours, &before), 0);
  EXPECT_FALSE(passes_in_child([] { return raise(SIGILL) == 0; })) << "the handler answered for the child";
  ASSERT_EQ(sigaction(SIGILL, &before, &after), 0);
  EXPECT_EQ(after.sa_handler, ours.sa_handler);
  EXPECT_EQ(handled, 0);

  ASSERT_EQ(sigaction(SIGCHLD, nullptr, &before), 0);
  ours.sa_handler = SIG_IGN;  // children vanish by themselves
  ASSERT_EQ(sigaction(SIGCHLD, &ours, nullptr), 0);
  EXPECT_TRUE(passes_in_child([] { return true; }));
  ASSERT_EQ(sigaction(SIGCHLD, &before, nullptr), 0);
}

TEST(SelfCheck, EveryLevelHereGivesTheSameTiles) {
  for (const std::string& isa : vitrine::test::isa_levels())
    EXPECT_TRUE(same_tiles(scalar::kMatmulKernels, matmul_kernels(*isa_of_name(isa)))) << isa;
}

// A level is offered only when it works; asking for a higher one is an error that names the highest.
TEST(SelfCheck, LevelsAboveTheHighestAreRefused) {
  for (Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512, Isa::avx512_bf16, Isa::amx}) {
    const std::string name(isa_name(isa));
    if (isa <= detect_isa()) {
      EXPECT_EQ(make_backend({.threads = 1, .isa = name})->instruction_set(), name);
      continue;
    }
    try {
      make_backend({.threads = 1, .isa = name});
      ADD_FAILURE() << name << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unsupported);
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.hint()).find(isa_name(detect_isa())), std::string::npos) << error.hint();
    }
  }
}

}  // namespace
}  // namespace vitrine::cpu
