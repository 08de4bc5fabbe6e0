// SPDX-License-Identifier: Apache-2.0
// What the attention panel knows and asks, without widgets: which rows of which head are wanted, what the engine has
// answered, and the numbers that the pictures show.
#pragma once

#include <QCoreApplication>
#include <QJsonObject>
#include <QString>
#include <algorithm>
#include <map>

#include "engine/run/event.h"
#include "plugins/api/selection.h"
#include "plugins/api/transcript.h"
#include "plugins/attention/attention_data.h"

namespace vitrine {

class AttentionModel {
  Q_DECLARE_TR_FUNCTIONS(vitrine::AttentionModel)
 public:
  AttentionModel(const Selection& selection, const Transcript& transcript);

  void set_model(const ModelFacts* facts);
  /// A request of this lane began; tokens before `kept` are as they were.
  void lane_began(LaneId lane, int64_t kept);
  void set_settings(const AttentionSettings& settings);
  const AttentionSettings& settings() const noexcept { return settings_; }

  /// The model has attention at all.
  bool applicable() const noexcept { return !heads_[0].empty(); }
  /// An encoder beside the decoder: there are three kinds of attention to choose from.
  bool has_encoder() const noexcept { return !heads_[1].empty(); }
  /// An encoder alone: the lane holds a text that it read, and no answer.
  bool only_reads() const noexcept { return only_reads_; }
  /// A text is being read: what is drawn is still the one before.
  bool reading() const noexcept { return only_reads_ && lane() && lane()->running; }
  /// Whose attention is looked at.
  Inspect::Attention of() const noexcept {
    return only_reads_ ? Inspect::Attention::encoder : has_encoder() ? settings_.of : Inspect::Attention::self;
  }
  /// Rows look back only; else they see every key.
  bool causal() const noexcept { return of() == Inspect::Attention::self; }
  /// Keys are tokens of the same text as rows.
  bool square() const noexcept { return of() != Inspect::Attention::cross; }
  /// Some cells cannot be: later keys, or keys outside a window.
  bool masks() const noexcept { return causal() || window() > 0; }
  /// The first token has its column.
  bool sink() const noexcept { return settings_.sink && causal(); }
  int layer_count() const noexcept { return int(heads().size()); }
  const TranscriptLane* lane() const noexcept { return transcript_.lane(selection_.lane()); }
  int layer() const noexcept;
  int head() const noexcept;
  int heads_of(int layer) const noexcept;
  std::pair<int, int> layers_shown() const noexcept;  // [from, to)
  /// Positions whose row can be asked for: [first_row, rows).
  int64_t first_row() const noexcept;
  /// First key with a column of its own in the plain part: the sink has its own place, a folded prompt too.
  int64_t first_key() const noexcept { return causal() ? std::max<int64_t>(1, first_row()) : 0; }
  /// Keys that there are; drawn: as many as rows where the attention is causal.
  int64_t keys() const noexcept;
  int64_t shown_keys() const noexcept { return causal() ? shown_rows() : keys(); }
  bool folded() const noexcept { return first_row() > 1; }
  int64_t rows() const noexcept;
  /// Rows that are drawn: while an answer grows those that have been answered, so that none stands empty.
  int64_t shown_rows() const noexcept;
  int64_t prompt() const noexcept;  // rows before the answer; 0 where rows or keys are the source's
  /// The selected position if it has a row, else the newest row, the first of a text that was read; an encoder beside a decoder has a row
  /// of its own; -1: none.
  int64_t row() const noexcept;
  void set_source_row(int64_t row) noexcept { source_row_ = row; }
  AttentionSource wanted() const noexcept;

  /// What has to be asked to show `region`; nothing when all is known or on its way.
  std::vector<AttentionQuestion> questions(const AttentionRegion& region, int thumb_pixels, bool with_heads) const;
  void asked(JobId job, const AttentionQuestion& question);
  /// Answers; true when something to be shown changed.
  bool take(JobId job, const TapOut& answer);
  /// The job ended; not done: the question stays open until something else is selected or retry() is called.
  bool ended(JobId job, JobEnded::Outcome outcome);
  bool declined() const noexcept { return declined_; }
  void retry() noexcept { declined_ = false; }
  bool waiting() const noexcept { return !pending_.empty(); }
  bool waiting_for(AttentionQuestion::Kind kind) const noexcept;

  /// Something was answered for this lane.
  bool has_picture() const noexcept;
  /// What is drawn belongs to another layer, head or lane than the selected one.
  bool stale() const noexcept { return has_picture() && rows_.source() != wanted(); }
  bool recomputed() const noexcept { return recomputed_; }
  const HeadRows& exact() const noexcept { return rows_; }
  const HeadPictures& thumbnails() const noexcept { return thumbnails_; }
  AttentionPixels pixels(const AttentionRegion& region) const;
  /// Exact weights of row() over keys 0..row(); empty: not known yet.
  std::span<const float> row_weights() const noexcept { return weights_of(row()); }
  std::span<const float> weights_of(int64_t row) const noexcept;
  HeadShares shares() const;
  std::vector<KeyWeight> top(int count) const { return top_keys(row_weights(), count); }

  QString token(int64_t row) const;               // as on a chip
  QString key_token(int64_t key) const;
  QString position_name(int64_t row) const;       // "answer token 30 of 43", "prompt token 5", "source token 3 of 9"
  QString key_name(int64_t key) const;
  QString now() const;
  QString summary() const;
  /// Everything shown, as text: the now-line, shares, the keys of the row.
  QString text_form() const;
  static QString class_name(KeyClass which);

  QJsonObject save() const;
  void restore(const QJsonObject& state);

 private:
  struct Tile {
    AttentionSource source;
    AttentionRegion region;
    bool mean = false;
    std::vector<float> values;
    bool fits(const AttentionSource& s, const AttentionRegion& r, bool m) const {
      return source == s && region == r && mean == m && !values.empty();
    }
  };
  int64_t ready() const noexcept;       // rows the engine holds
  const std::vector<int>& heads() const noexcept { return heads_[has_encoder() && of() == Inspect::Attention::encoder]; }
  int64_t source_tokens() const noexcept;
  QString source_token(int64_t position) const;
  QString source_name(int64_t position) const;
  int64_t exact_from() const noexcept;  // first row kept exactly: as many as fit the budget
  int window() const noexcept;
  bool is_pending(const AttentionQuestion& question) const;
  AttentionQuestion question(AttentionQuestion::Kind kind, const char* tag) const;
  void ask_rows(std::vector<AttentionQuestion>& out) const;
  void ask_tiles(std::vector<AttentionQuestion>& out, const AttentionRegion& region) const;
  void ask_heads(std::vector<AttentionQuestion>& out, int thumb_pixels) const;
  float pooled(const AttentionRegion& region, int y, int x) const;
  float from_tile(const AttentionRegion& region, int y, int x) const;
  void take_row(const TapOut& answer, const AttentionSource& source);

  const Selection& selection_;
  const Transcript& transcript_;
  AttentionSettings settings_;
  std::vector<int> heads_[2], windows_;  // by layer: of the text's stack and of an encoder's beside it; windows of the first
  bool only_reads_ = false;
  int64_t source_row_ = 0;
  int64_t frozen_ = -1;               // rows when following was switched off while the answer grew
  HeadRows rows_, single_;            // single_: a row outside the exact ones
  Tile tile_, sink_, prompt_;
  HeadPictures thumbnails_;
  int64_t versions_ = 0;
  std::map<JobId, AttentionQuestion> pending_;
  bool declined_ = false, recomputed_ = false;
};

}  // namespace vitrine
