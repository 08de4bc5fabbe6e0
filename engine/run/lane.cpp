// SPDX-License-Identifier: Apache-2.0
#include "engine/run/lane.h"

#include <algorithm>

#include "engine/core/text.h"

namespace vitrine {

static constexpr int64_t kChunk = 256;

void Lane::truncate(int64_t length) {
  if (state && state->length() > length) state->truncate(length);  // may go back further: what is missing is run again
  if (int64_t(normed.size()) > length) normed.resize(size_t(length));
}

/// The plan of the lane's edits; null: it has none.
static std::shared_ptr<const TapPlan> edits_of(const Lane& lane) {
  const auto plan = lane.watches.empty() ? nullptr : TapPlan::compile(lane.model->sites(), lane.watches);
  return plan && plan->edits() ? plan : nullptr;
}

void encode_source(LoadedModel& loaded, Lane& lane, const TapPlan* plan, std::stop_token stop, Exec::Sink sink) {
  Batch batch;
  batch.ids = lane.source;
  batch.segments.push_back({lane.state.get(), 0, batch.rows(), 0, plan});
  Exec ex(*lane.model->backend(), lane.precision, stop, std::move(sink));
  lane.model->encode(ex, batch);
  loaded.check_files();
}

const Model* encoder_of(const Model& model) noexcept {
  if (model.encoder()) return model.encoder();
  return model.spec().stacks[0].causal ? nullptr : &model;
}

void ensure_source_kept(LoadedModel& loaded, Lane& lane, std::stop_token stop) {
  const Model* encoder = encoder_of(*lane.model);
  if (lane.source_state) return;
  auto state = std::make_unique<SeqState>(encoder->make_pool(loaded.cache_dtype(lane.precision)));
  state->keep_queries(true);
  const auto plan = edits_of(lane);
  Batch batch;
  batch.ids = lane.source;
  batch.token_types = lane.source_types;
  batch.hidden_only = true;
  batch.segments.push_back({state.get(), 0, batch.rows(), 0, plan.get()});
  Exec ex(*lane.model->backend(), lane.precision, stop);
  encoder->forward(ex, batch);
  loaded.check_files();
  state->commit(batch.rows());
  lane.source_state = std::move(state);
}

void fill_cache(LoadedModel& loaded, Lane& lane, int64_t to, bool keep_normed, std::stop_token stop, const ProgressFn& progress) {
  const auto plan = edits_of(lane);
  if (lane.model->encoder() && !lane.state->source()) encode_source(loaded, lane, plan.get(), stop);
  const int64_t begin = lane.cached();
  while (lane.cached() < to) {
    const int64_t from = lane.cached(), rows = std::min(kChunk, to - from);
    Batch batch;
    batch.ids.assign(lane.tokens.begin() + from, lane.tokens.begin() + from + rows);
    batch.segments.push_back({lane.state.get(), 0, int(rows), from, plan.get()});
    batch.hidden_only = !keep_normed;
    Exec ex(*lane.model->backend(), lane.precision, stop);
    const Output out = lane.model->forward(ex, batch);
    loaded.check_files();
    lane.state->commit(rows);
    if (keep_normed) {
      lane.normed.resize(size_t(from + rows));
      for (int64_t row = 0; row < rows; ++row) {
        Tensor own = ex.alloc({1, out.hidden.size(1)});
        ex.backend().copy(out.hidden.slice(0, row, row + 1), own);
        lane.normed[size_t(from + row)] = own;
      }
    }
    if (progress && !progress(from + rows - begin, to - begin)) throw Error(ErrorKind::cancelled, "stopped");
  }
}

static bool has_all_normed(const Lane& lane) {
  if (int64_t(lane.normed.size()) < lane.cached()) return false;
  return std::all_of(lane.normed.begin() + std::max<int64_t>(lane.prompt_tokens - 1, 0), lane.normed.begin() + lane.cached(),
                     [](const Tensor& t) { return t.defined(); });
}

bool ensure_kept(LoadedModel& loaded, Lane& lane, bool need_normed, bool keys_there, std::stop_token stop, const ProgressFn& progress) {
  const int64_t wanted = int64_t(lane.tokens.size());
  const KeptQueries* kept = lane.state ? lane.state->kept() : nullptr;
  const std::vector<LayerSpec>& layers = lane.model->spec().layers();
  const auto first = std::find_if(layers.begin(), layers.end(), attends);
  const bool queries = kept && lane.cached() > 0 && (first == layers.end() || kept->covers(int(first - layers.begin()), 0, lane.cached()));
  const bool complete = lane.cached() >= wanted - 1;  // the last token of an answer was never fed
  if (queries && complete && keys_there && (!need_normed || has_all_normed(lane))) return lane.recomputed;
  lane.recomputed = true;
  lane.normed.clear();
  lane.state = std::make_unique<SeqState>(loaded.pool(lane.model, lane.precision));
  lane.state->keep_queries(true);
  lane.state->hold_everything(true);
  fill_cache(loaded, lane, wanted, true, stop, progress);
  return true;
}

}  // namespace vitrine
