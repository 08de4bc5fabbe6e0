// SPDX-License-Identifier: Apache-2.0
#include "engine/model/weight_loader.h"

#include <algorithm>
#include <cstring>

#include "engine/core/text.h"
#include "engine/io/checkpoint.h"

namespace vitrine {

/// "blk.3.attn_q.bias" as "blk..attn_q.bias".
static std::string without_layer(const std::string& name) {
  const size_t at = name.find_first_of("0123456789");
  if (at == std::string::npos || at == 0 || name[at - 1] != '.') return name;
  const size_t end = name.find_first_not_of("0123456789", at);
  return end != std::string::npos && name[end] == '.' ? name.substr(0, at) + name.substr(end) : name;
}

WeightLoader::WeightLoader(const Architecture& architecture, const ModelSpec& spec, const WeightSource& source, Backend& backend, ProgressFn progress, Mode mode,
                           std::shared_ptr<ParameterOrigins> origins)
    : architecture_(architecture), spec_(spec), source_(source), backend_(backend), progress_(std::move(progress)),
      origins_(std::move(origins)), mode_(mode) {
  for (const TensorInfo& info : source.tensors()) {
    total_bytes_ += int64_t(info.bytes.size());
    in_any_layer_.insert(without_layer(info.name));
  }
}

bool WeightLoader::has(const std::string& canonical) const {
  const Recipe recipe = find_recipe(architecture_, spec_, canonical, source_);
  for (const Piece& piece : recipe.pieces)
    if (!source_.find(piece.source)) return false;
  return !recipe.pieces.empty();
}

void WeightLoader::count(int64_t bytes) {
  source_.check_intact();
  done_bytes_ = std::min(done_bytes_ + bytes, total_bytes_);  // a stored matrix may be read more than once
  if (progress_ && !progress_(done_bytes_, total_bytes_)) throw Error(ErrorKind::cancelled, "loading was stopped");
}

/// What a piece is cut from: a stored tensor, or one matrix (or vector) of a stored stack.
struct WeightLoader::Part {
  Piece piece;
  DType dtype = DType::f32;
  Shape shape;
  std::span<const std::byte> bytes;
  std::vector<std::byte> own;        // bytes lie here when they had to be rearranged
  bool decoded = false;              // from the codes of a quantized folder

  int64_t to() const { return piece.to < 0 ? shape[piece.axis] : piece.to; }
  bool cuts_rows() const { return piece.axis == 0; }
  /// Shape of what is cut out; empty when it lies outside.
  Shape cut() const {
    if (shape.rank() <= piece.axis || piece.from > to() || to() > shape[piece.axis]) return {};
    Shape part = shape;
    part[piece.axis] = to() - piece.from;
    return part;
  }
  /// Blocks become f32: they cannot be transposed or cut by columns.
  void widen() {
    own.resize(size_t(shape.numel()) * sizeof(float));
    decode_to_f32(dtype, bytes.data(), shape.numel(), reinterpret_cast<float*>(own.data()));
    bytes = own;
    dtype = DType::f32;
  }
  std::span<const std::byte> rows() const {
    const int64_t row_bytes = shape.rank() == 1 ? dtype_info(dtype).block_bytes : dtype_bytes(dtype, shape.numel() / shape[0]);
    return bytes.subspan(size_t(piece.from * row_bytes), size_t((to() - piece.from) * row_bytes));
  }
};

/// Matrix `index` of a stack, or the whole; empty when there is none.
static std::pair<Shape, std::span<const std::byte>> entry_of(const TensorInfo& info, int64_t index) {
  if (index < 0) return {info.shape, info.bytes};
  if (info.shape.rank() < 2 || index >= info.shape[0]) return {};
  Shape shape;
  for (int axis = 1; axis < info.shape.rank(); ++axis) shape.push_back(info.shape[axis]);
  const size_t bytes = info.bytes.size() / size_t(info.shape[0]);
  return {shape, info.bytes.subspan(size_t(index) * bytes, bytes)};
}

/// Codes [rows, blocks, 16], two in a byte in order, and exponents [rows, blocks] as MXFP4 blocks: exponent, then 16 bytes whose low
/// nibbles are codes 0 to 15 and whose high ones 16 to 31.
static std::vector<std::byte> mxfp4_blocks(std::span<const std::byte> codes, std::span<const std::byte> exponents) {
  std::vector<std::byte> blocks(exponents.size() * 17);
  for (size_t block = 0; block < exponents.size(); ++block) {
    std::byte* out = blocks.data() + block * 17;
    const auto code = [&](size_t i) {
      const auto pair = std::to_integer<unsigned>(codes[block * 16 + i / 2]);
      return i % 2 == 0 ? pair & 15 : pair >> 4;
    };
    out[0] = exponents[block];
    for (size_t i = 0; i < 16; ++i) out[1 + i] = std::byte(code(i) | code(i + 16) << 4);
  }
  return blocks;
}

bool WeightLoader::decode(const TensorInfo& info) {
  if (held_ == &info) return true;
  give_back();
  if (source_.decode(info)) held_ = &info;
  return held_ != nullptr;
}

void WeightLoader::give_back() {
  if (held_) source_.drop_pages(held_->bytes);
  held_ = nullptr;
}

bool WeightLoader::holds(std::span<const std::byte> bytes) const {
  return held_ && bytes.data() >= held_->bytes.data() && bytes.data() < held_->bytes.data() + held_->bytes.size();
}

/// The bytes as assemble() wants them: decoded, of 4-bit blocks, or as f32 where blocks cannot be cut. Nothing is read before.
void WeightLoader::read_part(Part& part, const Recipe& recipe) {
  const TensorInfo& info = *source_.find(part.piece.source);
  if (decode(info)) {
    part.decoded = true;
    part.own.assign(part.bytes.begin(), part.bytes.end());
    part.bytes = part.own;
  }
  if (recipe.block_scales.empty()) {
    if ((recipe.transpose || part.piece.axis != 0) && is_block_format(part.dtype)) part.widen();
    return;
  }
  part.own = mxfp4_blocks(part.bytes, entry_of(*source_.find(recipe.block_scales), part.piece.index).second);
  part.bytes = part.own;
}

/// The shape the recipe gives, or an empty one when its pieces do not fit together.
static Shape joined_shape(const Recipe& recipe, const std::vector<Shape>& cuts) {
  Shape sum;
  for (Shape shape : cuts) {
    if (shape.rank() == 0) return {};
    if (recipe.transpose && shape.rank() == 2) std::swap(shape[0], shape[1]);
    if (sum.rank() == 0)
      sum = shape;
    else if (sum.rank() == shape.rank() && (sum.rank() < 2 || sum[1] == shape[1]))
      sum[0] += shape[0];
    else
      return {};
  }
  if (recipe.flat) return {sum.numel()};
  if (recipe.row_order.empty() || sum.rank() == 0) return sum;
  for (int32_t row : recipe.row_order)
    if (row < 0 || row >= sum[0]) return {};
  sum[0] = int64_t(recipe.row_order.size());
  return sum;
}

/// Copies entries [from, to) of the piece's axis, transposed if asked, element by element; plain formats only.
template <class Part>
static void append_plain(std::vector<std::byte>& out, const Part& part, bool transpose) {
  const int64_t rows = part.shape.rank() == 2 ? part.shape[0] : 1, columns = part.shape[-1], width = dtype_info(part.dtype).block_bytes;
  const bool cut_rows = part.shape.rank() == 2 && part.cuts_rows();
  const int64_t r0 = cut_rows ? part.piece.from : 0, r1 = cut_rows ? part.to() : rows, c0 = cut_rows ? 0 : part.piece.from,
                c1 = cut_rows ? columns : part.to();
  const size_t begin = out.size();
  out.resize(begin + size_t((r1 - r0) * (c1 - c0) * width));
  std::byte* target = out.data() + begin;
  const auto copy = [&](int64_t r, int64_t c) {
    std::memcpy(target, part.bytes.data() + (r * columns + c) * width, size_t(width));
    target += width;
  };
  if (transpose)
    for (int64_t c = c0; c < c1; ++c)
      for (int64_t r = r0; r < r1; ++r) copy(r, c);
  else
    for (int64_t r = r0; r < r1; ++r)
      for (int64_t c = c0; c < c1; ++c) copy(r, c);
}

Tensor WeightLoader::assemble(const Recipe& recipe, const std::vector<Part>& parts, const Shape& expected, bool as_f32) const {
  const DType dtype = parts[0].dtype;
  const bool by_element = recipe.transpose || !parts[0].cuts_rows();
  if (!as_f32 && !by_element && parts.size() == 1 && parts[0].own.empty() && recipe.row_order.empty())
    return backend_.upload(parts[0].rows(), expected, dtype, source_.keep_alive());
  std::vector<std::byte> bytes;
  for (const Part& part : parts) {
    if (by_element) {
      append_plain(bytes, part, recipe.transpose);
    } else {
      const auto rows = part.rows();
      bytes.insert(bytes.end(), rows.begin(), rows.end());
    }
  }
  if (!recipe.row_order.empty()) {
    const size_t row_bytes = size_t(dtype_bytes(dtype, expected.numel()) / expected[0]);
    std::vector<std::byte> ordered(row_bytes * recipe.row_order.size());
    for (size_t row = 0; row < recipe.row_order.size(); ++row)
      std::memcpy(ordered.data() + row * row_bytes, bytes.data() + size_t(recipe.row_order[row]) * row_bytes, row_bytes);
    bytes = std::move(ordered);
  }
  if (!as_f32) return backend_.upload(bytes, expected, dtype);
  std::vector<float> values(size_t(expected.numel()));
  decode_to_f32(dtype, bytes.data(), expected.numel(), values.data());
  for (float& value : values) value += recipe.add;
  return backend_.upload(std::as_bytes(std::span(values)), expected, DType::f32);
}

/// A vector may be stored as a matrix of one row and the other way round.
static std::vector<int64_t> without_ones(const Shape& shape) {
  std::vector<int64_t> sizes{shape.rank() > 0};
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (shape[axis] != 1) sizes.push_back(shape[axis]);
  return sizes;
}

static bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16; }

/// The format of a stored tensor when it has no gradient of its own.
static std::string blocks_of(const Recipe& recipe, const TensorInfo& info, bool decoded) {
  if (!recipe.block_scales.empty()) return "mxfp4";
  if (is_block_format(info.dtype)) return std::string(dtype_info(info.dtype).name);
  return decoded ? "codes and scales" : "";
}

void WeightLoader::trace(const Tensor& used, Fetched fetched) const {
  if (origins_) origins_->add(used, fetched.recipe, std::move(fetched.shapes), std::move(fetched.blocks));
}

WeightRequest& WeightLoader::ask(const std::string& canonical, const Recipe& recipe, const Shape& expected, bool required) {
  WeightRequest& request = requests_.emplace_back();
  request.canonical = canonical;
  request.expected = expected;
  request.required = required;
  request.recipe = recipe;
  request.recipe.row_order.clear();
  if (!recipe.row_order.empty()) request.stored_rows = *std::max_element(recipe.row_order.begin(), recipe.row_order.end()) + 1;
  return request;
}

/// Where the pieces lie and what they are; nullopt: the request says what is wrong.
std::optional<std::vector<WeightLoader::Part>> WeightLoader::open_parts(const Recipe& recipe, WeightRequest& request) const {
  using Outcome = WeightRequest::Outcome;
  std::vector<Part> parts;
  const auto fail = [&](Outcome outcome, const std::string& stored, std::string problem = {}) {
    request.outcome = outcome;
    request.stored = stored;
    request.problem = std::move(problem);
    return std::nullopt;
  };
  for (const Piece& piece : recipe.pieces) {
    const TensorInfo* info = source_.find(piece.source);
    if (!info) {
      request.required |= in_any_layer_.contains(without_layer(piece.source));  // what other layers have was lost in this one
      return fail(Outcome::absent, piece.source);
    }
    const auto [shape, bytes] = entry_of(*info, piece.index);
    Part part{piece, info->dtype, shape, bytes, {}};
    if (!recipe.block_scales.empty()) {
      const TensorInfo* scales = source_.find(recipe.block_scales);
      if (!scales) return fail(Outcome::absent, recipe.block_scales);
      if (shape.rank() != 3 || shape[2] != 16 || info->dtype != DType::u8 || entry_of(*scales, piece.index).second.size() * 16 != bytes.size())
        return fail(Outcome::unreadable, piece.source, cat(info->shape.str(), " and ", recipe.block_scales, " ", scales->shape.str(), " are not a matrix of 4-bit blocks"));
      part.dtype = DType::mxfp4;
      part.shape = {shape[0], shape[1] * 32};
    }
    if (!info->foreign_dtype.empty() || (!is_block_format(part.dtype) && !is_float(part.dtype)))
      return fail(Outcome::unreadable, piece.source,
                  cat("has elements of type ", info->foreign_dtype.empty() ? dtype_info(info->dtype).name : info->foreign_dtype,
                      ", weights in F32, F16, BF16 or a GGUF block format are read"));
    parts.push_back(std::move(part));
  }
  std::vector<Shape> cuts;
  for (const Part& part : parts) cuts.push_back(part.cut());
  if (!parts.empty() && without_ones(joined_shape(recipe, cuts)) == without_ones(request.expected)) return parts;
  if (parts.empty()) return fail(Outcome::absent, "");
  // Of several pieces the one that has not its rows, as many as it says or an even share of all, or not the columns.
  size_t culprit = 0;
  const int64_t even = request.expected.rank() ? request.expected[0] / int64_t(parts.size()) : 0;
  for (size_t i = parts.size(); i-- > 0;) {
    const Piece& piece = parts[i].piece;
    const int64_t share = piece.to >= 0 && piece.axis == 0 ? piece.to - piece.from : even;
    const bool columns = cuts[i].rank() < 2 || request.expected.rank() < 2 || recipe.transpose || cuts[i][1] == request.expected[1];
    if (cuts[i].rank() == 0 || cuts[i][0] != share || !columns) culprit = i;
  }
  return fail(Outcome::misfit, parts[culprit].piece.source);
}

WeightLoader::Fetched WeightLoader::fetch(const std::string& canonical, const Shape& expected, bool required, bool as_f32) {
  read_.clear();
  const Recipe recipe = find_recipe(architecture_, spec_, canonical, source_);
  WeightRequest& request = ask(canonical, recipe, expected, required);
  std::optional<std::vector<Part>> parts = open_parts(recipe, request);
  if (!parts) return {};
  request.outcome = WeightRequest::Outcome::fits;
  std::vector<std::string>& names = used_[canonical];
  names.clear();
  for (const Piece& piece : recipe.pieces) {
    names.push_back(piece.source);
    if (!recipe.block_scales.empty()) names.push_back(recipe.block_scales);
  }
  if (mode_ == Mode::headers) return {};
  for (Part& part : *parts) read_part(part, recipe);
  Fetched fetched{assemble(recipe, *parts, expected, as_f32), recipe};
  for (const Part& part : *parts) {
    const TensorInfo& info = *source_.find(part.piece.source);
    fetched.shapes.push_back(info.shape);
    if (fetched.blocks.empty()) fetched.blocks = blocks_of(recipe, info, part.decoded);
  }
  int64_t bytes = 0;
  for (const Part& part : *parts) {
    read_.push_back(!part.own.empty() ? entry_of(*source_.find(part.piece.source), part.piece.index).second : part.cuts_rows() ? part.rows() : part.bytes);
    bytes += int64_t(read_.back().size());
  }
  count(bytes);
  return fetched;
}

Tensor WeightLoader::matrix(const std::string& canonical, Shape expected, bool required) {
  Fetched fetched = fetch(canonical, expected, required, false);
  if (!fetched.t.defined()) return {};
  const Tensor prepared = backend_.prepare(fetched.t);
  return kept(prepared, std::move(fetched));
}

Tensor WeightLoader::table(const std::string& canonical, Shape expected) {
  Fetched fetched = fetch(canonical, expected, true, false);
  if (!fetched.t.in_file()) return kept(fetched.t, std::move(fetched));
  const Tensor copy = backend_.alloc(fetched.t.shape(), fetched.t.dtype());
  backend_.copy(fetched.t, copy);
  return kept(copy, std::move(fetched));
}

Tensor WeightLoader::kept(const Tensor& t, Fetched fetched) {
  if (!t.defined()) return t;
  in_place_ |= t.in_file();
  if (t.storage() != fetched.t.storage())  // one resident copy: this one
    for (const std::span<const std::byte> bytes : read_)
      if (!holds(bytes)) source_.drop_pages(bytes);
  trace(t, std::move(fetched));
  return t;
}

Tensor WeightLoader::vector(const std::string& canonical, int64_t expected, bool required) {
  Fetched fetched = fetch(canonical, {expected}, required, true);
  const Tensor t = fetched.t;
  if (t.defined()) trace(t, std::move(fetched));
  return t;
}

StoredNumbers WeightLoader::numbers(const std::string& canonical, const Shape& expected, bool required) {
  const Recipe recipe = find_recipe(architecture_, spec_, canonical, source_);
  WeightRequest& request = ask(canonical, recipe, expected, required);
  if (recipe.pieces.empty()) return {};
  request.stored = recipe.pieces[0].source;
  const TensorInfo* info = source_.find(request.stored);
  if (!info) return {};
  if (!info->foreign_dtype.empty()) {
    request.outcome = WeightRequest::Outcome::unreadable;
    request.problem = cat("has elements of type ", info->foreign_dtype, ", which this program cannot read");
    return {};
  }
  int64_t last = 1;  // extent of the last axis that is not single
  for (int axis = 0; axis < info->shape.rank(); ++axis)
    if (info->shape[axis] != 1) last = info->shape[axis];
  if (info->shape.numel() != expected.numel() || (expected.rank() > 1 && expected[-1] != 1 && last != expected[-1])) {
    request.outcome = WeightRequest::Outcome::misfit;
    return {};
  }
  request.outcome = WeightRequest::Outcome::fits;
  used_[canonical] = {info->name};
  if (mode_ == Mode::headers) return {};
  count(int64_t(info->bytes.size()));
  decode(*info);
  StoredNumbers numbers{info->name, info->shape};
  for (float value : tensor_values(*info)) numbers.values.push_back({value, 1, int32_t(numbers.values.size())});
  return numbers;
}

Tensor WeightLoader::upload(const StoredNumbers& numbers, const Shape& shape, bool prepared) {
  if (numbers.empty()) return {};
  const std::vector<float> values = numbers.floats();
  Tensor t = backend_.upload(std::as_bytes(std::span(values)), shape, DType::f32);
  if (prepared) t = backend_.prepare(t);
  if (origins_) origins_->add(t, numbers);
  return t;
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

}  // namespace vitrine
