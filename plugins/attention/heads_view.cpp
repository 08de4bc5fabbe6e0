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
constexpr int kGap = 3, kLargest = 48, kUsual = 34, kSmallest = 14;
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
  const int rows = std::max(1, to - from), heads = most_heads(), number = t.px(24);
  const auto side = [&](int room, int count) { return int(room / t.scale() / count) - kGap; };
  const int largest = heads <= 4 || width > t.px(372) ? kLargest : kUsual;
  thumb_ = std::clamp(std::min(side(width - number, heads), side(most_height - number, rows)), kSmallest, largest);
  const int wanted = number + rows * t.px(thumb_ + kGap);
  widget()->setFixedHeight(std::min(wanted, std::max(most_height, number + t.px(kSmallest + kGap))));
}

HeadsView::Grid HeadsView::grid(const QSizeF& size) const {
  const views::Theme& t = views::theme();
  Grid g;
  std::tie(g.layer_from, g.layer_to) = model_.layers_shown();
  g.heads = most_heads();
  g.left = g.top = t.px(24);
  g.thumb = t.px(thumb_);
  g.pitch = t.px(thumb_ + kGap);
  const int layers = g.layer_to - g.layer_from;
  g.shown_rows = std::clamp(int((size.height() - g.top + kGap) / g.pitch), 0, layers);
  g.shown_heads = std::clamp(int((size.width() - g.left + kGap) / g.pitch), 0, g.heads);
  const int row = g.layer_to - 1 - model_.layer();  // the highest layer is on top
  g.first_layer_row = std::clamp(row - g.shown_rows / 2, 0, layers - g.shown_rows);
  g.first_head = std::clamp(model_.head() - g.shown_heads / 2, 0, g.heads - g.shown_heads);
  return g;
}

void HeadsView::draw_thumb(QImage& image, const QRect& box, int layer, int head) const {
  const HeadPictures& pictures = model_.thumbnails();
  const std::span<const float> values =
      pictures.lane == model_.wanted().lane ? pictures.head(layer, head) : std::span<const float>{};
  const views::ColorScale scale{views::ColorMap::viridis, model_.settings().logarithmic ? kLowestWeight : 0, 1,
                                model_.settings().logarithmic};
  const QRgb mask = views::colors().mask.rgb();
  const int n = pictures.pixels;
  std::vector<QRgb> cells(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const bool later = i % size_t(n) > i / size_t(n);
    cells[i] = later ? mask : scale.color(double(values[i]));
  }
  for (int y = 0; y < box.height(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(box.top() + y)) + box.left();
    for (int x = 0; x < box.width(); ++x)
      line[x] = cells.empty() ? mask : cells[size_t(y * n / box.height()) * size_t(n) + size_t(x * n / box.width())];
  }
}

Scene HeadsView::scene_for(const QSizeF& size) const {
  const views::Colors& k = views::colors();
  Scene scene;
  scene.background = k.sunken.rgb();
  const Grid g = grid(size);
  if (g.shown_rows < 1 || g.shown_heads < 1) return scene;
  const double ratio = widget()->devicePixelRatioF(), step = g.pitch * ratio, side = g.thumb * ratio;
  QImage image(int(step * g.shown_heads), int(step * g.shown_rows), QImage::Format_RGB32);
  image.fill(scene.background);
  const auto text = [&](const QRectF& box, int number, bool chosen, int align) {
    scene.texts.push_back({box, QString::number(number), align, chosen ? Scene::Face::small_bold : Scene::Face::small,
                           (chosen ? k.t1 : k.t2).rgb(), false});
  };
  const int number_step = g.pitch < views::theme().px(18) ? 2 : 1;
  for (int column = 0; column < g.shown_heads; ++column) {
    const int head = g.first_head + column;
    if (head % number_step == 0 || head == model_.head())
      text({g.left + column * g.pitch, 0, g.thumb, g.top - 4}, head, head == model_.head(), Qt::AlignCenter);
  }
  for (int row = 0; row < g.shown_rows; ++row) {
    const int layer = g.layer_to - 1 - g.first_layer_row - row;
    const bool mine = layer == model_.layer();
    if (layer % number_step == 0 || mine)
      text({0, g.top + row * g.pitch, g.left - views::theme().px(5), g.thumb}, layer, mine,
           Qt::AlignRight | Qt::AlignVCenter);
    for (int column = 0; column < g.shown_heads; ++column) {
      const int head = g.first_head + column;
      if (head >= model_.heads_of(layer)) continue;
      draw_thumb(image, QRect(int(column * step), int(row * step), int(side), int(side)), layer, head);
      const bool whole_layer = model_.settings().view == AttentionView::mean;
      if (mine && (whole_layer || head == model_.head()))
        scene.frames.push_back({{g.left + column * g.pitch - 1, g.top + row * g.pitch - 1, g.thumb + 2, g.thumb + 2},
                                (whole_layer && head != model_.head() ? k.ctl : k.accent).rgb(),
                                whole_layer ? 1.0 : 2.0});
    }
  }
  scene.pictures.push_back({{g.left, g.top, image.width() / ratio, image.height() / ratio}, image});
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
  if (at.x() < g.left || at.y() < g.top) return false;
  const int column = int((at.x() - g.left) / g.pitch), row = int((at.y() - g.top) / g.pitch);
  if (column >= g.shown_heads || row >= g.shown_rows) return false;
  layer = g.layer_to - 1 - g.first_layer_row - row;
  head = g.first_head + column;
  return head < model_.heads_of(layer);
}

QString HeadsView::describe(int layer, int head) const {
  const HeadPictures& p = model_.thumbnails();
  QString text = tr("Layer %1, head %2").arg(layer).arg(head);
  if (!p.values.empty())
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
