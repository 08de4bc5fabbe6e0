// SPDX-License-Identifier: Apache-2.0
// What the sampler panel says in words, and the numbers it exports.
#include <cmath>

#include "plugins/sampler/sampler_model.h"
#include "plugins/sampler/stage_words.h"
#include "views/numbers.h"

namespace vitrine {

QString SamplerModel::detail(int row) const {
  const StageRowState& state = rows_.at(size_t(row));
  const StageSpec* origin = origin_of(row);
  if (!origin && target_) return tr("added");
  if (origin && origin->enabled != state.stage.enabled) return origin->enabled ? tr("was on") : tr("was off");
  const StageInfo* info = stage_info(state.stage.name);
  if (info && origin)
    for (const StageParameter& p : info->parameters)
      if (value(row, p) != *recorded(row, p)) {
        const QString text = parameter_text(p, *recorded(row, p));
        return &p == &info->parameters.front()
                   ? tr("was %1").arg(text)
                   : tr("%1 was %2").arg(QString::fromUtf8(p.name.data(), qsizetype(p.name.size())), text);
      }
  if (state.stage.name == "logit_bias") return tr("%n token(s) biased", "", int(state.stage.bias.size()));
  if (state.stage.name == "bad_words") return tr("%n sequence(s)", "", int(state.stage.sequences.size()));
  if (const double n = state.stage.parameter("last_n", -1); n > 0) return tr("last %n token(s)", "", int(n));
  if (!info || info->parameters.empty()) return tr("no parameter");
  const StageParameter& first = info->parameters.front();
  if (value(row, first) == first.off) return tr("no effect at %1").arg(parameter_text(first, first.off));
  return origin && target_ ? tr("as recorded") : QString();
}

QString SamplerModel::now_line() const {
  if (!target_) return tr("The chain of the next answer");
  const QString where =
      tr("Answer token %1 of %2").arg(target_->position - target_->prompt_tokens + 1).arg(target_->answer_tokens);
  if (!changed()) return tr("%1, as recorded").arg(where);
  const QString change = change_line();
  return change.isEmpty() ? tr("%1, other settings than recorded").arg(where) : where + QStringLiteral(": ") + change;
}

QString SamplerModel::change_line() const {
  if (!target_ || !changed() || !result_) return {};
  const int changed_tokens = int(marks().size());
  if (changed_tokens == 0) return tr("no token would have changed");
  return tr("%1 of %n token(s) would have changed", "", int(result_->steps.size())).arg(changed_tokens);
}

QString SamplerModel::note() const {
  if (!target_) return tr("Changes here are only tried out until \"Use for the next answer\" is pressed.");
  const std::vector<TokenMark> list = marks();
  if (list.empty()) return tr("No layer was run again, only the language-model head, with the same random numbers.");
  return tr("No layer was run. Each mark judges its token on the text as it was; from token %1 on the text itself "
            "would differ, so later marks are conditional.")
      .arg(list.front().position - target_->prompt_tokens + 1);
}

QString SamplerModel::draw_line() const {
  const DrawnToken drawn = draw();
  if (!target_ || !drawn.known) return {};
  const QString where = tr("Draw %1 of seed %2").arg(target_->step + 1).arg(seed_);
  if (drawn.now == drawn.was) return tr("%1 falls on %2, as before.").arg(where, label(drawn.now));
  return tr("%1 falls on %2 instead of %3.").arg(where, label(drawn.now), label(drawn.was));
}

QString SamplerModel::removed_line(const FunnelStep& step, bool second) const {
  if (!step.known) return {};
  if (!step.enabled) return second ? QString() : tr("off");
  if (step.kept < step.entered)
    return second ? tr("of the mass") : QStringLiteral("\u2212") + views::percent(step.removed);
  if (std::abs(step.entropy_before - step.entropy_after) > 1e-6)
    return second ? tr("nats, entropy")
                  : tr("%1 to %2").arg(views::significant(step.entropy_before), views::significant(step.entropy_after));
  return second ? QString() : tr("no effect here");
}

QString SamplerModel::summary() const {
  if (!target_) return tr("Sampler: %n stage(s) for the next answer", "", int(rows_.size()));
  QStringList parts{now_line()};
  const std::vector<FunnelStep> steps = funnel();
  for (size_t i = 0; i < steps.size(); ++i)
    if (steps[i].known && steps[i].enabled)
      parts << tr("%1 leaves %2").arg(stage_title(rows_[i].stage.name), views::count(steps[i].kept));
  if (const QString line = draw_line(); !line.isEmpty()) parts << line;
  if (const QString line = change_line(); !line.isEmpty()) parts << line;
  return parts.join(QStringLiteral("; "));
}

std::vector<views::NumberArray> SamplerModel::numbers() const {
  views::NumberArray stages{
      "stages",
      {0, 7},
      {},
      {},
      {"enabled", "entered", "kept", "removed_mass", "mass_left", "entropy_before", "entropy_after"}};
  const std::vector<FunnelStep> steps = funnel();
  for (size_t i = 0; i < steps.size(); ++i) {
    const FunnelStep& s = steps[i];
    stages.row_names.push_back(QString::fromStdString(rows_[i].stage.name));
    for (const double v :
         {double(s.enabled), double(s.entered), double(s.kept), s.removed, s.left, s.entropy_before, s.entropy_after})
      stages.values.push_back(v);
  }
  stages.shape[0] = qint64(steps.size());
  views::NumberArray tokens{"tokens", {0, 4}, {}, {}, {"id", "before", "after", "removed_by_stage"}};
  for (const CandidateLine& line : candidates(50)) {
    tokens.row_names.push_back(label(line.id));
    for (const double v :
         {double(line.id), line.before, line.after, line.removed ? double(line.removed_by) : std::nan("")})
      tokens.values.push_back(v);
  }
  tokens.shape[0] = qint64(tokens.row_names.size());
  views::NumberArray steps_out{"steps", {0, 5}, {}, {}, {"step", "was", "now", "probability_was", "probability_now"}};
  if (result_)
    for (const Rejudged& r : result_->steps)
      for (const double v : {double(r.step), double(r.was), double(r.now), r.probability_was, r.probability_now})
        steps_out.values.push_back(v);
  steps_out.shape[0] = qint64(steps_out.values.size() / 5);
  const DrawnToken drawn = draw();
  return {stages, tokens, steps_out, {"u", {1}, {drawn.u}, {}, {}}};
}

}  // namespace vitrine
