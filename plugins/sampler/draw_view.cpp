// SPDX-License-Identifier: Apache-2.0
#include "plugins/sampler/draw_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {

DrawView::DrawView(const SamplerModel& model, QWidget* parent) : QWidget(parent), model_(model) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
  connect(&views::theme(), &views::Theme::changed, this, [this] {
    updateGeometry();
    update();
  });
}

QSize DrawView::sizeHint() const { return {views::theme().px(190), views::theme().px(150)}; }

void DrawView::refresh() {
  setAccessibleName(tr("The draw"));
  const DrawnToken drawn = model_.draw();
  setAccessibleDescription(drawn.known ? tr("u = %1").arg(views::significant(drawn.u)) + ". " + model_.draw_line()
                                       : QString());
  update();
}

void DrawView::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  paint(p, QRectF(0, 0, width(), height()));
}

void DrawView::paint(QPainter& p, const QRectF& area) const {
  const views::Theme& t = views::theme();
  p.setFont(t.font(views::Type::small, true));
  p.setPen(views::colors().t2);
  p.drawText(QRectF(area.left(), area.top(), area.width(), t.px(24)), Qt::AlignVCenter, tr("The draw"));
  if (!model_.draw().known) return;
  const double below = paint_bar(p, area, area.top() + t.px(12));
  paint_table(p, area, below);
}

double DrawView::paint_bar(QPainter& p, const QRectF& area, double top) const {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const DrawnToken drawn = model_.draw();
  const double line = t.line_height(views::Type::small), height = t.px(26), width = area.width() - 2;
  const QRectF bar(area.left() + 1, top + line, width, height);
  p.fillRect(bar, k.track);
  double at = 0;
  const auto x_of = [&](double share) { return bar.left() + share * width; };
  for (const auto& entry : drawn.entries) {
    const QRectF part(x_of(at), bar.top(), entry.probability * width, height);
    at += entry.probability;
    if (part.width() < 0.3) continue;
    const bool hit = entry.id == drawn.now;
    p.fillRect(part, hit ? k.accent_fill : k.sel);
    if (part.width() > 2) p.fillRect(QRectF(part.right() - 1, part.top(), 1, height), k.panel);
    const QString text = model_.label(entry.id);
    p.setFont(t.mono(views::Type::small, hit));
    if (QFontMetricsF(p.font()).horizontalAdvance(text) + t.px(10) > part.width()) continue;
    p.setPen(hit ? k.on_accent : k.t1);
    p.drawText(part, Qt::AlignCenter, text);
  }
  const double x = x_of(drawn.u);
  p.setPen(Qt::NoPen);
  p.setBrush(k.t1);
  p.drawPolygon(QPolygonF({{x - t.px(4), bar.top() - t.px(6)}, {x + t.px(4), bar.top() - t.px(6)}, {x, bar.top()}}));
  p.fillRect(QRectF(x - 1, bar.top() - t.px(3), 2, height + t.px(6)), k.t1);
  const QRectF scale(bar.left(), bar.bottom() + t.px(4), width, line);
  p.setFont(t.mono(views::Type::small));
  p.setPen(k.t2);
  p.drawText(scale, Qt::AlignLeft, QStringLiteral("0"));
  p.drawText(scale, Qt::AlignRight, QStringLiteral("1"));
  const double digit = QFontMetricsF(p.font()).horizontalAdvance('0') + t.px(6);
  p.setFont(t.mono(views::Type::small, true));
  p.setPen(k.t1);
  const QString u = QStringLiteral("u = %1").arg(QString::number(drawn.u, 'f', 3));  // below its marker, between the ends of the scale
  const double u_width = QFontMetricsF(p.font()).horizontalAdvance(u), last = std::max(scale.left() + digit, scale.right() - digit - u_width);
  p.drawText(QRectF(std::clamp(x - u_width / 2, scale.left() + digit, last), scale.top(), u_width + 2, line), Qt::AlignLeft, u);
  p.setFont(t.font(views::Type::small));
  p.setPen(k.t1);
  QRectF used;
  p.drawText(QRectF(bar.left(), scale.bottom() + t.px(2), width, line * 2), Qt::AlignLeft | Qt::TextWordWrap,
             model_.draw_line(), &used);
  return used.bottom() + t.px(6);
}

void DrawView::paint_table(QPainter& p, const QRectF& area, double top) const {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const std::vector<CandidateLine> lines = model_.candidates(50);
  double most_before = 0, most_after = 0;
  for (const CandidateLine& line : lines) {
    most_before = std::max(most_before, line.before);
    most_after = std::max(most_after, line.after);
  }
  const std::vector<FunnelStep> steps = model_.funnel();
  const int32_t left = steps.empty() ? model_.start_candidates() : steps.back().kept;
  const QStringList cells[] = {
      {QString(), tr("Before"), tr("After")},
      {tr("Entropy, nats"), views::significant(model_.entropy_before()), views::significant(model_.entropy_after())},
      {tr("Largest"), views::percent(most_before), views::percent(most_after)},
      {tr("Candidates"), views::count(model_.start_candidates()), views::count(left)}};
  const double row = t.px(18);
  double y = top;
  for (const QStringList& line : cells) {
    if (y + row > area.bottom()) return;
    const bool header = &line == &cells[0];
    p.setFont(t.font(views::Type::small, header));
    p.setPen(header ? k.t2 : k.t1);
    p.drawText(QRectF(area.left(), y, area.width() * 0.4, row), Qt::AlignVCenter, line[0]);
    if (!header) p.setFont(t.mono(views::Type::small));
    p.drawText(QRectF(area.left() + area.width() * 0.4, y, area.width() * 0.3, row), Qt::AlignVCenter | Qt::AlignRight,
               line[1]);
    p.drawText(QRectF(area.left() + area.width() * 0.7, y, area.width() * 0.3, row), Qt::AlignVCenter | Qt::AlignRight,
               line[2]);
    y += row;
    if (header) p.fillRect(QRectF(area.left(), y - 1, area.width(), 1), k.line);
  }
}

bool DrawView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const DrawnToken drawn = model_.draw();
  const double share = double(help->pos().x()) / std::max(1, width());
  double below = 0;
  for (const auto& entry : drawn.entries)
    if (share < (below += entry.probability)) {
      QToolTip::showText(help->globalPos(),
                         tr("%1: %2\nThe token whose stretch holds u is drawn; u depends only on seed and step.")
                             .arg(model_.label(entry.id), QString::number(entry.probability, 'g', 8)),
                         this);
      return true;
    }
  QToolTip::hideText();
  return true;
}

}  // namespace vitrine
