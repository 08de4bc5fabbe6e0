// SPDX-License-Identifier: Apache-2.0
// The weights of the transformer stack, and the sites its layers have.
#include "engine/core/text.h"
#include "engine/model/alibi.h"
#include "engine/model/decoder_model.h"
#include "engine/model/encoder_decoder.h"
#include "engine/model/expert_weights.h"
#include "engine/model/latent_weights.h"
#include "engine/model/relative_buckets.h"
#include "engine/model/tensor_check.h"

namespace vitrine {

DecoderModel::DecoderModel(ModelSpec spec, WeightLoader& weights, std::shared_ptr<Backend> backend, StackPlace place)
    : spec_(std::move(spec)), place_(std::move(place)), backend_(std::move(backend)) {
  load_embeddings(weights);
  for (size_t layer = 0; layer < spec_.layers().size(); ++layer) blocks_.push_back(load_block(weights, int(layer)));
  if (spec_.final_norm) final_norm_ = load_norm(weights, place_.prefix + "final_norm");
  if (spec_.pooler_dim) pooler_ = weights.linear("pooler", spec_.pooler_dim, spec_.dim, true);
  if (spec_.head) load_head(weights);
  names_ = weights.used();
  parameters_ = weights.origins();
  reads_files_ = weights.in_place();
  sites_ = catalog();
}

void DecoderModel::load_embeddings(WeightLoader& weights) {
  const std::string& prefix = place_.prefix;
  const int64_t embed_dim = spec_.embed_width(), width = spec_.late_projection ? embed_dim : spec_.dim;
  const bool multiplied = spec_.head && spec_.head_rows == 0 && spec_.tied_head;
  const Shape shape{spec_.vocab, embed_dim};
  embed_ = place_.shares_embed ? place_.embed : multiplied ? weights.matrix(prefix + "embed.w", shape) : weights.table(prefix + "embed.w", shape);
  if (embed_dim != spec_.dim || spec_.late_projection) embed_in_ = weights.linear("embed_in", spec_.dim, embed_dim, spec_.late_projection);
  if (spec_.learned_positions) positions_ = weights.table(prefix + "positions.w", {spec_.learned_positions, width});
  if (spec_.token_types) token_types_ = weights.table("token_types.w", {spec_.token_types, width});
  if (spec_.embed_norm) embed_norm_ = load_norm(weights, prefix + "embed_norm", width);
}

void DecoderModel::load_head(WeightLoader& weights) {
  const int64_t embed_dim = spec_.embed_width();
  if (spec_.head_rows > 0) {
    head_dense_ = weights.linear("head_dense", spec_.dim, spec_.dim, true);
    head_ = weights.linear("head", spec_.head_rows, spec_.dim, true);
    return;
  }
  if (spec_.head_transform) {
    head_dense_ = weights.linear("head_dense", embed_dim, spec_.dim, spec_.head_dense_bias);
    head_norm_ = load_norm(weights, "head_norm", embed_dim);
  } else if (embed_dim != spec_.dim) {
    embed_out_ = weights.linear("embed_out", embed_dim, spec_.dim, false);
  }
  head_.w = spec_.tied_head ? embed_ : weights.matrix("head.w", {spec_.vocab, embed_dim});
  head_.b = weights.vector("head.b", spec_.vocab, spec_.head_bias);
}

Norm DecoderModel::load_norm(WeightLoader& weights, const std::string& name, int64_t width) const {
  if (!spec_.norm_weight) return {};
  const bool layer_norm = spec_.norm == NormKind::layer;
  return weights.norm(name, width ? width : spec_.dim, layer_norm && spec_.norm_bias, layer_norm);
}

/// q, k, v and o of one attention.
static AttentionWeights load_projections(WeightLoader& weights, const LayerSpec& layer, const std::string& prefix, int64_t in, int64_t out) {
  const int64_t q = int64_t(layer.heads) * layer.head_dim, kv = int64_t(layer.kv_heads) * layer.head_dim;
  AttentionWeights attention;
  attention.q = weights.linear(prefix + "q", q, in, layer.qkv_bias);
  attention.k = weights.linear(prefix + "k", kv, in, layer.qkv_bias);
  attention.v = weights.linear(prefix + "v", kv, in, layer.qkv_bias);
  attention.o = weights.linear(prefix + "o", out, q, layer.o_bias);
  return attention;
}

DecoderModel::Block DecoderModel::load_block(WeightLoader& weights, int index) const {
  const LayerSpec& layer = spec_.layers()[size_t(index)];
  if (layer.shared_with >= 0 && layer.shared_with < index) return blocks_[size_t(layer.shared_with)];
  const std::string prefix = cat(place_.prefix, "layers.", index, ".");
  Block block;
  const bool before = layer.placement != NormPlacement::output;
  const bool after = layer.placement == NormPlacement::output || layer.placement == NormPlacement::sandwich;
  if (layer.mixer != Mixer::none && before && layer.attn_norm) block.norm1 = load_norm(weights, prefix + "norm1");
  if (layer.shared.stored_in >= 0)
    load_shared(weights, layer, index, block);
  else if (layer.mixer == Mixer::latent)
    block.latent = load_latent(weights, layer, prefix, spec_.dim);
  else if (attends(layer))
    load_attention(weights, layer, prefix, block);
  block.state = load_state_mixer(weights, *backend_, layer, spec_.norm_eps, prefix, spec_.dim);
  if (layer.mixer != Mixer::none && after) block.post_attn = load_norm(weights, prefix + "post_attn_norm");
  if (layer.cross) {
    block.cross_norm = load_norm(weights, prefix + "cross_norm");
    block.cross = load_projections(weights, layer, prefix + "cross.", spec_.dim, spec_.dim);
  }
  if (layer.ffn == Ffn::none) return block;
  if (before && !layer.shared_norm) block.norm2 = load_norm(weights, prefix + "norm2");
  if (layer.ffn == Ffn::channel_mix)
    block.channel_mix = load_channel_mix(weights, *backend_, layer, prefix, spec_.dim);
  else if (layer.ffn == Ffn::moe)
    block.moe = load_experts(weights, layer.moe, prefix, spec_.dim);
  else
    load_feed_forward(weights, layer, prefix, block);
  if (after) block.post_mlp = load_norm(weights, prefix + "post_mlp_norm");
  return block;
}

void DecoderModel::load_feed_forward(WeightLoader& weights, const LayerSpec& layer, const std::string& prefix, Block& block) const {
  if (layer.ffn != Ffn::mlp) block.ffn.gate = weights.linear(prefix + "mlp.gate", layer.hidden, spec_.dim, layer.ffn_bias);
  block.ffn.up = weights.linear(prefix + "mlp.up", layer.hidden, spec_.dim, layer.ffn_bias);
  block.ffn.down = weights.linear(prefix + "mlp.down", spec_.dim, layer.hidden, layer.ffn_bias);
}

/// A block that layers share is read once; each of them has its own projection out of it and its own low-rank additions.
void DecoderModel::load_shared(WeightLoader& weights, const LayerSpec& layer, int index, Block& block) const {
  const int stored = layer.shared.stored_in;
  const std::string prefix = cat("layers.", index, "."), shared = cat("layers.", stored, ".");
  if (stored < index) {
    const Block& first = blocks_[size_t(stored)];
    block.attn = first.attn, block.ffn = first.ffn, block.shared_norm = first.shared_norm, block.shared_ffn_norm = first.shared_ffn_norm;
  } else {
    block.shared_norm = weights.norm(shared + "shared_norm", 2 * spec_.dim, false, false);
    load_attention(weights, layer, shared, block);
    block.shared_ffn_norm = weights.norm(shared + "shared_ffn_norm", spec_.dim, false, false);
    load_feed_forward(weights, layer, shared, block);
  }
  block.shared_out = weights.linear(prefix + "shared_out", spec_.dim, spec_.dim, false);
  const int64_t q = int64_t(layer.heads) * layer.head_dim, kv = int64_t(layer.kv_heads) * layer.head_dim;
  const auto addition = [&](Linear& linear, const char* name, int64_t in, int64_t out, int rank) {
    linear.addition.reset();
    if (rank == 0) return;
    linear.addition = std::make_shared<LowRank>(LowRank{weights.matrix(cat(prefix, name, ".down"), {rank, in}),
                                                        weights.matrix(cat(prefix, name, ".up"), {out, rank})});
  };
  addition(block.attn.q, "attn.q_addition", 2 * spec_.dim, q, layer.shared.attention_rank);
  addition(block.attn.k, "attn.k_addition", 2 * spec_.dim, kv, layer.shared.attention_rank);
  addition(block.attn.v, "attn.v_addition", 2 * spec_.dim, kv, layer.shared.attention_rank);
  addition(block.ffn.gate, "mlp.gate_addition", spec_.dim, layer.hidden, layer.shared.ffn_rank);
  addition(block.ffn.up, "mlp.up_addition", spec_.dim, layer.hidden, layer.shared.ffn_rank);
}

void DecoderModel::load_attention(WeightLoader& weights, const LayerSpec& layer, const std::string& prefix, Block& block) const {
  const int64_t q = int64_t(layer.heads) * layer.head_dim, kv = int64_t(layer.kv_heads) * layer.head_dim;
  const int64_t in = layer.shared.stored_in >= 0 ? 2 * int64_t(spec_.dim) : spec_.dim;
  block.attn = load_projections(weights, layer, prefix + "attn.", in, spec_.dim);
  if (layer.attention_gate) block.attn.gate = weights.linear(prefix + "attn.gate", q, in, layer.qkv_bias);
  if (layer.qk_norm) {
    const bool one_head = layer.qk_norm_span == QkNormSpan::head, layer_norm = layer.qk_norm_kind == NormKind::layer;
    block.attn.q_norm = weights.norm(prefix + "attn.q_norm", one_head ? layer.head_dim : q, layer.qk_norm_bias, layer_norm);
    block.attn.k_norm = weights.norm(prefix + "attn.k_norm", one_head ? layer.head_dim : kv, layer.qk_norm_bias, layer_norm);
  }
  if (layer.sinks) block.sinks = weights.vector(prefix + "attn.sinks", layer.heads);
  if (layer.alibi.max_bias > 0) {
    const std::vector<float> slopes = alibi_slopes(layer.alibi, layer.heads);
    block.alibi = backend_->upload(std::as_bytes(std::span(slopes)), {layer.heads}, DType::f32);
  }
  if (layer.buckets.buckets > 0) block.distances = load_distances(weights, layer);
}

Tensor DecoderModel::load_distances(WeightLoader& weights, const LayerSpec& layer) const {
  const BucketSpec& buckets = layer.buckets;
  if (size_t(buckets.stored_in) < blocks_.size()) return blocks_[size_t(buckets.stored_in)].distances;
  const std::string name = cat(place_.prefix, "layers.", buckets.stored_in, ".attn.buckets");
  const StoredNumbers table = weights.numbers(name, {buckets.buckets, layer.heads});
  if (table.empty()) return {};
  const std::vector<int32_t> entries = entries_by_distance(buckets, !spec_.stacks[0].causal, layer.heads);
  std::vector<StoredNumber> biases;
  for (int32_t entry : entries) biases.push_back(table.values[size_t(entry)]);
  return weights.upload(table.with(std::move(biases)), {layer.heads, int64_t(entries.size()) / layer.heads});
}

SiteCatalog DecoderModel::catalog() const {
  SiteCatalog catalog;
  catalog.stacks.resize(size_t(place_.stack) + 1);
  std::vector<SiteMask>& layers = catalog.stacks.back();
  for (const LayerSpec& layer : spec_.layers()) {
    SiteMask& mask = layers.emplace_back();
    for (Site s : {Site::resid_pre, Site::resid_post}) mask.set(s);
    const bool mixer = layer.mixer != Mixer::none, shared = layer.shared.stored_in >= 0, ffn = layer.ffn != Ffn::none || shared;
    if (carries_state(layer)) {
      for (Site s : {Site::mixer_norm_scale, Site::mixer_in, Site::mixer_out}) mask.set(s);
      for (Site s : state_sites(layer)) mask.set(s);
    }
    if (attends(layer)) {
      for (Site s : {Site::attn_in, Site::attn_out}) mask.set(s);
      for (Site s : {Site::q_pre, Site::k_pre, Site::q, Site::k, Site::attn_scores, Site::attn_probs, Site::head_out}) mask.set(s);
      if (!kv_entry(layer).values_in_keys) mask.set(Site::v);
      if (!layer.attention_beside && layer.attn_norm) mask.set(Site::attn_norm_scale);
      if (layer.attention_gate) mask.set(Site::attn_gate);
    }
    if (layer.cross)
      for (Site s : {Site::cross_norm_scale, Site::cross_in, Site::cross_q, Site::cross_k, Site::cross_v, Site::cross_scores, Site::cross_probs,
                     Site::cross_head_out, Site::cross_out, Site::resid_mid_cross})
        mask.set(s);
    if (mixer && layer.ffn != Ffn::none && !layer.parallel) mask.set(Site::resid_mid);
    if (ffn)
      for (Site s : {Site::mlp_in, Site::mlp_out}) mask.set(s);
    if (ffn && layer.ffn != Ffn::moe)
      for (Site s : {Site::mlp_gate, Site::mlp_act}) mask.set(s);
    if (layer.ffn == Ffn::moe)
      for (Site s : {Site::router_logits, Site::expert_ids, Site::expert_weights, Site::expert_out}) mask.set(s);
    if (layer.ffn == Ffn::moe && layer.moe.shared_hidden > 0) mask.set(Site::shared_out);
    if (ffn && !layer.shared_norm) mask.set(Site::mlp_norm_scale);
    if (layer.ffn == Ffn::glu || shared) mask.set(Site::mlp_up);
    if (layer.ffn == Ffn::channel_mix) mask.set(Site::mlp_out_gate);
  }
  SiteMask& outside = layers.emplace_back();
  outside.set(Site::embed);
  if (spec_.final_norm) outside.set(Site::final_norm), outside.set(Site::final_norm_scale);
  if (spec_.head) outside.set(Site::logits);
  return catalog;
}

std::shared_ptr<const Model> build_model(const ModelSpec& spec, WeightLoader& weights, std::shared_ptr<Backend> backend) {
  if (spec.has_encoder()) return std::make_shared<EncoderDecoderModel>(spec, weights, std::move(backend));
  return std::make_shared<DecoderModel>(spec, weights, std::move(backend));
}

std::shared_ptr<const Model> load_model(const WeightSource& source, ModelSpec spec, std::shared_ptr<Backend> backend, ProgressFn progress, Purpose purpose) {
  const Architecture& architecture = match_architecture(source);
  auto origins = purpose == Purpose::gradients ? std::make_shared<ParameterOrigins>() : nullptr;
  WeightLoader weights(architecture, spec, source, *backend, std::move(progress), WeightLoader::Mode::read, std::move(origins));
  auto model = build_model(spec, weights, backend);
  source.check_intact();
  require_fit(architecture, source, weights.requests(), backend);
  return model;
}

std::shared_ptr<const Model> load_model(const WeightSource& source, std::shared_ptr<Backend> backend, ProgressFn progress, Purpose purpose) {
  return load_model(source, read_spec(match_architecture(source), source), std::move(backend), std::move(progress), purpose);
}

std::optional<ModelSpec> header_spec(const WeightSource& source) {
  try {
    return read_spec(match_architecture(source), source);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace vitrine
