// SPDX-License-Identifier: Apache-2.0
// A picture as a short list of shapes: made once, drawn by Dear ImGui on a graphics card, by a painter where there is none and in
// exports, so that all of them show the same.
#pragma once

#include <QImage>
#include <QPainter>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <vector>

namespace vitrine {

/// Drawn in this order: rects, pictures, lines, curves, texts, frames, veil. Logical pixels.
struct Scene {
  enum class Face : uint8_t { mono, mono_bold, small, small_bold };
  struct Rect {
    QRectF box;
    QRgb fill = 0;
    bool operator==(const Rect&) const = default;
  };
  struct Picture {
    QRectF box;
    QImage image;  // scaled without smoothing
    bool operator==(const Picture&) const = default;
  };
  struct Line {
    QPointF from, to;
    QRgb color = 0;
    double width = 1;
    bool operator==(const Line&) const = default;
  };
  /// Leaves and arrives level, like a cable between two columns.
  struct Curve {
    QPointF from, to;
    QRgb color = 0;
    double width = 1;
    bool operator==(const Curve&) const = default;
  };
  struct Text {
    QRectF box;
    QString text;
    int align = Qt::AlignLeft | Qt::AlignVCenter;
    Face face = Face::mono;
    QRgb color = 0;
    bool upright = false;  // reads from bottom to top; the box is the turned one
    bool operator==(const Text&) const = default;
  };
  struct Frame {
    QRectF box;
    QRgb color = 0;
    double width = 1;
    bool operator==(const Frame&) const = default;
  };

  std::vector<Rect> rects = {};
  std::vector<Picture> pictures = {};
  std::vector<Line> lines = {};
  std::vector<Curve> curves = {};
  std::vector<Text> texts = {};
  std::vector<Frame> frames = {};
  QRectF curve_clip = {};  // curves stay inside; empty: anywhere
  double veil = 0;         // part of the background laid over everything: a picture that is out of date
  QRgb background = 0;
  bool operator==(const Scene&) const = default;
};

/// Only the texts, for a layer of their own.
void paint_texts(const Scene& scene, QPainter& painter);
/// Everything, as vectors; `area` is the part of the picture that is filled with the background.
void paint_scene(const Scene& scene, QPainter& painter, const QRectF& area);

}  // namespace vitrine
