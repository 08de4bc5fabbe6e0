// SPDX-License-Identifier: Apache-2.0
#include "sessions/run_record.h"

#include <sys/stat.h>

#include <algorithm>

#include "engine/core/text.h"
#include "sessions/record_codec.h"

namespace vitrine {

static void add_file(ModelFile& sum, const std::filesystem::path& file) {
  struct stat info = {};
  if (stat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;
  sum.bytes += int64_t(info.st_size);
  sum.mtime_ms = std::max(sum.mtime_ms, int64_t(info.st_mtim.tv_sec) * 1000 + info.st_mtim.tv_nsec / 1000000);
}

ModelFile model_file(const std::filesystem::path& model) {
  ModelFile sum;
  std::error_code error;
  if (!std::filesystem::is_directory(model, error)) {
    add_file(sum, model);
    return sum;
  }
  for (const auto& entry : std::filesystem::directory_iterator(model, error)) add_file(sum, entry.path());
  return sum;
}

std::string model_hash(const HashOut& hashes) {
  if (hashes.sha256.size() == 1) return hashes.sha256.front().second;
  std::vector<std::string> lines;
  for (const auto& [path, sha256] : hashes.sha256) lines.push_back(cat(path.filename().string(), " ", sha256, "\n"));
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return lines.empty() ? all : sha256_hex(std::as_bytes(std::span(all)));
}

RunRecord run_record(SessionId session, const ModelFacts& model, const Generate& command) {
  const ModelFile file = model_file(model.path);
  RunRecord run;
  run.session = session;
  run.model_path = model.path;
  run.model_name = model.spec.name;
  run.weight_summary = model.weight_summary;
  run.model_bytes = file.bytes;
  run.model_mtime_ms = file.mtime_ms;
  run.instruction_set = model.instruction_set;
  run.device = model.device;
  run.precision = command.precision;
  run.kv_dtype = model.kv_dtype;
  run.threads = model.threads;
  run.sampler = command.sampler;
  return run;
}

}  // namespace vitrine
