// SPDX-License-Identifier: Apache-2.0
// Small contexts are kept exactly, row by row, and every picture is made of them; beyond a budget only the newest rows
// are, and the rest is asked for as the pixels shown.
#include "plugins/attention/attention_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine {
namespace {

constexpr int64_t kExactCells = int64_t(1) << 20;  // 4 MiB of weights
constexpr int kLayersAround = 5;
constexpr float kUnknown = -1;
const float kNever = std::numeric_limits<float>::quiet_NaN();

}  // namespace

std::pair<int64_t, int64_t> cells_of_pixel(int64_t i, int64_t pixels, int64_t from, int64_t to) noexcept {
  const int64_t n = to - from, first = i * n / pixels, last = (i + 1) * n / pixels;
  return {from + first, from + std::max(last, first + 1)};
}

std::span<const float> HeadPictures::head(int layer, int head) const noexcept {
  if (layer < layer_from || layer >= layer_to || head < 0 || head >= heads) return {};
  const size_t each = size_t(pixels) * size_t(pixels);
  return std::span(values).subspan((size_t(layer - layer_from) * size_t(heads) + size_t(head)) * each, each);
}

AttentionModel::AttentionModel(const Selection& selection, const Transcript& transcript)
    : selection_(selection), transcript_(transcript) {}

void AttentionModel::set_model(const ModelFacts* facts) {
  for (std::vector<int>& heads : heads_) heads.clear();
  windows_.clear();
  only_reads_ = facts && facts->spec.only_reads();
  if (facts && facts->sites.has(Site::attn_probs) && !facts->spec.stacks.empty())
    for (const LayerSpec& layer : facts->spec.layers()) {
      heads_[0].push_back(layer.heads);
      windows_.push_back(layer.window);
    }
  if (facts && !heads_[0].empty() && facts->spec.has_encoder())
    for (const LayerSpec& layer : facts->spec.layers(kEncoderStack)) heads_[1].push_back(layer.heads);
  rows_.start({}, 0);
  single_.start({}, 0);
  tile_ = sink_ = prompt_ = {};
  thumbnails_ = {};
  pending_.clear();
  frozen_ = -1;
  declined_ = recomputed_ = false;
}

void AttentionModel::lane_began(LaneId lane, int64_t kept) {
  if (rows_.source().lane == lane) rows_.truncate(only_reads_ ? 0 : kept);  // what looks both ways changes as a whole
  if (single_.source().lane == lane) single_.clear();
  if (thumbnails_.lane == lane) thumbnails_ = {};
  tile_ = sink_ = prompt_ = {};
  for (auto entry = pending_.begin(); entry != pending_.end();)
    entry = entry->second.ask.lane == lane ? pending_.erase(entry) : std::next(entry);
  declined_ = recomputed_ = false;
  source_row_ = 0;
  frozen_ = settings_.follow ? -1 : 0;
}

void AttentionModel::set_settings(const AttentionSettings& settings) {
  if (settings.follow != settings_.follow) frozen_ = settings.follow ? -1 : ready();
  settings_ = settings;
  declined_ = false;
}

int AttentionModel::layer() const noexcept {
  return std::clamp(selection_.layer(), 0, std::max(0, layer_count() - 1));
}
int AttentionModel::heads_of(int layer) const noexcept {
  return layer >= 0 && layer < layer_count() ? heads()[size_t(layer)] : 0;
}
int AttentionModel::head() const noexcept {
  return std::clamp(selection_.head(), 0, std::max(0, heads_of(layer()) - 1));
}
int AttentionModel::window() const noexcept { return windows_.empty() || !(causal() || only_reads_) ? 0 : windows_[size_t(layer())]; }

std::pair<int, int> AttentionModel::layers_shown() const noexcept {
  const int all = layer_count();
  if (settings_.all_layers || all <= kLayersAround) return {0, all};
  const int from = std::clamp(layer() - kLayersAround / 2, 0, all - kLayersAround);
  return {from, from + kLayersAround};
}

int64_t AttentionModel::prompt() const noexcept { return lane() && causal() ? lane()->prompt_tokens : 0; }

int64_t AttentionModel::source_tokens() const noexcept {
  if (!lane()) return 0;
  return only_reads_ ? int64_t(lane()->tokens.size()) : int64_t(lane()->source.size());
}

int64_t AttentionModel::keys() const noexcept { return causal() ? rows() : rows() > 0 ? source_tokens() : 0; }

int64_t AttentionModel::ready() const noexcept {
  const TranscriptLane* l = lane();
  if (!l) return 0;
  const int64_t tokens = int64_t(l->tokens.size());
  if (l->answer_tokens() <= 0) return l->prompt_done ? tokens : 0;
  return tokens - 1;  // the newest token was chosen, not read yet
}

int64_t AttentionModel::rows() const noexcept {
  const int64_t all = ready();
  if (lane() && lane()->running && all <= lane()->prompt_tokens) return 0;  // the answer's first row is a moment away
  if (of() == Inspect::Attention::encoder) return all > 0 ? source_tokens() : 0;
  return frozen_ >= 0 && lane() && lane()->running ? std::min(frozen_, all) : all;
}

int64_t AttentionModel::shown_rows() const noexcept {
  const int64_t all = rows();
  return has_picture() && rows_.end() > first_row() ? std::min(all, rows_.end()) : all;
}

int64_t AttentionModel::first_row() const noexcept { return settings_.unfolded || rows() <= prompt() ? 0 : prompt(); }

int64_t AttentionModel::row() const noexcept {
  if (of() == Inspect::Attention::encoder && !only_reads_) return std::min(source_row_, shown_rows() - 1);
  if (selection_.has_token() && selection_.position() < rows()) return selection_.position();
  return only_reads_ ? std::min<int64_t>(0, shown_rows() - 1) : shown_rows() - 1;
}

AttentionSource AttentionModel::wanted() const noexcept {
  return {selection_.lane(), layer(), settings_.view == AttentionView::mean ? -1 : head(), of()};
}

int64_t AttentionModel::exact_from() const noexcept {
  const int64_t keys = std::max<int64_t>(1, this->keys());
  const int64_t heads = settings_.view == AttentionView::mean ? std::max(1, heads_of(layer()) / 4) : 1;
  const int64_t count = std::max<int64_t>(1, kExactCells / heads / keys);
  return std::max(first_row(), rows() - count);
}

bool AttentionModel::has_picture() const noexcept {
  return !rows_.empty() && rows_.source().lane == selection_.lane() && rows_.source().of == of() && rows() > 0;
}

AttentionQuestion AttentionModel::question(AttentionQuestion::Kind kind, const char* tag) const {
  AttentionQuestion q;
  q.kind = kind;
  q.tag = tag;
  q.source = wanted();
  q.ask.lane = q.source.lane;
  q.ask.layer = q.source.layer;
  q.ask.head = std::max(0, q.source.head);
  q.ask.what = q.source.head < 0 ? Inspect::What::attention_mean : Inspect::What::attention_tile;
  q.ask.mean = settings_.mean_pixels;
  q.ask.attention = of();
  const TranscriptLane* l = lane();
  q.recomputes = of() != Inspect::Attention::encoder && !recomputed_ && l && (!l->prompt_done || !l->request.capture);
  return q;
}

std::vector<AttentionQuestion> AttentionModel::questions(const AttentionRegion& region, int thumb_pixels,
                                                         bool with_heads) const {
  std::vector<AttentionQuestion> all;
  if (!applicable() || declined_ || rows() <= 0) return all;
  ask_rows(all);
  ask_tiles(all, region);
  if (with_heads) ask_heads(all, thumb_pixels);
  std::erase_if(all, [this](const AttentionQuestion& q) { return is_pending(q); });
  return all;
}

void AttentionModel::ask_rows(std::vector<AttentionQuestion>& out) const {
  const int64_t from = exact_from(), to = rows();
  const bool mine = rows_.source() == wanted() && !rows_.empty() && rows_.first() <= from;
  const int64_t missing = mine ? std::max(from, rows_.end()) : from;
  if (missing < to) {
    AttentionQuestion q = question(AttentionQuestion::Kind::rows, "attention.rows");
    q.ask.row_from = missing;
    q.ask.row_to = to;
    q.ask.key_to = causal() ? to : keys();
    q.ask.pixel_rows = int(to - missing);
    q.ask.pixel_cols = int(q.ask.key_to);
    out.push_back(q);
  }
  const int64_t chosen = row();
  if (chosen >= from || chosen < 0) return;
  if (single_.source() == wanted() && single_.covers(chosen, chosen + 1)) return;
  AttentionQuestion q = question(AttentionQuestion::Kind::row, "attention.row");
  q.ask.what = Inspect::What::attention_row;
  q.ask.head = q.source.head;
  q.ask.row_from = chosen;
  q.ask.row_to = chosen + 1;
  out.push_back(q);
}

void AttentionModel::ask_tiles(std::vector<AttentionQuestion>& out, const AttentionRegion& region) const {
  if (region.empty() || region.row_from >= exact_from() || region.row_to > rows()) return;
  const auto add = [&](AttentionQuestion::Kind kind, const char* tag, const AttentionRegion& part, bool mean,
                       const Tile& have) {
    if (have.fits(wanted(), part, mean)) return;
    AttentionQuestion q = question(kind, tag);
    q.ask.row_from = part.row_from;
    q.ask.row_to = part.row_to;
    q.ask.key_from = part.key_from;
    q.ask.key_to = part.key_to;
    q.ask.pixel_rows = part.pixel_rows;
    q.ask.pixel_cols = part.pixel_cols;
    q.ask.mean = mean;
    out.push_back(q);
  };
  using Kind = AttentionQuestion::Kind;
  add(Kind::tile, "attention.tile", region, settings_.mean_pixels, tile_);
  AttentionRegion part = region;
  part.pixel_cols = 1;
  part.key_from = 0;
  part.key_to = 1;
  if (sink()) add(Kind::sink, "attention.sink", part, settings_.mean_pixels, sink_);
  part.key_from = 1;
  part.key_to = prompt();
  if (folded()) add(Kind::prompt, "attention.prompt", part, true, prompt_);
}

void AttentionModel::ask_heads(std::vector<AttentionQuestion>& out, int thumb_pixels) const {
  constexpr int64_t kTokens = 1024;  // the newest: a thumbnail cannot show more
  const auto [layer_from, layer_to] = layers_shown();
  const int64_t to = rows(), from = causal() ? std::max<int64_t>(0, to - kTokens) : 0, row_to = std::min(to, from + kTokens);
  const int64_t key_to = causal() ? row_to : std::min(keys(), kTokens);
  const int pixels = int(std::min<int64_t>(thumb_pixels, std::max(row_to - from, key_to - (causal() ? from : 0))));
  const HeadPictures& have = thumbnails_;
  if (pixels < 1 || (have.lane == selection_.lane() && have.of == of() && have.layer_from == layer_from && have.layer_to == layer_to &&
                     have.from == from && have.to == row_to && have.key_to == key_to && have.pixels == pixels))
    return;
  AttentionQuestion q = question(AttentionQuestion::Kind::heads, "attention.heads");
  q.ask.what = Inspect::What::attention_heads;
  q.ask.layer = layer_from;
  q.ask.layer_to = layer_to;
  q.ask.head = 0;
  q.ask.row_from = from;
  q.ask.row_to = row_to;
  q.ask.key_from = causal() ? from : 0;
  q.ask.key_to = key_to;
  q.ask.pixel_rows = q.ask.pixel_cols = pixels;
  q.ask.mean = false;
  out.push_back(q);
}

bool AttentionModel::is_pending(const AttentionQuestion& q) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) {
    const Inspect &a = entry.second.ask, &b = q.ask;
    return entry.second.kind == q.kind && entry.second.source == q.source && a.layer == b.layer &&
           a.layer_to == b.layer_to && a.row_from == b.row_from && a.row_to == b.row_to && a.key_from == b.key_from &&
           a.key_to == b.key_to && a.pixel_rows == b.pixel_rows && a.pixel_cols == b.pixel_cols && a.mean == b.mean;
  });
}

bool AttentionModel::waiting_for(AttentionQuestion::Kind kind) const noexcept {
  return std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) { return entry.second.kind == kind; });
}

void AttentionModel::asked(JobId job, const AttentionQuestion& question) { pending_[job] = question; }

bool AttentionModel::ended(JobId job, JobEnded::Outcome outcome) {
  const auto found = pending_.find(job);
  if (found == pending_.end()) return false;
  const AttentionQuestion question = found->second;
  pending_.erase(found);
  if (outcome == JobEnded::Outcome::failed) declined_ = true;
  // Cancelled and not replaced by a newer one: the user stopped the recomputation.
  if (outcome == JobEnded::Outcome::cancelled && question.recomputes && !waiting_for(question.kind)) declined_ = true;
  return true;
}

bool AttentionModel::take(JobId job, const TapOut& answer) {
  const auto found = pending_.find(job);
  if (found == pending_.end() || !answer.values) return false;
  const AttentionQuestion& q = found->second;
  const Inspect& a = q.ask;
  if (a.lane != selection_.lane()) return false;
  recomputed_ = answer.recomputed;
  using Kind = AttentionQuestion::Kind;
  const auto keep = [&](Tile& tile) {
    tile = {q.source,
            {a.row_from, a.row_to, a.key_from, a.key_to, a.pixel_rows, a.pixel_cols},
            a.mean,
            answer.values->f32()};
  };
  switch (q.kind) {
    case Kind::rows:
      if (q.source != wanted()) return false;
      if (rows_.source() != q.source) rows_.start(q.source, window());
      rows_.put(a.row_from, a.row_to - a.row_from, a.key_to, answer.values->f32());
      return true;
    case Kind::tile:
      keep(tile_);
      return true;
    case Kind::sink:
      keep(sink_);
      return true;
    case Kind::prompt:
      keep(prompt_);
      return true;
    case Kind::row:
      take_row(answer, q.source);
      return true;
    case Kind::heads: {
      const Shape& shape = answer.values->shape();
      if (shape.rank() != 4) return false;
      thumbnails_ = {a.lane,   a.layer,    a.layer_to, int(shape[1]), a.pixel_rows, a.row_from,
                     a.row_to, a.key_from, a.key_to,   a.attention,   answer.values->f32(), ++versions_};
      return true;
    }
  }
  return false;
}

void AttentionModel::take_row(const TapOut& answer, const AttentionSource& source) {
  const std::vector<float> values = answer.values->f32();
  const int64_t keys = source.of == Inspect::Attention::self ? answer.asked.row_from + 1 : answer.asked.key_to;
  const int64_t heads = int64_t(values.size()) / std::max<int64_t>(1, keys);
  if (heads < 1) return;
  std::vector<float> mean(size_t(keys), 0.0f);
  for (int64_t h = 0; h < heads; ++h)
    for (int64_t k = 0; k < keys; ++k) mean[size_t(k)] += values[size_t(h * keys + k)] / float(heads);
  single_.start(source, window());
  single_.put(answer.asked.row_from, 1, keys, mean);
}

std::span<const float> AttentionModel::weights_of(int64_t row) const noexcept {
  if (rows_.source() == wanted() && rows_.covers(row, row + 1)) return rows_.row(row);
  if (single_.source() == wanted() && single_.covers(row, row + 1)) return single_.row(row);
  if (rows_.source().lane == selection_.lane() && rows_.source().of == of()) return rows_.row(row);  // of the head shown before: dimmed
  return {};
}

HeadShares AttentionModel::shares() const {
  const TranscriptLane* l = lane();
  if (!l || !has_picture() || !square()) return {};
  std::vector<int32_t> ids;
  for (const TranscriptToken& token : causal() || only_reads_ ? l->tokens : l->source) ids.push_back(token.id);
  return shares_of(rows_, ids, rows() > prompt() ? prompt() : 0, causal());
}

float AttentionModel::pooled(const AttentionRegion& region, int y, int x) const {
  const auto [row_from, row_to] = cells_of_pixel(y, region.pixel_rows, region.row_from, region.row_to);
  const auto [key_from, key_to] = cells_of_pixel(x, region.pixel_cols, region.key_from, region.key_to);
  const int window = rows_.window();
  if (causal() ? key_from >= row_to || (window > 0 && key_to - 1 <= row_from - window)
               : window > 0 && (key_to - 1 < row_from - window || key_from >= row_to + window))
    return kNever;
  if (!rows_.covers(row_from, row_to)) return from_tile(region, y, x);
  float value = 0;
  for (int64_t r = row_from; r < row_to; ++r) {
    const std::span<const float> row = rows_.row(r);
    for (int64_t k = key_from; k < std::min(key_to, int64_t(row.size())); ++k)
      value = settings_.mean_pixels ? value + row[size_t(k)] : std::max(value, row[size_t(k)]);
  }
  return settings_.mean_pixels ? value / float((row_to - row_from) * (key_to - key_from)) : value;
}

/// The tile that was answered last, also while another part of it is asked for.
float AttentionModel::from_tile(const AttentionRegion& region, int y, int x) const {
  if (tile_.values.empty() || tile_.source != rows_.source()) return kUnknown;
  const AttentionRegion& t = tile_.region;
  const auto [row_from, row_to] = cells_of_pixel(y, region.pixel_rows, region.row_from, region.row_to);
  const auto [key_from, key_to] = cells_of_pixel(x, region.pixel_cols, region.key_from, region.key_to);
  const int64_t row = (row_from + row_to - 1) / 2, key = (key_from + key_to - 1) / 2;
  if (row < t.row_from || row >= t.row_to || key < t.key_from || key >= t.key_to) return kUnknown;
  const int64_t ty = t == region ? y : (row - t.row_from) * t.pixel_rows / (t.row_to - t.row_from);
  const int64_t tx = t == region ? x : (key - t.key_from) * t.pixel_cols / (t.key_to - t.key_from);
  return tile_.values[size_t(ty * t.pixel_cols + tx)];
}

AttentionPixels AttentionModel::pixels(const AttentionRegion& region) const {
  AttentionPixels out;
  out.region = region;
  if (region.empty()) return out;
  out.pooled =
      region.pixel_rows < region.row_to - region.row_from || region.pixel_cols < region.key_to - region.key_from;
  out.values.resize(size_t(region.pixel_rows) * size_t(region.pixel_cols));
  for (int y = 0; y < region.pixel_rows; ++y)
    for (int x = 0; x < region.pixel_cols; ++x)
      out.values[size_t(y) * size_t(region.pixel_cols) + size_t(x)] = pooled(region, y, x);
  for (int y = 0; y < region.pixel_rows; ++y) {
    const auto [from, to] = cells_of_pixel(y, region.pixel_rows, region.row_from, region.row_to);
    const auto old = [&](const Tile& tile) {
      const AttentionRegion& t = tile.region;
      if (tile.values.empty() || tile.source != rows_.source() || from < t.row_from || to > t.row_to) return kUnknown;
      return tile.values[size_t((from - t.row_from) * t.pixel_rows / (t.row_to - t.row_from))];
    };
    float sink = 0, prompt_sum = 0;
    if (rows_.covers(from, to)) {
      for (int64_t r = from; r < to; ++r) {
        const std::span<const float> row = rows_.row(r);
        sink = settings_.mean_pixels ? sink + row[0] / float(to - from) : std::max(sink, row[0]);
        for (int64_t k = 1; k < std::min(prompt(), int64_t(row.size())); ++k) prompt_sum += row[size_t(k)];
      }
      prompt_sum /= float(to - from);
    } else {
      sink = old(sink_);
      prompt_sum = old(prompt_);
      if (prompt_sum >= 0) prompt_sum *= float(prompt() - 1);
    }
    if (this->sink()) out.sink.push_back(sink);
    if (folded()) out.prompt.push_back(prompt_sum);
  }
  return out;
}

}  // namespace vitrine
