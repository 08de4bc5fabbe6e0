// SPDX-License-Identifier: Apache-2.0
// A safetensors file of any bytes: either an Error, or tensors that lie inside the file and decode. Input that starts
// as JSON text is read as a config.json instead.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/core/error.h"
#include "engine/io/checkpoint.h"
#include "engine/io/checkpoint_facts.h"
#include "engine/io/json_text.h"
#include "engine/io/safetensors.h"

using namespace vitrine;

static void use(const TensorInfo& tensor, std::span<const std::byte> file) {
  if (tensor.bytes.data() < file.data() || tensor.bytes.data() + tensor.bytes.size() > file.data() + file.size())
    std::abort();
  if (!tensor.foreign_dtype.empty()) return;
  if (int64_t(tensor.bytes.size()) != dtype_bytes(tensor.dtype, tensor.shape.numel())) std::abort();
  const int64_t count = std::min<int64_t>(tensor.shape.numel(), 4096);
  std::vector<float> values(static_cast<size_t>(count));
  decode_to_f32(tensor.dtype, tensor.bytes.data(), count, values.data());
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const std::byte> file(reinterpret_cast<const std::byte*>(data), size);
  const bool json = size < 8 || (data[0] == '{' && data[7] != 0);
  try {
    if (json) {
      MetaTable table;
      flatten_json(parse_json({reinterpret_cast<const char*>(data), size}, "config.json"), table);
      for (const std::string& key : table.keys()) meta_text(*table.find(key));
      checkpoint_facts(Checkpoint({.container = "safetensors", .meta = std::move(table)}));
      return 0;
    }
    const SafetensorsFile parsed = parse_safetensors(file, "input");
    for (const TensorInfo& tensor : parsed.tensors) use(tensor, file);
  } catch (const Error&) {
  }
  return 0;
}
