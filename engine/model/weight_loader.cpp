// SPDX-License-Identifier: Apache-2.0
#include "engine/model/weight_loader.h"

#include <cstring>

#include "engine/core/text.h"

namespace vitrine {

WeightLoader::WeightLoader(const Architecture& architecture, const ModelSpec& spec, const WeightSource& source, Backend& backend, ProgressFn progress)
    : architecture_(architecture), spec_(spec), source_(source), backend_(backend), progress_(std::move(progress)) {
  for (const TensorInfo& info : source.tensors()) total_bytes_ += int64_t(info.bytes.size());
}

bool WeightLoader::has(const std::string& canonical) const {
  const Recipe recipe = find_recipe(architecture_, spec_, canonical, source_);
  for (const Piece& piece : recipe.pieces)
    if (!source_.find(piece.source)) return false;
  return !recipe.pieces.empty();
}

void WeightLoader::count(int64_t bytes) {
  source_.check_intact();
  done_bytes_ += bytes;
  if (progress_ && !progress_(done_bytes_, total_bytes_)) throw Error(ErrorKind::cancelled, "loading was stopped");
}

static Shape piece_shape(const Piece& piece, const TensorInfo& info) {
  Shape shape = info.shape;
  const int64_t to = piece.to < 0 ? shape[piece.axis] : piece.to;
  if (piece.from > to || to > shape[piece.axis]) return {};
  shape[piece.axis] = to - piece.from;
  return shape;
}

/// The shape the recipe gives, or an empty one when its pieces do not fit together.
static Shape recipe_shape(const Recipe& recipe, const WeightSource& source) {
  Shape sum;
  for (const Piece& piece : recipe.pieces) {
    const TensorInfo& info = *source.find(piece.source);
    if (info.shape.rank() <= piece.axis) return {};
    Shape shape = piece_shape(piece, info);
    if (shape.rank() == 0) return {};
    if (recipe.transpose && shape.rank() == 2) std::swap(shape[0], shape[1]);
    if (sum.rank() == 0)
      sum = shape;
    else
      sum[0] += shape[0];
  }
  if (recipe.flat) return {sum.numel()};
  if (recipe.row_order.empty() || sum.rank() == 0) return sum;
  for (int32_t row : recipe.row_order)
    if (row >= sum[0]) return {};
  sum[0] = int64_t(recipe.row_order.size());
  return sum;
}

/// Copies entries [from, to) of `axis`, transposed if asked, element by element; plain formats only.
static void append_plain(std::vector<std::byte>& out, const TensorInfo& info, const Piece& piece, bool transpose) {
  const int64_t rows = info.shape.rank() == 2 ? info.shape[0] : 1, columns = info.shape[-1], width = dtype_info(info.dtype).block_bytes;
  const int64_t to = piece.to < 0 ? info.shape[piece.axis] : piece.to;
  const bool cut_rows = info.shape.rank() == 2 && piece.axis == 0;
  const int64_t r0 = cut_rows ? piece.from : 0, r1 = cut_rows ? to : rows, c0 = cut_rows ? 0 : piece.from, c1 = cut_rows ? columns : to;
  const size_t begin = out.size();
  out.resize(begin + size_t((r1 - r0) * (c1 - c0) * width));
  std::byte* target = out.data() + begin;
  const auto copy = [&](int64_t r, int64_t c) {
    std::memcpy(target, info.bytes.data() + (r * columns + c) * width, size_t(width));
    target += width;
  };
  if (transpose)
    for (int64_t c = c0; c < c1; ++c)
      for (int64_t r = r0; r < r1; ++r) copy(r, c);
  else
    for (int64_t r = r0; r < r1; ++r)
      for (int64_t c = c0; c < c1; ++c) copy(r, c);
}

static std::span<const std::byte> whole_rows(const TensorInfo& info, const Piece& piece) {
  const int64_t row_bytes = info.shape.rank() == 1 ? dtype_info(info.dtype).block_bytes : dtype_bytes(info.dtype, info.shape.numel() / info.shape[0]);
  const int64_t to = piece.to < 0 ? info.shape[0] : piece.to;
  return info.bytes.subspan(size_t(piece.from * row_bytes), size_t((to - piece.from) * row_bytes));
}

Tensor WeightLoader::assemble(const Recipe& recipe, const Shape& expected, bool as_f32) const {
  const TensorInfo& first = *source_.find(recipe.pieces[0].source);
  const bool by_element = recipe.transpose || recipe.pieces[0].axis != 0;
  if (!as_f32 && !by_element && recipe.pieces.size() == 1 && recipe.row_order.empty())
    return backend_.upload(whole_rows(first, recipe.pieces[0]), expected, first.dtype, source_.keep_alive());
  std::vector<std::byte> bytes;
  for (const Piece& piece : recipe.pieces) {
    const TensorInfo& info = *source_.find(piece.source);
    if (by_element) {
      append_plain(bytes, info, piece, recipe.transpose);
    } else {
      const auto rows = whole_rows(info, piece);
      bytes.insert(bytes.end(), rows.begin(), rows.end());
    }
  }
  if (!recipe.row_order.empty()) {
    const int64_t row_elements = expected.numel() / expected[0];
    const size_t row_bytes = size_t(dtype_bytes(first.dtype, row_elements));
    std::vector<std::byte> ordered(recipe.row_order.size() * row_bytes);
    for (size_t row = 0; row < recipe.row_order.size(); ++row)
      std::memcpy(ordered.data() + row * row_bytes, bytes.data() + size_t(recipe.row_order[row]) * row_bytes, row_bytes);
    bytes = std::move(ordered);
  }
  if (!as_f32) return backend_.upload(bytes, expected, first.dtype);
  std::vector<float> values(size_t(expected.numel()));
  decode_to_f32(first.dtype, bytes.data(), expected.numel(), values.data());
  for (float& value : values) value += recipe.add;
  return backend_.upload(std::as_bytes(std::span(values)), expected, DType::f32);
}

static bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16; }

Tensor WeightLoader::fetch(const std::string& canonical, const Shape& expected, bool required, bool as_f32) {
  const Recipe recipe = find_recipe(architecture_, spec_, canonical, source_);
  if (recipe.pieces.empty()) {
    if (required) problems_.push_back(cat("no known name for ", canonical, " ", expected.str()));
    return {};
  }
  int64_t bytes = 0;
  std::vector<std::string> names;
  for (const Piece& piece : recipe.pieces) {
    const TensorInfo* info = source_.find(piece.source);
    if (!info) {
      if (required) problems_.push_back(cat(piece.source, " is missing, expected ", expected.str()));
      return {};
    }
    const bool plain = !is_block_format(info->dtype);
    if (!info->foreign_dtype.empty() || (plain && !is_float(info->dtype))) {
      problems_.push_back(cat(piece.source, " has elements of type ", info->foreign_dtype.empty() ? dtype_info(info->dtype).name : info->foreign_dtype,
                              ", weights in F32, F16, BF16 or a GGUF block format are read"));
      return {};
    }
    if ((recipe.transpose || piece.axis != 0) && !plain) {
      problems_.push_back(cat(piece.source, " is ", dtype_info(info->dtype).name, ", which cannot be transposed or cut by columns"));
      return {};
    }
    bytes += int64_t(info->bytes.size());
    names.push_back(piece.source);
  }
  const Shape got = recipe_shape(recipe, source_);
  if (!(got == expected)) {
    problems_.push_back(cat(names[0], " has shape ", source_.find(names[0])->shape.str(), got.rank() ? "" : " (too small)", ", expected ", expected.str(),
                            " for ", canonical));
    return {};
  }
  Tensor t = assemble(recipe, expected, as_f32);
  used_[canonical] = std::move(names);
  count(bytes);
  return t;
}

Tensor WeightLoader::matrix(const std::string& canonical, Shape expected, bool required) {
  const Tensor t = fetch(canonical, expected, required, false);
  if (!t.defined()) return t;
  const Tensor prepared = backend_.prepare(t);
  in_place_ |= prepared.in_file();
  if (prepared.storage() != t.storage())  // one resident copy: the repacked one
    for (const std::string& name : used_[canonical]) source_.drop_pages(source_.find(name)->bytes);
  return prepared;
}

Tensor WeightLoader::vector(const std::string& canonical, int64_t expected, bool required) {
  return fetch(canonical, {expected}, required, true);
}

std::vector<float> WeightLoader::numbers(const std::string& canonical, const Shape& expected, bool required) {
  const Recipe recipe = find_recipe(architecture_, spec_, canonical, source_);
  const TensorInfo* info = recipe.pieces.empty() ? nullptr : source_.find(recipe.pieces[0].source);
  if (!info) {
    if (required)
      problems_.push_back(cat(recipe.pieces.empty() ? "no known name for " + canonical : recipe.pieces[0].source + " is missing, expected ", " ", expected.str()));
    return {};
  }
  int64_t last = 1;  // extent of the last axis that is not single
  for (int axis = 0; axis < info->shape.rank(); ++axis)
    if (info->shape[axis] != 1) last = info->shape[axis];
  if (info->shape.numel() != expected.numel() || (expected.rank() > 1 && expected[-1] != 1 && last != expected[-1])) {
    problems_.push_back(cat(info->name, " has shape ", info->shape.str(), ", expected ", expected.str(), " for ", canonical));
    return {};
  }
  std::vector<float> values(size_t(expected.numel()));
  decode_to_f32(info->dtype, info->bytes.data(), expected.numel(), values.data());
  used_[canonical] = {info->name};
  count(int64_t(info->bytes.size()));
  return values;
}

Linear WeightLoader::linear(const std::string& canonical, int64_t out, int64_t in, bool bias_required) {
  Linear layer;
  layer.w = matrix(canonical + ".w", {out, in});
  layer.b = vector(canonical + ".b", out, bias_required);
  return layer;
}

Norm WeightLoader::norm(const std::string& canonical, int64_t dim, bool bias_required, bool bias_allowed) {
  Norm norm;
  norm.w = vector(canonical + ".w", dim);
  if (bias_allowed) norm.b = vector(canonical + ".b", dim, bias_required);
  return norm;
}

void WeightLoader::finish() const {
  source_.check_intact();
  if (problems_.empty()) return;
  std::string list;
  for (size_t i = 0; i < problems_.size() && i < 8; ++i) list += (i ? "; " : "") + problems_[i];
  if (problems_.size() > 8) list += cat("; and ", problems_.size() - 8, " more");
  throw Error(ErrorKind::format, cat(problems_.size(), problems_.size() == 1 ? " tensor does" : " tensors do", " not fit architecture ", architecture_.id, ": ", list),
              "check that config and weights belong together and that the download is complete", source_.path().string());
}

}  // namespace vitrine
