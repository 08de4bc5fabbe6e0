// SPDX-License-Identifier: Apache-2.0
// compressed-tensors (vllm-project/compressed-tensors), as LLM Compressor writes folders. What a module stores says how it is packed:
//   pack-quantized   weight_packed i32 [out, in bits / 32], weight_shape i64 [2]; of a row the codes lie one after the other, from the low bits on,
//                    each plus 2^(bits - 1); weight_zero_point i32 [out bits / 32, groups], packed the same way down the rows, or i8 [out, groups]
//   int-quantized    weight i8 [out, in], weight_zero_point i8 [out, groups]
//   float-quantized  weight F8_E4M3 [out, in]: read as FP8 folders are
// weight_scale [out, groups], [out, 1] or one value; w = (code - zero) scale. weight_g_idx i32 [in]: the group of each column where activations
// gave the order. Activations are not quantized: products are computed with the decoded weight.
#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"
#include "engine/io/quantized/packed_weight.h"

namespace vitrine {

namespace {

constexpr int64_t kWord = 32;

/// Integers of `bits` bits; a stride of 0 words: one i8 each.
struct Codes {
  TensorInfo stored;
  int bits = 8;
  bool packed = false;

  /// Entry `i` of a run of codes that begins at word (or byte) `begin` and goes on every `step`.
  int at(int64_t begin, int64_t step, int64_t i) const {
    if (!packed) return elements<int8_t>(stored)[begin + i * step];
    const int64_t bit = i * bits;
    const uint32_t word = elements<uint32_t>(stored)[begin + bit / kWord * step];
    return int(word >> (bit % kWord) & ((1u << bits) - 1)) - (1 << (bits - 1));
  }
};

int64_t words_for(int64_t codes, int bits) { return (codes * bits + kWord - 1) / kWord; }

/// The number of bits among those of the configuration that makes `words` of `codes` codes.
int bits_of(const PackedFolder& folder, std::span<const MetaValue* const> num_bits, const TensorInfo& packed, int64_t codes, int64_t words) {
  std::string named;
  for (const MetaValue* value : num_bits) {
    const int64_t bits = meta_i64(value).value_or(0);
    named += cat(named.empty() ? "" : ", ", bits);
    if (bits != 2 && bits != 4 && bits != 8) continue;
    if (words_for(codes, int(bits)) == words) return int(bits);
  }
  folder.fail(ErrorKind::unsupported, cat("tensor ", in_quotes(packed.name), " has ", words, " words a row for ", codes, " columns; config_groups names ",
                                          named.empty() ? "no num_bits" : named + " bits", ", read are 2, 4 and 8"));
}

/// The group of each column; empty: they lie one after the other.
std::vector<int32_t> column_groups(const PackedFolder& folder, const std::string& module, int64_t in, int64_t groups) {
  const TensorInfo* index = folder.find(module + ".weight_g_idx");
  if (!index) return {};
  folder.require(index->name, {DType::i32}, {in});
  const int32_t* of = elements<int32_t>(*index);
  if (std::all_of(of, of + in, [](int32_t group) { return group == -1; })) return {};
  for (int64_t i = 0; i < in; ++i)
    if (of[i] < 0 || of[i] >= groups)
      folder.fail(ErrorKind::format, cat("tensor ", in_quotes(index->name), " names group ", of[i], " of ", groups));
  return {of, of + in};
}

std::optional<Codes> zero_points(const PackedFolder& folder, const std::string& module, int bits, int64_t out, int64_t groups) {
  const TensorInfo* zeros = folder.find(module + ".weight_zero_point");
  if (!zeros) return std::nullopt;
  const bool packed = zeros->dtype == DType::i32;
  const Shape expected = packed ? Shape{words_for(out, bits), groups} : groups == 1 && zeros->shape.numel() == 1 && out > 1 ? zeros->shape : Shape{out, groups};
  folder.require(zeros->name, {DType::i32, DType::i8}, expected);
  return Codes{*zeros, bits, packed};
}

PackedWeight integers(const PackedFolder& folder, const std::string& module, Codes codes, int64_t out, int64_t in) {
  const TensorInfo* found = folder.find(module + ".weight_scale");
  if (!found) folder.fail(ErrorKind::format, cat("tensor ", in_quotes(module + ".weight_scale"), " of a quantized weight is missing"));
  const TensorInfo& scales = *found;
  const bool single = scales.shape.numel() == 1;
  const int64_t groups = single || scales.shape.rank() < 2 ? 1 : scales.shape[1];
  folder.require(scales.name, {DType::f16, DType::bf16, DType::f32}, single ? scales.shape : Shape{out, groups});
  if (groups < 1 || in % groups != 0)
    folder.fail(ErrorKind::format, cat("tensor ", in_quotes(scales.name), " has ", groups, " groups for ", in, " columns"));
  const std::vector<int32_t> group_of = column_groups(folder, module, in, groups);
  const std::optional<Codes> zeros = zero_points(folder, module, codes.bits, out, groups);
  PackedWeight weight{module + ".weight", {out, in}, scales.dtype, {codes.stored.name, scales.name}, {}};
  for (const char* part : {".weight_zero_point", ".weight_shape", ".weight_g_idx"})
    if (folder.find(module + part)) weight.stored.push_back(module + part);
  const int64_t row_step = codes.packed ? words_for(in, codes.bits) : in, size = in / groups;
  weight.open = [=]() -> DecodeRows {
    return [=, factors = tensor_values(scales)](int64_t from, int64_t to, float* rows) {
      for (int64_t o = from; o < to; ++o)
        for (int64_t i = 0; i < in; ++i) {
          const int64_t g = group_of.empty() ? i / size : group_of[size_t(i)];
          const int zero = !zeros ? 0 : !zeros->packed && zeros->stored.shape.numel() == 1 ? zeros->at(0, 0, 0) : zeros->at(g, groups, o);
          *rows++ = float(codes.at(o * row_step, 1, i) - zero) * factors[single ? 0 : size_t(o * groups + g)];
        }
    };
  };
  return weight;
}

PackedWeight unpacked_shape(const PackedFolder& folder, std::span<const MetaValue* const> num_bits, const std::string& module) {
  const TensorInfo& packed = *folder.find(module + ".weight_packed");
  const TensorInfo& shape = folder.require(module + ".weight_shape", {DType::i64}, {2});
  const int64_t out = elements<int64_t>(shape)[0], in = elements<int64_t>(shape)[1];
  if (packed.shape.rank() != 2 || out < 1 || in < 1 || in > int64_t(1) << 32)
    folder.fail(ErrorKind::format, cat("tensor ", in_quotes(shape.name), " says [", out, ", ", in, "], and ", in_quotes(packed.name), " ", packed.shape.str(), " does not hold such a matrix"));
  const int bits = bits_of(folder, num_bits, packed, in, packed.shape[1]);
  folder.require(packed.name, {DType::i32}, {out, packed.shape[1]});
  return integers(folder, module, {packed, bits, true}, out, in);
}

}  // namespace

std::vector<PackedWeight> compressed_weights(const PackedFolder& folder) {
  const std::vector<const MetaValue*> types = folder.group_settings("type"), num_bits = folder.group_settings("num_bits");
  for (size_t group = 0; group < std::min(types.size(), num_bits.size()); ++group)
    if (const std::string* type = meta_str(types[group]); type && *type == "float" && meta_i64(num_bits[group]).value_or(8) < 8)
      folder.fail(ErrorKind::unsupported, cat("weights as floats of ", meta_i64(num_bits[group]).value_or(0), " bits; of 8 bits they are read"));
  if (const std::string* sparse = meta_str(folder.setting("sparsity_config.format")); sparse && *sparse != "dense")
    folder.fail(ErrorKind::unsupported, cat("sparse weights in the format ", in_quotes(*sparse)));
  std::vector<PackedWeight> weights = fp8_weights(folder);
  for (const std::string& module : folder.with_suffix(".weight_packed")) weights.push_back(unpacked_shape(folder, num_bits, module));
  for (const std::string& module : folder.with_suffix(".weight")) {
    const TensorInfo& codes = *folder.find(module + ".weight");
    if (!codes.foreign_dtype.empty() || codes.dtype != DType::i8) continue;
    if (codes.shape.rank() != 2 || codes.shape.numel() == 0)
      folder.fail(ErrorKind::unsupported, cat("tensor ", in_quotes(codes.name), " is no matrix but ", codes.shape.str()));
    weights.push_back(integers(folder, module, {codes, 8, false}, codes.shape[0], codes.shape[1]));
  }
  return weights;
}

}  // namespace vitrine
