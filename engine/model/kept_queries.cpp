// SPDX-License-Identifier: Apache-2.0
#include "engine/model/kept_queries.h"

#include <algorithm>

namespace vitrine {

KeptQueries::Block& KeptQueries::writable(Layer& layer, size_t block, const Tensor& q, const Tensor& lse) {
  if (layer.blocks.size() <= block) layer.blocks.resize(block + 1);
  std::shared_ptr<Block>& slot = layer.blocks[block];
  if (slot && slot.use_count() == 1) return *slot;
  auto fresh = std::make_shared<Block>();
  fresh->q = backend_->alloc({kBlockRows, q.size(1), q.size(2)}, DType::f16);
  fresh->lse = backend_->alloc({kBlockRows, lse.size(1)}, DType::f32);
  if (slot) {
    backend_->copy(slot->q, fresh->q);
    backend_->copy(slot->lse, fresh->lse);
  }
  slot = std::move(fresh);
  return *slot;
}

void KeptQueries::write(int index, int64_t position, const Tensor& q, const Tensor& lse, int64_t first_row, int64_t rows) {
  Layer& layer = layers_[size_t(index)];
  if (position != layer.length) layer.first = position;  // a gap: what came before was not kept
  for (int64_t done = 0; done < rows;) {
    const int64_t at = (position + done) % kBlockRows, count = std::min<int64_t>(kBlockRows - at, rows - done);
    Block& block = writable(layer, size_t((position + done) / kBlockRows), q, lse);
    backend_->copy(q.slice(0, first_row + done, first_row + done + count), block.q.slice(0, at, at + count));
    backend_->copy(lse.slice(0, first_row + done, first_row + done + count), block.lse.slice(0, at, at + count));
    done += count;
  }
  layer.length = position + rows;
}

void KeptQueries::truncate(int64_t length) {
  for (Layer& layer : layers_) {
    layer.length = std::min(layer.length, length);
    layer.first = std::min(layer.first, layer.length);
    layer.blocks.resize(std::min<size_t>(layer.blocks.size(), size_t((length + kBlockRows - 1) / kBlockRows)));
  }
}

bool KeptQueries::covers(int layer, int64_t from, int64_t to) const noexcept {
  const Layer& l = layers_[size_t(layer)];
  return from >= l.first && to <= l.length;
}

KeptQueries::Rows KeptQueries::rows(int index, int64_t from, int64_t to) const {
  VT_CHECK(covers(index, from, to) && from < to, "rows [", from, ", ", to, ") of layer ", index, " were not kept");
  const Layer& layer = layers_[size_t(index)];
  const Block& sample = *layer.blocks[size_t(from / kBlockRows)];
  Rows out{backend_->alloc({to - from, sample.q.size(1), sample.q.size(2)}, DType::f16), backend_->alloc({to - from, sample.lse.size(1)}, DType::f32)};
  for (int64_t at = from; at < to;) {
    const int64_t inside = at % kBlockRows, count = std::min<int64_t>(kBlockRows - inside, to - at);
    const Block& block = *layer.blocks[size_t(at / kBlockRows)];
    backend_->copy(block.q.slice(0, inside, inside + count), out.q.slice(0, at - from, at - from + count));
    backend_->copy(block.lse.slice(0, inside, inside + count), out.lse.slice(0, at - from, at - from + count));
    at += count;
  }
  return out;
}

int64_t KeptQueries::bytes() const noexcept {
  int64_t sum = 0;
  for (const Layer& layer : layers_)
    for (const auto& block : layer.blocks)
      if (block) sum += block->q.nbytes() + block->lse.nbytes();
  return sum;
}

}  // namespace vitrine
