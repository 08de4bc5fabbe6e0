// SPDX-License-Identifier: Apache-2.0
// The repository's own files, read for the structure tests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::structure {

struct SourceFile {
  std::string path;  // from the root of the repository, "engine/core/error.h"
  std::vector<std::string> lines;

  bool is_header() const { return path.ends_with(".h"); }
  bool is_source() const { return path.ends_with(".cpp"); }
  std::string folder() const { return path.substr(0, path.find('/')); }
  std::vector<std::string> parts() const;
};

/// C++ files below engine, views, plugins, sessions, app and tests.
const std::vector<SourceFile>& sources();
/// Every text file that people or machines read: sources, scripts, CMake, documents, settings; no fixtures.
std::vector<SourceFile> texts();
std::vector<std::string> split(const std::string& path, char at = '/');

}  // namespace vitrine::structure
