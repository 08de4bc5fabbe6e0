// SPDX-License-Identifier: Apache-2.0
#include "tests/structure/source_tree.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace vitrine::structure {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& path, char at) {
  std::vector<std::string> parts;
  std::stringstream stream(path);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

std::vector<std::string> SourceFile::parts() const { return split(path); }

static SourceFile read(const fs::path& path) {
  SourceFile file{fs::relative(path, VITRINE_SOURCE_DIR).generic_string(), {}};
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
  return file;
}

static void collect(const fs::path& root, const std::vector<std::string>& endings, std::vector<SourceFile>& files) {
  if (!fs::exists(root)) return;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() &&
        (name == "data" || name == "corpus" || name == "__pycache__" || name.starts_with("build")))
      entry.disable_recursion_pending();
    else if (entry->is_regular_file() &&
             std::any_of(endings.begin(), endings.end(), [&](const std::string& e) { return name.ends_with(e); }))
      files.push_back(read(entry->path()));
  }
}

const std::vector<SourceFile>& sources() {
  static const std::vector<SourceFile> all = [] {
    std::vector<SourceFile> files;
    for (const char* folder : {"engine", "views", "plugins", "sessions", "app", "tests"})
      collect(fs::path(VITRINE_SOURCE_DIR) / folder, {".h", ".cpp"}, files);
    std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
  }();
  return all;
}

std::vector<SourceFile> texts() {
  std::vector<SourceFile> files;
  const std::vector<std::string> endings{".h",  ".cpp", ".inc",  ".def", ".in",  ".txt", ".cmake",   ".md",
                                         ".py", ".sh",  ".json", ".svg", ".sql", ".ts",  ".desktop", "copyright"};
  for (const char* folder : {"engine", "views", "plugins", "sessions", "app", "tests", "assets", "packaging", "tools"})
    collect(fs::path(VITRINE_SOURCE_DIR) / folder, endings, files);
  for (const char* name : {"README.md", "THIRD_PARTY.md", "CMakeLists.txt", "CMakePresets.json", "packages.txt", "run",
                           "check", ".ci/run"})
    if (fs::exists(fs::path(VITRINE_SOURCE_DIR) / name)) files.push_back(read(fs::path(VITRINE_SOURCE_DIR) / name));
  return files;
}

}  // namespace vitrine::structure
