// SPDX-License-Identifier: Apache-2.0
// bitsandbytes 4-bit, "nf4" or "fp4" (bitsandbytes/functional.py, QuantState.as_dict and dequantize_4bit):
//   weight u8 [n / 2, 1], the even element of a pair in the high nibble; weight.quant_map f32 [16];
//   weight.quant_state.bitsandbytes__nf4: JSON {"quant_type", "blocksize", "shape", "dtype"}
//   w[i] = quant_map[code[i]] absmax[i / blocksize], in row order
// Block maxima are weight.absmax f32, or twice quantized: u8 codes with weight.nested_quant_map f32 [256],
// weight.nested_absmax f32 and nested_offset, nested_blocksize in the JSON:
//   absmax[j] = nested_quant_map[code[j]] nested_absmax[j / nested_blocksize] + nested_offset
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"
#include "engine/io/json_text.h"
#include "engine/io/quantized/packed_weight.h"

namespace vitrine {

namespace {

struct State {
  int64_t rows = 0, columns = 0, block = 0, nested_block = 0;
  DType dtype = DType::f32;
  float offset = 0;
};

State read_state(const PackedFolder& folder, const TensorInfo& info) {
  const auto wrong = [&](std::string_view what) { folder.fail(ErrorKind::format, cat("tensor ", in_quotes(info.name), ": ", what)); };
  MetaTable table;
  flatten_json(parse_json({reinterpret_cast<const char*>(info.bytes.data()), info.bytes.size()}, cat(folder.path(), ": ", info.name)), table);
  State state;
  const MetaArray* shape = meta_array(table.find("shape"));
  if (!shape || shape->size() != 2) wrong("no \"shape\" of a matrix");
  state.rows = meta_i64(&(*shape)[0]).value_or(0);
  state.columns = meta_i64(&(*shape)[1]).value_or(0);
  state.block = meta_i64(table.find("blocksize")).value_or(0);
  state.nested_block = meta_i64(table.find("nested_blocksize")).value_or(0);
  state.offset = float(meta_f64(table.find("nested_offset")).value_or(0));
  constexpr int64_t kMost = int64_t(1) << 31;
  if (state.rows < 1 || state.columns < 1 || state.rows > kMost || state.columns > kMost / 2 || state.block < 1 || state.block > kMost ||
      state.nested_block > kMost)
    wrong("an impossible \"shape\" or \"blocksize\"");
  const std::string* dtype = meta_str(table.find("dtype"));
  if (dtype && *dtype == "float16")
    state.dtype = DType::f16;
  else if (dtype && *dtype == "bfloat16")
    state.dtype = DType::bf16;
  else if (!dtype || *dtype != "float32")
    wrong("\"dtype\" is none of float16, bfloat16, float32");
  return state;
}

PackedWeight packed(const PackedFolder& folder, const std::string& name, const TensorInfo& json) {
  const State state = read_state(folder, json);
  const int64_t count = state.rows * state.columns, blocks = (count + state.block - 1) / state.block;
  const TensorInfo& codes = folder.require(name, {DType::u8}, {(count + 1) / 2, 1});
  const TensorInfo& map = folder.require(name + ".quant_map", {DType::f32}, {16});
  const TensorInfo& maxima = folder.require(name + ".absmax", {DType::f32, DType::u8}, {blocks});
  PackedWeight weight{name, {state.rows, state.columns}, state.dtype, {codes.name, map.name, maxima.name, json.name}, {}};
  const bool nested = maxima.dtype == DType::u8;
  TensorInfo nested_map, nested_maxima;
  if (nested) {
    if (state.nested_block < 1) folder.fail(ErrorKind::format, cat("tensor ", in_quotes(json.name), ": no \"nested_blocksize\""));
    nested_map = folder.require(name + ".nested_quant_map", {DType::f32}, {256});
    nested_maxima = folder.require(name + ".nested_absmax", {DType::f32}, {(blocks + state.nested_block - 1) / state.nested_block});
    weight.stored.push_back(nested_map.name);
    weight.stored.push_back(nested_maxima.name);
  }
  weight.open = [=, codes = codes, map = map, maxima = maxima]() -> DecodeRows {
    std::vector<float> factors = tensor_values(maxima);
    if (nested) {
      const std::vector<float> values = tensor_values(nested_map), outer = tensor_values(nested_maxima);
      for (size_t j = 0; j < factors.size(); ++j)
        factors[j] = values[size_t(factors[j])] * outer[j / size_t(state.nested_block)] + state.offset;
    }
    return [=, factors = std::move(factors), values = tensor_values(map)](int64_t from, int64_t to, float* out) {
      const auto* bytes = elements<uint8_t>(codes);
      for (int64_t i = from * state.columns; i < to * state.columns; ++i) {
        const unsigned pair = bytes[i / 2];
        *out++ = values[i % 2 == 0 ? pair >> 4 : pair & 15] * factors[size_t(i / state.block)];
      }
    };
  };
  return weight;
}

}  // namespace

std::vector<PackedWeight> bitsandbytes_weights(const PackedFolder& folder) {
  if (meta_bool(folder.setting("load_in_8bit")).value_or(false))
    folder.fail(ErrorKind::unsupported, "bitsandbytes with 8 bits (load_in_8bit); 4 bits (nf4, fp4) are read");
  std::vector<PackedWeight> weights;
  for (std::string_view type : {"nf4", "fp4"}) {
    const std::string suffix = cat(".quant_state.bitsandbytes__", type);
    for (const std::string& name : folder.with_suffix(suffix)) weights.push_back(packed(folder, name, *folder.find(name + suffix)));
  }
  return weights;
}

}  // namespace vitrine
