// SPDX-License-Identifier: Apache-2.0
#include "plugins/sampler/funnel_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "plugins/sampler/stage_words.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {

void paint_removed(QPainter& p, const QPainterPath& area) {
  const QRectF box = area.boundingRect();
  const double step = views::theme().px(6);
  p.save();
  p.setClipPath(area, Qt::IntersectClip);
  p.fillRect(box, views::colors().chip[1]);
  p.setPen(QPen(views::colors().chip[4], step / 3));
  for (double x = std::floor((box.left() - box.height()) / step) * step; x < box.right(); x += step)
    p.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()));
  p.restore();
}

FunnelView::FunnelView(const SamplerModel& model, QWidget* parent) : QWidget(parent), model_(model) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&views::theme(), &views::Theme::changed, this, qOverload<>(&QWidget::update));
  refresh();
}

void FunnelView::set_shape(const FunnelShape& shape) {
  shape_ = shape;
  refresh();
}

void FunnelView::refresh() {
  setFixedHeight(int(std::ceil(shape_.height(int(model_.rows().size())))) + 1);
  setMinimumWidth(views::theme().px(280));
  setAccessibleName(tr("Candidates left after each stage"));
  setAccessibleDescription(model_.summary());
  update();
}

void FunnelView::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  paint(p, QRectF(0, 0, width(), height()), shape_);
}

void FunnelView::paint(QPainter& p, const QRectF& area, const FunnelShape& shape) const {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const std::vector<FunnelStep> steps = model_.funnel();
  const double gap = t.px(8), left_width = t.px(70),
               removed_width = std::clamp(area.width() * 0.28, double(t.px(86)), double(t.px(130)));
  const double room = area.width() - left_width - removed_width - 2 * gap;
  const double funnel_width = std::min(room, double(t.px(440))), funnel_left = area.left() + (room - funnel_width) / 2;
  const double middle = funnel_left + funnel_width / 2, removed_left = area.right() - left_width - removed_width;
  p.setFont(t.font(views::Type::small, true));
  p.setPen(k.t2);
  const auto head = [&](double x, double w, int align, const QString& text) {
    p.drawText(QRectF(x, area.top(), w, shape.header), align | Qt::AlignVCenter,
               QFontMetricsF(p.font()).elidedText(text, Qt::ElideRight, w));
  };
  head(funnel_left, funnel_width, Qt::AlignHCenter, tr("Candidates left, log width"));
  head(removed_left, removed_width, Qt::AlignLeft, tr("Removed"));
  head(area.right() - left_width, left_width, Qt::AlignRight, tr("Mass left"));

  const int32_t start = std::max(model_.start_candidates(), 1);
  const double whole = std::log1p(double(start));
  const double bar = std::min(double(t.px(22)), shape.row * 0.55);
  const auto width_of = [&](int32_t count) {
    return std::max(funnel_width * std::log1p(double(count)) / whole, double(t.px(10)));
  };
  const auto draw_bar = [&](double bottom, int32_t count, const QString& text) {
    const double w = width_of(count);
    const QRectF box(middle - w / 2, bottom - bar, w, bar);
    p.setPen(QPen(k.accent, 1));
    p.setBrush(k.sel);
    p.drawRect(box);
    p.setPen(k.t1);
    p.setFont(t.font(views::Type::small, true));
    const double text_width = QFontMetricsF(p.font()).horizontalAdvance(text);
    const bool inside = text_width + t.px(8) < w;
    p.drawText(inside ? box : QRectF(box.right() + t.px(6), box.top(), text_width + t.px(4), bar),
               inside ? Qt::AlignCenter : Qt::AlignVCenter, text);
  };
  double bottom = area.top() + shape.header + shape.start - t.px(2);
  int32_t count = start;
  for (size_t i = 0; i < steps.size(); ++i) {
    const FunnelStep& step = steps[i];
    const QRectF row(area.left(), area.top() + shape.header + shape.start + double(i) * shape.row, area.width(),
                     shape.row);
    p.setPen(k.line);
    p.drawLine(QPointF(removed_left, row.top()), QPointF(area.right(), row.top()));
    if (i + 1 == steps.size()) p.drawLine(QPointF(removed_left, row.bottom()), QPointF(area.right(), row.bottom()));
    if (!step.known) continue;
    const double next = row.bottom() - t.px(2);
    const double above = width_of(count), below = width_of(step.kept);
    QPainterPath wedge;
    wedge.addPolygon(QPolygonF({{middle - above / 2, bottom},
                                {middle + above / 2, bottom},
                                {middle + below / 2, next - bar},
                                {middle - below / 2, next - bar}}));
    p.setPen(Qt::NoPen);
    if (step.kept < count) {
      paint_removed(p, wedge);
    } else {
      p.fillPath(wedge, step.enabled ? k.grid : QColor(Qt::transparent));
    }
    bottom = next;
    count = step.kept;
    paint_numbers(p, row, step, removed_left, removed_width);
  }
  // Bars last, so that the wedges do not cover their borders.
  draw_bar(area.top() + shape.header + shape.start - t.px(2), start, tr("%1 candidates").arg(views::count(start)));
  for (size_t i = 0; i < steps.size(); ++i) {
    const double end = area.top() + shape.header + shape.start + double(i + 1) * shape.row - t.px(2);
    const int32_t before = i ? steps[i - 1].kept : start;
    if (steps[i].known && steps[i].enabled)
      draw_bar(end, steps[i].kept,
               steps[i].kept < before ? tr("%1 left").arg(views::count(steps[i].kept)) : views::count(steps[i].kept));
    else if (steps[i].known) {
      p.setPen(QPen(k.ctl, 1, Qt::DashLine));
      p.setBrush(Qt::NoBrush);
      p.drawRect(QRectF(middle - width_of(steps[i].kept) / 2, end - bar, width_of(steps[i].kept), bar));
    }
  }
}

void FunnelView::paint_numbers(QPainter& p, const QRectF& row, const FunnelStep& step, double removed_left,
                               double removed_width) const {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const QString first = model_.removed_line(step, false), second = model_.removed_line(step, true);
  const bool removed = step.enabled && step.kept < step.entered;
  const double line = t.line_height(views::Type::small), top = row.center().y() - (second.isEmpty() ? line / 2 : line);
  double x = removed_left;
  if (removed) {
    const QRectF swatch(x, top + t.px(3), t.px(10), t.px(10));
    QPainterPath area;
    area.addRect(swatch);
    paint_removed(p, area);
    p.setPen(k.chip[4]);
    p.setBrush(Qt::NoBrush);
    p.drawRect(swatch);
    x += t.px(16);
  }
  p.setFont(removed ? t.mono(views::Type::small, true) : t.font(views::Type::small));
  p.setPen(removed ? k.t1 : k.t2);
  p.drawText(QRectF(x, top, removed_width - (x - removed_left), line), Qt::AlignVCenter, first);
  p.setFont(t.font(views::Type::small));
  p.setPen(k.t2);
  p.drawText(QRectF(removed_left, top + line, removed_width, line), Qt::AlignVCenter, second);
  if (!step.enabled) return;
  p.setFont(t.mono(views::Type::small, true));
  p.setPen(k.t1);
  p.drawText(QRectF(row.right() - t.px(70), row.top(), t.px(70), row.height()), Qt::AlignVCenter | Qt::AlignRight,
             views::percent(step.left));
}

bool FunnelView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int row = int((help->pos().y() - shape_.header - shape_.start) / shape_.row);
  const std::vector<FunnelStep> steps = model_.funnel();
  if (help->pos().y() < shape_.header + shape_.start || row < 0 || row >= int(steps.size()) ||
      !steps[size_t(row)].known) {
    QToolTip::hideText();
    return true;
  }
  const FunnelStep& s = steps[size_t(row)];
  QToolTip::showText(help->globalPos(),
                     tr("%1\n%2 candidates came, %3 stayed\nremoved: %4 of the mass that came\nmass left: %5, the "
                        "product of what every stage so far let through\nentropy %6 to %7 nats")
                         .arg(stage_title(model_.rows()[size_t(row)].stage.name), views::count(s.entered),
                              views::count(s.kept), QString::number(s.removed, 'g', 8), QString::number(s.left, 'g', 8),
                              QString::number(s.entropy_before, 'g', 6), QString::number(s.entropy_after, 'g', 6)),
                     this);
  return true;
}

}  // namespace vitrine
