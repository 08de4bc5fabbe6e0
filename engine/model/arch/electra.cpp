// SPDX-License-Identifier: Apache-2.0
// ELECTRA (arXiv:2003.10555): BERT with embeddings of a width of their own, projected after their norm; the generator's head goes back to
// that width, with GELU whatever the layers have; the discriminator's says of each token whether it was replaced.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = bert_names("electra.", {{"head_dense.w", "generator_predictions.dense.weight|discriminator_predictions.dense.weight"},
                                                                    {"head_dense.b", "generator_predictions.dense.bias|discriminator_predictions.dense.bias"},
                                                                    {"head_norm.w", "generator_predictions.LayerNorm.weight"},
                                                                    {"head_norm.b", "generator_predictions.LayerNorm.bias"},
                                                                    {"head.w", "generator_lm_head.weight|discriminator_predictions.dense_prediction.weight"},
                                                                    {"head.b", "generator_lm_head.bias|discriminator_predictions.dense_prediction.bias"}});
  return list;
}

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bert(config, names());
  project_embeddings(config, spec);
  const TensorInfo* head = find_stored(config.source(), names(), "head_dense.w");
  if (head && head->name.starts_with("discriminator_predictions.")) {
    spec.head_rows = 1;  // with the layers' activation, and no norm
    spec.tied_head = false;
  } else {
    spec.head_activation = Activation::gelu;
  }
  return spec;
}

Architecture electra() {
  return {.id = "electra", .gguf_names = {}, .hf_model_types = {"electra"}, .keys = encoder_keys(), .hf_names = names(), .spec = spec,
          .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
