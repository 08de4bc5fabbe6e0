// SPDX-License-Identifier: Apache-2.0
// FP8 (E4M3 without infinities, OCP OFP8 1.0) with scales, as DeepSeek-V3 (inference/kernel.py, weight_dequant), Qwen3-FP8
// and fbgemm_fp8 folders store it:
//   weight F8_E4M3 [out, in]
//   weight_scale_inv [out / block rows, in / block columns], rounded up: w = value * scale of its block
//   or weight_scale: one value, one a row, or in compressed-tensors one a block
// The scales of activations are not used: products are computed with the decoded weight.
#include <array>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"
#include "engine/io/quantized/packed_weight.h"

namespace vitrine {

namespace {

/// Sign, 4 bits of exponent with bias 7, 3 of mantissa; all ones is the only NaN.
const std::array<float, 256>& e4m3_values() {
  static const std::array<float, 256> values = [] {
    std::array<float, 256> all{};
    for (int code = 0; code < 256; ++code) {
      const int exponent = code >> 3 & 15, mantissa = code & 7;
      const float size = exponent == 0 ? std::ldexp(float(mantissa), -9) : std::ldexp(float(8 + mantissa), exponent - 10);
      all[size_t(code)] = (code & 127) == 127 ? NAN : code & 128 ? -size : size;
    }
    return all;
  }();
  return values;
}

/// The type the model computes in, which the values are rounded to.
DType compute_dtype(const PackedFolder& folder) {
  for (std::string_view key : {"dtype", "torch_dtype", "text_config.dtype", "text_config.torch_dtype"})
    if (const std::string* name = meta_str(folder.config().find(key)))
      return *name == "float16" ? DType::f16 : *name == "float32" ? DType::f32 : DType::bf16;
  return DType::bf16;
}

/// Rows and columns that share a scale.
struct Block {
  int64_t rows = 0, columns = 0;
};

/// What the configuration says of blocks: two numbers.
const MetaValue* stated_block(const PackedFolder& folder) {
  const std::vector<const MetaValue*> of_groups = folder.group_settings("block_structure");
  return of_groups.empty() ? folder.setting("weight_block_size") : of_groups.back();
}

Block block_of(const PackedFolder& folder, const MetaValue* stated, const TensorInfo& weight, const TensorInfo& scales, bool by_block) {
  const int64_t out = weight.shape[0], in = weight.shape[1];
  if (!by_block) return scales.shape.numel() == 1 ? Block{out, in} : Block{1, in};
  Block block{128, 128};
  if (const MetaArray* size = meta_array(stated); size && size->size() == 2)
    block = {meta_i64(&(*size)[0]).value_or(0), meta_i64(&(*size)[1]).value_or(0)};
  if (block.rows < 1 || block.columns < 1 || block.rows > out * 65536 || block.columns > in * 65536)
    folder.fail(ErrorKind::format, "quantization_config.weight_block_size is not two positive integers");
  return scales.shape.numel() == 1 ? Block{out, in} : block;
}

PackedWeight packed(const PackedFolder& folder, const TensorInfo& codes, const TensorInfo& scales, bool by_block, const MetaValue* stated, DType dtype) {
  if (codes.shape.rank() != 2 || codes.shape.numel() == 0)
    folder.fail(ErrorKind::unsupported, cat("tensor ", in_quotes(codes.name), " is no matrix but ", codes.shape.str()));
  const int64_t out = codes.shape[0], in = codes.shape[1];
  const Block block = block_of(folder, stated, codes, scales, by_block);
  const int64_t across = (in + block.columns - 1) / block.columns, down = (out + block.rows - 1) / block.rows;
  const Shape expected = by_block && scales.shape.numel() > 1 ? Shape{down, across} : scales.shape;
  folder.require(scales.name, {DType::f32, DType::bf16, DType::f16}, expected);
  if (scales.shape.numel() != down * across)
    folder.fail(ErrorKind::format, cat("tensor ", in_quotes(scales.name), " has shape ", scales.shape.str(), ", expected one value or ", out));
  PackedWeight weight{codes.name, codes.shape, dtype, {codes.name, scales.name}, {}};
  weight.open = [codes, scales, block, in, across]() -> DecodeRows {
    return [=, factors = tensor_values(scales)](int64_t from, int64_t to, float* rows) {
      const auto* bytes = elements<uint8_t>(codes);
      const auto& values = e4m3_values();
      for (int64_t o = from; o < to; ++o)
        for (int64_t i = 0; i < in; ++i)
          *rows++ = values[bytes[o * in + i]] * factors[size_t(o / block.rows * across + i / block.columns)];
    };
  };
  return weight;
}

}  // namespace

std::vector<PackedWeight> fp8_weights(const PackedFolder& folder) {
  const DType dtype = compute_dtype(folder);
  const MetaValue* stated = stated_block(folder);
  std::vector<PackedWeight> weights;
  for (const std::string& module : folder.with_suffix(".weight")) {
    const TensorInfo& codes = *folder.find(module + ".weight");
    if (codes.foreign_dtype != "F8_E4M3") continue;
    const TensorInfo* blocks = folder.find(codes.name + "_scale_inv");
    const TensorInfo* scale = blocks ? blocks : folder.find(codes.name + "_scale");
    if (!scale) folder.fail(ErrorKind::format, cat("tensor ", in_quotes(codes.name), " has neither weight_scale_inv nor weight_scale"));
    const bool two_axes = scale->shape.rank() == 2 && scale->shape[1] > 1;  // compressed-tensors names blocks like rows
    weights.push_back(packed(folder, codes, *scale, blocks != nullptr || two_axes, stated, dtype));
  }
  return weights;
}

}  // namespace vitrine
