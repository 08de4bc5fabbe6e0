// SPDX-License-Identifier: Apache-2.0
// Would break: somebody's damaged model would crash or hang the window. Every entry of the config.json of every tiny checkpoint is nonsense in
// turn, every tensor lost, of another shape and not a number: the engine answers, or ends the job with an error that helps.
#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/io/safetensors.h"
#include "engine/io/safetensors_writer.h"
#include "tests/support/tiny_models.h"
#include "tests/unit/io/files.h"
#include "tests/unit/run/desk.h"

namespace vitrine::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// Instrumented code is many times slower and gets every seventh damage: of each entry two or three values, of every second or third
// tensor one damage.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kEvery = 7;
#else
constexpr int kEvery = 1;
#endif

class Nonsense : public testing::TestWithParam<std::string> {
 protected:
  bool due() { return damages_++ % kEvery == 0; }
  /// Opens the folder and asks for a few tokens: what a user is told who does not get them has to help.
  void try_out() {
    desk_.all.clear();
    JobEnded ended = desk_.load(folder_.path());
    if (ended.outcome == JobEnded::Outcome::done) ended = desk_.wait(desk_.engine.submit(question(1, kPrompt, 1, 3)));
    EXPECT_NE(ended.outcome, JobEnded::Outcome::cancelled);
    if (!ended.error) return;
    EXPECT_NE(ended.error->kind(), ErrorKind::bug) << ended.error->what();
    EXPECT_NE(ended.error->hint(), "") << ended.error->what();
  }

  const fs::path good_ = tiny_folder(GetParam());
  const json config_ = json::parse(std::ifstream(good_ / "config.json"));
  Folder folder_;
  Desk desk_;
  int damages_ = 0;
};

TEST_P(Nonsense, InAnyEntryOfTheConfiguration) {
  const json values = {0,    -1,     1,       7,    INT32_MAX, int64_t(1) << 62, 1e300,         0.37,
                       nullptr, "many", "",      true, false,     json::array(),    json::array({1, -5}), json::object()};
  fs::create_symlink(good_ / "model.safetensors", folder_ / "model.safetensors");
  const json entries = config_.flatten();
  for (const auto& [place, good] : entries.items())
    for (const json& value : values) {
      if (!due()) continue;
      SCOPED_TRACE(place + " = " + value.dump());
      json damaged = config_;
      damaged[json::json_pointer(place)] = value;
      folder_.write("config.json", damaged.dump());
      try_out();
      if (HasFailure()) return;
    }
}

TEST_P(Nonsense, InAnyTensor) {
  folder_.write("config.json", config_.dump());
  const auto file = open_safetensors_file(good_ / "model.safetensors");
  const std::vector<float> nan(1 << 20, std::numeric_limits<float>::quiet_NaN());
  std::vector<NamedTensorBytes> stored;
  for (const TensorInfo& info : file->tensors()) stored.push_back({info.name, info.shape, info.dtype, info.bytes});
  const auto try_tensors = [&](const char* damage) {
    if (!due()) return;
    SCOPED_TRACE(damage);
    write_safetensors(folder_ / "model.safetensors", stored);
    try_out();
  };
  for (size_t i = 0; i < stored.size(); ++i) {
    const NamedTensorBytes good = stored[i];
    SCOPED_TRACE(good.name);
    stored.erase(stored.begin() + std::ptrdiff_t(i));
    try_tensors("missing");
    stored.insert(stored.begin() + std::ptrdiff_t(i), good);
    stored[i].shape = {1, good.shape.numel()};
    try_tensors("of another shape");
    stored[i] = good;
    stored[i].bytes = std::as_bytes(std::span(nan)).first(good.bytes.size());
    try_tensors("not a number");
    stored[i] = good;
  }
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, Nonsense, testing::ValuesIn(tiny_models()), [](const auto& name) { return name.param; });

}  // namespace
}  // namespace vitrine::test
