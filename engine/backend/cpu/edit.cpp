// SPDX-License-Identifier: Apache-2.0
// In-place edits of chosen rows and channels: how experiments change what a model computes.
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/backend/cpu/parallel.h"
#include "engine/backend/cpu/row_view.h"

namespace vitrine::cpu {
namespace {

/// Chosen indices of an axis, or all of it.
struct Choice {
  const int32_t* ids = nullptr;
  int64_t count = 0;

  Choice(const Tensor& chosen, int64_t extent, const char* what) : count(extent) {
    if (!chosen.defined()) return;
    const Ids list(chosen, DType::i32, what);
    VT_CHECK(chosen.contiguous(), what, " must be contiguous");
    ids = list.row(0);
    count = chosen.numel();
    for (int64_t i = 0; i < count; ++i) {
      if (ids[i] < 0 || ids[i] >= extent)
        throw Error(ErrorKind::input, cat(what, " ", ids[i], " does not exist"), cat("choose one of 0 to ", extent - 1),
                    "edit");
    }
  }
  int64_t operator[](int64_t i) const { return ids ? ids[i] : i; }
};

void edit_row(EditArgs::Op op, float factor, float* x, const Choice& channels, const float* value) {
  const int64_t n = channels.count;
  switch (op) {
    case EditArgs::Op::scale:
      for (int64_t i = 0; i < n; ++i) x[channels[i]] *= factor;
      break;
    case EditArgs::Op::add:
      for (int64_t i = 0; i < n; ++i) x[channels[i]] += factor * value[i];
      break;
    case EditArgs::Op::replace:
      for (int64_t i = 0; i < n; ++i) x[channels[i]] = value[i];
      break;
    case EditArgs::Op::project: {
      double along = 0, square = 0;
      for (int64_t i = 0; i < n; ++i) {
        along += double(x[channels[i]]) * double(value[i]);
        square += double(value[i]) * double(value[i]);
      }
      if (square == 0) break;
      const double share = double(factor) * along / square;
      for (int64_t i = 0; i < n; ++i) x[channels[i]] = float(double(x[channels[i]]) - share * double(value[i]));
      break;
    }
  }
}

}  // namespace

void CpuBackend::edit(const EditArgs& args) {
  const Rows x = float_rows(args.x, "x");
  const Choice rows(args.rows, x.rows(), "row"), channels(args.channels, x.columns(), "channel");
  const bool needs_value = args.op != EditArgs::Op::scale;
  const Rows value = float_rows(needs_value ? args.value : args.x, "value");
  if (needs_value && (value.columns() != channels.count || (value.rows() != 1 && value.rows() != rows.count)))
    throw Error(ErrorKind::input,
                cat("a value of shape ", args.value.shape().str(), " for ", rows.count, " rows and ", channels.count,
                    " channels"),
                "give one row, or one row for each row changed", "edit");
  split_work(pool_, args.rows.defined() ? 1 : rows.count, rows.count * channels.count, [&](int64_t from, int64_t to) {
    if (args.rows.defined()) to = rows.count;  // a list may name a row twice: in order, on one thread
    for (int64_t i = from; i < to; ++i)
      edit_row(args.op, args.factor, x.row(rows[i]), channels,
               needs_value ? value.row(value.rows() == 1 ? 0 : i) : nullptr);
  });
}

}  // namespace vitrine::cpu
