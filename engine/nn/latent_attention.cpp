// SPDX-License-Identifier: Apache-2.0
// Multi-head latent attention. Absorbed: queries are taken into the latent space, the cache holds latents, results come back out of it.
// Expanded: keys and values are made of the latents first. Both are the same sum, ordered differently.
#include "engine/nn/ops.h"

namespace vitrine::nn {

namespace {

/// Channels [from, from + count) of one head after the other of x [rows, heads, width]; heads 1: all read the same.
struct HeadColumns {
  Tensor x;
  int64_t from = 0, count = 0;

  Tensor of(int64_t head) const {
    const int64_t heads = x.size(1), width = x.size(2), at = (heads == 1 ? 0 : head) * width + from;
    return x.reshape({x.size(0), heads * width}).slice(1, at, at + count);
  }
};

/// to_h = from_h w[h]^T for every head h, in one parallel region.
void per_head(Exec& ex, const HeadColumns& from, const std::vector<Tensor>& w, const HeadColumns& to) {
  std::vector<MatmulArgs> group;
  for (size_t head = 0; head < w.size(); ++head)
    group.push_back({from.of(int64_t(head)), w[head], to.of(int64_t(head)), {}, ex.precision()});
  products(ex, group);
}

void rotate(Exec& ex, const Tensor& x, const Tensor& out, const LatentRule& rule) {
  rotate_into(ex, x, rule.cos, rule.sin, rule.interleaved, out);
}

/// [rows, heads, nope + rope], its last channels rotated.
Tensor queries(Exec& ex, const Tensor& x, const LatentWeights& weights, const LatentRule& rule) {
  Tensor q = weights.q_a.defined() ? linear(ex, norm(ex, linear(ex, x, weights.q_a), weights.q_norm, rule.norm), weights.q_b)
                                   : linear(ex, x, weights.q);
  q = q.reshape({x.size(0), rule.heads, rule.nope + rule.rope});
  ex.tap(Site::q_pre, q);
  const Tensor turned = q.slice(2, rule.nope, rule.nope + rule.rope);
  Tensor out = ex.alloc(q.shape());
  copy_into(ex, q.slice(2, 0, rule.nope), out.slice(2, 0, rule.nope));
  rotate(ex, turned, out.slice(2, rule.nope, rule.nope + rule.rope), rule);
  ex.tap(Site::q, out);
  return out;
}

/// [rows, 1, kv_rank + rope]: the normed latent and the rotated key that all heads share.
Tensor latents(Exec& ex, const Tensor& x, const LatentWeights& weights, const LatentRule& rule) {
  const int64_t rank = rule.kv_rank, all = rank + rule.rope;
  Tensor raw = linear(ex, x, weights.kv_a).reshape({x.size(0), 1, all});
  ex.tap(Site::k_pre, raw);
  const Tensor out = ex.alloc(raw.shape());
  norm_into(ex, raw.slice(2, 0, rank), {weights.kv_norm.w, {}}, {.eps = rule.norm.eps}, out.slice(2, 0, rank));
  rotate(ex, raw.slice(2, rank, all), out.slice(2, rank, all), rule);
  return out;
}

Tensor absorbed(Exec& ex, const Tensor& q, Tensor latent, const Batch& batch, const LatentWeights& weights, const LatentRule& rule,
                const AttentionPlace& place, AttentionKept* keep) {
  const int64_t rows = q.size(0), rank = rule.kv_rank;
  ex.tap(Site::k, latent);
  const Tensor inside = ex.alloc({rows, rule.heads, rank + rule.rope});
  per_head(ex, {q, 0, rule.nope}, weights.k_up, {inside, 0, rank});
  copy_into(ex, q.slice(2, rule.nope, rule.nope + rule.rope), inside.slice(2, rank, rank + rule.rope));
  ex.backend().kv_write({latent, {}, place.kv, place.seq_of_row, place.index_of_row});
  const Tensor seen = attend(ex, inside, latent, latent.slice(2, 0, rank), batch, rule.score, place, keep);  // [rows, heads, kv_rank]
  const Tensor out = ex.alloc({rows, rule.heads, rule.v});
  per_head(ex, {seen, 0, rank}, weights.v_up, {out, 0, rule.v});
  return out;
}

Tensor expanded(Exec& ex, const Tensor& q, const Tensor& latent, const Batch& batch, const LatentWeights& weights, const LatentRule& rule,
                const AttentionPlace& place, AttentionKept* keep) {
  const int64_t rows = q.size(0), rank = rule.kv_rank;
  Tensor k = ex.alloc(q.shape()), v = ex.alloc({rows, rule.heads, rule.v});
  per_head(ex, {latent, 0, rank}, weights.k_up, {k, 0, rule.nope});
  per_head(ex, {latent, 0, rank}, weights.v_up, {v, 0, rule.v});
  for (int64_t head = 0; head < rule.heads; ++head)
    copy_into(ex, latent.slice(2, rank, rank + rule.rope), k.slice(1, head, head + 1).slice(2, rule.nope, rule.nope + rule.rope));
  ex.tap(Site::k, k);
  ex.tap(Site::v, v);
  ex.backend().kv_write({k, v, place.kv, place.seq_of_row, place.index_of_row});
  return attend(ex, q, k, v, batch, rule.score, place, keep);
}

}  // namespace

Tensor latent_attention(Exec& ex, const Tensor& x, const Batch& batch, const LatentWeights& weights, const LatentRule& rule,
                        const AttentionPlace& place, AttentionKept* keep) {
  const Tensor q = queries(ex, x, weights, rule), latent = latents(ex, x, weights, rule);
  Tensor out = rule.absorbed ? absorbed(ex, q, latent, batch, weights, rule, place, keep)
                             : expanded(ex, q, latent, batch, weights, rule, place, keep);
  ex.tap(Site::head_out, out);
  return linear(ex, out.reshape({x.size(0), int64_t(rule.heads) * rule.v}), weights.o);
}

}  // namespace vitrine::nn
