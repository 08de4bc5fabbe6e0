// SPDX-License-Identifier: Apache-2.0
// SHA-256 of model files, made in the background: sessions name the weights they were recorded with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

#include "engine/core/api.h"

namespace vitrine {

/// Called with bytes done and bytes in all, at least every 4 MiB.
using HashProgress = std::function<void(int64_t done, int64_t total)>;

/// Lower-case hexadecimal SHA-256. Throws Error(io) naming the file, Error(cancelled) within 4 MiB of a stop request.
VT_API std::string sha256_of_file(const std::filesystem::path& path, const HashProgress& progress = {},
                                  std::stop_token stop = {});

/// Of one file its SHA-256; of several the SHA-256 of the text "HASH  NAME\n" a file, in order of name (as sha256sum
/// prints it). Progress runs over all files together.
VT_API std::string sha256_of_files(std::span<const std::filesystem::path> paths, const HashProgress& progress = {},
                                   std::stop_token stop = {});

}  // namespace vitrine
