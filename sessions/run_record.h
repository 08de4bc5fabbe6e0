// SPDX-License-Identifier: Apache-2.0
// What to write into a RunRecord: from the loaded model's facts, the command, and the files on the disk.
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/api.h"
#include "sessions/records.h"

namespace vitrine {

/// Stands for a model's files until their hash is known: total bytes and newest change. Zeros when they are gone.
struct ModelFile {
  int64_t bytes = 0, mtime_ms = 0;
};
/// `model`: a file, or a folder whose files (not subfolders) count.
VT_API ModelFile model_file(const std::filesystem::path& model);

/// One hash for a model: of its only file, or SHA-256 over the sorted lines "file name, space, hash, line feed" of
/// several.
VT_API std::string model_hash(const HashOut& hashes);

/// A record for begin_run(): everything that decides what `command` computes on this model.
VT_API RunRecord run_record(SessionId session, const ModelFacts& model, const Generate& command);

}  // namespace vitrine
