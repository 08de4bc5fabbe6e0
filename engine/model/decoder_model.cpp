// SPDX-License-Identifier: Apache-2.0
// Forward pass of the transformer stack. Reading order: forward, embed, layer (decoder_layer.cpp), finish. What a step shares is in
// decoder_step.h, the weights are read in decoder_load.cpp.
#include "engine/model/decoder_model.h"

#include <cmath>

#include "engine/core/text.h"

namespace vitrine {

/// sin(p f_i) | cos(p f_i) with f_i = 10000^(-i / (half - 1)) (Vaswani et al. 2017, laid out as tensor2tensor does).
static void append_sinusoids(std::vector<float>& rows, float position, int dim) {
  const int half = dim / 2;
  const float step = std::log(10000.0f) / float(half - 1);
  std::vector<float> angles;
  for (int i = 0; i < half; ++i) angles.push_back(position * std::exp(float(i) * -step));
  for (float angle : angles) rows.push_back(std::sin(angle));
  for (float angle : angles) rows.push_back(std::cos(angle));
  if (dim % 2) rows.push_back(0);
}

/// Of [sin | cos], frequencies 10000^(-2i / dim) (Vaswani et al. 2017, in double as numpy does).
static void append_sinusoids_by_width(std::vector<float>& rows, int64_t position, int dim) {
  const auto angle = [&](int i) { return double(position) / std::pow(10000.0, 2.0 * i / dim); };
  for (int i = 0; i < (dim + 1) / 2; ++i) rows.push_back(float(std::sin(angle(i))));
  for (int i = 0; i < dim / 2; ++i) rows.push_back(float(std::cos(angle(i))));
}

/// Positions of a segment's rows, in rows of the table.
static std::vector<int64_t> positions_of(const ModelSpec& spec, const Batch& batch, const Segment& segment) {
  std::vector<int64_t> positions;
  int64_t next = segment.first_position + spec.position_offset;
  for (int row = 0; row < segment.rows; ++row) {
    const bool padding = spec.padding_id >= 0 && batch.ids[size_t(segment.first_row + row)] == spec.padding_id;
    positions.push_back(padding ? spec.padding_id : next++);
  }
  return positions;
}

Tensor DecoderModel::positions(Exec& ex, const Batch& batch) const {
  std::vector<int32_t> ids;
  std::vector<float> sinusoids;
  const int width = spec_.late_projection ? spec_.embed_width() : spec_.dim;
  for (const Segment& segment : batch.segments)
    for (int64_t position : positions_of(spec_, batch, segment)) {
      if (spec_.learned_positions && position >= spec_.learned_positions)
        throw Error(ErrorKind::input, cat("position ", position - spec_.position_offset, " is beyond the ",
                                          spec_.learned_positions - spec_.position_offset, " positions this model has"),
                    "shorten the text");
      if (spec_.learned_positions)
        ids.push_back(int32_t(position));
      else if (spec_.sinusoids_by_width)
        append_sinusoids_by_width(sinusoids, position, width);
      else
        append_sinusoids(sinusoids, float(position), width);
    }
  return spec_.learned_positions ? nn::embed(ex, positions_, ex.upload_i32(ids), 1, spec_.padding_id) : ex.upload_f32(sinusoids, {batch.rows(), width});
}

Tensor DecoderModel::embed(Exec& ex, const Batch& batch) const {
  Tensor x = nn::embed(ex, embed_, ex.upload_i32(batch.ids), spec_.embed_scale, spec_.padding_row);  // [rows, embed_dim]
  if (embed_in_.defined() && !spec_.late_projection) x = nn::linear(ex, x, embed_in_);  // [rows, dim]
  if (token_types_.defined()) {
    std::vector<int32_t> types = batch.token_types;
    types.resize(batch.ids.size(), 0);
    x = nn::add(ex, x, nn::embed(ex, token_types_, ex.upload_i32(types)));
  }
  if (spec_.learned_positions || spec_.sinusoidal_positions) x = nn::add(ex, x, positions(ex, batch));
  if (spec_.embed_norm) x = nn::norm(ex, x, embed_norm_, norm_rule());
  if (spec_.late_projection) x = nn::linear(ex, x, embed_in_);
  ex.tap(Site::embed, x);
  return x;
}

static Tensor pick_rows(Exec& ex, const Tensor& x, const std::vector<int32_t>& rows) {
  if (int64_t(rows.size()) == x.size(0)) return x;
  return nn::embed(ex, x, ex.upload_i32(rows));
}

Tensor DecoderModel::logits(Exec& ex, const Tensor& normed) const {
  Tensor h = normed;
  if (spec_.head_transform) {
    h = nn::linear(ex, h, head_dense_);
    h = nn::activate(ex, std::move(h), spec_.head_activation);
    if (head_norm_.w.defined()) h = nn::norm(ex, h, head_norm_, norm_rule());
  }
  Tensor out = nn::linear(ex, h, head_);                               // [n, vocab or head rows]
  if (spec_.logit_scale != 1) out = nn::scale(ex, std::move(out), spec_.logit_scale);
  if (spec_.logit_softcap > 0) out = nn::softcap(ex, std::move(out), spec_.logit_softcap);
  return out;
}

Output DecoderModel::finish(Exec& ex, Tensor x, const Batch& batch) const {
  Output out;
  ex.leave_layers(place_.stack);
  // Without a watch on the final norm only the rows that are asked for are normed.
  const bool all_rows = ex.wants(Site::final_norm) || ex.wants(Site::final_norm_scale) || batch.logit_rows.empty() || !spec_.head;
  if (!all_rows) x = pick_rows(ex, x, batch.logit_rows);
  if (spec_.final_norm) {
    nn::NormRule rule = norm_rule();
    if (spec_.final_norm_eps > 0) rule.eps = spec_.final_norm_eps;
    x = nn::norm(ex, x, final_norm_, rule, Site::final_norm_scale);
    ex.tap(Site::final_norm, x);
  }
  if (embed_out_.defined()) x = nn::linear(ex, x, embed_out_);
  out.hidden = x;
  if (spec_.pooler_dim) {
    std::vector<int32_t> first;
    for (const Segment& segment : batch.segments) first.push_back(segment.first_row);
    out.pooled = nn::activate(ex, nn::linear(ex, pick_rows(ex, x, first), pooler_), Activation::tanh);
  }
  if (!spec_.head || batch.logit_rows.empty()) return out;
  out.normed = all_rows ? pick_rows(ex, x, batch.logit_rows) : x;
  out.logits = logits(ex, out.normed);
  ex.tap(Site::logits, out.logits);
  return out;
}

Output DecoderModel::forward(Exec& ex, const Batch& batch) const {
  for (int32_t id : batch.ids)
    if (id < 0 || id >= spec_.vocab)
      throw Error(ErrorKind::input, cat("token id ", id, " is outside the vocabulary of ", spec_.vocab), "use the tokenizer of this model");
  ex.begin(batch, sites_);
  ex.leave_layers(place_.stack);
  DecoderStep step(ex, batch, *this);
  Tensor x = embed(ex, batch);                                         // [rows, dim]
  step.embedding = x;
  for (size_t layer = 0; layer < blocks_.size(); ++layer) {
    ex.enter_layer(place_.stack, int(layer));
    x = this->layer(ex, std::move(x), batch, step, int(layer));
  }
  if (batch.hidden_only) return {x, {}, {}, {}};
  return finish(ex, std::move(x), batch);
}

}  // namespace vitrine
