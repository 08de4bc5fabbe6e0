// SPDX-License-Identifier: Apache-2.0
// Widths are measured once a token (ASCII by the fixed advance), positions found by binary search.
#include "views/token_strip.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "views/theme.h"

namespace vitrine::views {
namespace {

constexpr int kChip = 24, kSides = 5, kGap = 3, kBarGap = 6, kBar = 3, kArrow = 16;
constexpr int kBeside = 100;  // what is written below a chip may reach so far to its sides

bool plain_ascii(const QString& text) {
  return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x7F || c.unicode() == 0xB7; });
}

}  // namespace

ChipRuler::ChipRuler()
    : metrics_(theme().mono()),
      digit_(metrics_.horizontalAdvance('0')),
      gap_(theme().px(kGap)),
      sides_(theme().px(2 * kSides + kGap)),
      narrowest_(theme().px(16)),
      height_(theme().px(kChip)) {}

int ChipRuler::advance(const QString& text) const {
  const int width = plain_ascii(text) ? int(text.size()) * digit_ : metrics_.horizontalAdvance(text);
  return std::max(width + sides_, narrowest_);
}

TokenStrip::TokenStrip(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&theme(), &Theme::changed, this, [this] {
    updateGeometry();
    reset();
  });
}

void TokenStrip::set_source(const TokenStripSource* source) {
  source_ = source;
  reset();
}

void TokenStrip::reset() {
  ends_.clear();
  offset_ = 0;
  measure_from(0);
  if (selected_ >= 0)
    show_token(selected_);
  else if (following_)
    set_offset(total());
  update();
}

void TokenStrip::appended() {
  const bool end_shown = offset_ + room() >= total();
  measure_from(qint64(ends_.size()));
  if (following_ && selected_ < 0) set_offset(total());
  if (end_shown) update();  // else they are out of sight
}

void TokenStrip::measure_from(qint64 first) {
  const qint64 count = source_ ? source_->count() : 0;
  if (first > count) ends_.resize(size_t(count));
  const ChipRuler ruler;
  qint64 at = total();
  ends_.reserve(size_t(count));
  for (qint64 i = qint64(ends_.size()); i < count; ++i) {
    at += ruler.advance(source_->text(i));
    ends_.push_back(at);
  }
}

int TokenStrip::room() const { return std::max(1, width() - 2 * theme().px(kArrow)); }

QRect TokenStrip::chip_rect(qint64 index) const {
  if (index < 0 || index >= qint64(ends_.size())) return {};
  const qint64 left = index == 0 ? 0 : ends_[size_t(index - 1)];
  return QRect(int(left - offset_) + theme().px(kArrow), theme().px(4),
               int(ends_[size_t(index)] - left) - theme().px(kGap), theme().px(kChip));
}

qint64 TokenStrip::index_at(const QPoint& at) const {
  const qint64 x = at.x() - theme().px(kArrow) + offset_;
  if (x < 0 || x >= total()) return -1;
  return std::upper_bound(ends_.begin(), ends_.end(), x) - ends_.begin();
}

void TokenStrip::set_offset(qint64 offset) {
  const qint64 to = std::clamp<qint64>(offset, 0, std::max<qint64>(0, total() - room()));
  if (to == offset_) return;
  offset_ = to;
  update();
}

void TokenStrip::set_selected(qint64 index) {
  if (index == selected_) return;
  for (const qint64 chip : {selected_, index}) update_chip(chip);
  selected_ = index;
  if (index >= 0) show_token(index);
  setAccessibleDescription(index >= 0 && source_ && index < source_->count() ? source_->tool_tip(index) : QString());
}

void TokenStrip::update_chip(qint64 index) {
  const QRect chip = chip_rect(index);
  if (!chip.isNull()) update(chip.left() - theme().px(kGap), 0, chip.width() + 2 * theme().px(kGap), height());
}

void TokenStrip::show_token(qint64 index) {
  if (index < 0 || index >= qint64(ends_.size())) return;
  const qint64 left = index == 0 ? 0 : ends_[size_t(index - 1)], right = ends_[size_t(index)], margin = room() / 5;
  if (left - margin < offset_)
    set_offset(left - margin);
  else if (right + margin > offset_ + room())
    set_offset(right + margin - room());
}

void TokenStrip::set_marks_shown(bool on) {
  if (on == marks_) return;
  marks_ = on;
  updateGeometry();
}

QSize TokenStrip::sizeHint() const {
  return {theme().px(400), theme().px(4 + kChip + kBarGap + kBar + (marks_ ? 30 : 8))};
}

void TokenStrip::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painted_ = 0;
  if (ends_.empty()) {
    paint_sketch(painter);
    return;
  }
  const Theme& t = theme();
  const int arrow = t.px(kArrow);
  const auto arrows = [&](const QString& icon, int x) {
    painter.drawPixmap(x, t.px(4 + (kChip - 14) / 2), t.pixmap(icon, t.px(14), colors().t2, devicePixelRatioF()));
  };
  if (offset_ > 0) arrows("chevron-left", 0);
  if (offset_ + room() < total()) arrows("chevron-right", width() - arrow + t.px(2));
  painter.setClipRect(QRect(arrow - 3, 0, room() + 6, height()));
  const int beside = t.px(kBeside);
  const auto first = std::upper_bound(ends_.begin(), ends_.end(), offset_ + std::max(0, event->rect().left() - arrow - beside)) - ends_.begin();
  for (qint64 i = first; i < qint64(ends_.size()); ++i) {
    const QRect box = chip_rect(i);
    if (box.left() > std::min(width() - arrow, event->rect().right() + beside)) break;
    paint_chip(painter, source_->chip(i), box, i == selected_, marks_);
    ++painted_;
  }
}

void paint_chip(QPainter& p, const Chip& chip, const QRect& box, bool selected, bool marks) {
  const Theme& t = theme();
  const Colors& k = colors();
  p.setRenderHint(QPainter::Antialiasing);
  const double radius = t.px(3);
  const QRectF outline = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5);
  p.setPen(chip.special ? QPen(k.ctl) : QPen(Qt::NoPen));
  p.setBrush(chip.level >= 0 && !chip.special ? QBrush(k.chip[size_t(chip.level)]) : QBrush(Qt::NoBrush));
  if (chip.level >= 0 || chip.special) p.drawRoundedRect(outline, radius, radius);
  if (selected) {
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(k.accent, 2));
    p.drawRoundedRect(QRectF(box).adjusted(-1, -1, 1, 1), radius + 1, radius + 1);
  }
  p.setFont(t.mono());
  const QColor ink = chip.dim || (chip.level < 0 && !chip.special) ? k.t3 : t.chip_text(std::max(0, chip.level));
  const int baseline = box.top() + (box.height() + p.fontMetrics().ascent() - p.fontMetrics().descent()) / 2;
  int x = box.left() + t.px(kSides);
  if (chip.text.startsWith(QChar(0xB7)) && chip.level < 2) {
    p.setPen(k.t3);
    p.drawText(x, baseline, chip.text.left(1));
    x += p.fontMetrics().horizontalAdvance(chip.text[0]);
    p.setPen(ink);
    p.drawText(x, baseline, chip.text.mid(1));
  } else {
    p.setPen(ink);
    p.drawText(x, baseline, chip.text);
  }
  const int below = box.bottom() + 1 + t.px(kBarGap);
  p.setRenderHint(QPainter::Antialiasing, false);
  if (chip.bar >= 0) {
    p.fillRect(QRect(box.left(), below, box.width(), t.px(kBar)), k.track);
    p.fillRect(QRect(box.left(), below, std::max(1, int(box.width() * chip.bar + 0.5)), t.px(kBar)), k.t2);
  }
  if (chip.bracket) {
    p.setPen(k.ctl);
    const int y = box.bottom() + t.px(3), left = box.left(), right = box.right() + (chip.bracket == 3 ? 0 : t.px(kGap));
    p.drawLine(left, y, right, y);
    if (chip.bracket == 1) p.drawLine(left, y - 2, left, y);
    if (chip.bracket == 3) p.drawLine(right, y - 2, right, y);
    if (!chip.bracket_text.isEmpty()) {
      p.setFont(t.font(Type::small));
      p.setPen(k.t2);
      p.drawText(left, below + t.px(kBar) + p.fontMetrics().ascent() + 1, chip.bracket_text);
    }
  }
  if (chip.marked) {
    p.fillRect(QRect(box.left(), box.bottom() - t.px(2), box.width(), t.px(3)), k.warn);
    if (!marks) return;
    p.setRenderHint(QPainter::Antialiasing);
    const double middle = box.center().x(), top = below + t.px(kBar) + 2;
    p.setPen(Qt::NoPen);
    p.setBrush(k.warn);
    p.drawPolygon(QPolygonF({{middle, top}, {middle - t.px(4), top + t.px(5)}, {middle + t.px(4), top + t.px(5)}}));
    p.setPen(k.warn);
    p.setFont(t.mono(Type::small));
    p.drawText(QRectF(middle - t.px(kBeside), top + t.px(5), 2 * t.px(kBeside), t.px(16)), Qt::AlignHCenter | Qt::AlignTop, chip.mark_text);
  }
}

void TokenStrip::paint_sketch(QPainter& p) const {
  static constexpr int kWidths[] = {27, 41, 55, 33, 62, 42, 30, 68, 52, 26, 60, 52, 36, 30, 55, 40, 67, 31, 44, 53, 39};
  const Theme& t = theme();
  QPen pen(colors().ctl, 1, Qt::CustomDashLine);
  pen.setDashPattern({3, 3});
  p.setPen(pen);
  p.setOpacity(0.6);
  p.setRenderHint(QPainter::Antialiasing);
  int x = 0;
  for (const int w : kWidths) {
    p.drawRoundedRect(QRectF(x + 0.5, t.px(4) + 0.5, t.px(w), t.px(kChip) - 1), t.px(3), t.px(3));
    x += t.px(w) + t.px(kGap);
    if (x > width() - t.px(70)) break;
  }
}

void TokenStrip::mousePressEvent(QMouseEvent* event) {
  if (event->position().x() < theme().px(kArrow)) {
    set_offset(offset_ - room() / 2);
  } else if (event->position().x() > width() - theme().px(kArrow)) {
    set_offset(offset_ + room() / 2);
  } else if (const qint64 index = index_at(event->pos()); index >= 0 && event->button() == Qt::LeftButton) {
    emit token_clicked(index);
  }
}

void TokenStrip::mouseDoubleClickEvent(QMouseEvent* event) {
  if (const qint64 index = index_at(event->pos()); index >= 0) emit token_activated(index);
}

void TokenStrip::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->pixelDelta().isNull() ? event->angleDelta() : event->pixelDelta();
  set_offset(offset_ - (std::abs(delta.x()) > std::abs(delta.y()) ? delta.x() : delta.y()));
  event->accept();
}

void TokenStrip::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left:
      emit moved(-1);
      break;
    case Qt::Key_Right:
      emit moved(1);
      break;
    case Qt::Key_PageUp:
      emit moved(-10);
      break;
    case Qt::Key_PageDown:
      emit moved(10);
      break;
    case Qt::Key_Home:
      emit moved(-qint64(ends_.size()));
      break;
    case Qt::Key_End:
      emit moved(qint64(ends_.size()));
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (selected_ >= 0) emit token_activated(selected_);
      break;
    default:
      QWidget::keyPressEvent(event);
  }
}

void TokenStrip::resizeEvent(QResizeEvent*) {
  if (selected_ >= 0)
    show_token(selected_);
  else
    set_offset(following_ ? total() : offset_);
}

void TokenStrip::contextMenuEvent(QContextMenuEvent* event) {
  const qint64 index = event->reason() == QContextMenuEvent::Keyboard ? selected_ : index_at(event->pos());
  if (index >= 0) emit menu_requested(index, event->globalPos());
}

bool TokenStrip::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    const qint64 index = index_at(help->pos());
    if (index >= 0 && source_)
      QToolTip::showText(help->globalPos(), source_->tool_tip(index), this, chip_rect(index));
    else
      QToolTip::hideText();
    return true;
  }
  return QWidget::event(event);
}

}  // namespace vitrine::views
