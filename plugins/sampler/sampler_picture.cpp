// SPDX-License-Identifier: Apache-2.0
#include "plugins/sampler/sampler_picture.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "plugins/sampler/draw_view.h"
#include "plugins/sampler/funnel_view.h"
#include "plugins/sampler/stage_list.h"
#include "plugins/sampler/stage_words.h"
#include "views/distribution_bars.h"
#include "views/empty_state.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {

SamplerPicture::SamplerPicture(SamplerModel& model, QWidget* parent) : QScrollArea(parent), model_(model) {
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  page_ = new QWidget;
  page_->setProperty("surface", "sunken");
  page_->setAttribute(Qt::WA_StyledBackground);
  stages_ = new StageList(model);
  funnel_ = new FunnelView(model);
  auto* upper = new QHBoxLayout;
  upper->setContentsMargins(0, 0, 0, 0);
  upper->setSpacing(views::theme().px(16));
  upper->addWidget(stages_, 50, Qt::AlignTop);
  upper->addWidget(funnel_, 50, Qt::AlignTop);
  empty_ = new views::EmptyState(views::Sketch::funnel);
  upper->addWidget(empty_, 50);
  auto* column = new QVBoxLayout(page_);
  column->setContentsMargins(16, 0, 16, 8);
  column->setSpacing(4);
  column->addLayout(upper);
  column->addWidget(build_lower());
  column->addStretch();
  setWidget(page_);
  connect(stages_, &StageList::edited, this, &SamplerPicture::edited);
  connect(empty_, &views::EmptyState::action_triggered, this, &SamplerPicture::first_token_requested);
  connect(&views::theme(), &views::Theme::changed, this, &SamplerPicture::refresh);
  retranslate();
  refresh();
}

QWidget* SamplerPicture::build_lower() {
  lower_ = new QWidget;
  bars_title_ = new QLabel;
  bars_ = new views::DistributionBars(QString());
  bars_->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(bars_, &QWidget::customContextMenuRequested, this, &SamplerPicture::show_bar_menu);
  draw_ = new DrawView(model_);
  auto* head = new QHBoxLayout;
  head->setSpacing(8);
  head->addWidget(bars_title_);
  for (size_t i = 0; i < swatches_.size(); ++i) {
    swatches_[i] = new QLabel;
    meanings_[i] = new QLabel;
    meanings_[i]->setProperty("role", "t2");
    head->addWidget(swatches_[i]);
    head->addWidget(meanings_[i]);
  }
  head->addStretch();
  auto* left = new QVBoxLayout;
  left->setContentsMargins(0, 0, 0, 0);
  left->setSpacing(2);
  left->addLayout(head);
  left->addWidget(bars_);
  left->addStretch();
  auto* line = new QHBoxLayout(lower_);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(24);
  line->addLayout(left, 1);
  line->addWidget(draw_);
  return lower_;
}

void SamplerPicture::retranslate() {
  bars_->setAccessibleName(tr("Distribution before and after the chain"));
  empty_->set_texts(tr("What each stage does to the candidates of one token"),
                    tr("Select a token of an answer, in the chat or in the strip below."));
  empty_->set_action(tr("Select the first answer token"));
}

void SamplerPicture::refresh() {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const auto& target = model_.target();
  funnel_->setVisible(target.has_value());
  lower_->setVisible(target.has_value());
  empty_->setVisible(!target.has_value());
  arrange();
  stages_->refresh();
  if (!target) return;
  funnel_->refresh();
  draw_->refresh();
  bars_title_->setFont(t.font(views::Type::small, true));
  bars_title_->setStyleSheet(QStringLiteral("color:%1").arg(k.t2.name()));
  bars_title_->setText(tr("Distribution of token %1").arg(target->position - target->prompt_tokens + 1));
  fill_legend();
  fill_bars();
}

void SamplerPicture::fill_legend() {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const bool wide = viewport()->width() > t.px(860);
  const QString texts[] = {wide ? tr("before, the model's own") : tr("before"),
                           wide ? tr("after all stages") : tr("after"), tr("removed")};
  const QColor fills[] = {k.axis, k.accent, k.chip[4]};
  for (size_t i = 0; i < swatches_.size(); ++i) {
    QPixmap swatch(t.px(14), t.px(6));
    swatch.fill(fills[i]);
    swatches_[i]->setPixmap(swatch);
    meanings_[i]->setFont(t.font(views::Type::small));
    meanings_[i]->setText(texts[i]);
  }
}

void SamplerPicture::fill_bars() {
  std::vector<views::BarRow> rows;
  for (const CandidateLine& line : model_.candidates(bar_rows_)) {
    views::BarRow row{.label = model_.label(line.id)};
    row.highlighted = line.drawn;
    row.color = line.removed ? QColor() : views::colors().accent;
    row.struck = line.removed;
    if (line.removed) {
      row.value = line.before;
      row.note = line.removed_by >= 0 && line.removed_by < int(model_.rows().size())
                     ? tr("removed by %1").arg(stage_title(model_.rows()[size_t(line.removed_by)].stage.name))
                     : tr("removed");
    } else {
      row.before = line.before;
      row.value = line.after;
      row.value_text = QStringLiteral("%1 \u2192 %2").arg(views::percent(line.before), views::percent(line.after));
    }
    rows.push_back(std::move(row));
  }
  bars_->set_rows(std::move(rows));
}

void SamplerPicture::show_bar_menu(const QPoint& at) {
  const int row = at.y() / std::max(1, views::theme().px(24));
  const std::vector<CandidateLine> lines = model_.candidates(bar_rows_);
  if (row < 0 || row >= int(lines.size())) return;
  const int32_t id = lines[size_t(row)].id;
  QMenu menu(this);
  menu.addAction(tr("Never draw %1 (logit bias of minus infinity)").arg(model_.label(id)), this, [this, id] {
    model_.ban(id);
    emit edited();
  });
  menu.addAction(tr("Copy token id %1").arg(id), this,
                 [id] { QGuiApplication::clipboard()->setText(QString::number(id)); });
  menu.exec(bars_->mapToGlobal(at));
}

/// Rows as high as the room allows, 36 to 50; the distribution gets what remains, at least six rows.
void SamplerPicture::arrange() {
  const views::Theme& t = views::theme();
  const int count = int(model_.rows().size());
  FunnelShape shape{.header = double(t.px(28)), .start = double(t.px(26)), .row = double(t.px(50))};
  const double room = viewport()->height() - t.px(12);
  const double least_lower = t.px(24) * 6 + t.px(30);
  if (count > 0)
    shape.row =
        std::clamp((room - least_lower - shape.header - shape.start) / count, double(t.px(36)), double(t.px(50)));
  draw_->setFixedWidth(std::clamp(viewport()->width() * 30 / 100, t.px(190), t.px(300)));
  stages_->set_shape(shape);
  funnel_->set_shape(shape);
  const double rest = room - shape.height(count) - t.px(30);
  const int rows = std::clamp(int(rest / t.px(24)), 6, 24);
  const bool refill = rows != bar_rows_;
  bar_rows_ = rows;
  lower_->setMinimumHeight(t.px(24) * 6 + t.px(28));
  if (refill && model_.target()) fill_bars();
}

void SamplerPicture::resizeEvent(QResizeEvent* event) {
  QScrollArea::resizeEvent(event);
  refresh();
}

void SamplerPicture::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) {
    retranslate();
    refresh();
  }
  QScrollArea::changeEvent(event);
}

void SamplerPicture::paint_export(QPainter& p, const QRectF& area) const {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const int count = int(model_.rows().size());
  FunnelShape shape{.header = 28, .start = 28, .row = 44};
  p.fillRect(area, k.sunken);
  p.setFont(t.font(views::Type::title, true));
  p.setPen(k.t1);
  p.drawText(QRectF(area.left() + 16, area.top(), area.width() - 32, 36), Qt::AlignVCenter, model_.now_line());
  const double top = area.top() + 36, names = area.width() * 0.3;
  for (int i = 0; i < count; ++i) {
    const StageSpec& stage = model_.rows()[size_t(i)].stage;
    const QRectF row(area.left() + 16, top + shape.header + shape.start + i * shape.row, names - 24, shape.row);
    p.setFont(t.font(views::Type::base, true));
    p.setPen(stage.enabled ? k.t1 : k.t3);
    const StageInfo* info = stage_info(stage.name);
    QString text = stage_title(stage.name);
    if (info && !info->parameters.empty())
      text +=
          QStringLiteral("  ") + parameter_text(info->parameters.front(), model_.value(i, info->parameters.front()));
    p.drawText(row.adjusted(0, 4, 0, -shape.row / 2), Qt::AlignVCenter, text);
    p.setFont(t.font(views::Type::small));
    p.setPen(k.t2);
    p.drawText(row.adjusted(0, shape.row / 2, 0, -4), Qt::AlignVCenter, stage.enabled ? model_.detail(i) : tr("off"));
  }
  funnel_->paint(p, QRectF(area.left() + names, top, area.width() - names - 16, shape.height(count)), shape);
  const double below = top + shape.height(count) + 8;
  p.setFont(t.font(views::Type::small, true));
  p.setPen(k.t2);
  p.drawText(QRectF(area.left() + 16, below, area.width() * 0.6, 24), Qt::AlignVCenter,
             bars_title_->text() + QStringLiteral(": ") + tr("grey before, blue after all stages, hatched removed"));
  bars_->paint(p, QRectF(area.left() + 16, below + 24, area.width() * 0.62, area.bottom() - below - 24));
  draw_->paint(p, QRectF(area.left() + area.width() * 0.68, below, area.width() * 0.3, area.bottom() - below));
}

}  // namespace vitrine
