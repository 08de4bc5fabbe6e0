// SPDX-License-Identifier: Apache-2.0
// When the room is too small for all thumbnails, those around the selected head are shown.
#include "plugins/attention/heads_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "plugins/attention/matrix_layout.h"
#include "plugins/attention/scene_view.h"
#include "views/heatmap_view.h"
#include "views/theme.h"

namespace vitrine {
namespace {
constexpr int kGap = 3, kLargest = 48, kUsual = 34, kSmallest = 10;
}

HeadsView::HeadsView(const AttentionModel& model, QWidget* parent)
    : QObject(parent), model_(model), view_(SceneView::make(parent)) {
  widget()->installEventFilter(this);
  set_language_texts();
  connect(&views::theme(), &views::Theme::changed, this, &HeadsView::refresh);
}

QWidget* HeadsView::widget() const { return view_->widget(); }

void HeadsView::set_language_texts() { widget()->setAccessibleName(tr("All heads")); }

int HeadsView::most_heads() const {
  int most = 1;
  const auto [from, to] = model_.layers_shown();
  for (int layer = from; layer < to; ++layer) most = std::max(most, model_.heads_of(layer));
  return most;
}

int HeadsView::thumb_pixels() const {
  return int(std::lround(views::theme().px(thumb_) * widget()->devicePixelRatioF()));
}

void HeadsView::fit_into(int width, int most_height) {
  const views::Theme& t = views::theme();
  const auto [from, to] = model_.layers_shown();
  const int layers = std::max(1, to - from), heads = most_heads(), number = t.px(24);
  const int largest = heads <= 4 || width > t.px(372) ? kLargest : kUsual;
  const auto side = [&](int room, int count) { return int(room / t.scale() / count) - kGap; };
  thumb_ = 0;
  for (int blocks = 1; blocks <= (layers > 5 ? 4 : 1); ++blocks) {
    const int rows = (layers + blocks - 1) / blocks;
    const int thumb = std::min(side(width / blocks - number, heads), side(most_height - number, rows));
    if (thumb > thumb_ || blocks == 1) thumb_ = thumb, blocks_ = blocks;
  }
  thumb_ = std::clamp(thumb_, kSmallest, largest);
  const int wanted = number + (layers + blocks_ - 1) / blocks_ * t.px(thumb_ + kGap);
  widget()->setFixedHeight(std::min(wanted, std::max(most_height, number + t.px(kSmallest + kGap))));
}

int HeadsView::Grid::layer(int block, int row) const {
  const int index = block * block_layers + first_layer_row + row;
  return first_layer_row + row < block_layers && index < layer_to - layer_from ? layer_to - 1 - index : -1;
}

HeadsView::Grid HeadsView::grid(const QSizeF& size) const {
  const views::Theme& t = views::theme();
  Grid g;
  std::tie(g.layer_from, g.layer_to) = model_.layers_shown();
  g.heads = most_heads();
  g.left = g.top = t.px(24);
  g.thumb = t.px(thumb_);
  g.pitch = t.px(thumb_ + kGap);
  g.blocks = blocks_;
  const int layers = g.layer_to - g.layer_from;
  g.block_layers = (layers + g.blocks - 1) / g.blocks;
  g.shown_rows = std::clamp(int((size.height() - g.top + kGap) / g.pitch), 0, g.block_layers);
  g.shown_heads = std::clamp(int((size.width() / g.blocks - g.left + kGap) / g.pitch), 0, g.heads);
  g.block_width = g.left + g.shown_heads * g.pitch;
  const int row = (g.layer_to - 1 - model_.layer()) % std::max(1, g.block_layers);  // the highest layer is on top
  g.first_layer_row = std::clamp(row - g.shown_rows / 2, 0, g.block_layers - g.shown_rows);
  g.first_head = std::clamp(model_.head() - g.shown_heads / 2, 0, g.heads - g.shown_heads);
  return g;
}

void HeadsView::draw_thumb(QImage& image, const QRect& box, int layer, int head) const {
  const HeadPictures& pictures = model_.thumbnails();
  const std::span<const float> values =
      pictures.lane == model_.wanted().lane && pictures.of == model_.of() ? pictures.head(layer, head) : std::span<const float>{};
  const views::ColorScale scale{views::ColorMap::viridis, model_.settings().logarithmic ? kLowestWeight : 0, 1,
                                model_.settings().logarithmic};
  const QRgb mask = views::colors().mask.rgb();
  const int n = pictures.pixels;
  std::vector<QRgb> cells(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const bool later = model_.causal() && i % size_t(n) > i / size_t(n);
    cells[i] = later ? mask : scale.color(double(values[i]));
  }
  for (int y = 0; y < box.height(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(box.top() + y)) + box.left();
    for (int x = 0; x < box.width(); ++x)
      line[x] = cells.empty() ? mask : cells[size_t(y * n / box.height()) * size_t(n) + size_t(x * n / box.width())];
  }
}

QImage HeadsView::thumbs(const Grid& g, const QSizeF& size) const {
  const double ratio = widget()->devicePixelRatioF();
  const bool logarithmic = model_.settings().logarithmic;
  const Made wanted{g,           (size * ratio).toSize(),          ratio, model_.wanted().lane, model_.of(), model_.thumbnails().version,
                    logarithmic, views::colors().mask.rgb(), weight_color(0, logarithmic)};
  if (!kept_.isNull() && wanted == made_) return kept_;
  made_ = wanted;
  kept_ = QImage(wanted.size, QImage::Format_RGB32);
  kept_.fill(views::colors().sunken.rgb());
  for (int block = 0; block < g.blocks; ++block)
    for (int row = 0; row < g.shown_rows; ++row) {
      const int layer = g.layer(block, row);
      for (int column = 0; layer >= 0 && column < g.shown_heads; ++column) {
        const int head = g.first_head + column;
        const QRect pixels((g.place(block, row, column) * ratio).toPoint(), (QSizeF(g.thumb, g.thumb) * ratio).toSize());
        if (head < model_.heads_of(layer) && kept_.rect().contains(pixels)) draw_thumb(kept_, pixels, layer, head);
      }
    }
  return kept_;
}

Scene HeadsView::scene_for(const QSizeF& size) const {
  const views::Colors& k = views::colors();
  const views::Theme& t = views::theme();
  Scene scene;
  scene.background = k.sunken.rgb();
  const Grid g = grid(size);
  if (g.shown_rows < 1 || g.shown_heads < 1) return scene;
  const double ratio = widget()->devicePixelRatioF();
  const QImage image = thumbs(g, size);
  const auto number = [&](const QRectF& box, int value, bool chosen, int align) {
    scene.texts.push_back({box, QString::number(value), align, chosen ? Scene::Face::small_bold : Scene::Face::small,
                           (chosen ? k.t1 : k.t2).rgb(), false});
  };
  const int step = g.pitch < t.px(18) ? 2 : 1;
  const bool whole_layer = model_.settings().view == AttentionView::mean;
  for (int block = 0; block < g.blocks; ++block) {
    for (int column = 0; column < g.shown_heads; ++column) {
      const int head = g.first_head + column;
      const bool mine = head == model_.head(), near = std::abs(head - model_.head()) < step;
      if (mine || (head % step == 0 && !near))
        number({g.place(block, 0, column).x(), 0, g.thumb, g.top - 4}, head, mine, Qt::AlignCenter);
    }
    for (int row = 0; row < g.shown_rows; ++row) {
      const int layer = g.layer(block, row);
      if (layer < 0) continue;
      const bool mine = layer == model_.layer(), near = std::abs(layer - model_.layer()) < step;
      if (mine || (layer % step == 0 && !near))
        number({g.place(block, row, 0).x() - g.left, g.place(block, row, 0).y(), g.left - t.px(5), g.thumb}, layer,
               mine, Qt::AlignRight | Qt::AlignVCenter);
      for (int column = 0; column < g.shown_heads; ++column) {
        const int head = g.first_head + column;
        if (head >= model_.heads_of(layer)) continue;
        const QRectF box(g.place(block, row, column), QSizeF(g.thumb, g.thumb));
        if (!mine || !(whole_layer || head == model_.head())) continue;
        const bool strong = !whole_layer || head == model_.head();
        scene.frames.push_back({box.adjusted(-1, -1, 1, 1), (strong ? k.accent : k.ctl).rgb(), strong ? 2.0 : 1.0});
      }
    }
  }
  scene.pictures.push_back({QRectF({0, 0}, QSizeF(image.size()) / ratio), image});
  return scene;
}

void HeadsView::refresh() {
  Scene scene = scene_for(QSizeF(widget()->size()));
  if (widget()->hasFocus())
    scene.frames.push_back({QRectF(widget()->rect()).adjusted(1, 1, -1, -1), views::colors().accent.rgb(), 2});
  view_->set_scene(std::move(scene));
  widget()->setAccessibleDescription(describe(model_.layer(), model_.head()));
}

bool HeadsView::head_at(const QPointF& at, int& layer, int& head) const {
  const Grid g = grid(QSizeF(widget()->size()));
  if (at.y() < g.top || g.block_width <= 0) return false;
  const int block = int(at.x() / g.block_width), row = int((at.y() - g.top) / g.pitch);
  const double within = at.x() - block * g.block_width - g.left;
  if (within < 0 || block >= g.blocks || row >= g.shown_rows) return false;
  layer = g.layer(block, row);
  head = g.first_head + int(within / g.pitch);
  return layer >= 0 && head < model_.heads_of(layer);
}

QString HeadsView::describe(int layer, int head) const {
  const HeadPictures& p = model_.thumbnails();
  QString text = tr("Layer %1, head %2").arg(layer).arg(head);
  if (!p.values.empty() && !model_.causal())
    text += '\n' + tr("rows %1 to %2 down, keys %3 to %4 to the right; a pixel shows the largest weight in it").arg(p.from).arg(p.to - 1).arg(p.key_from).arg(p.key_to - 1);
  else if (!p.values.empty())
    text += '\n' + tr("tokens %1 to %2, rows down, keys to the right; a pixel shows the largest weight in it")
                       .arg(p.from)
                       .arg(p.to - 1);
  return text;
}

bool HeadsView::eventFilter(QObject*, QEvent* event) {
  int layer = 0, head = 0;
  switch (event->type()) {
    case QEvent::MouseButtonPress:
      widget()->setFocus(Qt::MouseFocusReason);
      if (head_at(static_cast<QMouseEvent*>(event)->position(), layer, head)) emit head_chosen(layer, head);
      return true;
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
    case QEvent::KeyRelease:
      return true;
    case QEvent::Wheel:
      event->ignore();
      return true;
    case QEvent::ToolTip: {
      auto* help = static_cast<QHelpEvent*>(event);
      if (head_at(help->pos(), layer, head)) QToolTip::showText(help->globalPos(), describe(layer, head), widget());
      return true;
    }
    case QEvent::KeyPress: {
      const int key = static_cast<QKeyEvent*>(event)->key();
      const int right = int(key == Qt::Key_Right) - int(key == Qt::Key_Left),
                up = int(key == Qt::Key_Up) - int(key == Qt::Key_Down);
      if (key == Qt::Key_Tab || key == Qt::Key_Backtab) return false;
      if (right || up)
        emit head_chosen(model_.layer() + up, model_.head() + right);
      else
        event->ignore();
      return true;
    }
    case QEvent::Resize:
    case QEvent::Show:
    case QEvent::FocusIn:
    case QEvent::FocusOut:
      QMetaObject::invokeMethod(this, &HeadsView::refresh, Qt::QueuedConnection);
      return false;
    default:
      return false;
  }
}

}  // namespace vitrine
