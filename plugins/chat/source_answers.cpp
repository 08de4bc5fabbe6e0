// SPDX-License-Identifier: Apache-2.0
// Encoder-decoders in the chat: each text is a source of its own, its answer decoded as the checkpoint asks for.
#include "engine/decode/sampler.h"
#include "plugins/chat/chat_session.h"

namespace vitrine {

bool ChatSession::answers_to_source() const {
  const auto model = context_.workspace.model();
  return model && model->facts->spec.has_encoder();
}

int ChatSession::beams() const {
  const auto model = context_.workspace.model();
  return beams_ > 0 ? beams_ : model ? model->facts->generation.beam.beams : 1;
}

/// The checkpoint's penalties, lengths and forced tokens stand before the user's own way to draw.
Generate ChatSession::source_request(const BuiltPrompt& source) const {
  const GenerationDefaults& defaults = context_.workspace.model()->facts->generation;
  Generate request = context_.workspace.generate_defaults();
  if (defaults.max_tokens > 0) request.max_tokens = std::min(request.max_tokens, defaults.max_tokens);
  SamplerSpec sampler = without_drawing(defaults.sampler);
  sampler.stages.insert(sampler.stages.end(), request.sampler.stages.begin(), request.sampler.stages.end());
  sampler.seed = request.sampler.seed;
  request.sampler = with_forced_tokens(std::move(sampler), defaults, request.max_tokens);
  request.beam = defaults.beam;
  request.beam.beams = beams();
  request.source = source.ids;
  request.tokens = {defaults.decoder_start};
  return request;
}

void ChatSession::answer_to_source(int64_t question) {
  Generate request = source_request(build_source(*context_.workspace.model(), conversation_.find(question)->text));
  for (const auto& [id, run] : run_of_turn_)
    if (const Turn* turn = conversation_.find(id); turn && turn->parent == question) ++request.sampler.seed;  // a retry draws other numbers
  answer(question, std::move(request), {}, {});
}

}  // namespace vitrine
