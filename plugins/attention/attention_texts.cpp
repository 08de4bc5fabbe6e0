// SPDX-License-Identifier: Apache-2.0
// Everything the attention panel says: states, numbers beside the picture, tool tips, the explanation, exports.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <algorithm>
#include <cmath>

#include "plugins/attention/attention_panel.h"
#include "plugins/attention/heads_view.h"
#include "plugins/attention/matrix_view.h"
#include "views/distribution_bars.h"
#include "views/elided_label.h"
#include "views/heatmap_view.h"
#include "views/numbers.h"
#include "views/panel_frame.h"
#include "views/segmented.h"
#include "views/table_twin.h"
#include "views/theme.h"

namespace vitrine {

void AttentionPanel::show_state() {
  show_words();
  views::EmptyState* empty = frame_->empty_state(views::Sketch::matrix);
  const TranscriptLane* lane = model_.lane();
  if (open_model_ && !model_.applicable()) {
    empty->set_texts(tr("This model has no attention"),
                     tr("It mixes tokens in another way; there are no weights between tokens to show."));
    empty->set_action({});
    frame_->show_empty();
  } else if (model_.declined() && !model_.has_picture()) {
    empty->set_texts(
        tr("The attention of this answer is not computed"),
        tr("The answer comes from a saved session: its layers have to be run once more over the same tokens."));
    empty->set_action(tr("Compute it"));
    frame_->show_empty();
  } else if (model_.rows() <= 0 && model_.only_reads()) {
    if (model_.reading()) return;  // the picture of the text before stays until this one's is there
    empty->set_texts(tr("Where each token looks"), tr("One row and one column for each token of a text. Type a text in the Encoder panel: all heads of every layer are shown here."));
    empty->set_action(tr("Open Encoder"));
    frame_->show_empty();
  } else if (model_.rows() <= 0) {
    empty->set_texts(tr("Where each token looks"),
                     lane && lane->running
                         ? tr("The picture begins with the first answer token.")
                         : tr("One row for each token of the answer, one column for each token it can look at."));
    empty->set_action(open_model_ && !(lane && lane->running) ? tr("Why does the KV cache grow with every token?")
                                                              : QString());
    frame_->show_empty();
  } else {
    frame_->show_picture();
  }
}

void AttentionPanel::show_words() {
  frame_->set_now(model_.now());
  set_dimmed(model_.stale());
  if (model_.rows() <= 0)
    frame_->set_note({});
  else if (model_.recomputed())
    frame_->set_note(
        tr("Attention is not attribution. Recomputed in float32: the layers were run again over the saved tokens."));
  else if (model_.has_picture() && model_.only_reads())
    frame_->set_note(tr("Attention is not attribution. Weights computed in float32 from the kept queries of this text."));
  else if (model_.has_picture())
    frame_->set_note(
        tr("Attention is not attribution. Weights computed in float32 from the kept queries of this answer; the model "
           "was not run again."));
  else
    frame_->set_note(tr("Attention is not attribution."));
}

void AttentionPanel::show_layers() {
  const auto [from, to] = model_.layers_shown();
  const int all = context_.workspace.model() ? model_.layer_count() : 0;
  const int first = std::clamp(model_.layer() - 2, 0, std::max(0, all - 5)), last = std::min(all, first + 5) - 1;
  layers_->setItemText(0, all > 0 ? tr("%1 to %2").arg(first).arg(last) : tr("Around"));
  layers_->setItemText(1, all > 0 ? tr("All %1").arg(all) : tr("All"));
  layers_->setEnabled(all > 5);
  heads_title_->setText(to > from ? tr("Heads 0 to %1, layers %2 to %3")
                                        .arg(std::max(0, model_.heads_of(model_.layer()) - 1))
                                        .arg(from)
                                        .arg(to - 1)
                                  : QString());
}

void AttentionPanel::show_head() {
  const bool mean = model_.settings().view == AttentionView::mean;
  head_title_->setText(mean ? tr("Layer %1, all heads").arg(model_.layer())
                            : tr("Head %1.%2").arg(model_.layer()).arg(model_.head()));
  const HeadShares shares = model_.shares();
  const bool answer = model_.rows() > model_.prompt();
  const bool cross = model_.of() == Inspect::Attention::cross;
  shares_->setVisible(!cross);
  shares_->setToolTip(model_.causal() ? tr("Each answer token's weights sorted into five classes, first match counts: first token; itself; the token "
                                           "before; a key after an earlier occurrence of the same token; the rest. Mean over the answer tokens, sums to "
                                           "100 %.")
                                      : tr("Each token's weights sorted into six classes, first match counts: itself; the first token, such as [CLS]; the last, such as [SEP]; the token before; the token after; the rest. Mean over the tokens, sums to 100 %."));
  head_detail_->set_text(model_.only_reads() ? tr("share of attention over %1 tokens").arg(views::count(shares.rows))
                         : cross            ? tr("each answer token over the source's")
                         : shares.rows == 0 ? QString()
                         : !model_.causal() ? tr("share of attention over %1 source tokens").arg(views::count(shares.rows))
                                          : (answer ? tr("share of attention over %1 answer tokens")
                                                    : tr("share of attention over %1 prompt tokens"))
                                                .arg(views::count(shares.rows)));
  const double* best = std::max_element(std::begin(shares.share), std::end(shares.share));
  std::vector<views::BarRow> rows;
  for (const KeyClass which : key_classes(model_.causal())) {
    if (shares.rows == 0) break;  // nothing known: no zeros
    views::BarRow row;
    row.label = AttentionModel::class_name(which);
    row.value = shares.share[size_t(which)];
    row.highlighted = shares.rows > 0 && &shares.share[size_t(which)] == best;
    rows.push_back(row);
  }
  shares_->set_rows(std::move(rows));
}

void AttentionPanel::show_keys() {
  const int64_t row = model_.row();
  const QString token = model_.token(row);
  const TranscriptLane* lane = model_.lane();
  const int64_t answer = row - (lane ? lane->prompt_tokens : 0) + 1;
  keys_title_->setText(row < 0      ? QString()
                       : model_.only_reads() ? tr("Where token %1  %2  looks").arg(views::count(row + 1), token)
                       : model_.of() == Inspect::Attention::encoder ? tr("Where source token %1  %2  looks").arg(views::count(row + 1), token)
                       : answer > 0 ? tr("Where answer token %1  %2  looks").arg(views::count(answer), token)
                                    : tr("Where prompt token %1  %2  looks").arg(views::count(row + 1), token));
  std::vector<views::BarRow> rows;
  key_positions_.clear();
  int chosen = -1;
  for (const KeyWeight& key : model_.top(5)) {
    if (key.key == matrix_->key_cursor()) chosen = int(rows.size());
    rows.push_back({.label = model_.key_token(key.key),
                    .value = double(key.weight),
                    .prefix = QString::number(key.key),
                    .highlighted = rows.empty()});
    key_positions_.push_back(key.key);
  }
  keys_->set_rows(std::move(rows));
  keys_->set_selected(chosen);
}

void AttentionPanel::show_legend() {
  const AttentionSettings& s = model_.settings();
  const views::ColorScale scale{views::ColorMap::viridis, s.logarithmic ? kLowestWeight : 0, 1, s.logarithmic};
  QString title = s.logarithmic ? tr("weight, log") : tr("weight, linear");
  if (matrix_->layout().links)
    title += tr(", from 1 %");
  else if (matrix_->pixels().pooled)
    title += s.mean_pixels ? tr(", mean") : tr(", maximum");
  const bool narrow = matrix_->widget()->width() < views::theme().px(330);
  using Ticks = std::vector<std::pair<double, QString>>;
  const Ticks ticks = narrow          ? Ticks{{scale.lowest, s.logarithmic ? "0.1 %" : "0"}, {1, "100 %"}}
                      : s.logarithmic ? Ticks{{0.001, "0.1 %"}, {0.01, "1 %"}, {0.1, "10 %"}, {1, "100 %"}}
                                      : Ticks{{0, "0"}, {0.5, "50 %"}, {1, "100 %"}};
  legend_->set_scale(scale, title, ticks, matrix_->layout().links || !model_.masks() ? QString() : tr("masked"));
}

void AttentionPanel::show_table() {
  const AttentionRegion& r = matrix_->layout().links ? AttentionRegion{} : matrix_->region();
  const AttentionPixels& p = matrix_->pixels();
  if (r.empty() || p.values.empty()) {
    // Links and empty pictures: the row that is looked at, key by key.
    table_->set_columns({tr("Key"), tr("Token"), tr("Weight")});
    table_->set_rows(int(model_.row_weights().size()), [this](int row, int column) -> QVariant {
      const std::span<const float> weights = model_.row_weights();
      if (row >= int(weights.size())) return {};
      return column == 0   ? QVariant(row)
             : column == 1 ? QVariant(model_.key_token(row))
                           : QVariant(double(weights[size_t(row)]));
    });
    return;
  }
  const auto keys = [r](int x) { return cells_of_pixel(x, r.pixel_cols, r.key_from, r.key_to).first; };
  QStringList headers{tr("Row"), tr("Token")};
  const int sink = p.sink.empty() ? 0 : 1, prompt = p.prompt.empty() ? 0 : 1;
  if (sink) headers << "0 " + model_.key_token(0);
  if (prompt) headers << tr("prompt %1, sum").arg(views::count(model_.prompt() - 1));
  for (int x = 0; x < r.pixel_cols; ++x) headers << QString::number(keys(x)) + ' ' + model_.key_token(keys(x));
  table_->set_columns(headers);
  table_->set_rows(r.pixel_rows, [this, r, sink, prompt](int y, int column) -> QVariant {
    const AttentionPixels& pixels = matrix_->pixels();
    if (pixels.region != r) return {};
    const int64_t position = cells_of_pixel(y, r.pixel_rows, r.row_from, r.row_to).first;
    if (column == 0) return QVariant(qint64(position));
    if (column == 1) return model_.token(position);
    const int x = column - 2 - sink - prompt;
    const float value = x >= 0                ? pixels.values[size_t(y) * size_t(r.pixel_cols) + size_t(x)]
                        : column == 2 && sink ? pixels.sink[size_t(y)]
                                              : pixels.prompt[size_t(y)];
    return std::isnan(value) || value < 0 ? QVariant() : QVariant(double(value));
  });
}

views::Exportable AttentionPanel::exportable() const {
  views::Exportable out;
  out.title = model_.settings().view == AttentionView::mean
                  ? tr("attention layer %1 mean").arg(model_.layer())
                  : tr("attention layer %1 head %2").arg(model_.layer()).arg(model_.head());
  if (model_.of() == Inspect::Attention::cross) out.title = tr("cross %1").arg(out.title);
  if (model_.of() == Inspect::Attention::encoder && !model_.only_reads()) out.title = tr("encoder %1").arg(out.title);
  const QSizeF heads(heads_->widget()->size()), matrix(matrix_->widget()->size());
  const double title = 32, legend = 56, pad = 12;
  out.size =
      QSizeF(heads.width() + matrix.width() + 3 * pad, title + std::max(matrix.height(), heads.height()) + legend);
  out.paint = [=, this](QPainter& p, const QRectF& area) {
    p.save();
    const double scale = std::min(area.width() / out.size.width(), area.height() / out.size.height());
    p.translate(area.topLeft());
    p.scale(scale, scale);
    p.fillRect(QRectF({0, 0}, out.size), views::colors().sunken);
    p.setFont(views::theme().font(views::Type::base, true));
    p.setPen(views::colors().t1);
    p.drawText(QRectF(pad, 0, out.size.width() - 2 * pad, title), Qt::AlignVCenter,
               tr("Attention: %1").arg(model_.now()));
    p.translate(pad, title);
    paint_scene(heads_->scene_for(heads), p, QRectF({0, 0}, heads));
    p.translate(heads.width() + pad, 0);
    p.setClipRect(QRectF({0, 0}, matrix));
    paint_scene(matrix_->scene_for(matrix), p, QRectF({0, 0}, matrix));
    p.setClipping(false);
    legend_->paint(p, QRectF(0, matrix.height(), matrix.width(), legend));
    p.restore();
  };
  out.numbers = [this] { return numbers(); };
  return out;
}

std::vector<views::NumberArray> AttentionPanel::numbers() const {
  std::vector<views::NumberArray> all;
  const int64_t from = std::max(model_.exact().first(), model_.first_row()), to = model_.exact().end();
  const int64_t keys = model_.causal() ? to : model_.keys();
  if (to > from && model_.has_picture()) {
    views::NumberArray weights{.name = "weights", .shape = {to - from, keys}, .values = {}};
    for (int64_t r = from; r < to; ++r) {
      const std::span<const float> row = model_.exact().row(r);
      for (int64_t k = 0; k < keys; ++k)
        weights.values.push_back(k < int64_t(row.size()) ? double(row[size_t(k)]) : std::nan(""));
      weights.row_names.push_back(QString::number(r) + ' ' + model_.token(r));
    }
    for (int64_t k = 0; k < keys; ++k) weights.column_names.push_back(QString::number(k) + ' ' + model_.key_token(k));
    all.push_back(std::move(weights));
  }
  const HeadShares shares = model_.shares();
  const std::span<const KeyClass> classes = key_classes(model_.causal());
  views::NumberArray share{.name = "shares", .shape = {qint64(classes.size())}, .values = {}};
  for (const KeyClass which : classes) {
    share.values.push_back(shares.share[size_t(which)]);
    share.row_names.push_back(AttentionModel::class_name(which));
  }
  all.push_back(std::move(share));
  const HeadPictures& heads = model_.thumbnails();
  if (!heads.values.empty())
    all.push_back({.name = "heads",
                   .shape = {heads.layer_to - heads.layer_from, heads.heads, heads.pixels, heads.pixels},
                   .values = {heads.values.begin(), heads.values.end()}});
  return all;
}

}  // namespace vitrine
