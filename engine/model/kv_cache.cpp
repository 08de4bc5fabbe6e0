// SPDX-License-Identifier: Apache-2.0
#include "engine/model/kv_cache.h"

#include <algorithm>
#include <utility>

#include "engine/core/error.h"

namespace vitrine {

KvPool::KvPool(std::shared_ptr<Backend> backend, const ModelSpec& spec, DType dtype)
    : backend_(std::move(backend)), layers_(spec.layers()), dtype_(dtype), k_slabs_(layers_.size()), v_slabs_(layers_.size()) {
  make_groups(spec.stacks[0].causal);
  bool any = false;
  for (const LayerSpec& layer : layers_) {
    state_shapes_.push_back(vitrine::state_shapes(layer, spec.dim));
    any |= !state_shapes_.back().empty();
  }
  if (!any) state_shapes_.clear();
  ModelSpec source = spec;
  bool crosses = false;
  for (LayerSpec& layer : source.stacks[0].layers) {
    crosses |= std::exchange(layer.cross, false);
    layer.window = 0;  // every token of the answer sees the whole source
  }
  if (crosses) source_pool_ = std::make_shared<KvPool>(backend_, source, dtype);
}

/// Layers without attention have no pages and go with the first group.
void KvPool::make_groups(bool causal) {
  group_of_layer_.assign(layers_.size(), 0);
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    const KvEntry entry = kv_entry(layers_[layer]);
    if (entry.heads == 0) continue;
    const int window = causal ? layers_[layer].window : 0;
    size_t group = 0;
    while (group < groups_.size() && groups_[group].window != window) ++group;
    if (group == groups_.size()) groups_.push_back({.window = window});
    groups_[group].layers.push_back(int(layer));
    groups_[group].bytes_per_page += dtype_bytes(dtype_, entry.values()) * kPageTokens;
    group_of_layer_[layer] = group;
  }
  if (groups_.empty()) groups_.emplace_back();
}

void KvPool::grow(size_t index) {
  Group& group = groups_[index];
  std::vector<KvSizes> sizes;
  for (const int layer : group.layers) {
    const KvEntry entry = kv_entry(layers_[size_t(layer)]);
    sizes.push_back({entry.heads, entry.k_dim, entry.values_in_keys ? 0 : entry.v_dim});
  }
  std::vector<KvSlab> slabs = backend_->alloc_kv_slabs(kPagesPerSlab, kPageTokens, sizes, dtype_);
  for (size_t i = 0; i < slabs.size(); ++i) {
    const size_t layer = size_t(group.layers[i]);
    k_slabs_[layer].push_back(std::move(slabs[i].k));
    if (slabs[i].v.defined()) v_slabs_[layer].push_back(std::move(slabs[i].v));
  }
  for (int i = kPagesPerSlab - 1; i >= 0; --i) group.free.push_back(int(group.references.size()) + i);
  group.references.resize(group.references.size() + kPagesPerSlab);
}

int KvPool::acquire(size_t index) {
  if (groups_[index].free.empty()) grow(index);
  Group& group = groups_[index];
  const int page = group.free.back();
  group.free.pop_back();
  group.references[size_t(page)] = 1;
  return page;
}

void KvPool::release(size_t index, int page) {
  Group& group = groups_[index];
  if (--group.references[size_t(page)] == 0) group.free.push_back(page);
}

int KvPool::copy(size_t index, int page) {
  const int fresh = acquire(index);
  for (const int layer : groups_[index].layers) backend_->kv_copy_page(view(layer, {}), page, fresh);
  return fresh;
}

int64_t KvPool::bytes_in_use() const noexcept {
  int64_t bytes = 0;
  for (size_t group = 0; group < groups_.size(); ++group) bytes += pages_in_use(group) * groups_[group].bytes_per_page;
  return bytes;
}

KvView KvPool::view(int layer, const SequenceTable& table) const {
  const KvEntry entry = kv_entry(layers_[size_t(layer)]);
  const size_t group = group_of(layer);
  return {.k_slabs = k_slabs_[size_t(layer)], .v_slabs = v_slabs_[size_t(layer)],
          .block_table = group < table.block_tables.size() ? table.block_tables[group] : Tensor(), .lengths = table.lengths,
          .pages_per_slab = kPagesPerSlab, .page_tokens = kPageTokens, .kv_heads = entry.heads, .k_dim = entry.k_dim,
          .v_dim = entry.v_dim, .dtype = dtype_, .values_in_keys = entry.values_in_keys};
}

SeqState::SeqState(std::shared_ptr<KvPool> pool) : pool_(std::move(pool)), pages_(pool_->group_count()) {
  if (!pool_->state_shapes().empty()) recurrent_ = std::make_unique<RecurrentState>(pool_->state_shapes());
  for (size_t group = 0; group < pages_.size(); ++group) windows_ |= pool_->group(group).window > 0;
}

SeqState::~SeqState() {
  for (size_t group = 0; group < pages_.size(); ++group)
    for (const int page : pages_[group])
      if (page != kGivenBack) pool_->release(group, page);
}

void SeqState::reserve(int64_t rows) {
  const size_t first = size_t(length_ / KvPool::kPageTokens);
  for (size_t group = 0; group < pages_.size(); ++group) {
    std::vector<int>& pages = pages_[group];
    if (length_ % KvPool::kPageTokens != 0 && pool_->references(group, pages[first]) > 1) {
      const int own = pool_->copy(group, pages[first]);
      pool_->release(group, pages[first]);
      pages[first] = own;
    }
    while (int64_t(pages.size()) < KvPool::pages_of(length_ + rows)) pages.push_back(pool_->acquire(group));
  }
}

void SeqState::commit(int64_t rows) {
  VT_CHECK(KvPool::pages_of(length_ + rows) <= int64_t(pages_[0].size()), "commit of rows that were not reserved");
  if (recurrent_) recurrent_->commit(length_, rows);
  if (rows > 1) mark_windows();
  length_ += rows;
  give_back();
}

void SeqState::mark() {
  if (recurrent_) recurrent_->mark(length_);
  mark_windows();
}

void SeqState::mark_windows() {
  constexpr size_t kMarks = 2;
  if (!windows_ || length_ == 0 || (!marks_.empty() && marks_.back() == length_)) return;
  marks_.push_back(length_);
  if (marks_.size() > kMarks) marks_.erase(marks_.begin());
}

/// The first key that a query at `position` sees through a window.
static int64_t first_seen(int64_t position, int window) { return std::max<int64_t>(0, position - window + 1); }

/// Of groups with a window, the pages that neither the end with its margin nor a mark needs.
void SeqState::give_back() {
  for (size_t group = 0; windows_ && !hold_everything_ && group < pages_.size(); ++group) {
    const int window = pool_->group(group).window;
    if (window == 0) continue;
    std::vector<int>& pages = pages_[group];
    const int64_t end = first_seen(length_ - kWindowMargin, window) / KvPool::kPageTokens;
    for (int64_t block = 0; block < std::min<int64_t>(end, int64_t(pages.size())); ++block) {
      if (pages[size_t(block)] == kGivenBack) continue;
      const bool marked = std::any_of(marks_.begin(), marks_.end(), [&](int64_t mark) {
        return block >= first_seen(mark, window) / KvPool::kPageTokens && block * KvPool::kPageTokens < mark;
      });
      if (marked) continue;
      pool_->release(group, pages[size_t(block)]);
      pages[size_t(block)] = kGivenBack;
    }
  }
}

bool SeqState::can_continue_at(int64_t position) const noexcept {
  for (size_t group = 0; windows_ && group < pages_.size(); ++group) {
    if (pool_->group(group).window == 0) continue;
    for (int64_t block = first_seen(position, pool_->group(group).window) / KvPool::kPageTokens; block < KvPool::pages_of(position); ++block)
      if (pages_[group][size_t(block)] == kGivenBack) return false;
  }
  return true;
}

int64_t SeqState::continuable(int64_t position) const noexcept {
  if (can_continue_at(position)) return position;
  for (size_t i = marks_.size(); i-- > 0;)
    if (marks_[i] <= position && can_continue_at(marks_[i])) return marks_[i];
  return 0;
}

int64_t SeqState::truncate(int64_t length) {
  VT_CHECK(length >= 0 && length <= length_, "truncate to ", length, " of ", length_);
  if (length == length_) return length;
  length = continuable(length);
  while (recurrent_) {  // a position that both states and windows can be continued at
    const int64_t state = recurrent_->truncate(length);
    length = continuable(state);
    if (length == state) break;
  }
  for (size_t group = 0; group < pages_.size(); ++group)
    while (int64_t(pages_[group].size()) > KvPool::pages_of(length)) {
      if (pages_[group].back() != kGivenBack) pool_->release(group, pages_[group].back());
      pages_[group].pop_back();
    }
  while (!marks_.empty() && marks_.back() > length) marks_.pop_back();
  length_ = length;
  if (kept_) kept_->truncate(length);
  return length;
}

std::unique_ptr<SeqState> SeqState::fork() const {
  auto other = std::make_unique<SeqState>(pool_);
  for (size_t group = 0; group < pages_.size(); ++group) {
    other->pages_[group].assign(pages_[group].begin(), pages_[group].begin() + KvPool::pages_of(length_));
    for (const int page : other->pages_[group])
      if (page != kGivenBack) pool_->share(group, page);
  }
  other->length_ = length_;
  other->marks_ = marks_;
  other->source_ = source_;
  if (kept_) other->kept_ = kept_->fork();
  if (recurrent_) other->recurrent_ = std::make_unique<RecurrentState>(*recurrent_);
  return other;
}

void SeqState::keep_written(int layer, Written rows) {
  written_.resize(std::max(written_.size(), size_t(layer) + 1));
  written_[size_t(layer)] = std::move(rows);
}

const SeqState::Written& SeqState::written(int layer) const {
  if (size_t(layer) >= written_.size() || !written_[size_t(layer)].k.defined())
    throw Error(ErrorKind::input, "gradients through a source that was encoded without a tape", "encode it under the same tape");
  return written_[size_t(layer)];
}

std::vector<KvBlock> SeqState::blocks(size_t group) const {
  std::vector<KvBlock> list;
  for (size_t i = 0; i < pages_[group].size(); ++i) {
    const int page = pages_[group][i];
    const int64_t first = int64_t(i) * KvPool::kPageTokens;
    list.push_back({page, first, int(std::clamp<int64_t>(length_ - first, 0, KvPool::kPageTokens)), page == kGivenBack ? 0 : pool_->references(group, page)});
  }
  return list;
}

int64_t SeqState::bytes() const noexcept {
  int64_t bytes = recurrent_ ? recurrent_->bytes() : 0;
  for (size_t group = 0; group < pages_.size(); ++group)
    bytes += (int64_t(pages_[group].size()) - std::count(pages_[group].begin(), pages_[group].end(), kGivenBack)) * pool_->group(group).bytes_per_page;
  return bytes;
}

bool SeqState::holds(int layer, int64_t from, int64_t to) const noexcept {
  const std::vector<int>& pages = pages_[pool_->group_of(layer)];
  if (from < 0 || to > length_) return false;
  for (int64_t block = from / KvPool::kPageTokens; block < KvPool::pages_of(to); ++block)
    if (pages[size_t(block)] == kGivenBack) return false;
  return true;
}

void SeqState::keep_queries(bool on) {
  if (!on) kept_.reset();
  if (on && !kept_) kept_ = std::make_unique<KeptQueries>(pool_->backend(), pool_->layer_count() * (pool_->source_pool() ? 2 : 1));
}

/// [sequences, blocks] of one group.
static std::vector<int32_t> block_table(std::span<SeqState* const> states, size_t group, size_t widest) {
  std::vector<int32_t> table(states.size() * widest, 0);
  for (size_t i = 0; i < states.size(); ++i) {
    const std::span<const int> pages = states[i]->pages(group);
    const auto there = std::find_if(pages.begin(), pages.end(), [](int page) { return page != SeqState::kGivenBack; });
    for (size_t block = 0; block < pages.size(); ++block)
      table[i * widest + block] = pages[block] != SeqState::kGivenBack ? pages[block] : there != pages.end() ? *there : 0;
  }
  return table;
}

SequenceTable sequence_table(std::span<SeqState* const> states, std::span<const int64_t> rows) {
  size_t widest = 1;
  std::vector<int32_t> lengths;
  for (size_t i = 0; i < states.size(); ++i) {
    widest = std::max(widest, states[i]->pages().size());
    lengths.push_back(int32_t(states[i]->length() + rows[i]));
  }
  Backend& backend = states[0]->pool().backend();
  SequenceTable tables;
  for (size_t group = 0; group < states[0]->pool().group_count(); ++group) {
    const std::vector<int32_t> table = block_table(states, group, widest);
    tables.block_tables.push_back(backend.upload(std::as_bytes(std::span(table)), {int64_t(states.size()), int64_t(widest)}, DType::i32));
  }
  tables.lengths = backend.upload(std::as_bytes(std::span(lengths)), {int64_t(states.size())}, DType::i32);
  return tables;
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

int64_t kv_bytes(const ModelSpec& spec, DType cache_dtype, int64_t tokens) {
  int64_t bytes = 0;
  for (const LayerSpec& layer : spec.layers()) {
    const int64_t first = layer.window > 0 && spec.stacks[0].causal ? first_seen(tokens - SeqState::kWindowMargin, layer.window) / KvPool::kPageTokens : 0;
    bytes += dtype_bytes(cache_dtype, kv_entry(layer).values()) * (KvPool::pages_of(tokens) - first) * KvPool::kPageTokens;
  }
  return bytes;
}

}  // namespace vitrine
