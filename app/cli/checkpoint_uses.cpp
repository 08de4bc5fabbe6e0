// SPDX-License-Identifier: Apache-2.0
#include "app/cli/checkpoint_uses.h"

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/decode/sampler.h"
#include "engine/model/embedding_spec.h"
#include "engine/run/generation_defaults.h"

namespace vitrine::cli {

namespace {

std::string embedding_text(const WeightSource& source, const ModelSpec& model) {
  const EmbeddingSpec spec = read_embedding_spec(source, model);
  return cat(spec.pooling_text(), spec.normalized() ? ", normalized" : "", ", at most ", spec.max_tokens, " tokens (", spec.origin, ")");
}

std::string decoding_text(const WeightSource& source, const ModelSpec& model) {
  const GenerationDefaults defaults = read_generation_defaults(source);
  const int32_t start = defaults.decoder_start >= 0 ? defaults.decoder_start : model.decoder_start;
  std::string text = defaults.beam.beams > 1 ? cat(defaults.beam.beams, " beams, length penalty ", defaults.beam.length_penalty) : "no beams";
  for (const StageSpec& stage : without_drawing(defaults.sampler).stages) text += cat(", ", stage.name);
  if (defaults.max_tokens > 0) text += cat(", at most ", defaults.max_tokens, " tokens");
  return cat(text, ", starts with token ", start);
}

/// What the configuration says, or why it does not.
template <class Read>
std::string readable(Read read) {
  try {
    return read();
  } catch (const Error& e) {
    return e.what();
  }
}

}  // namespace

CheckpointUses checkpoint_uses(const WeightSource& source, const ModelSpec& model) {
  CheckpointUses uses;
  const bool causal = model.stacks[0].causal, modules = source.companion("modules.json").has_value();
  if (causal && model.head) uses.commands.push_back("generate");
  if (model.fills_masks() || model.finds_replaced()) uses.commands.push_back("fill-mask");
  if (!causal || model.has_encoder() || modules) {
    uses.commands.push_back("embed");
    uses.embedding = readable([&] { return embedding_text(source, model); });
  }
  if (model.has_encoder()) uses.decoding = readable([&] { return decoding_text(source, model); });
  return uses;
}

}  // namespace vitrine::cli
