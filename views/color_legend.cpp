// SPDX-License-Identifier: Apache-2.0
// A ramp of 280 x 14 with its ticks below, the title and the mask box beside it.
#include <QPainter>

#include "views/heatmap_view.h"

namespace vitrine::views {

ColorLegend::ColorLegend(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&theme(), &Theme::changed, this, [this] {
    updateGeometry();
    update();
  });
}

void ColorLegend::set_scale(const ColorScale& scale, const QString& title,
                            const std::vector<std::pair<double, QString>>& ticks, const QString& mask_text) {
  if (scale == scale_ && title == title_ && ticks == ticks_ && mask_text == mask_text_) return;
  scale_ = scale;
  title_ = title;
  ticks_ = ticks;
  mask_text_ = mask_text;
  QString spoken = title;
  for (const auto& [value, text] : ticks) spoken += ", " + text;
  setAccessibleName(spoken);
  update();
}

QSize ColorLegend::sizeHint() const { return {theme().px(430), theme().px(52)}; }

void ColorLegend::paintEvent(QPaintEvent*) {
  QPainter p(this);
  paint(p, QRectF(rect()));
}

void ColorLegend::paint(QPainter& p, const QRectF& area) const {
  const Theme& t = theme();
  const Colors& k = colors();
  const double width = std::min<double>(t.px(280), area.width() - t.px(140));
  const QRectF ramp(area.left() + t.px(8), area.top() + t.px(8), std::max(40.0, width), t.px(14));
  const ColorMap map = scale_.map == ColorMap::signed_map ? scale_.map : t.magnitude_map();
  QImage strip(256, 1, QImage::Format_RGB32);
  std::copy(t.table(map).begin(), t.table(map).end(), reinterpret_cast<QRgb*>(strip.scanLine(0)));
  p.drawImage(ramp, strip);
  p.setPen(k.ctl);
  p.setBrush(Qt::NoBrush);
  p.drawRect(ramp);
  p.setFont(t.font(Type::small));
  p.setPen(k.t2);
  const QFontMetricsF metrics(p.font());
  for (const auto& [value, text] : ticks_) {
    const double x = ramp.left() + scale_.position(value) * ramp.width(), w = metrics.horizontalAdvance(text);
    const double left = std::clamp(x - w / 2, ramp.left(), ramp.right() - w);
    p.drawText(QRectF(left, ramp.bottom() + t.px(3), w + 1, t.px(16)), Qt::AlignLeft, text);
  }
  const double side = ramp.right() + t.px(20);
  p.drawText(QRectF(side, ramp.top() - t.px(2), area.right() - side, t.px(18)), Qt::AlignLeft | Qt::AlignVCenter,
             title_);
  if (mask_text_.isEmpty()) return;
  const QRectF box(side, ramp.bottom() + t.px(4), t.px(12), t.px(12));
  p.fillRect(box, k.mask);
  p.setPen(k.ctl);
  p.drawRect(box);
  p.setPen(k.t2);
  p.drawText(QRectF(box.right() + t.px(6), box.top() - t.px(2), area.right() - box.right(), t.px(16)),
             Qt::AlignLeft | Qt::AlignVCenter, mask_text_);
}

}  // namespace vitrine::views
