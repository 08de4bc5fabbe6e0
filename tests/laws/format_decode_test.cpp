// SPDX-License-Identifier: Apache-2.0
// Law: every storage format of formats.def decodes to exactly the float32 bits that ggml gives. A format without
// recorded blocks fails. Were one bit off, answers would differ from those of llama.cpp on the same file for no visible
// reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>

#include "engine/io/safetensors.h"
#include "engine/tensor/formats/format.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

std::string upper(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::toupper(c)); });
  return text;
}

void expect_same_bits(const DTypeInfo& info, std::span<const std::byte> blocks, const TensorInfo& expected) {
  const size_t count = size_t(expected.shape.numel());
  ASSERT_EQ(int64_t(blocks.size()), dtype_bytes(info.dtype, int64_t(count))) << expected.name;
  std::vector<float> got(count);
  decode_to_f32(info.dtype, blocks.data(), int64_t(count), got.data());
  const std::vector<float> want = tensor_values(expected);
  for (size_t i = 0; i < count; ++i)
    ASSERT_EQ(std::bit_cast<uint32_t>(got[i]), std::bit_cast<uint32_t>(want[i]))
        << info.name << " " << expected.name << " value " << i << ": " << got[i] << ", recorded " << want[i];
}

void check_recorded_blocks(const DTypeInfo& info, const fs::path& path) {
  const auto file = open_safetensors_file(path);
  int compared = 0;
  for (const TensorInfo& raw : file->tensors()) {
    if (!raw.name.ends_with(".raw")) continue;
    expect_same_bits(info, raw.bytes, require_tensor(*file, raw.name.substr(0, raw.name.size() - 4) + ".values"));
    ++compared;
  }
  EXPECT_GT(compared, 0) << path;
}

void check_container(const fs::path& folder, DType dtype, int& compared) {
  const auto gguf = open_weights(folder / "container.gguf");
  const auto values = open_safetensors_file(folder / "container_values.safetensors");
  for (const TensorInfo& tensor : gguf->tensors())
    if (tensor.dtype == dtype) {
      const TensorInfo& expected = require_tensor(*values, tensor.name);
      EXPECT_EQ(tensor.shape, expected.shape) << tensor.name;
      expect_same_bits(dtype_info(dtype), tensor.bytes, expected);
      ++compared;
    }
}

class Format : public testing::TestWithParam<DTypeInfo> {};

TEST_P(Format, DecodesToTheRecordedBits) {
  const DTypeInfo info = GetParam();
  for (const fs::path& folder :
       {fs::path(VITRINE_TEST_DATA) / "gguf_quant", fs::path(VITRINE_FIXTURES) / "gguf_quant"}) {
    if (!fs::exists(folder)) continue;
    const fs::path blocks = folder / (upper(info.name) + ".safetensors");
    if (info.block_format || fs::exists(blocks)) check_recorded_blocks(info, blocks);
    int compared = 0;
    check_container(folder, info.dtype, compared);
    if (info.ggml_type >= 0) {
      EXPECT_GT(compared, 0) << info.name << " is in no tensor of " << folder;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Format, testing::ValuesIn(dtypes().begin(), dtypes().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(FormatLaw, HalvesWidenAsTheHardwareDoes) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float got = formats::half_to_float(uint16_t(bits));
    const int exponent = bits >> 10 & 31, mantissa = bits & 0x3ff;
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(got), mantissa != 0) << bits;
      EXPECT_EQ(std::isinf(got), mantissa == 0) << bits;
      continue;
    }
    const double value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
    ASSERT_EQ(std::bit_cast<uint32_t>(got), std::bit_cast<uint32_t>(float(bits & 0x8000 ? -value : value))) << bits;
  }
}

TEST(FormatLaw, BooleansAndBytesConvertByValue) {
  const uint8_t bytes[] = {0, 1, 200};
  float out[3];
  decode_to_f32(DType::u8, bytes, 3, out);
  EXPECT_EQ(out[2], 200.0f);
  decode_to_f32(DType::boolean, bytes, 3, out);
  EXPECT_EQ(out[2], 1.0f);
}

}  // namespace
}  // namespace vitrine
