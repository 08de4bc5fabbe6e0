// SPDX-License-Identifier: Apache-2.0
// The same weights under another spec: positions, windows, caps, sinks and norms are data of the new model, every weight but pooled
// key/value heads is the loaded one's storage.
#include <map>

#include "engine/core/text.h"
#include "engine/model/alibi.h"
#include "engine/model/encoder_decoder.h"

namespace vitrine {

namespace {

/// x [heads * channels, columns] on the host, each `group` neighbouring heads as their mean: GQA out of MHA by mean-pooling
/// (Ainslie et al. 2023, arXiv:2305.13245, section 2.1). Summed in double.
std::vector<float> mean_heads(const std::vector<float>& x, int64_t heads, int64_t group) {
  const size_t size = x.size() / size_t(heads);  // of one head
  std::vector<float> means(x.size() / size_t(group));
  for (size_t head = 0; head < size_t(heads / group); ++head)
    for (size_t i = 0; i < size; ++i) {
      double sum = 0;
      for (size_t member = 0; member < size_t(group); ++member) sum += double(x[(head * size_t(group) + member) * size + i]);
      means[head * size + i] = float(sum / double(group));
    }
  return means;
}

/// A matrix of any format as f32 rows.
std::vector<float> rows_of(Backend& backend, const Tensor& w) {
  std::vector<int32_t> ids(size_t(w.size(0)));
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = int32_t(i);
  const Tensor out = backend.alloc({w.size(0), w.size(1)}, DType::f32);
  backend.gather_rows({w, backend.upload(std::as_bytes(std::span(ids)), {w.size(0)}, DType::i32), out});
  return backend.snapshot(out)->f32();
}

Tensor upload(Backend& backend, const std::vector<float>& values, Shape shape) { return backend.upload(std::as_bytes(std::span(values)), shape, DType::f32); }

Tensor pooled_vector(Backend& backend, const Tensor& x, int64_t heads, int64_t group) {
  if (!x.defined()) return x;
  const std::vector<float> means = mean_heads(backend.snapshot(x)->f32(), heads, group);
  return upload(backend, means, {int64_t(means.size())});
}

Linear pooled(Backend& backend, const Linear& linear, int64_t heads, int64_t group) {
  Linear out;
  out.w = backend.prepare(upload(backend, mean_heads(rows_of(backend, linear.w), heads, group), {linear.w.size(0) / group, linear.w.size(1)}));
  out.b = pooled_vector(backend, linear.b, heads, group);
  return out;
}

}  // namespace

void DecoderModel::pool_heads(AttentionWeights& attention, const LayerSpec& from, const LayerSpec& to) const {
  const int64_t group = from.kv_heads / to.kv_heads;
  attention.k = pooled(*backend_, attention.k, from.kv_heads, group);
  attention.v = pooled(*backend_, attention.v, from.kv_heads, group);
  if (from.qk_norm_span == QkNormSpan::head) return;
  attention.k_norm.w = pooled_vector(*backend_, attention.k_norm.w, from.kv_heads, group);
  attention.k_norm.b = pooled_vector(*backend_, attention.k_norm.b, from.kv_heads, group);
}

std::shared_ptr<const Model> DecoderModel::with_spec(ModelSpec spec, float sink_logit) const {
  auto other = std::make_shared<DecoderModel>(*this);
  other->become(std::move(spec), sink_logit);
  return other;
}

void DecoderModel::become(ModelSpec spec, float sink_logit) {
  VT_CHECK(spec.layers().size() == blocks_.size() && spec.dim == spec_.dim && spec.vocab == spec_.vocab, "a variant has the layers and widths of its model");
  std::map<const Storage*, AttentionWeights> pooled_before;  // layers may share their weights
  for (size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    const LayerSpec &from = spec_.layers()[i], &to = spec.layers()[i];
    if (!attends(to)) continue;
    VT_CHECK(from.heads == to.heads && from.head_dim == to.head_dim && from.kv_heads % to.kv_heads == 0, "a variant keeps its heads");
    if (to.alibi.max_bias == 0) block.alibi = {};
    else if (!(to.alibi == from.alibi)) block.alibi = upload(*backend_, alibi_slopes(to.alibi, to.heads), {to.heads});
    if (to.buckets.buckets == 0) block.distances = {};
    if (!to.sinks) block.sinks = {};
    else if (!block.sinks.defined()) block.sinks = upload(*backend_, std::vector<float>(size_t(to.heads), sink_logit), {to.heads});
    if (from.kv_heads == to.kv_heads) continue;
    const auto [found, fresh] = pooled_before.try_emplace(block.attn.k.w.storage().get(), block.attn);
    if (fresh) pool_heads(found->second, from, to);
    block.attn = found->second;
    parameters_ = nullptr;  // pooled heads are no stored tensors
  }
  spec_ = std::move(spec);
  sites_ = catalog();
}

std::shared_ptr<const Model> EncoderDecoderModel::with_spec(ModelSpec spec, float sink_logit) const {
  auto other = std::make_shared<EncoderDecoderModel>(*this);
  other->encoder_.become(encoder_spec(spec), sink_logit);
  other->decoder_.become(std::move(spec), sink_logit);
  other->sites_ = {{other->decoder_.sites().stacks[0], other->encoder_.sites().stacks[size_t(kEncoderStack)]}};
  return other;
}

}  // namespace vitrine
