// SPDX-License-Identifier: Apache-2.0
// Files that are there whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>

namespace vitrine {

/// Writes a new file beside `path` and renames it, so a reader never sees half of it. Throws Error(io) naming the file when it cannot be
/// written; what was there stays then.
void write_beside(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);

}  // namespace vitrine
