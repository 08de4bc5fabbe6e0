// SPDX-License-Identifier: Apache-2.0
#include "engine/model/variant.h"

#include "engine/model/attention_change.h"
#include "engine/model/positions.h"

namespace vitrine {

std::shared_ptr<const Model> make_variant(const std::shared_ptr<const Model>& model, const VariantText& variant) {
  if (variant.empty()) return model;
  ModelSpec spec = model->spec();
  if (!variant.positions.empty()) spec = replace_positions(spec, parse_positions(variant.positions, spec));
  float sink_logit = 0;
  if (!variant.attention.empty()) {
    const AttentionChange change = parse_attention(variant.attention);
    spec = change_attention(spec, change);
    sink_logit = change.sink_logit;
  }
  return model->with_spec(std::move(spec), sink_logit);
}

}  // namespace vitrine
