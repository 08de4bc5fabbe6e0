// SPDX-License-Identifier: Apache-2.0
// Who may include whom: the layers of the engine, and the borders between engine, views, sessions, panels and the
// program. A failure names the file, the include and the rule; mend the include, or move the wall here and in README.md
// together.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/structure/source_tree.h"

using namespace vitrine::structure;

namespace {

using Folders = std::set<std::string>;

/// engine/X may include its own folder and these.
const std::map<std::string, Folders> kBelow{
    {"core", {}},
    {"tensor", {"core"}},
    {"io", {"core", "tensor"}},
    {"text", {"core", "tensor"}},
    {"backend", {"core", "tensor"}},
    {"exec", {"core", "tensor", "backend"}},
    {"nn", {"core", "tensor", "backend", "exec"}},
    {"model", {"core", "tensor", "backend", "exec", "nn", "io", "text"}},
    {"decode", {"core", "tensor", "backend", "exec", "nn", "model", "text"}},
    {"train", {"core", "tensor", "backend", "exec", "nn", "model", "text"}},
    {"run", {"core", "tensor", "backend", "exec", "nn", "model", "io", "text", "decode", "train"}},
};

/// What a panel sees of the engine: values and pure functions, never Model, SeqState or Backend.
const std::regex kPanelMayInclude(
    "engine/(core|run|text)/.*|engine/exec/taps\\.h|engine/tensor/(tensor|shape|dtype)\\.h|engine/model/spec\\.h|"
    "engine/decode/(sampler|sampler_spec|logprobs)\\.h|sessions/.*|views/.*|plugins/api/.*");
/// What saved experiments see of it: commands and events, and what those are made of; files and texts.
const std::regex kSessionsMayInclude(
    "engine/(core|io|run|text)/.*|engine/exec/taps\\.h|engine/tensor/(tensor|shape|dtype)\\.h|engine/model/spec\\.h|"
    "engine/decode/(sampler|sampler_spec|logprobs)\\.h|sessions/.*");

std::vector<std::string> includes(const SourceFile& file) {
  static const std::regex kInclude("^\\s*#\\s*include\\s+[<\"]([^>\"]+)[>\"].*");
  std::vector<std::string> found;
  std::smatch match;
  for (const std::string& line : file.lines)
    if (line.find("#include") != std::string::npos && std::regex_match(line, match, kInclude))
      found.push_back(match[1]);
  return found;
}

bool is_ours(const std::string& include) {
  for (const char* folder : {"engine/", "views/", "plugins/", "sessions/", "app/"})
    if (include.starts_with(folder)) return true;
  return false;
}

/// Calls check(file, include) for every include of files below `folder`.
template <class Check>
void for_includes(const std::string& folder, Check check) {
  if (!std::filesystem::exists(std::filesystem::path(VITRINE_SOURCE_DIR) / folder)) return;
  size_t files = 0;
  for (const SourceFile& file : sources()) {
    if (!file.path.starts_with(folder + "/")) continue;
    ++files;
    for (const std::string& include : includes(file)) check(file, include);
  }
  EXPECT_GT(files, 0u) << "no files below " << folder << ": does this test look in the right place?";
}

}  // namespace

TEST(IncludeRules, EngineLayers) {
  for_includes("engine", [](const SourceFile& file, const std::string& include) {
    if (!is_ours(include)) return;
    const std::string from = file.parts()[1];
    ASSERT_TRUE(kBelow.contains(from)) << file.path << ": engine/" << from << " has no place among the layers yet";
    EXPECT_TRUE(include.starts_with("engine/"))
        << file.path << " includes " << include << ": the engine knows nothing above it";
    if (!include.starts_with("engine/")) return;
    const std::string to = split(include)[1];
    EXPECT_TRUE(to == from || kBelow.at(from).contains(to))
        << file.path << " includes " << include << ": engine/" << from << " may not use engine/" << to;
  });
}

TEST(IncludeRules, EngineHasNoWindowsAndNoDatabase) {
  static const std::regex kForbidden("Q[A-Z].*|Qt.*/.*|imgui.*|sqlite3\\.h|GL/.*|CLI/.*");
  for_includes("engine", [](const SourceFile& file, const std::string& include) {
    EXPECT_FALSE(std::regex_match(include, kForbidden)) << file.path << " includes " << include;
  });
}

TEST(IncludeRules, CudaStaysInItsFolder) {
  for_includes("engine", [](const SourceFile& file, const std::string& include) {
    if (include.starts_with("cuda") || include.starts_with("cublas")) {
      EXPECT_TRUE(file.path.starts_with("engine/backend/cuda/")) << file.path << " includes " << include;
    }
  });
}

TEST(IncludeRules, BytesOfTensorsAreTheBackendsOwn) {
  size_t files = 0;
  for (const SourceFile& file : sources()) {
    if (!std::regex_match(file.path, std::regex("engine/(exec|nn|model|decode|run)/.*|engine/backend/backend\\.h"))) continue;
    ++files;
    for (const std::string& line : file.lines)
      EXPECT_EQ(line.find("storage()->"), std::string::npos) << file.path << ": a tensor may lie on another device; ask the backend";
  }
  EXPECT_GT(files, 50u);
}

TEST(IncludeRules, ViewsKnowNoEngine) {
  for_includes("views", [](const SourceFile& file, const std::string& include) {
    if (is_ours(include)) {
      EXPECT_TRUE(include.starts_with("views/")) << file.path << " includes " << include;
    }
  });
}

TEST(IncludeRules, SessionsSeeCommandsAndEvents) {
  for_includes("sessions", [](const SourceFile& file, const std::string& include) {
    if (is_ours(include)) {
      EXPECT_TRUE(std::regex_match(include, kSessionsMayInclude)) << file.path << " includes " << include;
    }
  });
}

TEST(IncludeRules, PanelsSeeValuesAndNoOtherPanel) {
  for_includes("plugins", [](const SourceFile& file, const std::string& include) {
    if (!is_ours(include)) return;
    const bool own = include.starts_with("plugins/" + file.parts()[1] + "/");
    EXPECT_TRUE(own || std::regex_match(include, kPanelMayInclude)) << file.path << " includes " << include;
  });
}

TEST(IncludeRules, ProgramKnowsNoPanel) {
  for_includes("app", [](const SourceFile& file, const std::string& include) {
    if (include.starts_with("plugins/")) {
      EXPECT_TRUE(include.starts_with("plugins/api/")) << file.path << " includes " << include;
    }
  });
}

// A header that another folder includes is an interface: it forces no third-party header on its users.
TEST(IncludeRules, InterfacesAreFreeOfThirdPartyTypes) {
  static const std::regex kThirdParty(
      "nlohmann/json\\.hpp|sqlite3\\.h|imgui.*|pcre2\\.h|utf8proc\\.h|openssl/.*|CLI/.*|opencv.*|libav.*|stb.*");
  std::map<std::string, Folders> users;
  const auto room = [](const std::string& path) {
    const auto parts = split(path);
    return parts.size() > 2 ? parts[0] + "/" + parts[1] : parts[0];
  };
  for (const SourceFile& file : sources())
    if (file.folder() != "tests")
      for (const std::string& include : includes(file))
        if (is_ours(include)) users[include].insert(room(file.path));
  for (const SourceFile& file : sources()) {
    if (!file.is_header()) continue;
    for (const std::string& include : includes(file)) {
      if (!std::regex_match(include, kThirdParty)) continue;
      for (const std::string& user : users[file.path])
        EXPECT_EQ(user, room(file.path)) << file.path << " includes " << include << " and is used there";
    }
  }
}
