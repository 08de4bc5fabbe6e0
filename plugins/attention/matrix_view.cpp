// SPDX-License-Identifier: Apache-2.0
// Keys that are not the picture's own are left to the window: it moves layer and head.
#include "plugins/attention/matrix_view.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "plugins/attention/scene_view.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {

MatrixView::MatrixView(const AttentionModel& model, QWidget* parent)
    : QObject(parent), model_(model), view_(SceneView::make(parent)) {
  QWidget* w = widget();
  w->installEventFilter(this);
  w->setMinimumSize(views::theme().px(240), views::theme().px(160));
  w->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  set_language_texts();
  connect(&views::theme(), &views::Theme::changed, this, &MatrixView::refresh);
}

QWidget* MatrixView::widget() const { return view_->widget(); }

void MatrixView::set_language_texts() {
  widget()->setAccessibleName(tr("Attention matrix"));
  widget()->setWhatsThis(
      tr("Arrow keys move row and key, + and - zoom, 0 returns to the usual size, F fits everything, Enter selects the "
         "key's token."));
}

Scene MatrixView::scene(const MatrixLayout& layout, const AttentionPixels& pixels, const MatrixMarks& marks) const {
  return layout.links ? links_scene(model_, layout, marks) : matrix_scene(model_, layout, pixels, marks);
}

void MatrixView::refresh() {
  const AttentionRegion before = layout_.region;
  layout_ = lay_out(model_, zoom_, QSizeF(widget()->size()));
  zoom_.row = layout_.region.row_from;
  zoom_.key = layout_.region.key_from;
  if (layout_.links)
    pixels_ = {};
  else
    pixels_ = model_.pixels(layout_.region);
  marks_.focus = widget()->hasFocus();
  if (marks_.hovered.row >= layout_.region.pixel_rows || marks_.hovered.col >= layout_.region.pixel_cols)
    marks_.hovered = {};
  Scene shapes = scene(layout_, pixels_, marks_);
  if (marks_.focus)
    shapes.frames.push_back({QRectF(widget()->rect()).adjusted(1, 1, -1, -1), views::colors().accent.rgb(), 2});
  view_->set_scene(std::move(shapes));
  widget()->setAccessibleDescription(model_.summary());
  if (layout_.region != before) emit region_changed();
}

Scene MatrixView::scene_for(const QSizeF& size) const {
  const MatrixLayout layout = lay_out(model_, zoom_, size);
  MatrixMarks marks;
  marks.key = marks_.key;
  return scene(layout, model_.pixels(layout.region), marks);
}

void MatrixView::show_row() {
  if (layout_.row_at(model_.row()) >= 0) return;
  zoom_.pinned = true;
  refresh();
}

void MatrixView::zoom(int by) {
  const int row = std::max(0, layout_.row_at(model_.row()));
  zoom_about({layout_.left + layout_.pixel * std::max(0, layout_.col_at(marks_.key)), layout_.y_of(row)}, by);
}

void MatrixView::zoom_about(const QPointF& at, int by) {
  const AttentionRegion& r = layout_.region;
  if (r.empty()) return;
  const double height = std::max(1.0, layout_.bottom - layout_.top),
               width = std::max(1.0, layout_.right - layout_.left);
  const double down = std::clamp((at.y() - layout_.top) / height, 0.0, 1.0),
               across = std::clamp((at.x() - layout_.left) / width, 0.0, 1.0);
  const double row = double(r.row_from) + down * double(r.row_to - r.row_from);
  const double key = double(r.key_from) + across * double(r.key_to - r.key_from);
  const bool whole =
      r.row_from <= model_.first_row() && r.row_to >= model_.shown_rows() && r.key_to >= model_.shown_keys();
  if (by < 0 && whole && layout_.pixel * views::theme().scale() <= 4) return;  // everything is here already
  zoom_.cell = next_cell_size(cell_size(layout_), by);
  zoom_.fit = false;
  const MatrixLayout next = lay_out(model_, zoom_, QSizeF(widget()->size()));
  zoom_.pinned = zoom_.pinned && whole;
  zoom_.row = int64_t(std::llround(row - down * double(next.region.row_to - next.region.row_from)));
  zoom_.key = int64_t(std::llround(key - across * double(next.region.key_to - next.region.key_from)));
  refresh();
}

void MatrixView::reset_zoom() {
  zoom_ = {};
  refresh();
}

void MatrixView::fit() {
  zoom_ = {};
  zoom_.fit = true;
  refresh();
}

void MatrixView::pan(int64_t rows, int64_t keys) {
  zoom_.pinned = false;
  zoom_.row += rows;
  zoom_.key += layout_.links && model_.causal() ? rows : keys;
  refresh();
}

void MatrixView::set_key_cursor(int64_t key) {
  marks_.key = key;
  refresh();
  emit key_cursor_moved();
}

void MatrixView::move_key(int by) {
  const int64_t first = model_.first_key(), last = std::max<int64_t>(model_.causal() ? model_.row() : model_.keys() - 1, 0);
  const int64_t low = model_.sink() ? 0 : model_.folded() ? 1 : first;
  int64_t key = marks_.key < 0 ? (model_.causal() ? last : 0) : marks_.key + by;
  if (model_.folded() && key > 0 && key < first)
    key = marks_.key >= first ? 1 : by > 0 ? (marks_.key == 0 ? 1 : first) : 0;
  key = std::clamp(key, low, std::max(low, last));
  const AttentionRegion& r = layout_.region;
  if (key >= first && key < r.key_from) zoom_.key = key, zoom_.pinned = false;
  if (key >= r.key_to && !layout_.links) zoom_.key = key - (r.key_to - r.key_from) + 1, zoom_.pinned = false;
  set_key_cursor(key);
}

int64_t MatrixView::position_of_row(const MatrixHit& at) const {
  if (at.row < 0) return -1;
  const AttentionRegion& r = layout_.region;
  const auto [from, to] = cells_of_pixel(at.row, r.pixel_rows, r.row_from, r.row_to);
  return model_.row() >= from && model_.row() < to ? model_.row() : from;
}

int64_t MatrixView::key_of(const MatrixHit& at) const {
  const AttentionRegion& r = layout_.region;
  if (at.column == MatrixHit::Column::sink) return 0;
  if (at.column == MatrixHit::Column::prompt) return 1;
  return at.col < 0 ? -1 : cells_of_pixel(at.col, r.pixel_cols, r.key_from, r.key_to).first;
}

QString MatrixView::describe(const MatrixHit& at) const {
  const int64_t row = position_of_row(at), key = key_of(at);
  if (row < 0 && key < 0) return {};
  if (row < 0)
    return at.column == MatrixHit::Column::prompt
               ? tr("the prompt without its first token, folded")
               : QStringLiteral("%1  %2").arg(model_.key_name(key), model_.key_token(key));
  if (key < 0) return QStringLiteral("%1  %2").arg(model_.position_name(row), model_.token(row));
  const QString from = QStringLiteral("%1  %2").arg(model_.position_name(row), model_.token(row));
  float value = -1;
  QString to = QStringLiteral("%1  %2").arg(model_.key_name(key), model_.key_token(key)), what;
  if (at.column == MatrixHit::Column::key) {
    value = pixels_.values.empty()
                ? -1
                : pixels_.values[size_t(at.row) * size_t(layout_.region.pixel_cols) + size_t(at.col)];
    if (pixels_.pooled) {
      const AttentionRegion& r = layout_.region;
      const auto [rf, rt] = cells_of_pixel(at.row, r.pixel_rows, r.row_from, r.row_to);
      const auto [kf, kt] = cells_of_pixel(at.col, r.pixel_cols, r.key_from, r.key_to);
      what = (model_.settings().mean_pixels ? tr("mean of rows %1 to %2, keys %3 to %4")
                                            : tr("maximum of rows %1 to %2, keys %3 to %4"))
                 .arg(rf)
                 .arg(rt - 1)
                 .arg(kf)
                 .arg(kt - 1);
    }
  } else {
    const auto& column = at.column == MatrixHit::Column::sink ? pixels_.sink : pixels_.prompt;
    if (at.row < int(column.size())) value = column[size_t(at.row)];
    if (at.column == MatrixHit::Column::prompt) to = tr("%1 prompt tokens, sum").arg(views::count(model_.prompt() - 1));
  }
  QStringList lines{from, QStringLiteral("→ ") + to};
  if (std::isnan(value))
    lines << tr("masked: this key comes later or lies outside the window");
  else if (value >= 0)
    lines << tr("weight %1 (%2)").arg(views::percent(double(value)), QString::number(double(value), 'g', 6));
  if (!what.isEmpty()) lines << what;
  return lines.join('\n');
}

void MatrixView::set_hovered(const MatrixHit& at) {
  if (at == marks_.hovered) return;
  marks_.hovered = at;
  refresh();
}

QJsonObject MatrixView::save() const { return {{"cell", zoom_.cell}, {"fit", zoom_.fit}}; }

void MatrixView::restore(const QJsonObject& state) {
  zoom_ = {};
  const double cell = state["cell"].toDouble();
  if (cell >= 1.0 / 64 && cell <= 64) zoom_.cell = cell;
  zoom_.fit = state["fit"].toBool();
  refresh();
}

bool MatrixView::eventFilter(QObject*, QEvent* event) {
  switch (event->type()) {
    case QEvent::MouseButtonPress:
      return press(*static_cast<QMouseEvent*>(event));
    case QEvent::MouseMove:
      return move(*static_cast<QMouseEvent*>(event));
    case QEvent::MouseButtonRelease:
      return release(*static_cast<QMouseEvent*>(event));
    case QEvent::MouseButtonDblClick: {
      const int64_t key = key_of(hit(layout_, static_cast<QMouseEvent*>(event)->position()));
      if (key >= 0 && model_.square()) emit row_chosen(key);
      return true;
    }
    case QEvent::Wheel:
      return wheel(*static_cast<QWheelEvent*>(event));
    case QEvent::KeyPress:
      if (key(*static_cast<QKeyEvent*>(event))) return true;
      event->ignore();
      return static_cast<QKeyEvent*>(event)->key() != Qt::Key_Tab &&
             static_cast<QKeyEvent*>(event)->key() != Qt::Key_Backtab;
    case QEvent::KeyRelease:
      event->ignore();
      return true;
    case QEvent::Leave:
      QToolTip::hideText();
      set_hovered({});
      return false;
    case QEvent::ContextMenu: {
      auto* asked = static_cast<QContextMenuEvent*>(event);
      menu(asked->globalPos(), hit(layout_, asked->pos()));
      return true;
    }
    case QEvent::Resize:
    case QEvent::Show:
    case QEvent::FocusIn:
    case QEvent::FocusOut:
      QMetaObject::invokeMethod(this, &MatrixView::refresh, Qt::QueuedConnection);
      return false;
    default:
      return false;
  }
}

bool MatrixView::press(const QMouseEvent& event) {
  widget()->setFocus(Qt::MouseFocusReason);
  if (event.button() != Qt::LeftButton) return true;
  pressed_ = true;
  dragging_ = false;
  pressed_at_ = event.position();
  pressed_row_ = layout_.region.row_from;
  pressed_key_ = layout_.region.key_from;
  return true;
}

bool MatrixView::move(const QMouseEvent& event) {
  const QPointF by = event.position() - pressed_at_;
  if (pressed_ && (dragging_ || by.manhattanLength() > 5)) {
    dragging_ = true;
    widget()->setCursor(Qt::ClosedHandCursor);
    const double cell = std::max(1.0 / 64, cell_size(layout_) * views::theme().scale());
    zoom_.pinned = false;
    zoom_.row = pressed_row_ - int64_t(std::llround(by.y() / cell));
    zoom_.key = layout_.links ? zoom_.row : pressed_key_ - int64_t(std::llround(by.x() / cell));
    refresh();
    return true;
  }
  const MatrixHit at = hit(layout_, event.position());
  set_hovered(at);
  const QString text = describe(at);
  if (text.isEmpty())
    QToolTip::hideText();
  else
    QToolTip::showText(event.globalPosition().toPoint() + QPoint(12, 12), text, widget());
  return true;
}

bool MatrixView::release(const QMouseEvent& event) {
  const bool clicked = pressed_ && !dragging_ && event.button() == Qt::LeftButton;
  pressed_ = dragging_ = false;
  widget()->unsetCursor();
  if (!clicked) return true;
  const MatrixHit at = hit(layout_, event.position());
  const int64_t row = position_of_row(at), key = key_of(at);
  if (key >= 0) set_key_cursor(key);
  if (row >= 0)
    emit row_chosen(row);
  else if (at.label && key >= 0 && model_.square() && at.column != MatrixHit::Column::prompt)
    emit row_chosen(key);
  return true;
}

bool MatrixView::wheel(const QWheelEvent& event) {
  const QPoint delta = event.angleDelta();
  if (event.modifiers() & Qt::ShiftModifier)
    pan(0, -(delta.x() + delta.y()) / 40);
  else if (layout_.links)
    pan(-delta.y() / 40, 0);
  else if (delta.y() != 0)
    zoom_about(event.position(), delta.y() > 0 ? 1 : -1);
  return true;
}

bool MatrixView::key(const QKeyEvent& event) {
  if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
  const int64_t page = std::max<int64_t>(1, layout_.region.row_to - layout_.region.row_from - 1);
  switch (event.key()) {
    case Qt::Key_Up:
      emit moved_by(-1);
      return true;
    case Qt::Key_Down:
      emit moved_by(1);
      return true;
    case Qt::Key_PageUp:
      emit moved_by(-page);
      return true;
    case Qt::Key_PageDown:
      emit moved_by(page);
      return true;
    case Qt::Key_Left:
      move_key(-1);
      return true;
    case Qt::Key_Right:
      move_key(1);
      return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoom(1);
      return true;
    case Qt::Key_Minus:
      zoom(-1);
      return true;
    case Qt::Key_0:
      reset_zoom();
      return true;
    case Qt::Key_F:
      fit();
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (marks_.key >= 0 && model_.square()) emit row_chosen(marks_.key);
      return true;
    default:
      return false;
  }
}

void MatrixView::menu(const QPoint& global, const MatrixHit& at) {
  const int64_t row = position_of_row(at), key = key_of(at);
  QMenu menu(widget());
  if (row >= 0)
    menu.addAction(tr("Select the row's token  %1").arg(model_.token(row)), this,
                   [this, row] { emit row_chosen(row); });
  if (key >= 0 && model_.square() && at.column != MatrixHit::Column::prompt)
    menu.addAction(tr("Select the key's token  %1").arg(model_.key_token(key)), this,
                   [this, key] { emit row_chosen(key); });
  if (const QString text = describe(at); !text.isEmpty())
    menu.addAction(tr("Copy these numbers"), this, [text] { QApplication::clipboard()->setText(text); });
  if (!menu.isEmpty()) menu.addSeparator();
  menu.addAction(tr("Usual size"), this, &MatrixView::reset_zoom);
  menu.addAction(tr("Fit everything"), this, &MatrixView::fit);
  menu.exec(global);
}

}  // namespace vitrine
