// SPDX-License-Identifier: Apache-2.0
// A GGUF file of any bytes: either an Error, or tensors that lie inside the file and decode.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "engine/core/error.h"
#include "engine/io/checkpoint.h"
#include "engine/io/checkpoint_facts.h"
#include "engine/io/gguf.h"

using namespace vitrine;

static void use(const TensorInfo& tensor, std::span<const std::byte> file) {
  const bool inside =
      tensor.bytes.data() >= file.data() && tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size();
  if (!inside || int64_t(tensor.bytes.size()) != dtype_bytes(tensor.dtype, tensor.shape.numel())) std::abort();
  const int64_t block = dtype_info(tensor.dtype).block_elements;
  const int64_t count = std::min<int64_t>(tensor.shape.numel(), 4096) / block * block;
  std::vector<float> values(static_cast<size_t>(count));
  decode_to_f32(tensor.dtype, tensor.bytes.data(), count, values.data());
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const std::byte> file(reinterpret_cast<const std::byte*>(data), size);
  try {
    GgufFile parsed = parse_gguf(file, "input");
    for (const std::string& key : parsed.meta.keys()) meta_text(*parsed.meta.find(key));
    for (const TensorInfo& tensor : parsed.tensors) use(tensor, file);
    const Checkpoint checkpoint(
        {.container = "gguf", .tensors = std::move(parsed.tensors), .meta = std::move(parsed.meta)});
    for (const TensorInfo& tensor : checkpoint.tensors())
      if (checkpoint.find(tensor.name) != &tensor) std::abort();
    checkpoint_facts(checkpoint);
  } catch (const Error&) {
  }
  return 0;
}
