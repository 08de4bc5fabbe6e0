// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/mark_legend.h"

#include <QEvent>
#include <QPainter>

#include "views/theme.h"

namespace vitrine {

MarkLegend::MarkLegend(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&views::theme(), &views::Theme::changed, this, [this] { updateGeometry(); });
  retranslate();
}

QSize MarkLegend::sizeHint() const { return {views::theme().px(280), views::theme().px(24)}; }

void MarkLegend::retranslate() { setAccessibleName(tr("Dashed: would have changed under the settings being tried")); }

void MarkLegend::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QWidget::changeEvent(event);
}

void MarkLegend::paintEvent(QPaintEvent*) {
  const views::Theme& theme = views::theme();
  QPainter p(this);
  p.setFont(theme.font(views::Type::small));
  const QString sample = tr("word");
  const int width = p.fontMetrics().horizontalAdvance(sample), baseline = theme.px(4) + p.fontMetrics().ascent();
  p.setPen(theme.colors().t2);
  p.drawText(0, baseline, sample);
  const int left = width + theme.px(8);
  p.drawText(left, baseline, p.fontMetrics().elidedText(tr("would have changed under these settings"), Qt::ElideRight, this->width() - left));
  QPen pen(theme.colors().warn, 2, Qt::CustomDashLine, Qt::FlatCap);
  pen.setDashPattern({3, 1.5});
  p.setPen(pen);
  p.drawLine(0, baseline + p.fontMetrics().descent() + 1, width, baseline + p.fontMetrics().descent() + 1);
}

}  // namespace vitrine
