// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/tensor_details.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "views/elided_label.h"
#include "views/numbers.h"
#include "views/series_plot.h"
#include "views/theme.h"

namespace vitrine {

TensorDetails::TensorDetails(QWidget* parent) : QWidget(parent) {
  setProperty("surface", "sunken");
  setAttribute(Qt::WA_StyledBackground);
  const views::Theme& t = views::theme();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(t.px(16), t.px(6), t.px(16), t.px(6));
  column->setSpacing(t.px(2));
  title_ = new views::ElidedLabel(nullptr, Qt::ElideMiddle);
  plot_ = new views::SeriesPlot(QString());
  auto* body = new QHBoxLayout;
  auto* side = new QWidget;
  grid_ = new QGridLayout(side);
  grid_->setContentsMargins(0, t.px(4), 0, 0);
  grid_->setVerticalSpacing(t.px(1));
  grid_->setHorizontalSpacing(t.px(12));
  body->addWidget(plot_, 1);
  body->addWidget(side, 0, Qt::AlignTop);
  column->addWidget(title_);
  column->addLayout(body, 1);
  setMinimumHeight(t.px(150));
  connect(&views::theme(), &views::Theme::changed, this, [this] { refresh(); });
}

void TensorDetails::retranslate() { refresh(); }

void TensorDetails::show_tensor(const TensorFact& fact) {
  fact_ = fact;
  statistics_.reset();
  failure_.clear();
  refresh();
}

void TensorDetails::show_statistics(const TensorStatisticsOut& statistics) {
  statistics_ = statistics;
  failure_.clear();
  refresh();
}

void TensorDetails::show_failure(const QString& why) {
  failure_ = why;
  refresh();
}

std::vector<std::pair<QString, QString>> TensorDetails::rows() const {
  if (!statistics_) return {};
  const TensorStatisticsOut& s = *statistics_;
  const double count = double(std::max<int64_t>(1, s.count));
  std::vector<std::pair<QString, QString>> rows = {
      {tr("mean"), views::significant(s.mean)},        {tr("std"), views::significant(s.stddev)},
      {tr("smallest"), views::significant(s.minimum)}, {tr("largest"), views::significant(s.maximum)},
      {tr("L2 norm"), views::significant(s.l2)},       {tr("zeros"), views::percent(double(s.zeros) / count)}};
  if (s.not_finite > 0) rows.push_back({tr("not finite"), views::count(s.not_finite)});
  const DTypeInfo& format = dtype_info(fact_.dtype);
  if (format.block_format) rows.push_back({tr("blocks"), views::count(s.count / format.block_elements)});
  return rows;
}

void TensorDetails::paint(QPainter& p, const QRectF& area) const {
  if (!statistics_) return;
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const double head = t.px(22), side = t.px(170), line = t.px(18);
  p.setFont(t.font(views::Type::small, true));
  p.setPen(k.t1);
  p.drawText(QRectF(area.left(), area.top(), area.width(), head), Qt::AlignVCenter, title_->full_text());
  plot_->paint(p, QRectF(area.left(), area.top() + head, area.width() - side - t.px(16), area.height() - head));
  QRectF row(area.right() - side, area.top() + head + t.px(4), side, line);
  for (const auto& [name, value] : rows()) {
    p.setFont(t.font(views::Type::small));
    p.setPen(k.t2);
    p.drawText(row, Qt::AlignLeft | Qt::AlignVCenter, name);
    p.setFont(t.mono(views::Type::small));
    p.setPen(k.t1);
    p.drawText(row, Qt::AlignRight | Qt::AlignVCenter, value);
    row.translate(0, line);
  }
}

void TensorDetails::refresh() {
  const views::Theme& t = views::theme();
  title_->setFont(t.font(views::Type::small, true));
  QString what = tr("all %1 values").arg(views::count(fact_.shape.numel()));
  if (!statistics_)
    what = failure_.isEmpty() ? tr("counting %1 values…").arg(views::count(fact_.shape.numel())) : failure_;
  title_->set_text(QStringLiteral("%1   %2").arg(tensor_key(fact_), what));
  plot_->setAccessibleName(tr("Histogram of the values of %1").arg(tensor_key(fact_)));
  plot_->setToolTip(
      tr("How many values lie in each of the equal bins between the smallest and the largest, decoded to F32"));
  plot_->setVisible(statistics_.has_value());
  while (QLayoutItem* item = grid_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  if (!statistics_) return;
  const TensorStatisticsOut& s = *statistics_;
  views::Series bars{
      .name = tr("values"), .x = {}, .y = {}, .style = views::Series::Style::bars, .color = views::colors().accent};
  const double width = (s.maximum - s.minimum) / double(std::max<size_t>(1, s.histogram.size()));
  for (size_t i = 0; i < s.histogram.size(); ++i) {
    bars.x.push_back(s.minimum + (double(i) + 0.5) * width);
    bars.y.push_back(double(s.histogram[i]));
  }
  plot_->set_series({bars});
  plot_->set_axes({.label = {}, .lowest = s.minimum, .highest = s.maximum}, {.label = {}});
  int row = 0;
  for (const auto& [name, value] : rows()) {
    auto* left = new QLabel(name);
    left->setProperty("role", "t2");
    left->setFont(t.font(views::Type::small));
    auto* right = new QLabel(value);
    right->setFont(t.mono(views::Type::small));
    right->setAlignment(Qt::AlignRight);
    right->setTextInteractionFlags(Qt::TextSelectableByMouse);
    grid_->addWidget(left, row, 0);
    grid_->addWidget(right, row++, 1);
  }
}

}  // namespace vitrine
