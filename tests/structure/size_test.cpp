// SPDX-License-Identifier: Apache-2.0
// Files and functions small enough to read, a licence line in each file, no unfinished work, nothing of one machine.
#include <gtest/gtest.h>

#include <regex>

#include "tests/structure/source_tree.h"

using namespace vitrine::structure;

namespace {

/// Kernels and tables may be longer than code that decides.
bool is_kernel(const SourceFile& file) {
  return file.path.starts_with("engine/backend/") || file.path.starts_with("engine/tensor/formats/");
}

size_t line_limit(const SourceFile& file) {
  if (is_kernel(file)) return 800;
  return file.is_header() ? 200 : 500;
}

struct Function {
  size_t first_line = 0, lines = 0;
  std::string head;
};

/// Functions that are not members defined in a class: with this code style they end at the first "}" in column 0 after
/// their
/// "{", and nothing else but types, namespaces and initialisers opens a brace there.
std::vector<Function> functions(const SourceFile& file) {
  static const std::regex kNoFunction(
      "^\\s*(namespace|struct|class|enum|union|extern|typedef|using|#|//|\\}|TEST|VT_).*");
  std::vector<Function> found;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    const bool opens = !line.empty() && line.back() == '{' && line[0] != ' ' && line.find('(') != std::string::npos;
    if (!opens || std::regex_match(line, kNoFunction)) continue;
    size_t end = i + 1;
    while (end < file.lines.size() && !file.lines[end].starts_with("}")) ++end;
    found.push_back({i + 1, end - i - 1, line});
    i = end;
  }
  return found;
}

}  // namespace

TEST(Size, FilesCanBeRead) {
  for (const SourceFile& file : sources())
    EXPECT_LE(file.lines.size(), line_limit(file))
        << file.path << " has " << file.lines.size() << " lines, allowed are " << line_limit(file);
}

TEST(Size, FunctionsCanBeRead) {
  size_t seen = 0;
  for (const SourceFile& file : sources()) {
    if (file.folder() == "tests") continue;
    for (const Function& f : functions(file)) {
      ++seen;
      const size_t limit = is_kernel(file) ? 150 : 80;
      EXPECT_LE(f.lines, limit) << file.path << ":" << f.first_line << " " << f.head << " has " << f.lines
                                << " lines, allowed are " << limit;
    }
  }
  EXPECT_GT(seen, 500u) << "hardly any functions were recognised: has the code style changed?";
}

TEST(Text, EveryFileNamesItsLicence) {
  for (const SourceFile& file : sources()) {
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_EQ(file.lines[0], "// SPDX-License-Identifier: Apache-2.0") << file.path;
  }
}

TEST(Text, EveryHeaderIsIncludedOnce) {
  for (const SourceFile& file : sources()) {
    if (!file.is_header()) continue;
    const bool once =
        std::any_of(file.lines.begin(), file.lines.end(), [](const std::string& l) { return l == "#pragma once"; });
    EXPECT_TRUE(once) << file.path << " has no #pragma once";
  }
}

TEST(Text, NothingUnfinishedAndNothingOfOneMachine) {
  // Written in pieces, so that this file does not find itself.
  const std::vector<std::string> forbidden{std::string("TO") + "DO",          std::string("FIX") + "ME",
                                           std::string("/wo") + "rk/",        std::string("/ro") + "ot/",
                                           std::string("pypi") + ".org",      std::string("python") + "hosted",
                                           std::string("deb.deb") + "ian.org"};
  const std::regex vague(
      "class \\w*(Man"
      "ager|Hel"
      "per|Ut"
      "ils)\\b.*");
  for (const SourceFile& file : texts())
    for (size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& word : forbidden)
        EXPECT_EQ(file.lines[i].find(word), std::string::npos)
            << file.path << ":" << i + 1 << " has \"" << word << "\"";
      if (file.lines[i].starts_with("class ")) {
        EXPECT_FALSE(std::regex_match(file.lines[i], vague)) << file.path << ":" << i + 1 << " " << file.lines[i];
      }
    }
}
