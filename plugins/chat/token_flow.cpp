// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/token_flow.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "views/numbers.h"
#include "views/theme.h"
#include "views/token_text.h"

namespace vitrine {

TokenFlow::TokenFlow(const Transcript& transcript, Selection& selection, QWidget* parent)
    : QAbstractScrollArea(parent), transcript_(transcript), selection_(selection) {
  setFocusPolicy(Qt::StrongFocus);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  viewport()->setMouseTracking(true);
  setAccessibleName(tr("Tokens of the conversation"));
  connect(&selection, &Selection::position_changed, this, [this](qint64 position) {
    keep_in_view(position);
    viewport()->update();
  });
  connect(&transcript, &Transcript::marks_changed, this, [this](LaneId lane) {
    if (lane == lane_) layout_from(0);  // marks need room below the chips
  });
  connect(&transcript, &Transcript::tokens_changed, viewport(), qOverload<>(&QWidget::update));
  connect(&views::theme(), &views::Theme::changed, this, &TokenFlow::reset);
}

/// The token that the tried sampler would have drawn instead; nullptr: none.
const TokenMark* TokenFlow::mark_at(qint64 index) const {
  const std::vector<TokenMark>& marks = transcript_.marks(lane_);
  const auto mark = std::lower_bound(marks.begin(), marks.end(), index,
                                     [](const TokenMark& m, qint64 position) { return m.position < position; });
  return mark != marks.end() && mark->position == index ? &*mark : nullptr;
}

int TokenFlow::line_height() const { return views::theme().px(transcript_.marks(lane_).empty() ? 36 : 52); }

void TokenFlow::set_lane(LaneId lane) {
  if (lane == lane_) return;
  lane_ = lane;
  reset();
}

void TokenFlow::set_color(TokenColor color) {
  color_ = color;
  viewport()->update();
}

void TokenFlow::reset() {
  widths_.clear();
  layout_from(0);
}

void TokenFlow::appended() { layout_from(places_.size()); }

void TokenFlow::measure() {
  const TranscriptLane* lane = transcript_.lane(lane_);
  const size_t count = lane ? lane->tokens.size() : 0;
  widths_.resize(std::min(widths_.size(), count));
  widths_.reserve(count);
  const QFontMetrics metrics(views::theme().mono());
  const int advance = metrics.horizontalAdvance('0'), sides = 2 * views::theme().px(5);
  for (size_t i = widths_.size(); i < count; ++i) {
    const QString text = views::token_text(lane->tokens[i].bytes);
    const bool ascii = std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x7F || c.unicode() == 0xB7; });
    widths_.push_back((ascii ? int(text.size()) * advance : metrics.horizontalAdvance(text)) + sides);
  }
}

void TokenFlow::layout_from(size_t first) {
  measure();
  const TranscriptLane* lane = transcript_.lane(lane_);
  const size_t count = widths_.size();
  const int gap = views::theme().px(3), margin = views::theme().px(16), right = viewport()->width() - margin;
  const auto ends_line = [&](size_t i) { return lane->tokens[i].bytes.find('\n') != std::string::npos; };
  first = std::min(first, std::min(places_.size(), count));
  places_.resize(first);
  places_.reserve(count);
  int x = margin, line = 0;
  if (first > 0) {
    line = places_.back().line + (ends_line(first - 1) ? 1 : 0);
    if (line == places_.back().line) x = places_.back().x + places_.back().width + gap;
  }
  for (size_t i = first; i < count; ++i) {
    if (x + widths_[i] > right && x > margin) {
      x = margin;
      ++line;
    }
    places_.push_back({x, line, widths_[i]});
    x += widths_[i] + gap;
    if (ends_line(i)) {
      x = margin;
      ++line;
    }
  }
  const int height = places_.empty() ? 0 : (places_.back().line + 1) * line_height() + margin;
  const bool at_end = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
  verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setSingleStep(line_height());
  if (at_end) verticalScrollBar()->setValue(verticalScrollBar()->maximum());
  viewport()->update();
}

QRect TokenFlow::box(size_t index) const {
  const Place& place = places_[index];
  return {place.x, place.line * line_height() + views::theme().px(8) - verticalScrollBar()->value(), place.width, views::theme().px(24)};
}

QRect TokenFlow::chip_rect(qint64 index) const { return index >= 0 && index < qint64(places_.size()) ? box(size_t(index)) : QRect(); }

void TokenFlow::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), views::colors().panel);
  const TranscriptLane* lane = transcript_.lane(lane_);
  if (!lane) return;
  const int first_line = verticalScrollBar()->value() / line_height();
  auto at = std::lower_bound(places_.begin(), places_.end(), first_line, [](const Place& p, int line) { return p.line < line; });
  for (size_t i = size_t(at - places_.begin()); i < places_.size() && i < lane->tokens.size(); ++i) {
    if (box(i).top() > viewport()->height()) break;
    paint_chip(painter, i, lane->tokens[i]);
  }
}

void TokenFlow::paint_chip(QPainter& painter, size_t index, const TranscriptToken& token) {
  const views::Theme& theme = views::theme();
  const views::Colors& c = theme.colors();
  const QRect area = box(index);
  const int level = token_level(token, color_);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(token.special ? QPen(c.ctl) : Qt::NoPen);
  painter.setBrush(level >= 0 && !token.special ? QBrush(c.chip[size_t(level)]) : QBrush(Qt::NoBrush));
  painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
  if (qint64(index) == selection_.position()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(c.accent, 2));
    painter.drawRoundedRect(QRectF(area).adjusted(-1, -1, 1, 1), 4, 4);
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setFont(theme.mono());
  painter.setPen(level >= 0 && !token.special ? theme.chip_text(level) : token.role == TokenRole::template_text ? c.t3 : c.t1);
  painter.drawText(area, Qt::AlignCenter, views::token_text(token.bytes));
  const QRect bar(area.left(), area.bottom() + theme.px(3), area.width(), theme.px(3));
  if (token.known) {
    painter.fillRect(bar, c.track);
    painter.fillRect(QRect(bar.left(), bar.top(), std::max(1, int(std::lround(bar.width() * double(token.probability())))), bar.height()), c.t2);
  }
  const TokenMark* mark = mark_at(qint64(index));
  if (!mark) return;
  painter.fillRect(QRect(area.left(), area.bottom() - theme.px(2), area.width(), theme.px(3)), c.warn);
  painter.setFont(theme.mono(views::Type::small));
  painter.setPen(c.warn);
  painter.drawText(QRect(area.center().x() - 100, bar.bottom() + 1, 200, theme.px(16)), Qt::AlignHCenter | Qt::AlignTop,
                   views::token_text(transcript_.face(mark->other).bytes));
}

void TokenFlow::resizeEvent(QResizeEvent*) { layout_from(0); }

qint64 TokenFlow::index_at(const QPoint& at) const {
  const int line = (at.y() + verticalScrollBar()->value()) / line_height();
  auto found = std::lower_bound(places_.begin(), places_.end(), line, [](const Place& p, int l) { return p.line < l; });
  for (; found != places_.end() && found->line == line; ++found)
    if (at.x() >= found->x && at.x() < found->x + found->width) return found - places_.begin();
  return -1;
}

void TokenFlow::mousePressEvent(QMouseEvent* event) {
  const qint64 index = index_at(event->pos());
  if (index >= 0) selection_.set_position(index);
}

/// The token above or below the selected one.
void TokenFlow::move_line(int by) {
  const qint64 index = selection_.position();
  if (index < 0 || index >= qint64(places_.size())) return selection_.move_position(by);
  const QRect area = box(size_t(index));
  qint64 nearest = -1;
  for (qint64 i = index + by; i >= 0 && i < qint64(places_.size()) && std::abs(places_[size_t(i)].line - places_[size_t(index)].line) <= 1; i += by) {
    if (places_[size_t(i)].line == places_[size_t(index)].line) continue;
    if (nearest < 0 || std::abs(box(size_t(i)).center().x() - area.center().x()) < std::abs(box(size_t(nearest)).center().x() - area.center().x())) nearest = i;
  }
  if (nearest >= 0) selection_.set_position(nearest);
}

void TokenFlow::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left: selection_.move_position(-1); return;
    case Qt::Key_Right: selection_.move_position(1); return;
    case Qt::Key_Up: move_line(-1); return;
    case Qt::Key_Down: move_line(1); return;
    case Qt::Key_Home: selection_.set_position(0); return;
    case Qt::Key_End: selection_.set_position(selection_.positions() - 1); return;
    case Qt::Key_Escape: selection_.clear(); return;
    default: QAbstractScrollArea::keyPressEvent(event);
  }
}

void TokenFlow::contextMenuEvent(QContextMenuEvent* event) {
  const bool by_key = event->reason() == QContextMenuEvent::Keyboard;
  const qint64 index = by_key ? selection_.position() : index_at(event->pos());
  if (index >= 0) emit menu_requested(index, by_key ? viewport()->mapToGlobal(chip_rect(index).bottomLeft()) : event->globalPos());
}

void TokenFlow::keep_in_view(qint64 index) {
  if (index < 0 || index >= qint64(places_.size())) return;
  const QRect area = box(size_t(index));
  if (area.top() < 0) verticalScrollBar()->setValue(verticalScrollBar()->value() + area.top() - views::theme().px(8));
  if (area.bottom() > viewport()->height()) verticalScrollBar()->setValue(verticalScrollBar()->value() + area.bottom() - viewport()->height() + views::theme().px(16));
}

QString TokenFlow::tool_tip(qint64 index) const {
  const TranscriptToken* token = transcript_.token(lane_, index);
  if (!token) return {};
  QString text = tr("Token %1, id %2").arg(index).arg(token->id);
  if (!token->known) return text;
  if (const TokenMark* mark = mark_at(index))
    text += QStringLiteral("\n") + tr("the sampler being tried would draw %1").arg(views::token_text(transcript_.face(mark->other).bytes));
  text += QStringLiteral("\n") + tr("probability %1, rank %2, entropy %3 nats")
                                     .arg(views::percent(double(token->probability())))
                                     .arg(token->rank + 1)
                                     .arg(views::significant(double(token->entropy)));
  for (size_t i = 0; i < token->top.size() && i < 6; ++i)
    text += QStringLiteral("\n%1  %2").arg(views::token_text(transcript_.face(token->top[i].id).bytes), views::percent(std::exp(double(token->top[i].logprob))));
  return text;
}

bool TokenFlow::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const qint64 index = index_at(help->pos());
    if (index < 0)
      QToolTip::hideText();
    else
      QToolTip::showText(help->globalPos(), tool_tip(index), viewport());
    return true;
  }
  return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace vitrine
