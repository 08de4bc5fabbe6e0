// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/select.h"

#include <algorithm>

namespace vitrine {

Tensor take(Exec& ex, const Tensor& t, int axis, const std::vector<int64_t>& indices) {
  Shape shape = t.shape();
  shape[axis] = int64_t(indices.size());
  Tensor out = ex.alloc(shape, t.dtype());
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] < 0 || indices[i] >= t.size(axis))
      throw Error(ErrorKind::input, cat("index ", indices[i], " is outside axis ", axis, " of ", t.shape().str()),
                  "choose heads, positions and channels that the site has");
    ex.backend().copy(t.slice(axis, indices[i], indices[i] + 1), out.slice(axis, int64_t(i), int64_t(i) + 1));
  }
  return out;
}

std::vector<ChosenRow> chosen_rows(const std::vector<int64_t>& positions, const Select& select) {
  std::vector<ChosenRow> rows;
  for (size_t row = 0; row < positions.size(); ++row) {
    if (select.positions.empty()) {
      rows.push_back({int64_t(row), positions[row]});
      continue;
    }
    const auto found = std::find(select.positions.begin(), select.positions.end(), positions[row]);
    if (found != select.positions.end()) rows.push_back({int64_t(row), int64_t(found - select.positions.begin())});
  }
  return rows;
}

static Tensor dense(Exec& ex, const Tensor& t) {
  Tensor out = ex.alloc(t.shape(), t.dtype());
  ex.backend().copy(t, out);
  return out;
}

/// Mean over `axis`, which is 0 or 1.
static Tensor mean_over(Exec& ex, const Tensor& t, int axis) {
  Shape rest;
  for (int i = 0; i < t.rank(); ++i)
    if (i != axis) rest.push_back(t.size(i));
  Tensor out = ex.alloc(rest);
  if (axis == 0) {
    ex.backend().mean_first_axis(t.contiguous() ? t : dense(ex, t), out);
    return out;
  }
  const auto part = [&](int64_t i) { return dense(ex, t.slice(axis, i, i + 1)).reshape(rest); };
  Tensor sum = part(0);
  for (int64_t i = 1; i < t.size(axis); ++i) ex.backend().add(sum, part(i), sum);
  ex.backend().scale(sum, 1.0f / float(t.size(axis)), out);
  return out;
}

static Tensor row_stats(Exec& ex, const Tensor& t) {
  Shape shape = t.shape();
  shape[-1] = 5;
  Tensor out = ex.alloc(shape);
  ex.backend().row_stats(t, out);
  return out;
}

static void reduce(Exec& ex, const Tensor& t, const Reduce& how, Captured& captured) {
  if (const auto* top = std::get_if<TopK>(&how)) {
    const int k = int(std::min<int64_t>(top->k, t.size(-1)));
    Shape shape = t.shape();
    shape[-1] = k;
    captured.values = ex.alloc(shape);
    captured.ids = ex.alloc(shape, DType::i32);
    ex.backend().top_k(t, k, captured.values, captured.ids);
  } else if (std::holds_alternative<Norms>(how)) {
    captured.values = dense(ex, row_stats(ex, t).slice(-1, 4, 5));
  } else if (std::holds_alternative<Stats>(how)) {
    captured.values = row_stats(ex, t);
  } else {
    captured.values = t;
  }
}

Tensor selected(Exec& ex, Tensor t, bool heads_first, const Watch& watch, Captured& captured) {
  const int rows_axis = heads_first ? 1 : 0;
  const int heads_axis = heads_first ? 0 : (t.rank() == 3 ? 1 : -1);
  const std::vector<ChosenRow> rows = chosen_rows(captured.positions, watch.select);
  if (rows.empty()) return {};
  std::vector<int64_t> kept, positions;
  for (const ChosenRow& row : rows) kept.push_back(row.row), positions.push_back(captured.positions[size_t(row.row)]);
  if (const auto* last = std::get_if<LastRows>(&watch.reduce); last && int64_t(kept.size()) > last->count) {
    kept.erase(kept.begin(), kept.end() - last->count);
    positions.erase(positions.begin(), positions.end() - last->count);
  }
  t = int64_t(kept.size()) == t.size(rows_axis) ? dense(ex, t) : take(ex, t, rows_axis, kept);
  captured.positions = std::move(positions);
  if (!watch.select.heads.empty() && heads_axis >= 0)
    t = take(ex, t, heads_axis, std::vector<int64_t>(watch.select.heads.begin(), watch.select.heads.end()));
  if (!watch.select.channels.empty())
    t = take(ex, t, t.rank() - 1, std::vector<int64_t>(watch.select.channels.begin(), watch.select.channels.end()));
  return t;
}

bool select_and_reduce(Exec& ex, Tensor t, bool heads_first, const Watch& watch, Captured& captured) {
  t = selected(ex, std::move(t), heads_first, watch, captured);
  if (!t.defined()) return false;
  const int heads_axis = heads_first ? 0 : (t.rank() == 3 ? 1 : -1);
  if (std::holds_alternative<MeanHeads>(watch.reduce) && heads_axis >= 0) {
    captured.values = mean_over(ex, t, heads_axis);
    return true;
  }
  reduce(ex, t, watch.reduce, captured);
  return true;
}

}  // namespace vitrine
