// SPDX-License-Identifier: Apache-2.0
// GPTQ (AutoGPTQ, auto_gptq/nn_modules/qlinear/qlinear_cuda.py) with 2, 3, 4 or 8 bits:
//   qweight i32 [in bits / 32, out], qzeros i32 [groups, out bits / 32], scales [groups, out], g_idx i32 [in]
//   w[o][i] = (q[i][o] - zero[g][o]) scale[g][o],  g = g_idx[i], which is i / group_size without desc_act
// Codes follow each other from the lowest bit on, of qweight down a column, of qzeros along a row; with 3 bits one may
// begin in a word and end in the next. In the layout "gptq" zero is the stored one + 1 (modulo 2^bits), in "gptq_v2" the
// stored one.
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"
#include "engine/io/quantized/packed_weight.h"

namespace vitrine {

namespace {

struct Layout {
  int64_t bits = 4, group = 128;
  uint32_t zero_offset = 1;

  /// Code `index` of a run of words `stride` apart.
  uint32_t code(const uint32_t* words, int64_t stride, int64_t index) const {
    const int64_t bit = index * bits, word = bit / 32, shift = bit % 32;
    uint64_t two = words[word * stride];
    if (shift + bits > 32) two |= uint64_t(words[(word + 1) * stride]) << 32;
    return uint32_t(two >> shift) & mask();
  }
  uint32_t mask() const { return (1u << bits) - 1; }
};

/// The group of every input column.
std::vector<int32_t> group_index(const TensorInfo* stored, int64_t in, int64_t size, int64_t groups) {
  std::vector<int32_t> index(static_cast<size_t>(in));
  for (int64_t i = 0; i < in; ++i) {
    index[size_t(i)] = stored ? elements<int32_t>(*stored)[i] : int32_t(i / size);
    if (index[size_t(i)] < 0 || index[size_t(i)] >= groups)
      throw Error(ErrorKind::format, cat("tensor ", in_quotes(stored ? stored->name : "g_idx"), " names group ",
                                         index[size_t(i)], " of ", groups),
                  "get the file again");
  }
  return index;
}

PackedWeight packed(const PackedFolder& folder, const std::string& module, Layout layout) {
  const TensorInfo* codes = folder.find(module + ".qweight");
  if (codes->shape.rank() != 2 || codes->shape.numel() == 0 || codes->shape[0] * 32 % layout.bits != 0)
    folder.fail(ErrorKind::format, cat("tensor ", in_quotes(codes->name), " ", codes->shape.str(), " does not hold columns of ",
                                       layout.bits, "-bit codes"));
  const int64_t in = codes->shape[0] * 32 / layout.bits, out = codes->shape[1];
  const int64_t size = layout.group > 0 ? std::min(layout.group, in) : in, groups = (in + size - 1) / size;
  if (out * layout.bits % 32 != 0)
    folder.fail(ErrorKind::format, cat("tensor ", in_quotes(codes->name), ": zero points of ", out, " columns fill no words"));
  folder.require(codes->name, {DType::i32}, codes->shape);
  const TensorInfo& zeros = folder.require(module + ".qzeros", {DType::i32}, {groups, out * layout.bits / 32});
  const TensorInfo& scales = folder.require(module + ".scales", {DType::f16, DType::bf16, DType::f32}, {groups, out});
  const TensorInfo* order = folder.find(module + ".g_idx");
  PackedWeight weight{module + ".weight", {out, in}, scales.dtype, {codes->name, zeros.name, scales.name}, {}};
  if (order) weight.stored.push_back(folder.require(order->name, {DType::i32}, {in}).name);
  weight.open = [=, codes = *codes, zeros = zeros, scales = scales, g_idx = order ? *order : TensorInfo{}]() -> DecodeRows {
    return [=, group = group_index(g_idx.name.empty() ? nullptr : &g_idx, in, size, groups),
            factors = tensor_values(scales)](int64_t from, int64_t to, float* rows) {
      const auto* q = elements<uint32_t>(codes);
      const auto* z = elements<uint32_t>(zeros);
      std::vector<int> zero(size_t((to - from) * groups));
      for (int64_t g = 0; g < groups; ++g)
        for (int64_t o = from; o < to; ++o)
          zero[size_t(g * (to - from) + o - from)] =
              int((layout.code(z + g * (out * layout.bits / 32), 1, o) + layout.zero_offset) & layout.mask());
      for (int64_t i = 0; i < in; ++i) {
        const int64_t g = group[size_t(i)];
        for (int64_t o = from; o < to; ++o)
          rows[(o - from) * in + i] = float(int(layout.code(q + o, out, i)) - zero[size_t(g * (to - from) + o - from)]) *
                                      factors[size_t(g * out + o)];
      }
    };
  };
  return weight;
}

}  // namespace

std::vector<PackedWeight> gptq_weights(const PackedFolder& folder) {
  Layout layout;
  layout.bits = meta_i64(folder.setting("bits")).value_or(4);
  layout.group = meta_i64(folder.setting("group_size")).value_or(128);
  if (layout.bits != 2 && layout.bits != 3 && layout.bits != 4 && layout.bits != 8)
    folder.fail(ErrorKind::unsupported, cat("GPTQ with ", layout.bits, " bits; 2, 3, 4 and 8 are read"));
  const MetaValue* key = folder.setting("checkpoint_format") ? folder.setting("checkpoint_format") : folder.setting("format");
  const std::string* format = meta_str(key);
  if (format && *format != "gptq" && *format != "gptq_v2")
    folder.fail(ErrorKind::unsupported, cat("GPTQ in the layout ", in_quotes(*format), "; \"gptq\" and \"gptq_v2\" are read"));
  if (format && *format == "gptq_v2") layout.zero_offset = 0;
  std::vector<PackedWeight> weights;
  for (const std::string& module : folder.with_suffix(".qweight")) weights.push_back(packed(folder, module, layout));
  return weights;
}

}  // namespace vitrine
