// SPDX-License-Identifier: Apache-2.0
// A row is 70 logical pixels: three lines of 20 and 5 above and below; a heading of its day adds 30.
#include "plugins/sessions/session_delegate.h"

#include <QLineEdit>
#include <QPainter>
#include <QTextLayout>

#include "plugins/sessions/sessions_model.h"
#include "views/theme.h"

namespace vitrine {

using views::colors;
using views::theme;
using views::Type;

static constexpr int kRow = 70, kHeading = 30, kLine = 20, kAbove = 5, kSide = 16;

static int heading_height(const QModelIndex& index) {
  return index.data(SessionsModel::kGroup).toString().isEmpty() ? 0 : theme().px(kHeading);
}

std::pair<QColor, QColor> badge_colors(const QString& badge) {
  return badge == QLatin1String("A") ? std::pair(colors().accent_fill, colors().on_accent)
                                     : std::pair(colors().chip[4], colors().on_chip4);
}

QSize SessionDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
  return {theme().px(200), theme().px(kRow) + heading_height(index)};
}

void SessionDelegate::draw_marked(QPainter& painter, const QRect& rect, const QString& text, const QFont& font,
                                  const QColor& color) const {
  QTextLayout layout(QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width()), font);
  QList<QTextLayout::FormatRange> marks;
  for (const QString& term : terms_) {
    for (qsizetype at = 0; (at = layout.text().indexOf(term, at, Qt::CaseInsensitive)) >= 0; at += term.size()) {
      QTextLayout::FormatRange mark;
      mark.start = int(at);
      mark.length = int(term.size());
      mark.format.setBackground(colors().chip[2]);
      mark.format.setForeground(colors().t1);
      marks.append(mark);
    }
  }
  layout.setFormats(marks);
  layout.beginLayout();
  QTextLine line = layout.createLine();
  line.setLineWidth(rect.width() + 1);
  layout.endLayout();
  painter.setPen(color);
  layout.draw(&painter, QPointF(rect.left(), rect.top() + (rect.height() - line.height()) / 2));
}

int SessionDelegate::draw_badge(QPainter& painter, const QRect& line, const QString& badge) const {
  if (badge.isEmpty()) return 0;
  const int side = theme().px(16);
  const QRect box(line.left(), line.top() + (line.height() - side) / 2, side, side);
  const auto [fill, ink] = badge_colors(badge);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(fill);
  painter.drawRoundedRect(box, theme().px(3), theme().px(3));
  painter.setPen(ink);
  painter.setFont(theme().font(Type::small, true));
  painter.drawText(box, Qt::AlignCenter, badge);
  return side + theme().px(8);
}

void SessionDelegate::draw_bottom(QPainter& painter, QRect line, const QModelIndex& index) const {
  const QFont small = theme().font(Type::small), mono = theme().mono(Type::small);
  const auto state = SessionsModel::Replay(index.data(SessionsModel::kReplay).toInt());
  const QString verdict = index.data(SessionsModel::kReplayText).toString();
  if (!verdict.isEmpty()) {
    const QColor ink = state == SessionsModel::Replay::identical ? colors().ok
                       : state == SessionsModel::Replay::differs ? colors().warn
                                                                 : colors().t2;
    const int width = QFontMetrics(small).horizontalAdvance(verdict);
    painter.setFont(small);
    painter.setPen(ink);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, verdict);
    line.setRight(line.right() - width - theme().px(6));
    if (state != SessionsModel::Replay::none) {
      const int side = theme().px(14);
      const QString icon =
          state == SessionsModel::Replay::identical ? QStringLiteral("check") : QStringLiteral("warning");
      painter.drawPixmap(line.right() - side, line.top() + (line.height() - side) / 2,
                         theme().pixmap(icon, side, ink, painter.device()->devicePixelRatioF()));
      line.setRight(line.right() - side - theme().px(8));
    }
  }
  const std::pair<int, QFont> parts[] = {
      {SessionsModel::kModel, small}, {SessionsModel::kWeights, mono}, {SessionsModel::kTokens, small}};
  for (const auto& [role, font] : parts) {
    const QFontMetrics metrics(font);
    const QString text = metrics.elidedText(index.data(role).toString(), Qt::ElideRight, std::max(0, line.width()));
    if (text.isEmpty()) continue;
    painter.setFont(font);
    painter.setPen(colors().t2);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, text);
    line.setLeft(line.left() + metrics.horizontalAdvance(text) + theme().px(12));
  }
}

void SessionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  painter->save();
  QRect rect = option.rect;
  const auto px = [](int value) { return theme().px(value); };
  if (const QString group = index.data(SessionsModel::kGroup).toString(); !group.isEmpty()) {
    const QRect heading(rect.left() + px(kSide), rect.top(), rect.width() - 2 * px(kSide), px(kHeading));
    painter->setFont(theme().font(Type::small, true));
    painter->setPen(colors().t2);
    painter->drawText(heading, Qt::AlignLeft | Qt::AlignVCenter, group);
    rect.setTop(rect.top() + px(kHeading));
  }
  const bool selected = option.state & QStyle::State_Selected, hovered = option.state & QStyle::State_MouseOver;
  painter->fillRect(rect, selected ? colors().sel : hovered ? colors().hover : colors().panel);
  const QString badge = index.data(SessionsModel::kBadge).toString();
  const bool current = index.data(SessionsModel::kCurrent).toBool();
  if (!badge.isEmpty() || current)
    painter->fillRect(QRect(rect.left(), rect.top(), px(3), rect.height()),
                      badge.isEmpty() ? colors().accent : badge_colors(badge).first);
  painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colors().line);

  QRect line(rect.left() + px(kSide), rect.top() + px(kAbove), rect.width() - 2 * px(kSide), px(kLine));
  const QFont small = theme().font(Type::small);
  const QString when = index.data(SessionsModel::kWhen).toString();
  painter->setFont(small);
  painter->setPen(colors().t2);
  painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, when);
  QRect title = line.adjusted(0, 0, -QFontMetrics(small).horizontalAdvance(when) - px(8), 0);
  title.setLeft(title.left() + draw_badge(*painter, title, badge));
  draw_marked(*painter, title, index.data(Qt::DisplayRole).toString(), theme().font(Type::base, true), colors().t1);
  line.translate(0, px(kLine));
  draw_marked(*painter, line, index.data(SessionsModel::kExcerpt).toString(), small, colors().t2);
  line.translate(0, px(kLine));
  draw_bottom(*painter, line, index);
  if (option.state & QStyle::State_HasFocus && option.state & QStyle::State_KeyboardFocusChange) {
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(colors().accent, 2));
    painter->drawRect(rect.adjusted(1, 1, -1, -2));
  }
  painter->restore();
}

QWidget* SessionDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const {
  auto* field = new QLineEdit(parent);
  field->setAccessibleName(tr("Title of the session"));
  return field;
}

void SessionDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                           const QModelIndex& index) const {
  const int top = option.rect.top() + heading_height(index) + theme().px(2);
  editor->setGeometry(option.rect.left() + theme().px(8), top, option.rect.width() - theme().px(16), theme().px(28));
}

}  // namespace vitrine
