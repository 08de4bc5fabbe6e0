// SPDX-License-Identifier: Apache-2.0
// AWQ in the layout of its "gemm" version (casper-hansen/AutoAWQ, awq/modules/linear/gemm.py and utils/packing_utils.py):
//   qweight i32 [in, out / 8], qzeros i32 [in / group, out / 8], scales [in / group, out]
//   w[o][i] = (q[i][o] - zero[i / group][o]) scale[i / group][o]
// Nibble n of a word holds column 8 word + order[n].
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"
#include "engine/io/quantized/packed_weight.h"

namespace vitrine {

namespace {

constexpr int kOrder[8] = {0, 2, 4, 6, 1, 3, 5, 7};

PackedWeight packed(const PackedFolder& folder, const std::string& module, int64_t group) {
  const TensorInfo* codes = folder.find(module + ".qweight");
  if (codes->shape.rank() != 2 || codes->shape.numel() == 0)
    folder.fail(ErrorKind::format, cat("tensor ", in_quotes(codes->name), " is no matrix but ", codes->shape.str()));
  const int64_t in = codes->shape[0], words = codes->shape[1], out = words * 8;
  const int64_t size = group > 0 ? group : in;
  if (in % size != 0)
    folder.fail(ErrorKind::format, cat(in_quotes(codes->name), " has ", in, " rows, no multiple of group_size ", size));
  const int64_t groups = in / size;
  folder.require(codes->name, {DType::i32}, {in, words});
  const TensorInfo& zeros = folder.require(module + ".qzeros", {DType::i32}, {groups, words});
  const TensorInfo& scales = folder.require(module + ".scales", {DType::f16, DType::bf16, DType::f32}, {groups, out});
  PackedWeight weight{module + ".weight", {out, in}, scales.dtype, {codes->name, zeros.name, scales.name}, {}};
  weight.open = [codes = *codes, zeros, scales, in, words, size]() -> DecodeRows {
    return [=, factors = tensor_values(scales)](int64_t from, int64_t to, float* rows) {
      const auto* q = elements<uint32_t>(codes);
      const auto* z = elements<uint32_t>(zeros);
      for (int64_t i = 0; i < in; ++i) {
        const int64_t g = i / size;
        for (int64_t word = from / 8; word * 8 < to; ++word)
          for (int n = 0; n < 8; ++n) {
            const int64_t o = word * 8 + kOrder[n];
            if (o < from || o >= to) continue;
            const int code = int(q[i * words + word] >> (4 * n) & 15), zero = int(z[g * words + word] >> (4 * n) & 15);
            rows[(o - from) * in + i] = float(code - zero) * factors[size_t(g * words * 8 + o)];
          }
      }
    };
  };
  return weight;
}

}  // namespace

std::vector<PackedWeight> awq_weights(const PackedFolder& folder) {
  const auto either = [&](std::string_view name, std::string_view other) {
    const MetaValue* value = folder.setting(name);
    return value ? value : folder.setting(other);
  };
  const int64_t bits = meta_i64(either("bits", "w_bit")).value_or(4);
  const int64_t group = meta_i64(either("group_size", "q_group_size")).value_or(128);
  const std::string* version = meta_str(either("version", "format"));
  if (bits != 4) folder.fail(ErrorKind::unsupported, cat("AWQ with ", bits, " bits; 4 are read"));
  if (version && *version != "gemm" && *version != "GEMM")
    folder.fail(ErrorKind::unsupported, cat("AWQ in the layout ", in_quotes(*version), "; \"gemm\" is read"));
  std::vector<PackedWeight> weights;
  for (const std::string& module : folder.with_suffix(".qweight")) weights.push_back(packed(folder, module, group));
  return weights;
}

}  // namespace vitrine
