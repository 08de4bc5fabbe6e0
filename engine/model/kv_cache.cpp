// SPDX-License-Identifier: Apache-2.0
#include "engine/model/kv_cache.h"

#include <algorithm>
#include <utility>

namespace vitrine {

KvPool::KvPool(std::shared_ptr<Backend> backend, const ModelSpec& spec, DType dtype)
    : backend_(std::move(backend)), layers_(spec.layers()), dtype_(dtype), k_slabs_(layers_.size()), v_slabs_(layers_.size()) {
  bytes_per_page_ = kv_bytes_per_token(spec, dtype) * kPageTokens;
  bool any = false;
  for (const LayerSpec& layer : layers_) {
    state_shapes_.push_back(vitrine::state_shapes(layer, spec.dim));
    any |= !state_shapes_.back().empty();
  }
  if (!any) state_shapes_.clear();
  ModelSpec source = spec;
  bool crosses = false;
  for (LayerSpec& layer : source.stacks[0].layers) crosses |= std::exchange(layer.cross, false);
  if (crosses) source_pool_ = std::make_shared<KvPool>(backend_, source, dtype);
}

void KvPool::grow() {
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    const KvEntry entry = kv_entry(layers_[layer]);
    if (entry.heads == 0) continue;
    auto [k, v] = backend_->alloc_kv_slabs(kPagesPerSlab, kPageTokens, entry.heads, entry.k_dim, entry.values_in_keys ? 0 : entry.v_dim, dtype_);
    k_slabs_[layer].push_back(std::move(k));
    if (v.defined()) v_slabs_[layer].push_back(std::move(v));
  }
  for (int i = kPagesPerSlab - 1; i >= 0; --i) free_.push_back(int(references_.size()) + i);
  references_.resize(references_.size() + kPagesPerSlab);
}

int KvPool::acquire() {
  if (free_.empty()) grow();
  const int page = free_.back();
  free_.pop_back();
  references_[size_t(page)] = 1;
  return page;
}

void KvPool::release(int page) {
  if (--references_[size_t(page)] == 0) free_.push_back(page);
}

int KvPool::copy(int page) {
  const int fresh = acquire();
  for (size_t layer = 0; layer < layers_.size(); ++layer)
    if (kv_entry(layers_[layer]).heads > 0) backend_->kv_copy_page(view(int(layer), {}, {}), page, fresh);
  return fresh;
}

KvView KvPool::view(int layer, const Tensor& block_table, const Tensor& lengths) const {
  const KvEntry entry = kv_entry(layers_[size_t(layer)]);
  return {.k_slabs = k_slabs_[size_t(layer)], .v_slabs = v_slabs_[size_t(layer)], .block_table = block_table, .lengths = lengths,
          .pages_per_slab = kPagesPerSlab, .page_tokens = kPageTokens, .kv_heads = entry.heads, .k_dim = entry.k_dim,
          .v_dim = entry.v_dim, .dtype = dtype_, .values_in_keys = entry.values_in_keys};
}

SeqState::SeqState(std::shared_ptr<KvPool> pool) : pool_(std::move(pool)) {
  if (!pool_->state_shapes().empty()) recurrent_ = std::make_unique<RecurrentState>(pool_->state_shapes());
}

SeqState::~SeqState() {
  for (int page : pages_) pool_->release(page);
}

void SeqState::reserve(int64_t rows) {
  const int64_t first = length_ / KvPool::kPageTokens;
  if (length_ % KvPool::kPageTokens != 0 && pool_->references(pages_[size_t(first)]) > 1) {
    const int own = pool_->copy(pages_[size_t(first)]);
    pool_->release(pages_[size_t(first)]);
    pages_[size_t(first)] = own;
  }
  const int64_t needed = (length_ + rows + KvPool::kPageTokens - 1) / KvPool::kPageTokens;
  while (int64_t(pages_.size()) < needed) pages_.push_back(pool_->acquire());
}

void SeqState::commit(int64_t rows) {
  VT_CHECK((length_ + rows + KvPool::kPageTokens - 1) / KvPool::kPageTokens <= int64_t(pages_.size()), "commit of rows that were not reserved");
  if (recurrent_) recurrent_->commit(length_, rows);
  length_ += rows;
}

void SeqState::mark() {
  if (recurrent_) recurrent_->mark(length_);
}

int64_t SeqState::truncate(int64_t length) {
  VT_CHECK(length >= 0 && length <= length_, "truncate to ", length, " of ", length_);
  if (length == length_) return length;
  if (recurrent_) length = recurrent_->truncate(length);
  const size_t needed = size_t((length + KvPool::kPageTokens - 1) / KvPool::kPageTokens);
  while (pages_.size() > needed) {
    pool_->release(pages_.back());
    pages_.pop_back();
  }
  length_ = length;
  if (kept_) kept_->truncate(length);
  return length;
}

std::unique_ptr<SeqState> SeqState::fork() const {
  auto other = std::make_unique<SeqState>(pool_);
  const size_t full = size_t((length_ + KvPool::kPageTokens - 1) / KvPool::kPageTokens);
  other->pages_.assign(pages_.begin(), pages_.begin() + int64_t(full));
  for (int page : other->pages_) pool_->share(page);
  other->length_ = length_;
  other->source_ = source_;
  if (kept_) other->kept_ = kept_->fork();
  if (recurrent_) other->recurrent_ = std::make_unique<RecurrentState>(*recurrent_);
  return other;
}

std::vector<KvBlock> SeqState::blocks() const {
  std::vector<KvBlock> list;
  for (size_t i = 0; i < pages_.size(); ++i) {
    const int64_t first = int64_t(i) * KvPool::kPageTokens;
    list.push_back({pages_[i], first, int(std::clamp<int64_t>(length_ - first, 0, KvPool::kPageTokens)), pool_->references(pages_[i])});
  }
  return list;
}

void SeqState::keep_queries(bool on) {
  if (!on) kept_.reset();
  if (on && !kept_) kept_ = std::make_unique<KeptQueries>(pool_->backend(), pool_->layer_count() * (pool_->source_pool() ? 2 : 1));
}

SequenceTable sequence_table(std::span<SeqState* const> states, std::span<const int64_t> rows) {
  size_t widest = 1;
  for (const SeqState* state : states) widest = std::max(widest, state->pages().size());
  std::vector<int32_t> table(states.size() * widest, 0), lengths;
  for (size_t i = 0; i < states.size(); ++i) {
    std::copy(states[i]->pages().begin(), states[i]->pages().end(), table.begin() + int64_t(i * widest));
    lengths.push_back(int32_t(states[i]->length() + rows[i]));
  }
  Backend& backend = states[0]->pool().backend();
  return {backend.upload(std::as_bytes(std::span(table)), {int64_t(states.size()), int64_t(widest)}, DType::i32),
          backend.upload(std::as_bytes(std::span(lengths)), {int64_t(states.size())}, DType::i32)};
}

KvEntry kv_entry(const LayerSpec& layer) {
  if (!attends(layer)) return {};
  if (layer.mixer != Mixer::latent) return {layer.kv_heads, layer.head_dim, layer.head_dim};
  if (!layer.latent.absorbed) return {layer.heads, layer.latent.nope + layer.latent.rope, layer.latent.v};
  return {1, layer.latent.kv_rank + layer.latent.rope, layer.latent.kv_rank, true};
}

int64_t kv_bytes_per_token(const ModelSpec& spec, DType cache_dtype) {
  int64_t values = 0;
  for (const LayerSpec& layer : spec.layers()) values += kv_entry(layer).values();
  return dtype_bytes(cache_dtype, values);
}

}  // namespace vitrine
