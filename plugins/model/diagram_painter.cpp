// SPDX-License-Identifier: Apache-2.0
// The diagram in the theme's colours: lines 1.5 pixels, boxes 1 pixel, the selected box in the accent.
#include <QPainter>
#include <QPainterPath>

#include "plugins/model/diagram.h"
#include "views/theme.h"

namespace vitrine {
namespace {

void paint_line(QPainter& p, const DiagramLine& line, double unit) {
  p.setPen(QPen(views::colors().t2, 1.5 * unit, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
  p.setBrush(Qt::NoBrush);
  QPolygonF points = line.points;
  if (!line.arrow || points.size() < 2) {
    p.drawPolyline(points);
    return;
  }
  const QPointF tip = points.last(), before = points[points.size() - 2];
  const QLineF last(before, tip);
  if (last.length() == 0) return;
  const QPointF along = (tip - before) / last.length(), across(-along.y(), along.x());
  const double length = std::min(8.0 * unit, last.length()), half = length * 0.5;
  points.last() = tip - along * length;
  p.drawPolyline(points);
  p.setPen(Qt::NoPen);
  p.setBrush(views::colors().t2);
  p.drawPolygon(QPolygonF({tip, tip - along * length + across * half, tip - along * length - across * half}));
}

void paint_box(QPainter& p, const DiagramBox& box, bool selected, bool focused, double unit) {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  p.setPen(QPen(selected || focused ? k.accent : k.ctl, selected || focused ? 2 * unit : unit));
  p.setBrush(selected ? k.sel : k.raised);
  p.drawRoundedRect(box.rect, 3 * unit, 3 * unit);
  const QRectF inner = box.rect.adjusted(4 * unit, 1 * unit, -4 * unit, -1 * unit);
  const auto line = [&](const QRectF& rect, const QFont& font, const QColor& color, const QString& text, int align) {
    p.setFont(font);
    p.setPen(color);
    p.drawText(rect, align, QFontMetricsF(font).elidedText(text, Qt::ElideRight, rect.width()));
  };
  const QFont title = t.font(views::Type::small, true), mono = t.mono(views::Type::small);
  if (box.detail.isEmpty()) {
    line(inner, title, k.t1, box.title, Qt::AlignCenter);
  } else {
    const double half = inner.height() / 2;
    line(QRectF(inner.left(), inner.top(), inner.width(), half), title, k.t1, box.title, Qt::AlignCenter);
    line(QRectF(inner.left(), inner.top() + half, inner.width(), half), mono, selected ? k.t1 : k.t2, box.detail,
         Qt::AlignCenter);
  }
  if (!box.side.isEmpty())
    line(QRectF(box.rect.right() + 8 * unit, box.rect.top(), 150 * unit, box.rect.height()), mono, k.t2, box.side,
         Qt::AlignLeft | Qt::AlignVCenter);
}

}  // namespace

void paint_diagram(QPainter& p, const Diagram& diagram, int selected, int focused) {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const double unit = t.scale();
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  if (diagram.frame.height() > 0) {
    QPen dashed(k.ctl, unit);
    dashed.setDashPattern({4, 3});
    p.setPen(dashed);
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(diagram.frame, 4 * unit, 4 * unit);
  }
  for (const DiagramLine& line : diagram.lines) paint_line(p, line, unit);
  for (const DiagramSign& sign : diagram.signs) {
    p.setPen(QPen(k.t2, 1.5 * unit));
    p.setBrush(k.raised);
    p.drawEllipse(sign.center, sign.radius, sign.radius);
    const double arm = sign.radius * 0.5;
    const QPointF a = sign.sign == '+' ? QPointF(arm, 0) : QPointF(arm, arm) * 0.8,
                  b = sign.sign == '+' ? QPointF(0, arm) : QPointF(arm, -arm) * 0.8;
    p.drawLine(sign.center - a, sign.center + a);
    p.drawLine(sign.center - b, sign.center + b);
  }
  for (size_t i = 0; i < diagram.boxes.size(); ++i)
    paint_box(p, diagram.boxes[i], int(i) == selected, int(i) == focused, unit);
  for (const DiagramText& text : diagram.texts) {
    const QFont font = text.mono ? t.mono(views::Type::small) : t.font(views::Type::small, text.bold);
    p.setFont(font);
    p.setPen(text.bold ? k.t1 : k.t2);
    p.drawText(text.rect, int(text.align),
               QFontMetricsF(font).elidedText(text.text, Qt::ElideRight, text.rect.width()));
  }
  p.restore();
}

}  // namespace vitrine
