// SPDX-License-Identifier: Apache-2.0
// Would break: a checkpoint of half-precision weights would answer other than its numbers say. A folder that stores F16 or BF16 gives the
// logits of the folder that stores the same numbers as F32.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "engine/io/safetensors_writer.h"
#include "engine/model/probe.h"
#include "tests/support/tiny_models.h"
#include "tests/unit/io/files.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

/// The 16 bits nearest to a number of the range of weights: BF16 cut off, F16 with a shorter exponent; below 2^-14 zero.
uint16_t narrow(float value, DType type) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (type == DType::bf16) return uint16_t(bits >> 16);
  const int exponent = int(bits >> 23 & 255) - 127;
  const uint32_t sign = bits >> 16 & 0x8000;
  return uint16_t(exponent < -14 ? sign : sign | uint32_t(exponent + 15) << 10 | (bits >> 13 & 1023));
}

class StoredTypes : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<WeightSource> good = open_weights(tiny_folder(GetParam()));

  std::unique_ptr<WeightSource> written(const Folder& folder, const WeightSource& source, DType type) const {
    std::vector<std::vector<std::byte>> bytes;
    std::vector<NamedTensorBytes> tensors;
    for (const TensorInfo& info : source.tensors()) {
      const std::vector<float> values = tensor_values(info);
      std::vector<uint16_t> narrowed;
      for (float value : values) narrowed.push_back(narrow(value, type));
      const auto raw = type == DType::f32 ? std::as_bytes(std::span(values)) : std::as_bytes(std::span(narrowed));
      bytes.emplace_back(raw.begin(), raw.end());
      tensors.push_back({info.name, info.shape, type, bytes.back()});  // which stay where they are when the list grows
    }
    std::filesystem::copy_file(tiny_folder(GetParam()) / "config.json", folder / "config.json");
    write_safetensors(folder / "model.safetensors", tensors);
    return open_weights(folder.path());
  }

  std::vector<float> outcome(const WeightSource& source) const {
    const auto model = load_model(source, make_backend({.threads = 1}));
    ProbeSequence sequence{{11, 42, 7, 69, 3, 83, 64}};
    if (model->spec().has_encoder()) sequence.source = {17, 5, 88, 40, 9};
    const ProbeResult result = run_sequences(*model, {&sequence, 1}, Precision::exact);
    return result.logits.empty() ? result.hidden : result.logits;
  }
};

}  // namespace

TEST_P(StoredTypes, MeanTheNumbersTheyStandFor) {
  for (DType type : {DType::f16, DType::bf16}) {
    const Folder narrow_folder, wide_folder;
    const auto stored = written(narrow_folder, *good, type);
    const auto wide = written(wide_folder, *stored, DType::f32);
    EXPECT_EQ(stored->tensors()[0].dtype, type);
    const std::vector<float> a = outcome(*stored), b = outcome(*wide);
    ASSERT_EQ(a.size(), b.size());
    double most = 0, largest = 1;
    for (size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(double(a[i]) - double(b[i]))), largest = std::max(largest, std::abs(double(b[i])));
    EXPECT_LE(most, 5e-4 * largest) << dtype_info(type).name << ": more than sums in another order";
    EXPECT_NE(b, outcome(*good)) << "the narrower numbers are others";
  }
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, StoredTypes, testing::ValuesIn(tiny_models()), [](const auto& info) { return info.param; });
