// SPDX-License-Identifier: Apache-2.0
#include "engine/run/beam_run.h"

#include <algorithm>

namespace vitrine {

BeamRun::BeamRun(const LoadedModel& loaded, const Lane& lane, const Generate& request) : lane_(request.lane), prompt_(lane.tokens.size()) {
  BeamOptions options{.beams = request.beam.beams, .return_sequences = request.beam.beams, .length_penalty = request.beam.length_penalty,
                      .early_stopping = request.beam.early_stopping, .processors = without_drawing(request.sampler)};
  options.max_new_tokens = int(std::min<int64_t>(request.max_tokens, lane.model->spec().context_length - int64_t(lane.tokens.size())));
  if (!request.ignore_eos) options.end_ids = loaded.end_ids;
  options.end_ids.insert(options.end_ids.end(), request.stop_ids.begin(), request.stop_ids.end());
  std::unique_ptr<SeqState> start = lane.state->fork();
  start->keep_queries(false);
  model_ = std::make_unique<CachedStepModel>(lane.model, request.precision, std::move(start));
  search_ = std::make_unique<BeamSearch>(*model_, lane.tokens, options);
}

void BeamRun::step(std::stop_token stop) {
  if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
  done_ = !search_->step();
  if (done_) results_ = search_->results();
}

BeamsOut BeamRun::told() const {
  BeamsOut out{.lane = lane_, .hypotheses = {}};
  for (const BeamResult& result : results_)
    out.hypotheses.push_back({{result.tokens.begin() + std::ptrdiff_t(prompt_), result.tokens.end()}, result.score});
  return out;
}

std::span<const int32_t> BeamRun::answer() const { return std::span(results_.at(0).tokens).subspan(prompt_); }

}  // namespace vitrine
