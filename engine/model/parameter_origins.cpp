// SPDX-License-Identifier: Apache-2.0
#include "engine/model/parameter_origins.h"

#include <algorithm>
#include <set>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {

void ParameterOrigins::add(const Tensor& used, const Recipe& recipe, std::vector<Shape> stored_shapes, std::string blocks) {
  if (used.defined()) origins_.push_back({used, Cut{recipe, std::move(stored_shapes), std::move(blocks)}});
}

void ParameterOrigins::add(const Tensor& used, const StoredNumbers& numbers) {
  if (!used.defined()) return;
  Picked picked{numbers.stored, numbers.shape, {}, {}};
  bool plain = true;
  for (const StoredNumber& number : numbers.values) {
    picked.index.push_back(number.index);
    picked.slope.push_back(number.slope);
    plain &= number.slope == 1;
  }
  if (plain) picked.slope = {};
  origins_.push_back({used, std::move(picked)});
}

/// Visits the stored names of an origin.
template <class From, class Visit>
static void each_name(const From& from, Visit visit) {
  if constexpr (requires { from.recipe; })
    for (const Piece& piece : from.recipe.pieces) visit(piece.source);
  else
    visit(from.stored);
}

bool ParameterOrigins::touches(const Origin& origin, const std::function<bool(std::string_view)>& wanted) {
  bool any = !wanted;
  std::visit([&](const auto& from) { each_name(from, [&](const std::string& name) { any = any || wanted(name); }); }, origin.from);
  return any;
}

std::vector<std::string> ParameterOrigins::names() const {
  std::set<std::string> names;
  for (const Origin& origin : origins_) {
    if (const auto* cut = std::get_if<Cut>(&origin.from); cut && cut->recipe.frozen) continue;
    std::visit([&](const auto& from) { each_name(from, [&](const std::string& name) { names.insert(name); }); }, origin.from);
  }
  return {names.begin(), names.end()};
}

void ParameterOrigins::record(Tape& tape, const std::function<bool(std::string_view)>& wanted) const {
  for (const Origin& origin : origins_) {
    if (!touches(origin, wanted)) continue;
    std::string first;
    std::visit([&](const auto& from) { each_name(from, [&](const std::string& name) { first = first.empty() ? name : first; }); }, origin.from);
    const auto* cut = std::get_if<Cut>(&origin.from);
    if (cut && cut->recipe.frozen) continue;
    if (cut && !cut->blocks.empty())
      throw Error(ErrorKind::unsupported, cat(first, " is stored as ", cut->blocks, ", which has no gradient of its own"),
                  "open the model in f32, f16 or bf16, or train an adapter beside it");
    tape.record(origin.used, first);
  }
}

namespace {

StoredGradient& gradient_of(std::map<std::string, StoredGradient>& all, const std::string& name, const Shape& shape) {
  StoredGradient& gradient = all[name];
  if (gradient.values.empty()) gradient = {shape, std::vector<float>(size_t(shape.numel()))};
  return gradient;
}

/// The recipe backwards: rows to where they were picked from, then each piece to where it was cut from.
void add_cut(std::map<std::string, StoredGradient>& all, const Recipe& recipe, const std::vector<Shape>& shapes, std::vector<float> used) {
  if (!recipe.row_order.empty()) {
    const size_t width = used.size() / recipe.row_order.size();
    const size_t rows = size_t(*std::max_element(recipe.row_order.begin(), recipe.row_order.end())) + 1;
    std::vector<float> joined(rows * width);
    for (size_t row = 0; row < recipe.row_order.size(); ++row)
      for (size_t i = 0; i < width; ++i) joined[size_t(recipe.row_order[row]) * width + i] += used[row * width + i];
    used = std::move(joined);
  }
  size_t at = 0;
  for (size_t p = 0; p < recipe.pieces.size(); ++p) {
    const Piece& piece = recipe.pieces[p];
    const bool stacked = piece.index >= 0;
    Shape one = shapes[p];
    if (stacked) {
      one = {};
      for (int axis = 1; axis < shapes[p].rank(); ++axis) one.push_back(shapes[p][axis]);
    }
    StoredGradient& gradient = gradient_of(all, piece.source, shapes[p]);
    const int64_t columns = one[-1], rows = one.rows(), to = piece.to < 0 ? one[piece.axis] : piece.to, first = stacked ? piece.index * one.numel() : 0;
    const bool by_rows = one.rank() > 1 && piece.axis == 0;
    const int64_t r0 = by_rows ? piece.from * (rows / one[0]) : 0, r1 = by_rows ? to * (rows / one[0]) : rows, c0 = by_rows ? 0 : piece.from,
                  c1 = by_rows ? columns : to;
    const auto take = [&](int64_t r, int64_t c) {
      if (at < used.size()) gradient.values[size_t(first + r * columns + c)] += used[at++];  // picked rows may leave out the last ones
    };
    if (recipe.transpose)
      for (int64_t c = c0; c < c1; ++c)
        for (int64_t r = r0; r < r1; ++r) take(r, c);
    else
      for (int64_t r = r0; r < r1; ++r)
        for (int64_t c = c0; c < c1; ++c) take(r, c);
  }
}

}  // namespace

std::map<std::string, StoredGradient> ParameterOrigins::collect(Tape& tape, const std::function<bool(std::string_view)>& wanted) const {
  std::map<std::string, StoredGradient> all;
  std::set<const void*> seen;          // weights that several layers or places share have one gradient
  for (const Origin& origin : origins_) {
    if (!touches(origin, wanted) || !seen.insert(origin.used.storage().get()).second) continue;
    const Tensor d = tape.reached(origin.used);
    std::vector<float> values = d.defined() ? tape.backend().snapshot(d)->f32() : std::vector<float>(size_t(origin.used.numel()));
    if (const auto* cut = std::get_if<Cut>(&origin.from)) {
      add_cut(all, cut->recipe, cut->shapes, std::move(values));
      continue;
    }
    const Picked& picked = std::get<Picked>(origin.from);
    StoredGradient& gradient = gradient_of(all, picked.stored, picked.shape);
    for (size_t i = 0; i < picked.index.size(); ++i)
      gradient.values[size_t(picked.index[i])] += values[i] * (picked.slope.empty() ? 1 : picked.slope[i]);
  }
  return all;
}

}  // namespace vitrine
