// SPDX-License-Identifier: Apache-2.0
#include "plugins/attention/scene.h"

#include <QPainterPath>

#include "views/theme.h"

namespace vitrine {
namespace {

QFont font_of(Scene::Face face) {
  const views::Theme& t = views::theme();
  switch (face) {
    case Scene::Face::mono:
      return t.mono();
    case Scene::Face::mono_bold:
      return t.mono(views::Type::base, true);
    case Scene::Face::small:
      return t.font(views::Type::small);
    case Scene::Face::small_bold:
      return t.font(views::Type::small, true);
  }
  return {};
}

}  // namespace

void paint_texts(const Scene& scene, QPainter& p) {
  p.setRenderHint(QPainter::TextAntialiasing);
  for (const Scene::Text& text : scene.texts) {
    const QFont font = font_of(text.face);
    const double room = text.upright ? text.box.height() : text.box.width();
    const QString shown = QFontMetricsF(font).elidedText(text.text, Qt::ElideRight, room + 1);
    p.setFont(font);
    p.setPen(QColor::fromRgba(text.color));
    if (!text.upright) {
      p.drawText(text.box, text.align | Qt::TextSingleLine | Qt::TextDontClip, shown);
      continue;
    }
    p.save();
    p.translate(text.box.left(), text.box.bottom());
    p.rotate(-90);
    p.drawText(QRectF(0, 0, text.box.height(), text.box.width()), text.align | Qt::TextSingleLine | Qt::TextDontClip,
               shown);
    p.restore();
  }
}

void paint_scene(const Scene& scene, QPainter& p, const QRectF& area) {
  p.save();
  p.fillRect(area, QColor::fromRgba(scene.background));
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setRenderHint(QPainter::SmoothPixmapTransform, false);
  for (const Scene::Rect& rect : scene.rects) p.fillRect(rect.box, QColor::fromRgba(rect.fill));
  for (const Scene::Picture& picture : scene.pictures) p.drawImage(picture.box, picture.image);
  for (const Scene::Line& line : scene.lines) {
    p.setPen(QPen(QColor::fromRgba(line.color), line.width));
    p.drawLine(line.from, line.to);
  }
  p.save();
  if (!scene.curve_clip.isEmpty()) p.setClipRect(scene.curve_clip, Qt::IntersectClip);
  p.setRenderHint(QPainter::Antialiasing);
  p.setBrush(Qt::NoBrush);
  for (const Scene::Curve& curve : scene.curves) {
    const double middle = (curve.from.x() + curve.to.x()) / 2;
    QPainterPath path(curve.from);
    path.cubicTo(QPointF(middle, curve.from.y()), QPointF(middle, curve.to.y()), curve.to);
    p.setPen(QPen(QColor::fromRgba(curve.color), curve.width));
    p.drawPath(path);
  }
  p.restore();
  paint_texts(scene, p);
  p.setBrush(Qt::NoBrush);
  for (const Scene::Frame& frame : scene.frames) {
    QPen pen(QColor::fromRgba(frame.color), frame.width);
    pen.setJoinStyle(Qt::MiterJoin);
    p.setPen(pen);
    p.drawRect(frame.box);
  }
  if (scene.veil > 0) {
    QColor veil = QColor::fromRgba(scene.background);
    veil.setAlphaF(float(scene.veil));
    p.fillRect(area, veil);
  }
  p.restore();
}

}  // namespace vitrine
