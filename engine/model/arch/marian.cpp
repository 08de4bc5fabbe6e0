// SPDX-License-Identifier: Apache-2.0
// Marian (Junczys-Dowmunt et al. 2018, arXiv:1804.00344; OPUS-MT): norms after each sum, sinusoidal positions; where the two languages have
// vocabularies of their own, an embedding each.
#include "engine/model/arch/all.h"
#include "engine/model/arch/bart_family.h"

namespace vitrine {

static ModelSpec spec(const ConfigView& config) {
  ModelSpec spec = read_bart(config, NormPlacement::post);
  spec.sinusoidal_positions = spec.sinusoids_by_width = true;
  if (config.boolean_or("shared_embeddings", true)) return spec;
  const TensorInfo* own = config.source().find("model.encoder.embed_tokens.weight");
  if (!own) throw config.error("shared_embeddings", "is false, but model.encoder.embed_tokens.weight is missing");
  spec.encoder_vocab = int(own->shape[0]);
  if (config.has("decoder_vocab")) spec.vocab = int(config.count("decoder_vocab", 1, 1 << 24));
  return spec;
}

Architecture marian() {
  return {.id = "marian", .gguf_names = {}, .hf_model_types = {"marian"}, .keys = bart_keys(), .hf_names = bart_names(), .spec = spec,
          .adjust = bart_adjust, .padding_row = {.otherwise = 58100}};
}

}  // namespace vitrine
