// SPDX-License-Identifier: Apache-2.0
#include "engine/run/generation.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text.h"
#include "engine/decode/logprobs.h"
#include "engine/run/background.h"

namespace vitrine {

static constexpr int64_t kPrefillChunk = 512;

Generation::Generation(LoadedModel& loaded, Lane& lane, const Lane* fork_of, const Generate& request, Publish publish)
    : loaded_(loaded), lane_(lane), request_(request), publish_(std::move(publish)), chain_(request.sampler) {
  const ModelSpec& spec = loaded.model->spec();
  if (!spec.head || !spec.stacks[0].causal)
    throw Error(ErrorKind::unsupported, cat(spec.name, " is an encoder and does not generate text"), "open a causal language model to chat");
  if (spec.has_encoder())
    throw Error(ErrorKind::unsupported, cat(spec.name, " answers to a source text with its encoder, which the chat does not do"),
                "open a causal language model to chat");
  if (request.tokens.empty()) throw Error(ErrorKind::input, "nothing to answer: the prompt has no tokens", "type something first");
  if (int64_t(request.tokens.size()) >= spec.context_length)
    throw Error(ErrorKind::input, cat("the prompt has ", request.tokens.size(), " tokens, the model's context holds ", spec.context_length),
                "shorten the conversation or start a new one");
  for (int32_t id : request.tokens)
    if (id < 0 || id >= spec.vocab) throw Error(ErrorKind::input, cat("token id ", id, " is outside the vocabulary of ", spec.vocab), "use this model's tokenizer");
  if (!request.watches.empty()) plan_ = TapPlan::compile(loaded.model->sites(), request.watches);
  if (loaded.tokenizer) decoder_.emplace(loaded.tokenizer);
  adopt_prefix(fork_of);
}

/// Cached rows stay only if they were computed the same way: precision, capture and edits.
void Generation::adopt_prefix(const Lane* fork_of) {
  const auto compatible = [&](const Lane& other) {
    const bool same_edits = std::none_of(other.watches.begin(), other.watches.end(), [](const Watch& w) { return !w.edits.empty(); }) &&
                            (!plan_ || !plan_->edits());
    return other.state && other.precision == request_.precision && same_edits && (!request_.capture || other.state->kept());
  };
  const auto common = [&](const Lane& other) {
    const auto [a, b] = std::mismatch(other.tokens.begin(), other.tokens.end(), request_.tokens.begin(), request_.tokens.end());
    const int64_t prefix = std::min<int64_t>(a - other.tokens.begin(), other.cached());
    return std::min<int64_t>(prefix, int64_t(request_.tokens.size()) - 1);
  };
  if (fork_of && compatible(*fork_of) && (!compatible(lane_) || common(*fork_of) > common(lane_))) {
    lane_.state = fork_of->state->fork();
    lane_.normed = fork_of->normed;
    lane_.tokens = fork_of->tokens;
    lane_.recomputed = fork_of->recomputed;
  } else if (!compatible(lane_)) {
    lane_.state = std::make_unique<SeqState>(loaded_.pool(request_.precision));
    lane_.normed.clear();
    lane_.tokens.clear();
    lane_.recomputed = false;
  }
  lane_.state->keep_queries(request_.capture);
  reused_ = common(lane_);
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

void Generation::keep_normed(int64_t position, const Tensor& normed) {
  if (int64_t(lane_.normed.size()) <= position) lane_.normed.resize(size_t(position + 1));
  lane_.normed[size_t(position)] = normed;
}

Output Generation::run(int64_t from, int64_t rows, std::vector<int32_t> logit_rows, std::stop_token stop) {
  Batch batch;
  batch.ids.assign(lane_.tokens.begin() + from, lane_.tokens.begin() + from + rows);
  batch.segments.push_back({lane_.state.get(), 0, int(rows), from, plan_.get()});
  batch.hidden_only = logit_rows.empty() && !plan_;
  batch.logit_rows = std::move(logit_rows);
  if (!within_budget()) lane_.state->keep_queries(false);
  Backend& backend = *loaded_.model->backend();
  Exec ex(backend, request_.precision, stop, [&](Captured captured) {
    TapOut tap{.lane = request_.lane, .at = captured.at, .watch = captured.watch, .first_position = captured.positions.front()};
    tap.values = backend.snapshot(captured.values);
    if (captured.ids.defined()) tap.ids = backend.snapshot(captured.ids);
    publish_(std::move(tap));
  });
  Output out = loaded_.model->forward(ex, batch);
  loaded_.check_files();
  lane_.state->commit(rows);
  return out;
}

/// Probability of each prompt token given its prefix; rows [from, from + n) predict tokens from + 1 ...
void Generation::score_prompt_rows(int64_t from, const std::vector<float>& logits) {
  const size_t vocab = size_t(loaded_.model->spec().vocab);
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
  const int64_t from = lane_.cached(), total = int64_t(lane_.tokens.size());
  int64_t rows = std::min(request_.score_prompt ? std::min<int64_t>(kPrefillChunk, 64) : kPrefillChunk, total - from);
  // A state cannot be cut: the last token runs alone, so that a retry of the same prompt finds the state before it.
  if (lane_.state->recurrent() && rows > 1 && from + rows == total) --rows;
  const bool last = from + rows == total;
  std::vector<int32_t> logit_rows;
  if (request_.score_prompt)
    for (int32_t row = 0; row < rows; ++row) logit_rows.push_back(row);
  else if (last)
    logit_rows.push_back(int32_t(rows - 1));
  const Output out = run(from, rows, logit_rows, stop);
  const std::vector<float> logits = out.logits.defined() ? loaded_.model->backend()->snapshot(out.logits)->f32() : std::vector<float>();
  if (request_.score_prompt) score_prompt_rows(from, logits);
  publish_(Progress{"Prompt", from + rows - reused_, total - reused_, "tokens"});
  if (!last) return;
  prompt_done_ = true;
  prompt_ms_ = elapsed_ms();
  publish_(PromptDone{request_.lane, total, reused_, prompt_ms_});
  const int64_t normed_row = out.normed.size(0) - 1;
  Tensor own = loaded_.model->backend()->alloc({1, out.normed.size(1)}, DType::f32);
  loaded_.model->backend()->copy(out.normed.slice(0, normed_row, normed_row + 1), own);
  keep_normed(total - 1, own);
  emit(std::span(logits).last(size_t(loaded_.model->spec().vocab)), stop);
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
  const uint64_t step = request_.first_step + uint64_t(generated_);
  TokenOut out{.lane = request_.lane, .position = int64_t(lane_.tokens.size()), .step = step};
  const DecodeView view{lane_.tokens, int(lane_.prompt_tokens), step, loaded_.end_ids};
  const Choice choice = choose(logits, view, out.stages, stop);
  const RowScores scores = score_row(logits, request_.top_n);
  const TokenPlace place = place_in_row(logits, scores, choice.id);
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
  else if (int64_t(lane_.tokens.size()) >= loaded_.model->spec().context_length)
    finish(StopReason::context_full);
}

bool Generation::step(std::stop_token stop) {
  if (request_.max_tokens <= 0) return false;  // a restored lane: its layers are run when somebody looks
  if (!prompt_done_) {
    prefill(stop);
    return !done_;
  }
  const int64_t position = int64_t(lane_.tokens.size()) - 1;
  const Output out = run(position, 1, {0}, stop);
  keep_normed(position, out.normed);
  const auto row = loaded_.model->backend()->snapshot(out.logits);
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
  if (prompt_ms_ > 0) answered.prompt_tokens_per_s = double(int64_t(request_.tokens.size()) - reused_) / prompt_ms_ * 1000;
  answered.kv_bytes = lane_.state ? lane_.state->bytes() : 0;
  answered.capture_bytes = lane_.state && lane_.state->kept() ? lane_.state->kept()->bytes() : 0;
  publish_(std::move(answered));
}

}  // namespace vitrine
