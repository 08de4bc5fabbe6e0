// SPDX-License-Identifier: Apache-2.0
// RoBERTa (arXiv:1907.11692), XLM-R (arXiv:1911.02116) and CamemBERT: BERT whose positions begin behind the row of the padding token; padding
// takes none. The head's activation is GELU whatever the layers have.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = bert_names("roberta.", {{"head_dense.w", "lm_head.dense.weight"},
                                                                    {"head_dense.b", "lm_head.dense.bias"},
                                                                    {"head_norm.w", "lm_head.layer_norm.weight"},
                                                                    {"head_norm.b", "lm_head.layer_norm.bias"},
                                                                    {"head.w", "lm_head.decoder.weight"},
                                                                    {"head.b", "lm_head.bias|lm_head.decoder.bias"}});
  return list;
}

void padded_positions(const ConfigView& config, ModelSpec& spec, int padding_id) {
  spec.padding_id = padding_id;
  spec.position_offset = spec.padding_id + 1;
  if (spec.padding_id < 0 || spec.position_offset >= spec.learned_positions) throw config.error("padding_id", "leaves no positions");
  spec.context_length -= spec.position_offset;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bert(config, names());
  padded_positions(config, spec, int(config.i64_or("padding_id", 1)));
  spec.head_activation = Activation::gelu;
  return spec;
}

Architecture roberta() {
  return {.id = "roberta", .gguf_names = {}, .hf_model_types = {"roberta", "xlm-roberta", "camembert"}, .keys = encoder_keys(), .hf_names = names(), .spec = spec,
          .adjust = own_head_bias, .padding_row = {.otherwise = 1}};
}

}  // namespace vitrine
