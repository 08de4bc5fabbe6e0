// SPDX-License-Identifier: Apache-2.0
// Edits become EditArgs over [rows, channels]: one call for plain tensors, one a head where there are heads.
#include "engine/exec/edits.h"

#include <algorithm>
#include <numeric>

#include "engine/exec/select.h"

namespace vitrine {

namespace {

struct Target {
  Tensor x;                          // [rows, channels], shares the tapped tensor's bytes
  std::vector<ChosenRow> rows;       // row index here, and its place among the edit's value rows
  int64_t row_offset = 0;
  std::vector<int32_t> channels;     // empty: all
};

Error wrong_size(std::string_view what, size_t got, size_t wanted) {
  return Error(ErrorKind::input, cat(what, " has ", got, " values where the site has ", wanted),
               "give one value a selected channel (and a row a position for replace)");
}

/// The rows of `values` that belong to the chosen positions, as a device tensor.
Tensor values_for(Exec& ex, const std::vector<float>& values, const Target& target, size_t channels, std::string_view what) {
  if (channels == 0 || values.size() % channels != 0) throw wrong_size(what, values.size(), channels);
  const size_t available = values.size() / channels;
  if (available == 1) return ex.upload_f32(values, {1, int64_t(channels)});
  std::vector<float> picked;
  for (const ChosenRow& row : target.rows) {
    if (size_t(row.order) >= available) throw wrong_size(what, values.size(), channels * size_t(row.order + 1));
    picked.insert(picked.end(), values.begin() + row.order * int64_t(channels), values.begin() + (row.order + 1) * int64_t(channels));
  }
  return ex.upload_f32(picked, {int64_t(target.rows.size()), int64_t(channels)});
}

/// The way back through an edit in place, on the gradient of the same rows and channels: scaling scales, adding changes nothing, what was
/// replaced passes nothing on, and a projection is its own transpose.
void back(Tape& tape, EditArgs args) {
  args.x = tape.reached(args.x);
  if (!args.x.defined() || args.op == EditArgs::Op::add) return;
  if (args.op == EditArgs::Op::replace) args.op = EditArgs::Op::scale, args.factor = 0, args.value = {};
  tape.backend().edit(args);
}

void run(Exec& ex, const Target& target, const Edit& edit) {
  EditArgs args;
  args.x = target.x;
  std::vector<int32_t> rows;
  for (const ChosenRow& row : target.rows) rows.push_back(int32_t(target.row_offset + row.row));
  args.rows = ex.upload_i32(rows);
  if (!target.channels.empty()) args.channels = ex.upload_i32(target.channels);
  const size_t channels = target.channels.empty() ? size_t(target.x.size(1)) : target.channels.size();
  if (const auto* e = std::get_if<Scale>(&edit)) {
    args.op = EditArgs::Op::scale;
    args.factor = e->factor;
  } else if (const auto* e = std::get_if<AddVec>(&edit)) {
    args.op = EditArgs::Op::add;
    args.factor = e->factor;
    args.value = values_for(ex, e->vector, target, channels, "the vector to add");
  } else if (const auto* e = std::get_if<Replace>(&edit)) {
    args.op = EditArgs::Op::replace;
    args.value = values_for(ex, e->values, target, channels, "the replacement");
  } else if (const auto* e = std::get_if<Project>(&edit)) {
    args.op = EditArgs::Op::project;
    args.factor = e->factor;
    if (e->vector.size() != channels) throw wrong_size("the direction", e->vector.size(), channels);
    args.value = ex.upload_f32(e->vector, {1, int64_t(channels)});
  }
  ex.backend().edit(args);
  if (Tape* tape = ex.tape()) tape->push([args](Tape& t) { back(t, args); });
}

std::vector<int> heads_or_all(const Select& select, int64_t heads) {
  std::vector<int> list = select.heads;
  if (list.empty()) {
    list.resize(size_t(heads));
    std::iota(list.begin(), list.end(), 0);
  }
  for (int head : list)
    if (head < 0 || head >= heads)
      throw Error(ErrorKind::input, cat("head ", head, " of a site with ", heads, " heads"), "count heads from 0");
  return list;
}

std::vector<int32_t> channels_or_all(const Select& select, int64_t channels, int64_t offset, bool all_needed) {
  std::vector<int32_t> list;
  for (int channel : select.channels) {
    if (channel < 0 || channel >= channels)
      throw Error(ErrorKind::input, cat("channel ", channel, " of a site with ", channels), "count channels from 0");
    list.push_back(int32_t(offset + channel));
  }
  if (list.empty() && all_needed) {
    list.resize(size_t(channels));
    std::iota(list.begin(), list.end(), int32_t(offset));
  }
  return list;
}

size_t values_in(const Edit& edit) {
  if (const auto* e = std::get_if<AddVec>(&edit)) return e->vector.size();
  if (const auto* e = std::get_if<Replace>(&edit)) return e->values.size();
  if (const auto* e = std::get_if<Project>(&edit)) return e->vector.size();
  return 0;
}

}  // namespace

void edit_rows_first(Exec& ex, Tensor& t, int64_t first_row, const std::vector<int64_t>& positions, const Select& select, const Edit& edit) {
  const std::vector<ChosenRow> rows = chosen_rows(positions, select);
  if (rows.empty()) return;
  const int64_t width = t.numel() / std::max<int64_t>(t.size(0), 1);
  const Tensor flat = t.reshape({t.size(0), width});
  const bool whole_rows = values_in(edit) > 0 && values_in(edit) % size_t(width) == 0;
  if (t.rank() != 3 || (select.heads.empty() && select.channels.empty() && (whole_rows || values_in(edit) == 0))) {
    run(ex, {flat, rows, first_row, channels_or_all(select, width, 0, false)}, edit);
    return;
  }
  const int64_t head_dim = t.size(2);
  for (int head : heads_or_all(select, t.size(1)))
    run(ex, {flat, rows, first_row, channels_or_all(select, head_dim, head * head_dim, true)}, edit);
}

void edit_heads_first(Exec& ex, Tensor& t, const std::vector<int64_t>& positions, const Select& select, const Edit& edit) {
  const std::vector<ChosenRow> rows = chosen_rows(positions, select);
  if (rows.empty()) return;
  for (int head : heads_or_all(select, t.size(0))) {
    const Tensor one = t.slice(0, head, head + 1).reshape({t.size(1), t.size(2)});
    run(ex, {one, rows, 0, channels_or_all(select, t.size(2), 0, false)}, edit);
  }
}

}  // namespace vitrine
