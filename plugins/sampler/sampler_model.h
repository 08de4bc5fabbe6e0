// SPDX-License-Identifier: Apache-2.0
// What the sampler panel shows, without widgets: the recorded chain and the one being tried, the token looked at, what
// each stage did to its candidates, the distribution before and after, the draw, and which tokens would be others.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <QStringList>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "engine/run/event.h"
#include "plugins/api/transcript.h"
#include "views/plot_export.h"

namespace vitrine {

/// A stage of the tried chain; `origin`: its place in the recorded chain, -1 when it was added.
struct StageRowState {
  StageSpec stage = {};
  int origin = -1;
};

/// What one stage did to the token looked at.
struct FunnelStep {
  bool enabled = true, known = false;
  int32_t entered = 0, kept = 0;
  double removed = 0;  // share of the mass that entered the stage
  double left = 1;     // product of (1 - removed) down to here
  double entropy_before = 0, entropy_after = 0;
};

struct CandidateLine {
  int32_t id = 0;
  double before = 0, after = 0;
  bool removed = false;
  int removed_by = -1;  // row; -1: not known
  bool drawn = false;
};

struct DrawnToken {
  bool known = false;
  double u = 0;
  int32_t was = 0, now = 0;
  std::vector<Distribution::Entry> entries = {};  // as many as matter for a picture
};

/// The answer token looked at.
struct SamplerTarget {
  LaneId lane = 0;
  qint64 position = -1, prompt_tokens = 0, answer_tokens = 0;
  uint64_t step = 0;
  std::vector<int32_t> history = {};  // all tokens before it
  TranscriptToken token = {};
};

class SamplerModel {
  Q_DECLARE_TR_FUNCTIONS(vitrine::SamplerModel)
 public:
  using Label = std::function<QString(int32_t)>;
  void set_label(Label label) { label_ = std::move(label); }
  QString label(int32_t id) const { return label_ ? label_(id) : QStringLiteral("#%1").arg(id); }
  void set_vocabulary(int32_t size) { vocabulary_ = size; }

  /// The chain that is the answer's own (or, without an answer, the next one's); edits are dropped.
  void set_base(const SamplerSpec& base);
  const SamplerSpec& base() const noexcept { return base_; }
  SamplerSpec spec() const;
  void set_spec(const SamplerSpec& spec);
  bool changed() const { return spec() != base_; }
  void reset() { set_base(SamplerSpec(base_)); }

  const std::vector<StageRowState>& rows() const noexcept { return rows_; }
  uint64_t seed() const noexcept { return seed_; }
  void set_seed(uint64_t seed) { seed_ = seed; }
  void add(std::string_view name);
  void remove(int row);
  void move(int from, int to);
  void enable(int row, bool on);
  void set_parameter(int row, std::string_view name, double value);
  void set_stage(int row, const StageSpec& stage);
  /// Back to the recorded stage, or to the defaults for one that was added.
  void reset_row(int row);
  /// Adds a bias of -inf for the token (to the chain's logit_bias, made first in order when there is none).
  void ban(int32_t id);

  /// Value now and as recorded; the recorded one is empty for an added stage.
  double value(int row, const StageParameter& parameter) const;
  std::optional<double> recorded(int row, const StageParameter& parameter) const;
  /// Second line of a row: "was 0.80", "added", "last 64 tokens", "2 tokens biased".
  QString detail(int row) const;

  void set_target(std::optional<SamplerTarget> target);
  const std::optional<SamplerTarget>& target() const noexcept { return target_; }
  /// The engine's verdict, asked with `asked`; and the full logits of the target, which tell who removed what.
  void take(const ResampleOut& out, const SamplerSpec& asked);
  void take_logits(qint64 position, std::vector<float> logits);
  void drop_results();
  bool has_logits() const noexcept { return !logits_.empty(); }
  /// The picture belongs to the chain and token shown.
  bool up_to_date() const;
  /// Every answer token has been judged under the present chain: another token needs only itself.
  bool judged_all() const;

  std::vector<FunnelStep> funnel() const;
  int32_t start_candidates() const;
  std::vector<CandidateLine> candidates(int most) const;
  DrawnToken draw() const;
  double entropy_before() const;
  double entropy_after() const;
  /// Tokens that would be others than they are; those that differ under the recorded chain too (chosen by hand) do not
  /// count.
  std::vector<TokenMark> marks() const;

  QString now_line() const;
  QString change_line() const;  // "3 of 64 tokens would have changed", empty while nothing is tried
  QString note() const;
  QString draw_line() const;
  QString summary() const;
  QString removed_line(const FunnelStep& step, bool second) const;
  std::vector<views::NumberArray> numbers() const;

 private:
  const StageSpec* origin_of(int row) const;
  const std::vector<StageTrace>* traces() const;
  void find_removers();

  Label label_;
  int32_t vocabulary_ = 0;
  SamplerSpec base_;
  std::vector<StageRowState> rows_;
  uint64_t seed_ = 0;
  std::optional<SamplerTarget> target_;
  std::optional<ResampleOut> result_;
  SamplerSpec asked_;
  std::vector<float> logits_;
  std::vector<std::pair<int32_t, int>> removers_;  // token id, row
  std::set<uint64_t> by_hand_;
};

}  // namespace vitrine
