// SPDX-License-Identifier: Apache-2.0
#include "engine/io/write_beside.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {

void write_beside(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write) {
  const std::filesystem::path part = path.string() + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  write(file);
  file.close();
  if (file && std::rename(part.c_str(), path.c_str()) == 0) return;
  const std::string reason = std::strerror(errno);
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  throw Error(ErrorKind::io, cat("cannot write the file: ", reason), "check the folder and the free space", path.string());
}

}  // namespace vitrine
