// SPDX-License-Identifier: Apache-2.0
// One layer: its mixer (attention, or one that carries a state) and its feed-forward as residual branches, normed where NormPlacement says. Reading order: layer,
// branch, mix, feed_forward.
#include "engine/model/decoder_model.h"

namespace vitrine {

/// One residual branch: its norms and the sites around it.
struct DecoderModel::Branch {
  const Norm &norm, &post;
  Site scale, in, out;
  bool normed = true;
};

ScoreRule DecoderModel::score_rule(int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  ScoreRule rule{.scale = layer.score_scale, .softcap = layer.score_softcap};
  rule.mask = {spec_.stacks[0].causal ? MaskRule::Kind::causal : MaskRule::Kind::bidirectional, layer.window};
  rule.alibi_slopes = blocks_[size_t(index)].alibi;
  rule.sinks = blocks_[size_t(index)].sinks;
  rule.distance_bias = blocks_[size_t(index)].distances;
  if (layer.alibi.bf16) rule.bf16_alibi_scale = layer.alibi.scale;
  return rule;
}

Tensor DecoderModel::attention(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  nn::AttentionRule rule{.heads = layer.heads, .kv_heads = layer.kv_heads, .head_dim = layer.head_dim, .score = score_rule(index),
                         .clip = layer.qkv_clip};
  if (layer.qk_norm)
    rule.qk_norm = {{layer.qk_norm_kind == NormKind::layer, spec_.norm_eps}, layer.qk_norm_span == QkNormSpan::width, layer.qk_norm_after_rope};
  if (layer.rope >= 0) {
    const Rotation& rotation = step.rotations[size_t(layer.rope)];
    rule.cos = rotation.cos;
    rule.sin = rotation.sin;
    rule.query_factors = rotation.query_factors;
    rule.interleaved = spec_.ropes[size_t(layer.rope)].interleaved;
  }
  step.place.kv = step.pool->view(index, step.table);
  nn::AttentionKept kept;
  Tensor out = nn::attention(ex, h, batch, blocks_[size_t(index)].attn, rule, step.place, step.keep ? &kept : nullptr);
  if (step.keep) keep_queries(kept, batch, step, index);
  return out;
}

void DecoderModel::keep_queries(const nn::AttentionKept& kept, const Batch& batch, DecoderStep& step, int slot) const {
  for (size_t s = 0; s < batch.segments.size(); ++s)
    if (KeptQueries* queries = step.states[s]->kept())
      queries->write(slot, step.place.first_index[s], kept.q, kept.lse, batch.segments[s].first_row, batch.segments[s].rows);
}

Tensor DecoderModel::latent_attention(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  const LatentSpec& latent = layer.latent;
  const Rotation& rotation = step.rotations[size_t(layer.rope)];
  const nn::LatentRule rule{.heads = layer.heads, .nope = latent.nope, .rope = latent.rope, .v = latent.v, .kv_rank = latent.kv_rank,
                            .score = score_rule(index), .norm = {.eps = latent.norm_eps}, .cos = rotation.cos, .sin = rotation.sin,
                            .interleaved = spec_.ropes[size_t(layer.rope)].interleaved, .absorbed = latent.absorbed};
  step.place.kv = step.pool->view(index, step.table);
  nn::AttentionKept kept;
  Tensor out = nn::latent_attention(ex, h, batch, blocks_[size_t(index)].latent, rule, step.place, step.keep ? &kept : nullptr);
  if (step.keep) keep_queries(kept, batch, step, index);
  return out;
}

Tensor DecoderModel::mix(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int index) const {
  switch (spec_.layers()[size_t(index)].mixer) {
    case Mixer::none: return h;
    case Mixer::attention: return attention(ex, h, batch, step, index);
    case Mixer::latent: return latent_attention(ex, h, batch, step, index);
    default: return mix_state(ex, h, batch, step, index);
  }
}

static Tensor scaled(Exec& ex, const Tensor& x, float factor) {
  return factor == 1 ? x : nn::scale(ex, x, factor);
}

Tensor DecoderModel::mix_state(Exec& ex, const Tensor& h, const Batch& batch, DecoderStep& step, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  const Tensor y = blocks_[size_t(index)].state->run(ex, h, batch, step.carried);
  if (!layer.attention_beside) return y;
  Tensor in = scaled(ex, h, layer.attn_in_scale);
  ex.tap(Site::attn_in, in);
  Tensor a = scaled(ex, attention(ex, in, batch, step, index), layer.attn_out_scale);
  ex.tap(Site::attn_out, a);
  return nn::add(ex, scaled(ex, y, layer.mamba2.out_scale), a);
}

Tensor DecoderModel::feed_forward(Exec& ex, const Tensor& h, DecoderStep& step, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  const Block& block = blocks_[size_t(index)];
  if (layer.ffn == Ffn::moe)
    return nn::moe(ex, h, block.moe, {.route = layer.moe.route, .activation = layer.activation, .glu_alpha = layer.moe.glu_alpha, .glu_limit = layer.moe.glu_limit});
  if (layer.ffn == Ffn::channel_mix) return nn::channel_mix(ex, h, block.channel_mix, step.carried, 2);
  return scaled(ex, nn::feed_forward(ex, h, block.ffn, layer.activation, layer.ffn_gate_scale), layer.ffn_out_scale);
}

/// x and what the shared block makes of [x, embedding]: what the layer's own mixer reads (Zamba, arXiv:2405.16712, figure 2).
Tensor DecoderModel::with_shared_block(Exec& ex, const Tensor& x, const Batch& batch, DecoderStep& step, int index) const {
  const Block& block = blocks_[size_t(index)];
  const Tensor both = ex.alloc({x.size(0), 2 * int64_t(spec_.dim)});
  nn::copy_into(ex, x, both.slice(1, 0, spec_.dim));
  nn::copy_into(ex, step.embedding, both.slice(1, spec_.dim, 2 * spec_.dim));
  Tensor h = nn::norm(ex, both, block.shared_norm, norm_rule(), Site::attn_norm_scale);
  ex.tap(Site::attn_in, h);
  Tensor a = attention(ex, h, batch, step, index);
  ex.tap(Site::attn_out, a);
  h = nn::norm(ex, a, block.shared_ffn_norm, norm_rule(), Site::mlp_norm_scale);
  ex.tap(Site::mlp_in, h);
  Tensor f = nn::linear(ex, nn::feed_forward(ex, h, block.ffn, spec_.layers()[size_t(index)].activation), block.shared_out);
  ex.tap(Site::mlp_out, f);
  return nn::add(ex, x, f);
}

template <class Function>
Tensor DecoderModel::branch(Exec& ex, const Tensor& x, const Tensor& in, const LayerSpec& layer, const Branch& branch, Function function) const {
  const NormPlacement placement = layer.placement;
  const bool before = branch.normed && placement != NormPlacement::post && placement != NormPlacement::output;
  Tensor h = before ? nn::norm(ex, in, branch.norm, norm_rule(), branch.scale) : in;  // [rows, dim]
  const Tensor residual = placement == NormPlacement::rebased ? h : x;
  ex.tap(branch.in, h);
  Tensor y = function(h);
  if (placement == NormPlacement::sandwich) y = nn::norm(ex, y, branch.post, norm_rule());
  if (placement == NormPlacement::output) y = nn::norm(ex, y, branch.post, norm_rule(), branch.scale);
  if (layer.residual_scale != 1) y = nn::scale(ex, std::move(y), layer.residual_scale);
  ex.tap(branch.out, y);
  const Tensor sum = nn::add(ex, residual, y);
  return placement == NormPlacement::post ? nn::norm(ex, sum, branch.norm, norm_rule(), branch.scale) : sum;
}

/// x + mixer(norm1(x)) + ffn(norm2(x)); with a shared norm both read norm1(x) (GPT-J, arXiv:2204.02311 section 2).
Tensor DecoderModel::parallel_branches(Exec& ex, const Tensor& x, const Batch& batch, DecoderStep& step, int index) const {
  const Block& block = blocks_[size_t(index)];
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  const Tensor first = nn::norm(ex, x, block.norm1, norm_rule(), Site::attn_norm_scale);
  Tensor h = first;
  ex.tap(Site::attn_in, h);
  Tensor a = mix(ex, h, batch, step, index);
  if (layer.residual_scale != 1) a = nn::scale(ex, std::move(a), layer.residual_scale);
  ex.tap(Site::attn_out, a);
  h = layer.shared_norm ? first : nn::norm(ex, x, block.norm2, norm_rule(), Site::mlp_norm_scale);
  ex.tap(Site::mlp_in, h);
  Tensor f = feed_forward(ex, h, step, index);
  if (layer.residual_scale != 1) f = nn::scale(ex, std::move(f), layer.residual_scale);
  ex.tap(Site::mlp_out, f);
  return nn::add(ex, x, nn::add(ex, a, f));
}

Tensor DecoderModel::layer(Exec& ex, Tensor x, const Batch& batch, DecoderStep& step, int index) const {
  const Block& block = blocks_[size_t(index)];
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  ex.tap(Site::resid_pre, x);
  step.open_states(ex, batch, index);
  if (layer.parallel) {
    x = parallel_branches(ex, x, batch, step, index);
  } else {
    const Branch attending{block.norm1, block.post_attn, Site::attn_norm_scale, Site::attn_in, Site::attn_out, layer.attn_norm};
    const Branch carrying{block.norm1, block.post_attn, Site::mixer_norm_scale, Site::mixer_in, Site::mixer_out};
    if (layer.mixer != Mixer::none)
      x = branch(ex, x, layer.shared.stored_in >= 0 ? with_shared_block(ex, x, batch, step, index) : x, layer,
                 carries_state(layer) ? carrying : attending, [&](const Tensor& h) { return mix(ex, h, batch, step, index); });
    if (layer.mixer != Mixer::none && layer.ffn != Ffn::none) ex.tap(Site::resid_mid, x);
    if (layer.cross) {
      x = branch(ex, x, x, layer, {block.cross_norm, block.cross_norm, Site::cross_norm_scale, Site::cross_in, Site::cross_out},
                 [&](const Tensor& h) { return cross_attention(ex, h, batch, step, index); });
      ex.tap(Site::resid_mid_cross, x);
    }
    if (layer.ffn != Ffn::none)
      x = branch(ex, x, x, layer, {block.norm2, block.post_mlp, Site::mlp_norm_scale, Site::mlp_in, Site::mlp_out},
                 [&](const Tensor& h) { return feed_forward(ex, h, step, index); });
  }
  step.close_states(index);
  x = scaled(ex, x, layer.output_scale);
  ex.tap(Site::resid_post, x);
  return x;
}

}  // namespace vitrine
