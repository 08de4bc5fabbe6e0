// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/token_flow.h"

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
  connect(&transcript, &Transcript::marks_changed, viewport(), qOverload<>(&QWidget::update));
  connect(&views::theme(), &views::Theme::changed, this, &TokenFlow::reset);
}

/// The token that the tried sampler would have drawn instead; nullptr: none.
const TokenMark* TokenFlow::mark_at(qint64 index) const {
  const std::vector<TokenMark>& marks = transcript_.marks(lane_);
  const auto mark = std::lower_bound(marks.begin(), marks.end(), index,
                                     [](const TokenMark& m, qint64 position) { return m.position < position; });
  return mark != marks.end() && mark->position == index ? &*mark : nullptr;
}

int TokenFlow::line_height() const { return views::theme().px(36); }

void TokenFlow::set_lane(LaneId lane) {
  lane_ = lane;
  reset();
}

void TokenFlow::reset() {
  places_.clear();
  layout_from(0);
}

void TokenFlow::appended() { layout_from(places_.size()); }

void TokenFlow::layout_from(size_t first) {
  const TranscriptLane* lane = transcript_.lane(lane_);
  const size_t count = lane ? lane->tokens.size() : 0;
  const QFontMetrics metrics(views::theme().mono());
  const int gap = views::theme().px(3), pad = views::theme().px(5), right = viewport()->width() - views::theme().px(16);
  int x = views::theme().px(16), line = 0;
  first = std::min(first, std::min(places_.size(), count));
  places_.resize(first);
  if (first > 0) {
    x = places_.back().x + places_.back().width + gap;
    line = places_.back().line + (lane->tokens[first - 1].bytes.find('\n') != std::string::npos ? 1 : 0);
    if (line != places_.back().line) x = views::theme().px(16);
  }
  for (size_t i = first; i < count; ++i) {
    const int width = metrics.horizontalAdvance(views::token_text(lane->tokens[i].bytes)) + 2 * pad;
    if (x + width > right && x > views::theme().px(16)) {
      x = views::theme().px(16);
      ++line;
    }
    places_.push_back({x, line, width});
    x += width + gap;
    if (lane->tokens[i].bytes.find('\n') != std::string::npos) {
      x = views::theme().px(16);
      ++line;
    }
  }
  const int height = places_.empty() ? 0 : (places_.back().line + 1) * line_height() + views::theme().px(16);
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

void TokenFlow::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  const views::Theme& theme = views::theme();
  const views::Colors& c = theme.colors();
  painter.fillRect(viewport()->rect(), c.panel);
  const TranscriptLane* lane = transcript_.lane(lane_);
  if (!lane) return;
  painter.setFont(theme.mono());
  const int first_line = verticalScrollBar()->value() / line_height();
  auto at = std::lower_bound(places_.begin(), places_.end(), first_line, [](const Place& p, int line) { return p.line < line; });
  for (size_t i = size_t(at - places_.begin()); i < places_.size() && i < lane->tokens.size(); ++i) {
    const QRect area = box(i);
    if (area.top() > viewport()->height()) break;
    const TranscriptToken& token = lane->tokens[i];
    const int level = token.known ? views::Theme::chip_level(double(token.probability())) : -1;
    painter.setPen(token.special ? QPen(c.ctl) : Qt::NoPen);
    painter.setBrush(level >= 0 ? QBrush(c.chip[size_t(level)]) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), 3, 3);
    if (qint64(i) == selection_.position()) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(c.accent, 2));
      painter.drawRoundedRect(area.adjusted(-1, -1, 0, 0), 3, 3);
    }
    painter.setPen(level >= 0 ? theme.chip_text(level) : token.role == TokenRole::template_text ? c.t3 : c.t1);
    painter.drawText(area, Qt::AlignCenter, views::token_text(token.bytes));
    if (mark_at(qint64(i))) {
      painter.setPen(QPen(c.warn, 2, Qt::DashLine));
      painter.drawLine(area.left(), area.bottom() - 1, area.right(), area.bottom() - 1);
    }
    if (!token.known) continue;
    const QRect bar(area.left(), area.bottom() + theme.px(2), area.width(), theme.px(3));
    painter.fillRect(bar, c.track);
    painter.fillRect(QRect(bar.left(), bar.top(), int(std::lround(bar.width() * double(token.probability()))), bar.height()), c.t2);
  }
}

void TokenFlow::resizeEvent(QResizeEvent*) { reset(); }

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

void TokenFlow::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left: selection_.move_position(-1); return;
    case Qt::Key_Right: selection_.move_position(1); return;
    case Qt::Key_Escape: selection_.clear(); return;
    default: QAbstractScrollArea::keyPressEvent(event);
  }
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
