// SPDX-License-Identifier: Apache-2.0
// verify-formats DIR: decodes the recorded blocks of every format (DIR/TYPE.safetensors: NAME.raw, NAME.values) and
// compares the bits of each value; then DIR/container.gguf, which holds a tensor of each type and an entry of each
// metadata kind.
#include <algorithm>
#include <bit>
#include <cstdio>

#include "app/cli/command.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/meta_value.h"
#include "engine/io/safetensors.h"

namespace vitrine::cli {
namespace {

namespace fs = std::filesystem;

struct Tally {
  int passed = 0, failed = 0;

  void row(const std::string& name, int64_t values, const std::string& failure) {
    (failure.empty() ? passed : failed)++;
    std::printf("%-18s %8lld values  %s%s\n", name.c_str(), static_cast<long long>(values),
                failure.empty() ? "ok" : "FAILED: ", failure.c_str());
  }
};

/// Empty, or the first value whose bits differ (recorded values are f32, or integers and f64 compared as f32).
std::string compare(DType dtype, std::span<const std::byte> blocks, const TensorInfo& expected) {
  const int64_t count = expected.shape.numel();
  if (int64_t(blocks.size()) != dtype_bytes(dtype, count))
    return cat(blocks.size(), " bytes do not hold ", count, " values of ", dtype_info(dtype).name);
  std::vector<float> got(static_cast<size_t>(count));
  decode_to_f32(dtype, blocks.data(), count, got.data());
  const std::vector<float> want = tensor_values(expected);
  for (size_t i = 0; i < got.size(); ++i)
    if (std::bit_cast<uint32_t>(got[i]) != std::bit_cast<uint32_t>(want[i]))
      return cat(expected.name, " value ", i, " is ", got[i], ", recorded ", want[i]);
  return {};
}

void check_type(const fs::path& folder, const DTypeInfo& info, Tally& tally) {
  const fs::path path = folder / (upper(std::string(info.name)) + ".safetensors");
  if (!fs::exists(path)) {
    if (info.block_format) tally.row(upper(std::string(info.name)), 0, cat("no ", path.filename().string()));
    return;
  }
  const auto file = open_safetensors_file(path);
  int64_t values = 0;
  std::string failure;
  for (const TensorInfo& raw : file->tensors()) {
    if (!raw.name.ends_with(".raw")) continue;
    const std::string name = raw.name.substr(0, raw.name.size() - 4) + ".values";
    const TensorInfo& expected = require_tensor(*file, name);
    values += expected.shape.numel();
    if (failure.empty()) failure = compare(info.dtype, raw.bytes, expected);
  }
  tally.row(upper(std::string(info.name)), values, values == 0 ? "no blocks in the file" : failure);
}

void check_container_tensors(const WeightSource& gguf, const fs::path& folder, Tally& tally) {
  const auto values = open_safetensors_file(folder / "container_values.safetensors");
  for (const TensorInfo& tensor : gguf.tensors()) {
    const TensorInfo& expected = require_tensor(*values, tensor.name);
    const std::string failure = tensor.shape == expected.shape
                                    ? compare(tensor.dtype, tensor.bytes, expected)
                                    : cat("shape ", tensor.shape.str(), ", recorded ", expected.shape.str());
    tally.row("container " + tensor.name, expected.shape.numel(), failure);
  }
}

/// The entries of container.gguf, one of each kind that GGUF has, as meta_text() shows them.
const std::pair<const char*, std::string> kMetadata[] = {
    {"t.u8", "200"},
    {"t.i8", "-100"},
    {"t.u16", "60000"},
    {"t.i16", "-30000"},
    {"t.u32", "4000000000"},
    {"t.i32", "-2000000000"},
    {"t.u64", "9223372036854775813"},
    {"t.i64", "-4611686018427387904"},
    {"t.f32", "1.49999996e-05"},
    {"t.f64", "3.14159265"},
    {"t.true", "true"},
    {"t.false", "false"},
    {"t.str", "\"h\u00e9llo \U0001F600 \ud55c\uad6d\uc5b4??tab \"quoted\"\""},
    {"t.arr_i", "[1, -2, 3]"},
    {"t.arr_f", "[0.5, -0.25]"},
    {"t.arr_s", "[\"a\", \"\", \"\uae34 \uae00\", \"" + std::string(80, 'z') + "...\"]"},
    {"t.arr_b", "[true, false, true]"},
};

void check_metadata(const WeightSource& gguf, Tally& tally) {
  for (const auto& [key, expected] : kMetadata) {
    const MetaValue* value = gguf.meta(key);
    const std::string text = value ? meta_text(*value) : "missing";
    tally.row(cat("metadata ", key), 1, text == expected ? "" : cat(text, ", recorded ", expected));
  }
}

int run(const fs::path& folder) {
  Tally tally;
  for (const DTypeInfo& info : dtypes()) check_type(folder, info, tally);
  const auto gguf = open_weights(folder / "container.gguf");
  check_container_tensors(*gguf, folder, tally);
  check_metadata(*gguf, tally);
  std::printf("%d passed, %d failed\n", tally.passed, tally.failed);
  return tally.failed == 0 ? kOk : kCheckFailed;
}

}  // namespace

void register_verify_formats(CLI::App& app, Runner& runner) {
  CLI::App* command =
      app.add_subcommand("verify-formats", "Compare the decoding of every block format with recorded values");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Folder with TYPE.safetensors, container.gguf, container_values.safetensors")
      ->required();
  command->callback([folder, &runner] { runner.run = [folder] { return run(*folder); }; });
}

}  // namespace vitrine::cli
