// SPDX-License-Identifier: Apache-2.0
// Would break: a model file that another program writes anew while it is open would end the program, or silence a model that is
// long in memory.
#include "engine/model/model.h"
#include "tests/unit/io/files.h"
#include "tests/unit/run/desk.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

/// A copy of a tiny checkpoint that may be damaged.
class SpareCheckpoint : public Folder {
 public:
  explicit SpareCheckpoint(const std::string& name) {
    std::filesystem::copy(tiny_folder(name), path(), std::filesystem::copy_options::recursive);
    std::filesystem::permissions(*this / "model.safetensors", std::filesystem::perms::owner_all);
  }
  void cut_short() const { std::filesystem::resize_file(*this / "model.safetensors", 4096); }
};

}  // namespace

TEST(CutFile, WhileItIsReadIsAnErrorAndNotTheEnd) {
  const SpareCheckpoint spare("llama");
  const auto source = open_weights(spare.path());
  spare.cut_short();
  try {
    load_model(*source, make_backend({.threads = 2}));
    FAIL() << "weights that are not there were loaded";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::io);
    for (const char* part : {"model.safetensors", "cut short", "open it again"})
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(CutFile, AModelThatWasReadAnswersAsBefore) {
  const SpareCheckpoint spare("llama");
  Desk desk;
  ASSERT_EQ(desk.load(spare.path()).outcome, JobEnded::Outcome::done);
  const JobId first = desk.engine.submit(question(1, kPrompt));
  desk.wait(first);
  const std::string last = open_weights(spare.path())->tensors().back().name;
  spare.cut_short();
  const JobEnded statistics = desk.wait(desk.engine.submit(TensorStatistics{.tensor = last}));
  ASSERT_TRUE(statistics.error);
  EXPECT_EQ(statistics.error->kind(), ErrorKind::io);
  const JobId second = desk.engine.submit(question(2, kPrompt));
  EXPECT_EQ(desk.wait(second).outcome, JobEnded::Outcome::done);
  EXPECT_EQ(desk.answer(second), desk.answer(first));
}
