// SPDX-License-Identifier: Apache-2.0
// The attention panel's state in words, and what of it is kept between starts.
#include <algorithm>

#include "plugins/attention/attention_model.h"
#include "views/numbers.h"
#include "views/token_text.h"

namespace vitrine {

QString AttentionModel::source_token(int64_t position) const {
  const TranscriptLane* l = lane();
  if (const TranscriptToken* token = only_reads_ ? transcript_.token(selection_.lane(), position) : nullptr) return views::token_text(token->bytes);
  if (!l || position < 0 || position >= int64_t(l->source.size())) return {};
  return views::token_text(l->source[size_t(position)].bytes);
}

QString AttentionModel::source_name(int64_t position) const {
  if (position < 0) return {};
  if (only_reads_) return tr("token %1 of %2").arg(views::count(position + 1), views::count(source_tokens()));
  return tr("source token %1 of %2").arg(views::count(position + 1), views::count(source_tokens()));
}

QString AttentionModel::key_token(int64_t key) const { return causal() ? token(key) : source_token(key); }
QString AttentionModel::key_name(int64_t key) const { return causal() ? position_name(key) : source_name(key); }

QString AttentionModel::token(int64_t position) const {
  if (of() == Inspect::Attention::encoder) return source_token(position);
  const TranscriptToken* token = transcript_.token(selection_.lane(), position);
  return token ? views::token_text(token->bytes) : QString();
}

QString AttentionModel::position_name(int64_t position) const {
  const TranscriptLane* l = lane();
  if (!l || position < 0) return {};
  if (of() == Inspect::Attention::encoder) return source_name(position);
  if (position < l->prompt_tokens)
    return tr("prompt token %1 of %2").arg(views::count(position + 1), views::count(l->prompt_tokens));
  const QString index = views::count(position - l->prompt_tokens + 1), all = views::count(l->answer_tokens());
  return l->running ? tr("answer token %1 of %2 so far").arg(index, all) : tr("answer token %1 of %2").arg(index, all);
}

QString AttentionModel::now() const {
  const TranscriptLane* l = lane();
  if (!l || rows() <= 0) return {};
  const bool mean = settings_.view == AttentionView::mean;
  QString wanted = mean ? tr("Layer %1, mean over %2 heads").arg(layer()).arg(heads_of(layer()))
                        : tr("Layer %1, head %2").arg(layer()).arg(head());
  if (of() == Inspect::Attention::cross) wanted = tr("Cross-attention: %1").arg(wanted);
  if (of() == Inspect::Attention::encoder && !only_reads_) wanted = tr("Encoder: %1").arg(wanted);
  if (stale()) {
    const AttentionSource& s = rows_.source();
    const QString from =
        s.head < 0 ? tr("mean of layer %1").arg(s.layer) : tr("layer %1, head %2").arg(s.layer).arg(s.head);
    return declined_ ? tr("Picture is from %1").arg(from)
                     : tr("%1 is on its way; picture is from %2").arg(wanted, from);
  }
  QStringList parts{wanted};
  if (of() == Inspect::Attention::encoder) return (parts << position_name(row())).join(QStringLiteral(", "));
  const bool unread = selection_.has_token() && selection_.position() >= rows();
  if (unread && !settings_.follow && l->running)
    parts << tr("%1 rows, not following").arg(rows() - first_row());
  else if (unread)
    parts << tr("the selected token is not read yet: newest row shown");
  else if (!selection_.has_token())
    parts << tr("newest row: %1").arg(position_name(row()));
  else
    parts << position_name(row());
  if (causal()) parts << (settings_.sink ? tr("sink shown") : tr("sink hidden"));
  if (recomputed_) parts << tr("recomputed");
  return parts.join(QStringLiteral(", "));
}

QString AttentionModel::summary() const {
  if (!applicable()) return tr("This model has no attention weights.");
  if (!has_picture()) return tr("No attention to show yet.");
  const std::vector<KeyWeight> best = top(1);
  if (best.empty()) return now();
  return tr("%1: '%2' looks most at '%3', %4.")
      .arg(now(), token(row()), key_token(best[0].key), views::percent(double(best[0].weight)));
}

QString AttentionModel::class_name(KeyClass which) {
  switch (which) {
    case KeyClass::sink:
      return tr("First-token sink");
    case KeyClass::previous:
      return tr("Previous token");
    case KeyClass::self:
      return tr("Self");
    case KeyClass::induction:
      return tr("Induction");
    case KeyClass::other:
      return tr("All other keys");
    case KeyClass::first:
      return tr("First token");
    case KeyClass::next:
      return tr("Next token");
    case KeyClass::last:
      return tr("Last token");
  }
  return {};
}

QString AttentionModel::text_form() const {
  QStringList lines{now()};
  const HeadShares shared = shares();
  for (const KeyClass which : key_classes(causal()))
    if (shared.rows > 0) lines << class_name(which) + ' ' + views::percent(shared.share[size_t(which)]);
  for (const KeyWeight& key : top(5))
    lines << QString::number(key.key) + ' ' + key_token(key.key) + ' ' + views::percent(double(key.weight));
  return lines.join('\n');
}

QJsonObject AttentionModel::save() const {
  static const char* const views[] = {"matrix", "links", "mean"};
  return {{"of", int(settings_.of)},
          {"view", views[size_t(settings_.view)]},
          {"log", settings_.logarithmic},
          {"sink", settings_.sink},
          {"follow", settings_.follow},
          {"unfolded", settings_.unfolded},
          {"mean_pixels", settings_.mean_pixels},
          {"all_layers", settings_.all_layers}};
}

void AttentionModel::restore(const QJsonObject& state) {
  AttentionSettings s;
  const QString view = state["view"].toString();
  s.view = view == "links" ? AttentionView::links : view == "mean" ? AttentionView::mean : AttentionView::matrix;
  s.of = Inspect::Attention(std::clamp(state["of"].toInt(), 0, 2));
  s.logarithmic = state["log"].toBool(s.logarithmic);
  s.sink = state["sink"].toBool(s.sink);
  s.follow = state["follow"].toBool(s.follow);
  s.unfolded = state["unfolded"].toBool(s.unfolded);
  s.mean_pixels = state["mean_pixels"].toBool(s.mean_pixels);
  s.all_layers = state["all_layers"].toBool(s.all_layers);
  set_settings(s);
}

}  // namespace vitrine
