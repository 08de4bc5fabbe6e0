// SPDX-License-Identifier: Apache-2.0
// The matrix and the bars of its chosen row, as shapes.
#include <algorithm>
#include <cmath>

#include "plugins/attention/matrix_layout.h"
#include "views/heatmap_view.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {
namespace {

using views::colors;
using views::theme;

views::ColorScale scale_of(bool logarithmic) {
  return {views::ColorMap::viridis, logarithmic ? kLowestWeight : 0, 1, logarithmic};
}

class MatrixPainter {
 public:
  MatrixPainter(const AttentionModel& model, const MatrixLayout& layout, const AttentionPixels& pixels,
                const MatrixMarks& marks)
      : model_(model),
        l_(layout),
        r_(layout.region),
        pixels_(pixels),
        marks_(marks),
        scale_(scale_of(model.settings().logarithmic)),
        gap_(layout.pixel >= 6 ? 1 : 0) {}

  Scene draw() {
    scene_.background = colors().sunken.rgb();
    cells();
    special(l_.sink_left, pixels_.sink);
    special(l_.prompt_left, pixels_.prompt);
    row_labels();
    column_labels();
    if (!l_.bars.isEmpty()) bars();
    frames();
    if (model_.stale()) scene_.veil = 0.55;
    return std::move(scene_);
  }

 private:
  float value(int y, int x) const { return pixels_.values[size_t(y) * size_t(r_.pixel_cols) + size_t(x)]; }

  void cells() {
    if (pixels_.values.empty()) return;
    if (l_.pixel >= 4) {
      for (int y = 0; y < r_.pixel_rows; ++y)
        for (int x = 0; x < r_.pixel_cols; ++x)
          if (const float v = value(y, x); !(v < 0))
            scene_.rects.push_back(
                {{l_.x_of(x), l_.y_of(y), l_.pixel - gap_, l_.pixel - gap_}, scale_.color(double(v))});
      return;
    }
    QImage image(r_.pixel_cols, r_.pixel_rows, QImage::Format_RGB32);
    for (int y = 0; y < r_.pixel_rows; ++y) {
      auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
      for (int x = 0; x < r_.pixel_cols; ++x)
        line[x] = value(y, x) < 0 ? scene_.background : scale_.color(double(value(y, x)));
    }
    scene_.pictures.push_back({{l_.left, l_.top, l_.right - l_.left, l_.bottom - l_.top}, image});
  }

  void special(double left, const std::vector<float>& values) {
    if (left < 0) return;
    for (size_t y = 0; y < values.size(); ++y)
      if (!(values[y] < 0))
        scene_.rects.push_back(
            {{left, l_.y_of(int(y)), l_.special - gap_, l_.pixel - gap_}, scale_.color(double(values[y]))});
  }

  void text(const QRectF& box, const QString& words, int align, Scene::Face face, const QColor& color,
            bool upright = false) {
    scene_.texts.push_back({box, words, align, face, color.rgb(), upright});
  }

  void row_labels() {
    const int chosen = l_.row_at(model_.row()), step = std::max(1, int(std::ceil(theme().px(15) / l_.pixel)));
    for (int y = 0; y < r_.pixel_rows; ++y) {
      if (y % step != 0 && y != chosen) continue;
      if (step > 1 && y != chosen && chosen >= 0 && std::abs(y - chosen) < step) continue;
      const int64_t position =
          y == chosen ? model_.row() : cells_of_pixel(y, r_.pixel_rows, r_.row_from, r_.row_to).first;
      const double height = std::max(l_.pixel, double(theme().px(16)));
      const QRectF box(theme().px(4), l_.y_of(y) + l_.pixel / 2 - height / 2, l_.gutter - theme().px(10), height);
      if (y == chosen) scene_.rects.push_back({{0, box.top(), l_.gutter - 1, height}, colors().sel.rgb()});
      text(box, model_.token(position), Qt::AlignRight | Qt::AlignVCenter,
           y == chosen ? Scene::Face::mono_bold : Scene::Face::mono, colors().t1);
    }
  }

  void column_label(double x, double width, const QString& words, bool strong, const QColor& color) {
    const double room = l_.top - theme().px(8), thick = std::max(width, double(theme().px(16)));
    text(QRectF(x + width / 2 - thick / 2, theme().px(4), thick, room), words, Qt::AlignLeft | Qt::AlignVCenter,
         strong ? Scene::Face::mono_bold : Scene::Face::mono, color, true);
  }

  void column_labels() {
    const bool prompt_marked = model_.folded() && marks_.key > 0 && marks_.key < model_.first_key();
    if (l_.sink_left >= 0) column_label(l_.sink_left, l_.special, model_.key_token(0), marks_.key == 0, colors().t2);
    if (l_.prompt_left >= 0)
      column_label(l_.prompt_left, l_.special, AttentionModel::tr("prompt %1").arg(views::count(model_.prompt() - 1)),
                   prompt_marked, colors().t2);
    const int chosen = model_.square() ? l_.col_at(model_.row()) : -1, cursor = l_.col_at(marks_.key);
    const int step = std::max(1, int(std::ceil(theme().px(15) / l_.pixel)));
    for (int x = 0; x < r_.pixel_cols; ++x) {
      const bool must = x == chosen || x == cursor;
      if (x % step != 0 && !must) continue;
      if (step > 1 && !must &&
          ((chosen >= 0 && std::abs(x - chosen) < step) || (cursor >= 0 && std::abs(x - cursor) < step)))
        continue;
      int64_t key = cells_of_pixel(x, r_.pixel_cols, r_.key_from, r_.key_to).first;
      if (x == chosen) key = model_.row();
      if (x == cursor) key = marks_.key;
      column_label(l_.x_of(x), l_.pixel, model_.key_token(key), must, x == cursor ? colors().accent_ink : colors().t1);
    }
  }

  void bar(double left, double width, double weight) {
    const double height = std::max(weight > 0 ? 1.0 : 0.0, l_.bars.height() * std::min(1.0, weight));
    if (height > 0)
      scene_.rects.push_back(
          {{left, l_.bars.bottom() - height, std::max(1.0, width - gap_), height}, colors().accent.rgb()});
  }

  void bars() {
    const QRectF& b = l_.bars;
    scene_.lines.push_back({b.topLeft(), b.topRight(), colors().grid.rgb()});
    scene_.lines.push_back({{b.left(), b.center().y()}, {b.right(), b.center().y()}, colors().grid.rgb()});
    scene_.lines.push_back({b.bottomLeft(), b.bottomRight(), colors().axis.rgb()});
    const double height = theme().px(16), width = l_.gutter - theme().px(10), left = theme().px(4);
    const int right = Qt::AlignRight | Qt::AlignVCenter;
    text({left, b.top() - height / 2, width, height}, QStringLiteral("100 %"), right, Scene::Face::small, colors().t2);
    text({left, b.bottom() - height / 2, width, height}, QStringLiteral("0"), right, Scene::Face::small, colors().t2);
    const int64_t row = model_.row();
    const QString name = row >= model_.prompt() ? AttentionModel::tr("row %1").arg(row - model_.prompt() + 1)
                                                : AttentionModel::tr("prompt row");
    text({left, b.center().y() - height / 2, width, height}, name, right, Scene::Face::small_bold, colors().t1);
    const std::span<const float> weights = model_.row_weights();
    if (weights.empty()) return;
    if (l_.sink_left >= 0) bar(l_.sink_left, l_.special, double(weights[0]));
    if (l_.prompt_left >= 0) {
      double sum = 0;
      for (int64_t k = 1; k < std::min<int64_t>(model_.prompt(), int64_t(weights.size())); ++k)
        sum += double(weights[size_t(k)]);
      bar(l_.prompt_left, l_.special, sum);
    }
    for (int x = 0; x < r_.pixel_cols; ++x) {
      const auto [from, to] = cells_of_pixel(x, r_.pixel_cols, r_.key_from, r_.key_to);
      double highest = 0;
      for (int64_t k = from; k < std::min<int64_t>(to, int64_t(weights.size())); ++k)
        highest = std::max(highest, double(weights[size_t(k)]));
      bar(l_.x_of(x), l_.pixel, highest);
    }
  }

  void frames() {
    const double inset = gap_ ? 0.5 : 0;
    if (const int y = l_.row_at(model_.row()); y >= 0)
      scene_.frames.push_back({{l_.gutter - 1, l_.y_of(y) - 1, l_.right - l_.gutter + 1, std::max(3.0, l_.pixel + 1)},
                               colors().accent.rgb(),
                               2});
    const auto outline = [&](double left, double width, int row, const QColor& color) {
      scene_.frames.push_back(
          {{left - inset, l_.y_of(row) - inset, width - gap_ + 2 * inset, l_.pixel - gap_ + 2 * inset},
           color.rgb(),
           1});
    };
    const int y = l_.row_at(model_.row());
    if (marks_.key >= 0 && y >= 0) {
      if (marks_.key == 0 && l_.sink_left >= 0)
        outline(l_.sink_left, l_.special, y, colors().t1);
      else if (marks_.key < model_.first_key() && l_.prompt_left >= 0)
        outline(l_.prompt_left, l_.special, y, colors().t1);
      else if (const int x = l_.col_at(marks_.key); x >= 0)
        outline(l_.x_of(x), l_.pixel, y, colors().t1);
    }
    const MatrixHit& h = marks_.hovered;
    if (h.row >= 0 && h.col >= 0 && l_.pixel >= 4) outline(l_.x_of(h.col), l_.pixel, h.row, colors().t2);
    if (h.row >= 0 && h.column == MatrixHit::Column::sink) outline(l_.sink_left, l_.special, h.row, colors().t2);
    if (h.row >= 0 && h.column == MatrixHit::Column::prompt) outline(l_.prompt_left, l_.special, h.row, colors().t2);
  }

  const AttentionModel& model_;
  const MatrixLayout& l_;
  const AttentionRegion& r_;
  const AttentionPixels& pixels_;
  const MatrixMarks& marks_;
  views::ColorScale scale_;
  double gap_;
  Scene scene_;
};

}  // namespace

QRgb weight_color(float weight, bool logarithmic) { return scale_of(logarithmic).color(double(weight)); }

Scene matrix_scene(const AttentionModel& model, const MatrixLayout& layout, const AttentionPixels& pixels,
                   const MatrixMarks& marks) {
  return MatrixPainter(model, layout, pixels, marks).draw();
}

}  // namespace vitrine
