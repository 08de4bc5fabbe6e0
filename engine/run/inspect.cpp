// SPDX-License-Identifier: Apache-2.0
#include "engine/run/inspect.h"

#include <algorithm>
#include <cmath>

#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "engine/decode/logprobs.h"
#include "engine/model/probe.h"

namespace vitrine {

namespace {

constexpr int64_t kMostPixels = int64_t(1) << 26;

/// What a question about attention looks at: layers, rows with their kept queries, keys.
struct Sight {
  const std::vector<LayerSpec>* layers = nullptr;
  const Model* model = nullptr;          // whose score_rule() holds for self-attention
  SeqState *rows = nullptr, *keys = nullptr;
  bool cross = false, causal = true;

  int kept_slot(int layer) const { return cross ? cross_slot(*layers, layer) : layer; }
  ScoreRule rule(int layer) const { return cross ? cross_score_rule((*layers)[size_t(layer)]) : model->score_rule(layer); }
};

Sight sight_of(const Lane& lane, const Inspect& what) {
  const ModelSpec& spec = lane.model->spec();
  switch (what.attention) {
    case Inspect::Attention::encoder: {
      const Model* encoder = encoder_of(*lane.model);
      return {&encoder->spec().layers(), encoder, lane.source_state.get(), lane.source_state.get(), false, false};
    }
    case Inspect::Attention::cross:
      return {&spec.layers(), lane.model.get(), lane.state.get(), lane.state->source(), true, false};
    default:
      return {&spec.layers(), lane.model.get(), lane.state.get(), lane.state.get(), false, spec.stacks[0].causal};
  }
}

/// Draws pictures of one layer at a time; the kept rows of a layer are gathered once.
class AttentionPictures {
 public:
  AttentionPictures(Backend& backend, const Sight& sight, const Inspect& what) : sight_(sight), what_(what), backend_(backend) {
    SeqState* const states[] = {sight.keys};
    const int64_t none[] = {0};
    table_ = sequence_table(states, none);
    std::vector<int32_t> index;
    for (int64_t row = what.row_from; row < what.row_to; ++row) index.push_back(int32_t(row));
    index_of_row_ = backend_.upload(std::as_bytes(std::span(index)), {int64_t(index.size())}, DType::i32);
  }

  void layer(int layer) {
    layer_ = layer;
    rows_ = sight_.rows->kept()->rows(sight_.kept_slot(layer), what_.row_from, what_.row_to);
  }

  void head(int head, const Tensor& out) const {
    AttentionTileArgs args{.q = rows_.q, .lse = rows_.lse, .index_of_row = index_of_row_,
                           .kv = sight_.keys->pool().view(layer_, table_), .head = head, .row_from = 0,
                           .row_to = what_.row_to - what_.row_from, .key_from = what_.key_from, .key_to = what_.key_to, .mean = what_.mean, .out = out};
    args.rule = sight_.rule(layer_);
    backend_.attention_tile(args);
  }

  Tensor alloc(Shape shape) const { return backend_.alloc(shape, DType::f32); }
  Backend& backend() const { return backend_; }

 private:
  const Sight& sight_;
  const Inspect& what_;
  Backend& backend_;
  SequenceTable table_;
  Tensor index_of_row_;
  int layer_ = 0;
  KeptQueries::Rows rows_;
};

/// Heads of a picture: of the layer asked about, or the most that a layer of the range has.
int heads_of(const std::vector<LayerSpec>& layers, const Inspect& what) {
  int heads = 0;
  const int to = what.what == Inspect::What::attention_heads ? what.layer_to : what.layer + 1;
  for (int layer = what.layer; layer < to; ++layer)
    if (const LayerSpec& l = layers[size_t(layer)]; attends(l)) heads = std::max(heads, l.heads);
  return heads;
}

/// Whether every key that the rows asked about see is in the cache; layers with a window give their pages back (kv_cache.h).
bool holds_keys(const Lane& lane, const Inspect& what) {
  if (!lane.state) return false;
  const std::vector<LayerSpec>& layers = lane.model->spec().layers();
  const int to = what.what == Inspect::What::attention_heads ? what.layer_to : what.layer + 1;
  const int64_t rows_to = what.what == Inspect::What::attention_row ? what.row_from + 1 : what.row_to;
  for (int layer = std::max(what.layer, 0); layer < std::min(to, int(layers.size())); ++layer) {
    const int64_t window = layers[size_t(layer)].window, from = window > 0 ? std::max<int64_t>(0, what.row_from - window + 1) : 0;
    if (attends(layers[size_t(layer)]) && from < lane.cached() && !lane.state->holds(layer, from, std::min(rows_to, lane.cached()))) return false;
  }
  return true;
}

Error refused(const std::string& why) { return Error(ErrorKind::input, why, "choose something the lane holds"); }

/// Completes the question and checks it against what is there.
void check_question(const Sight& sight, Inspect& what) {
  const int layers = int(sight.layers->size());
  const int64_t rows = sight.rows->length(), keys = sight.keys->length();
  if (what.what == Inspect::What::attention_row) {
    what.row_to = what.row_from + 1;
    what.key_from = 0;
    what.key_to = sight.causal ? what.row_from + 1 : keys;
    what.pixel_rows = 1;
    what.pixel_cols = int(what.key_to);
  }
  if (what.layer < 0 || what.layer >= layers) throw refused(cat("layer ", what.layer, " of a model with ", layers));
  if (what.what == Inspect::What::attention_heads && (what.layer_to <= what.layer || what.layer_to > layers))
    throw refused(cat("layers ", what.layer, " to ", what.layer_to, " of a model with ", layers));
  if (what.row_from < 0 || what.row_to > rows || what.row_from >= what.row_to)
    throw refused(cat("rows ", what.row_from, " to ", what.row_to, ", the lane has computed ", rows, " tokens"));
  if (what.what == Inspect::What::logits) return;
  if (what.key_from < 0 || what.key_to > keys || what.key_from >= what.key_to)
    throw refused(cat("keys ", what.key_from, " to ", what.key_to, ", the lane has computed ", keys, " tokens"));
  const int heads = heads_of(*sight.layers, what);
  if (heads == 0) throw Error(ErrorKind::input, cat("layer ", what.layer, " has no attention: it carries a state"), "choose a layer with attention");
  if (what.head >= heads || what.head < -1) throw refused(cat("head ", what.head, " of ", heads));
  const int64_t pictures = what.what == Inspect::What::attention_heads ? int64_t(what.layer_to - what.layer) * heads : heads;
  if (what.pixel_rows < 1 || what.pixel_cols < 1 || int64_t(what.pixel_rows) * what.pixel_cols > kMostPixels / pictures)
    throw refused(cat("a picture of ", what.pixel_rows, " x ", what.pixel_cols, " pixels"));
}

Tensor attention_picture(Backend& backend, const Sight& sight, const Inspect& what, std::stop_token stop) {
  AttentionPictures pictures(backend, sight, what);
  const std::vector<LayerSpec>& layers = *sight.layers;
  const int heads = heads_of(layers, what);
  const int64_t rows = what.pixel_rows, cols = what.pixel_cols;
  switch (what.what) {
    case Inspect::What::attention_heads: {
      const Shape shape{what.layer_to - what.layer, heads, rows, cols};
      const std::vector<float> none(size_t(shape.numel()));            // layers without attention, and heads a layer lacks
      Tensor out = pictures.backend().upload(std::as_bytes(std::span(none)), shape, DType::f32);
      for (int layer = what.layer; layer < what.layer_to; ++layer) {
        if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
        if (!attends(layers[size_t(layer)])) continue;
        pictures.layer(layer);
        for (int head = 0; head < std::min(heads, layers[size_t(layer)].heads); ++head)
          pictures.head(head, out.slice(0, layer - what.layer, layer - what.layer + 1).slice(1, head, head + 1).reshape({rows, cols}));
      }
      return out;
    }
    case Inspect::What::attention_row:
    case Inspect::What::attention_mean: {
      const bool every = what.what == Inspect::What::attention_mean || what.head < 0;
      const int first = every ? 0 : what.head, count = every ? heads : 1;
      Tensor all = pictures.alloc({count, rows, cols});
      pictures.layer(what.layer);
      for (int i = 0; i < count; ++i) pictures.head(first + i, all.slice(0, i, i + 1).reshape({rows, cols}));
      if (what.what == Inspect::What::attention_row) return all.reshape({count, cols});
      Tensor mean = pictures.alloc({rows, cols});
      pictures.backend().mean_first_axis(all, mean);
      return mean;
    }
    default: {
      Tensor out = pictures.alloc({rows, cols});
      pictures.layer(what.layer);
      pictures.head(std::max(what.head, 0), out);
      return out;
    }
  }
}

/// Logits [count, vocab] of positions [from, from + count), from the kept final-norm vectors.
std::vector<float> kept_logits(LoadedModel& loaded, const Lane& lane, int64_t from, int64_t count) {
  Backend& backend = *lane.model->backend();
  Exec ex(backend, lane.precision);
  Tensor rows = ex.alloc({count, lane.model->spec().dim});
  for (int64_t i = 0; i < count; ++i) {
    if (from + i >= int64_t(lane.normed.size()) || !lane.normed[size_t(from + i)].defined())
      throw Error(ErrorKind::input, cat("the logits of position ", from + i, " were not kept"), "look at a token of the answer, or score the prompt");
    backend.copy(lane.normed[size_t(from + i)], rows.slice(0, i, i + 1));
  }
  ex.begin({}, lane.model->sites());
  std::vector<float> logits = backend.snapshot(lane.model->logits(ex, rows))->f32();
  loaded.check_files();
  return logits;
}

}  // namespace

TapOut inspect(LoadedModel& loaded, Lane& lane, const Inspect& asked, std::stop_token stop, const ProgressFn& progress) {
  Inspect what = asked;
  const bool about_logits = what.what == Inspect::What::logits, encoder = what.attention == Inspect::Attention::encoder, cross = what.attention == Inspect::Attention::cross;
  if ((encoder && !encoder_of(*lane.model)) || (cross && !lane.model->encoder()))
    throw Error(ErrorKind::input, cat(lane.model->spec().name, encoder ? " has no encoder" : " has no encoder beside a decoder"), "look at its own attention");
  if (lane.tokens.empty() && (about_logits || !encoder))
    throw Error(ErrorKind::input, cat("lane ", what.lane, " holds a text that was read, no answer"), "look at the attention of its encoder");
  TapOut out{.lane = what.lane, .at = {uint8_t(encoder && lane.model->encoder() ? kEncoderStack : 0), int16_t(what.layer), cross ? Site::cross_probs : Site::attn_probs},
             .watch = -1, .first_position = what.row_from};
  const bool prompt_logits = about_logits && what.row_from < lane.prompt_tokens - 1;
  if (about_logits) {
    what.attention = Inspect::Attention::self;
    if (prompt_logits && (what.row_from >= int64_t(lane.normed.size()) || !lane.normed[size_t(std::max<int64_t>(what.row_from, 0))].defined()))
      lane.normed.clear();
    what.row_to = what.row_from + 1;
    out.at = {0, kAllLayers, Site::logits};
  }
  if (encoder && !about_logits)
    ensure_source_kept(loaded, lane, stop);
  else
    out.recomputed = ensure_kept(loaded, lane, about_logits, about_logits || cross || holds_keys(lane, what), stop, progress);
  const Sight sight = sight_of(lane, what);
  check_question(sight, what);
  out.asked = what;
  Backend& backend = *lane.model->backend();
  if (about_logits)
    out.values = host_block(kept_logits(loaded, lane, what.row_from, 1), {lane.model->spec().vocab});
  else
    out.values = backend.snapshot(attention_picture(backend, sight, what, stop));
  return out;
}

ResampleOut resample(LoadedModel& loaded, Lane& lane, const Resample& what, std::stop_token stop, const ProgressFn& progress) {
  const SamplerChain chain(what.sampler);
  const int64_t first = lane.prompt_tokens, all = int64_t(lane.tokens.size()) - first;
  const int64_t from = std::clamp<int64_t>(what.answer_from, 0, std::max<int64_t>(all, 0));
  const int64_t count = what.answer_to < 0 ? all : std::clamp(what.answer_to, from, all);
  if (all <= 0) throw Error(ErrorKind::input, "there is no answer to judge again", "ask something first");
  ensure_kept(loaded, lane, true, true, stop, progress);
  ResampleOut out{.lane = what.lane, .trace_step = what.trace_step};
  const size_t vocab = size_t(lane.model->spec().vocab);
  constexpr int64_t kRows = 32;
  for (int64_t at = from; at < count; at += kRows) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
    const int64_t rows = std::min(kRows, count - at);
    const std::vector<float> logits = kept_logits(loaded, lane, first + at - 1, rows);
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t position = first + at + row;
      const uint64_t step = lane.first_step + uint64_t(at + row);
      const std::span<const float> values = std::span(logits).subspan(size_t(row) * vocab, vocab);
      const DecodeView view{std::span(lane.tokens).first(size_t(position)), int(first), step, loaded.end_ids};
      const int32_t was = lane.tokens[size_t(position)];
      std::vector<StageTrace> traces;
      const bool traced = int64_t(step) == what.trace_step;
      const Distribution shaped = chain.shape(values, view, traced ? &traces : nullptr);
      Rejudged verdict{.step = step, .was = was, .now = SamplerChain::draw(shaped, what.sampler.seed, step)};
      for (const auto& entry : shaped.entries) {
        if (entry.id == was) verdict.probability_was = entry.probability;
        if (entry.id == verdict.now) verdict.probability_now = entry.probability;
      }
      out.steps.push_back(verdict);
      if (!traced) continue;
      out.before = score_row(values, 50).top;
      out.after = shaped;
      out.stages = std::move(traces);
      out.u = uniform(what.sampler.seed, step);
    }
    if (progress && !progress(at + rows - from, count - from)) throw Error(ErrorKind::cancelled, "stopped");
  }
  return out;
}

ScoreOut score(LoadedModel& loaded, const Score& what, std::stop_token stop, const ProgressFn& progress) {
  const std::shared_ptr<const Model> model = loaded.variant(what.variant);
  const ModelSpec& spec = model->spec();
  if (!spec.head || !spec.stacks[0].causal || spec.has_encoder())
    throw Error(ErrorKind::unsupported, cat(spec.name, " gives no probability to a text on its own"), "open a causal language model to score texts");
  if (what.tokens.size() < 2) throw Error(ErrorKind::input, "scoring needs at least two tokens", "give a longer text");
  if (int64_t(what.tokens.size()) > model->spec().context_length)
    throw Error(ErrorKind::input, cat(what.tokens.size(), " tokens are more than the context of ", model->spec().context_length), "score it in parts");
  ScoreOut out{.lane = what.lane, .nll = {}};
  ProbeLane lane(model, what.precision, loaded.cache_dtype(what.precision));
  const size_t vocab = size_t(model->spec().vocab);
  constexpr size_t kRows = 128;
  for (size_t at = 0; at + 1 < what.tokens.size(); at += kRows) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
    const size_t rows = std::min(kRows, what.tokens.size() - 1 - at);
    const std::vector<float> logits = lane.feed(std::span(what.tokens).subspan(at, rows), true);
    loaded.check_files();
    for (size_t row = 0; row < rows; ++row)
      out.nll.push_back(float(negative_log_likelihood(std::span(logits).subspan(row * vocab, vocab), what.tokens[at + row + 1])));
    if (progress && !progress(int64_t(at + rows), int64_t(what.tokens.size()))) throw Error(ErrorKind::cancelled, "stopped");
  }
  return out;
}

}  // namespace vitrine
