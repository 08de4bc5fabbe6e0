// SPDX-License-Identifier: Apache-2.0
#include "engine/run/generation.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text.h"
#include "engine/decode/logprobs.h"
#include "engine/model/rope.h"
#include "engine/run/background.h"

namespace vitrine {

static constexpr int64_t kPrefillChunk = 512;

Generation::Generation(LoadedModel& loaded, Lane& lane, const Lane* fork_of, const Generate& request, Publish publish)
    : loaded_(loaded), lane_(lane), request_(request), publish_(std::move(publish)), chain_(request.sampler), model_(loaded.variant(request.variant)) {
  const int32_t start = loaded.facts->generation.decoder_start;
  if (request_.tokens.empty() && model_->encoder() && start >= 0) request_.tokens = {start};
  check();
  if (!request_.watches.empty()) plan_ = TapPlan::compile(model_->sites(), request_.watches);
  if (plan_ && plan_->edits() && request_.beam.beams > 1)
    throw Error(ErrorKind::unsupported, "beam search runs without edits", "choose one beam, or take the edits out");
  if (loaded.tokenizer) decoder_.emplace(loaded.tokenizer);
  adopt_prefix(fork_of);
}

void Generation::check() const {
  const ModelSpec& spec = model_->spec();
  if (!spec.head || !spec.stacks[0].causal)
    throw Error(ErrorKind::unsupported, cat(spec.name, " is an encoder and does not generate text"),
                "fill masks or compare sentences with it, or open a causal language model to chat");
  if (spec.has_encoder() && request_.source.empty()) throw Error(ErrorKind::input, "nothing to answer: the source text has no tokens", "type something first");
  if (!spec.has_encoder() && !request_.source.empty())
    throw Error(ErrorKind::input, cat(spec.name, " has no encoder to read a source text"), "put the text into the prompt");
  if (request_.tokens.empty()) throw Error(ErrorKind::input, "nothing to answer: the prompt has no tokens", "type something first");
  if (int64_t(request_.tokens.size()) >= spec.context_length)
    throw Error(ErrorKind::input, cat("the prompt has ", request_.tokens.size(), " tokens, the model's context holds ", spec.context_length),
                "shorten the conversation or start a new one");
  const auto check_ids = [](std::span<const int32_t> ids, int vocab) {
    for (int32_t id : ids)
      if (id < 0 || id >= vocab) throw Error(ErrorKind::input, cat("token id ", id, " is outside the vocabulary of ", vocab), "use this model's tokenizer");
  };
  check_ids(request_.tokens, spec.vocab);
  check_ids(request_.source, spec.encoder_vocab ? spec.encoder_vocab : spec.vocab);
}

/// Cached rows stay only if they were computed the same way: model, source, precision, capture and edits.
void Generation::adopt_prefix(const Lane* fork_of) {
  const auto compatible = [&](const Lane& other) {
    const bool same_edits = std::none_of(other.watches.begin(), other.watches.end(), [](const Watch& w) { return !w.edits.empty(); }) &&
                            (!plan_ || !plan_->edits());
    return other.state && other.model == model_ && other.source == request_.source && other.precision == request_.precision && same_edits &&
           (!request_.capture || other.state->kept());
  };
  const auto common = [&](const Lane& other) {
    const auto [a, b] = std::mismatch(other.tokens.begin(), other.tokens.end(), request_.tokens.begin(), request_.tokens.end());
    const int64_t prefix = std::min<int64_t>(a - other.tokens.begin(), other.cached());
    return std::min<int64_t>(prefix, int64_t(request_.tokens.size()) - 1);
  };
  if (!compatible(lane_)) lane_.source_state.reset();
  if (fork_of && compatible(*fork_of) && (!compatible(lane_) || common(*fork_of) > common(lane_))) {
    lane_.state = fork_of->state->fork();
    lane_.normed = fork_of->normed;
    lane_.tokens = fork_of->tokens;
    lane_.recomputed = fork_of->recomputed;
  } else if (!compatible(lane_)) {
    lane_.state = std::make_unique<SeqState>(loaded_.pool(model_, request_.precision));
    lane_.normed.clear();
    lane_.tokens.clear();
    lane_.recomputed = false;
  }
  lane_.source = request_.source;
  lane_.model = model_;
  lane_.state->keep_queries(request_.capture);
  lane_.state->hold_everything(false);
  reused_ = common(lane_);
  if (outgrows_cache(model_->spec().ropes, reused_, lane_.cached())) reused_ = 0;  // rows of a text that had outgrown it
  lane_.truncate(reused_);
  reused_ = std::min(reused_, lane_.cached());
  lane_.tokens = request_.tokens;
  lane_.precision = request_.precision;
  lane_.sampler = request_.sampler;
  lane_.watches = request_.watches;
  lane_.prompt_tokens = request_.prompt_tokens >= 0 ? std::min<int64_t>(request_.prompt_tokens, int64_t(request_.tokens.size())) : int64_t(request_.tokens.size());
  lane_.first_step = request_.first_step - std::min<uint64_t>(request_.first_step, request_.tokens.size() - size_t(lane_.prompt_tokens));
}

double Generation::elapsed_ms() const { return std::chrono::duration<double, std::milli>(Clock::now() - begin_).count(); }

bool Generation::within_budget() const {
  const KeptQueries* kept = lane_.state->kept();
  return !kept || kept->bytes() <= loaded_.capture_budget_bytes;
}

/// Row `row` of normed [rows, dim], the final-norm vector at `position`.
void Generation::keep_normed(int64_t position, const Tensor& normed, int64_t row) {
  if (int64_t(lane_.normed.size()) <= position) lane_.normed.resize(size_t(position + 1));
  Tensor own = normed;
  if (normed.size(0) > 1) {
    own = model_->backend()->alloc({1, normed.size(1)}, DType::f32);
    model_->backend()->copy(normed.slice(0, row, row + 1), own);
  }
  lane_.normed[size_t(position)] = own;
}

Exec::Sink Generation::tap_sink() {
  return [this](Captured captured) {
    Backend& backend = *model_->backend();
    TapOut tap{.lane = request_.lane, .at = captured.at, .watch = captured.watch, .first_position = captured.positions.front()};
    tap.values = backend.snapshot(captured.values);
    if (captured.ids.defined()) tap.ids = backend.snapshot(captured.ids);
    publish_(std::move(tap));
  };
}

/// What is cached once more, with the frequencies of a text of `length` tokens.
void Generation::compute_anew(int64_t length, std::stop_token stop) {
  const int64_t cached = lane_.cached();
  lane_.state->truncate(0);
  for (int64_t from = 0; from < cached; from += kPrefillChunk)
    run_rows(std::span(lane_.tokens).subspan(size_t(from), size_t(std::min(kPrefillChunk, cached - from))), {}, length, stop);
}

/// Runs `ids` behind what is cached. A prompt's parts all have the frequencies of the whole prompt.
Output Generation::run(std::span<const int32_t> ids, std::vector<int32_t> logit_rows, std::stop_token stop) {
  const int64_t length = std::max(lane_.cached() + int64_t(ids.size()), prompt_done_ ? 0 : int64_t(lane_.tokens.size()));
  const bool first_part = prompt_done_ || lane_.cached() == reused_;
  if (first_part && outgrows_cache(model_->spec().ropes, lane_.cached(), length)) compute_anew(length, stop);
  return run_rows(ids, std::move(logit_rows), length, stop);
}

Output Generation::run_rows(std::span<const int32_t> ids, std::vector<int32_t> logit_rows, int64_t length, std::stop_token stop) {
  Batch batch;
  batch.frequency_length = length;
  batch.ids.assign(ids.begin(), ids.end());
  batch.segments.push_back({lane_.state.get(), 0, batch.rows(), lane_.cached(), plan_.get()});
  batch.hidden_only = logit_rows.empty() && !plan_;
  batch.logit_rows = std::move(logit_rows);
  if (!within_budget()) lane_.state->keep_queries(false);
  Exec ex(*model_->backend(), request_.precision, stop, tap_sink());
  Output out = model_->forward(ex, batch);
  loaded_.check_files();
  lane_.state->commit(batch.rows());
  return out;
}

/// The source is read anew when somebody watches the encoder, else only where the lane has not read it yet.
void Generation::encode(std::stop_token stop) {
  encoded_ = true;
  if (lane_.state->source() && !plan_) return;
  const int64_t rows = source_read_ = int64_t(request_.source.size());
  publish_(Progress{"Source", 0, rows, "tokens"});
  encode_source(loaded_, lane_, plan_.get(), stop, tap_sink());
  publish_(Progress{"Source", rows, rows, "tokens"});
}

/// Probability of each prompt token given its prefix; rows [from, from + n) predict tokens from + 1 ...
void Generation::score_prompt_rows(int64_t from, const std::vector<float>& logits) {
  const size_t vocab = size_t(model_->spec().vocab);
  for (size_t row = 0; (row + 1) * vocab <= logits.size(); ++row) {
    const int64_t position = from + int64_t(row) + 1;
    if (position >= int64_t(lane_.tokens.size())) break;
    const std::span<const float> values = std::span(logits).subspan(row * vocab, vocab);
    const RowScores scores = score_row(values, request_.top_n);
    const int32_t id = lane_.tokens[size_t(position)];
    const TokenPlace place = place_in_row(values, scores, id);
    TokenOut out{.lane = request_.lane, .position = position, .prompt = position < lane_.prompt_tokens, .id = id, .logprob = float(place.logprob),
                 .entropy = float(scores.entropy), .rank = place.rank, .top = scores.top, .rest_mass = float(scores.rest_mass), .elapsed_ms = elapsed_ms()};
    publish_(std::move(out));
  }
}

void Generation::prefill(std::stop_token stop) {
  const bool searches = request_.beam.beams > 1;  // the search runs the last token itself, once for all beams
  const int64_t from = lane_.cached(), total = int64_t(lane_.tokens.size()) - searches;
  int64_t rows = std::min(request_.score_prompt ? std::min<int64_t>(kPrefillChunk, 64) : kPrefillChunk, total - from);
  // A state cannot be cut: the last token runs alone, so that a retry of the same prompt finds the state before it.
  if (lane_.state->recurrent() && rows > 1 && from + rows == total && !searches) --rows;
  const bool last = from + rows == total;
  std::vector<int32_t> logit_rows;
  if (request_.score_prompt)
    for (int32_t row = 0; row < rows; ++row) logit_rows.push_back(row);
  else if (last && !searches)
    logit_rows.push_back(int32_t(rows - 1));
  Output out;
  if (rows > 0) out = run(std::span(lane_.tokens).subspan(size_t(from), size_t(rows)), logit_rows, stop);
  const std::vector<float> logits = out.logits.defined() ? model_->backend()->snapshot(out.logits)->f32() : std::vector<float>();
  if (request_.score_prompt) score_prompt_rows(from, logits);
  publish_(Progress{"Prompt", from + rows - reused_, total - reused_, "tokens"});
  if (!last) return;
  prompt_done_ = true;
  prompt_ms_ = elapsed_ms();
  publish_(PromptDone{request_.lane, int64_t(lane_.tokens.size() + lane_.source.size()), reused_, prompt_ms_});
  if (searches) {
    beams_.emplace(loaded_, lane_, request_);
    return;
  }
  keep_normed(total - 1, out.normed, out.normed.size(0) - 1);
  emit(std::span(logits).last(size_t(model_->spec().vocab)), stop);
}

/// A step of the search; when it is over, the best answer's tokens run through the lane, some at a time, and are told.
bool Generation::search(std::stop_token stop) {
  if (!beams_->done()) {
    beams_->step(stop);
    publish_(Progress{"Beams", beams_->generated(), request_.max_tokens, "tokens"});
    if (!beams_->done()) return true;
    publish_(beams_->told());
  }
  const std::span<const int32_t> answer = beams_->answer();
  const size_t rows = std::min<size_t>(32, answer.size() - size_t(generated_));
  std::vector<int32_t> ids{lane_.tokens.back()}, logit_rows;
  for (size_t i = 0; i + 1 < rows; ++i) ids.push_back(answer[size_t(generated_) + i]);
  for (size_t i = 0; i < rows; ++i) logit_rows.push_back(int32_t(i));
  const int64_t from = lane_.cached();
  const Output out = run(ids, logit_rows, stop);
  const std::vector<float> logits = model_->backend()->snapshot(out.logits)->f32();
  const size_t vocab = size_t(model_->spec().vocab);
  for (size_t i = 0; i < rows && !done_; ++i) {
    keep_normed(from + int64_t(i), out.normed, int64_t(i));
    if (generated_ == 0) first_token_ = Clock::now();
    tell(std::span(logits).subspan(i * vocab, vocab), {answer[size_t(generated_)], 1, 0}, {});
  }
  if (done_) lane_.truncate(int64_t(lane_.tokens.size()) - 1);  // rows behind a stop string
  if (!done_ && size_t(generated_) == answer.size()) finish(StopReason::max_tokens);
  return !done_;
}

/// What may be shown of `text`: everything but a tail that could still become a stop string. `stopped`: one was found.
std::string Generation::release(const std::string& text, bool& stopped) {
  pending_ += text;
  size_t keep = 0;
  for (const std::string& stop : request_.stop_strings) {
    if (stop.empty()) continue;
    if (const size_t at = pending_.find(stop); at != std::string::npos) {
      stopped = true;
      pending_.resize(at);
    }
    for (size_t length = std::min(stop.size() - 1, pending_.size()); length > keep; --length)
      if (pending_.compare(pending_.size() - length, length, stop, 0, length) == 0) keep = std::max(keep, length);
  }
  if (stopped) keep = 0;
  std::string shown = pending_.substr(0, pending_.size() - keep);
  pending_.erase(0, pending_.size() - keep);
  return shown;
}

/// The chain's choice. When the logits are no numbers, the error names the stored tensor that they come from, if one is broken.
Choice Generation::choose(std::span<const float> logits, const DecodeView& view, std::vector<StageTrace>& stages, std::stop_token stop) const {
  try {
    return chain_.choose(logits, view, &stages);
  } catch (const Error&) {
    if (std::all_of(logits.begin(), logits.end(), [](float x) { return x < INFINITY; })) throw;
    const TensorInfo* broken = find_not_finite(*loaded_.source, stop);
    if (!broken) throw;
    throw Error(ErrorKind::format, cat("tensor \"", broken->name, "\" holds values that are not finite, so the model gives no numbers"),
                "get the file again, or convert it again from the original", loaded_.source->path().string());
  }
}

/// Chooses the next token from the logits of the last position and appends it; finishes the answer when it ends with it.
void Generation::emit(std::span<const float> logits, std::stop_token stop) {
  if (generated_ == 0) first_token_ = Clock::now();
  TokenOut out;
  const DecodeView view{lane_.tokens, int(lane_.prompt_tokens), request_.first_step + uint64_t(generated_), loaded_.end_ids};
  const Choice choice = choose(logits, view, out.stages, stop);
  tell(logits, choice, std::move(out));
}

/// Appends the chosen token and tells it with its place in the model's row; `out` brings the stages' traces.
void Generation::tell(std::span<const float> logits, const Choice& choice, TokenOut out) {
  const RowScores scores = score_row(logits, request_.top_n);
  const TokenPlace place = place_in_row(logits, scores, choice.id);
  out.lane = request_.lane;
  out.position = int64_t(lane_.tokens.size());
  out.step = request_.first_step + uint64_t(generated_);
  out.id = choice.id;
  out.sampled_probability = choice.probability;
  out.logprob = float(place.logprob);
  out.rank = place.rank;
  out.entropy = float(scores.entropy);
  out.top = scores.top;
  out.rest_mass = float(scores.rest_mass);
  lane_.tokens.push_back(choice.id);
  ++generated_;
  last_token_ = Clock::now();
  out.elapsed_ms = elapsed_ms();
  const bool eos = (!request_.ignore_eos && std::binary_search(loaded_.end_ids.begin(), loaded_.end_ids.end(), choice.id)) ||
                   std::find(request_.stop_ids.begin(), request_.stop_ids.end(), choice.id) != request_.stop_ids.end();
  bool stop_string = false;
  if (decoder_ && !eos) out.text = release(decoder_->push(choice.id), stop_string);
  publish_(std::move(out));
  if (eos)
    finish(StopReason::end_of_generation);
  else if (stop_string)
    finish(StopReason::stop_string);
  else if (generated_ >= request_.max_tokens)
    finish(StopReason::max_tokens);
  else if (int64_t(lane_.tokens.size()) >= model_->spec().context_length)
    finish(StopReason::context_full);
}

bool Generation::step(std::stop_token stop) {
  if (request_.max_tokens <= 0) return false;  // a restored lane: its layers are run when somebody looks
  if (model_->encoder() && !encoded_) {
    encode(stop);
    return true;
  }
  if (!prompt_done_) {
    prefill(stop);
    return !done_;
  }
  if (beams_) return search(stop);
  const Output out = run(std::span(lane_.tokens).last(1), {0}, stop);
  keep_normed(int64_t(lane_.tokens.size()) - 1, out.normed, 0);
  const auto row = model_->backend()->snapshot(out.logits);
  emit(row->f32(), stop);
  return !done_;
}

void Generation::finish(StopReason reason) {
  done_ = true;
  Answered answered{.lane = request_.lane, .reason = reason, .answer_tokens = generated_};
  answered.tail = pending_ + (decoder_ && reason != StopReason::stop_string ? decoder_->flush() : std::string());
  pending_.clear();
  const auto ms = [](Clock::time_point from, Clock::time_point to) { return std::chrono::duration<double, std::milli>(to - from).count(); };
  if (generated_ > 0) answered.ttft_ms = ms(begin_, first_token_);
  if (generated_ > 1) answered.tokens_per_s = double(generated_ - 1) / ms(first_token_, last_token_) * 1000;
  if (prompt_ms_ > 0) answered.prompt_tokens_per_s = double(int64_t(request_.tokens.size()) + source_read_ - reused_) / prompt_ms_ * 1000;
  answered.kv_bytes = lane_.state ? lane_.state->bytes() : 0;
  answered.capture_bytes = lane_.state && lane_.state->kept() ? lane_.state->kept()->bytes() : 0;
  publish_(std::move(answered));
}

}  // namespace vitrine
