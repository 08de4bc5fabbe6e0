// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/markdown_text.h"

#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextList>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "plugins/chat/code_highlighter.h"
#include "plugins/chat/text_places.h"
#include "views/theme.h"

namespace vitrine {

MarkdownText::MarkdownText(QWidget* parent) : QTextBrowser(parent), highlighter_(new CodeHighlighter(document())) {
  setFrameShape(QFrame::NoFrame);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setOpenLinks(false);
  setTabChangesFocus(true);
  document()->setDocumentMargin(0);
  viewport()->setAutoFillBackground(false);
  setStyleSheet(QStringLiteral("QTextBrowser{background:transparent;border:0;padding:0;margin:0;min-height:0}"));
  connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this, &MarkdownText::fit);
  connect(&views::theme(), &views::Theme::changed, this, [this] { set_text(text_, markdown_); });
}

void MarkdownText::set_text(const QString& text, bool markdown) {
  text_ = text;
  markdown_ = markdown;
  places_.clear();
  document()->setDefaultFont(views::theme().font(views::Type::reading));
  if (markdown) {
    QTextCursor all(document());
    all.beginEditBlock();  // laid out once, when it ends
    document()->setMarkdown(text, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) | QTextDocument::MarkdownNoHTML);
    dress();
    all.endEditBlock();
  } else {
    setPlainText(text);
  }
  fit();
}

void MarkdownText::dress() {
  const QFont mono = views::theme().mono();
  for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
    QTextCursor cursor(block);
    if (is_code_block(block)) {
      QTextBlockFormat format;
      format.setBackground(views::colors().sunken);
      format.setLeftMargin(8);
      if (block.next().isValid() && !is_code_block(block.next())) format.setBottomMargin(10);
      cursor.mergeBlockFormat(format);
      cursor.select(QTextCursor::BlockUnderCursor);
      QTextCharFormat code;
      code.setFont(mono);
      cursor.mergeCharFormat(code);
    }
    if (!is_code_block(block)) {
      QTextBlockFormat format;
      format.setLineHeight(125, QTextBlockFormat::ProportionalHeight);
      if (block.next().isValid()) format.setBottomMargin(block.textList() ? 2 : 8);
      cursor.mergeBlockFormat(format);
    }
    for (auto fragment = block.begin(); !fragment.atEnd(); ++fragment) {
      if (!fragment.fragment().charFormat().fontFixedPitch()) continue;
      QTextCursor part(document());
      part.setPosition(fragment.fragment().position());
      part.setPosition(fragment.fragment().position() + fragment.fragment().length(), QTextCursor::KeepAnchor);
      QTextCharFormat code;
      code.setFont(mono);
      part.mergeCharFormat(code);
      break;
    }
  }
}

void MarkdownText::fit() { setFixedHeight(std::max(1, int(std::ceil(document()->size().height())) + 4)); }

void MarkdownText::set_marks(std::vector<TextMark> marks) {
  if (marks.empty() && marks_.empty()) return;
  marks_ = std::move(marks);
  viewport()->update();
}

const std::vector<int>& MarkdownText::places() const {
  if (places_.empty() && !text_.isEmpty()) {
    places_.resize(size_t(text_.size()));
    if (markdown_)
      places_ = places_in_shown(text_, document()->toRawText());
    else
      std::iota(places_.begin(), places_.end(), 0);
  }
  return places_;
}

std::vector<QRectF> MarkdownText::rects(int from, int to) const {
  std::vector<QRectF> list;
  const std::vector<int>& at = places();
  int first = -1, last = -1;
  for (int i = std::max(0, from); i < std::min(to, int(at.size())); ++i) {
    if (at[size_t(i)] < 0 || text_[i].isSpace()) continue;
    if (first < 0) first = at[size_t(i)];
    last = at[size_t(i)] + 1;
  }
  if (first < 0) return list;
  for (QTextBlock block = document()->findBlock(first); block.isValid() && block.position() < last; block = block.next()) {
    const QTextLayout* layout = block.layout();
    for (int i = 0; i < layout->lineCount(); ++i) {
      const QTextLine line = layout->lineAt(i);
      const int a = std::max(first - block.position(), line.textStart()), b = std::min(last - block.position(), line.textStart() + line.textLength());
      if (a >= b) continue;
      const double x = line.cursorToX(a), end = line.cursorToX(b);
      list.push_back(QRectF(std::min(x, end), line.y(), std::abs(end - x), line.ascent() + line.descent()).translated(layout->position()));
    }
  }
  return list;
}

QRect MarkdownText::selected_word() const {
  for (const TextMark& mark : marks_)
    if (mark.selected)
      for (const QRectF& area : rects(mark.from, mark.to)) return area.toAlignedRect();
  return {};
}

void MarkdownText::paintEvent(QPaintEvent* event) {
  const views::Colors& c = views::colors();
  {
    QPainter under(viewport());
    under.setRenderHint(QPainter::Antialiasing);
    for (const TextMark& mark : marks_)
      if (mark.selected)
        for (const QRectF& area : rects(mark.from, mark.to)) {
          under.setPen(QPen(c.accent, 1.5));
          under.setBrush(c.sel);
          under.drawRoundedRect(area.adjusted(-2, -1, 2, 1), 3, 3);
        }
  }
  QTextBrowser::paintEvent(event);
  QPainter over(viewport());
  over.setPen(QPen(c.warn, 2, Qt::CustomDashLine, Qt::FlatCap));
  QPen pen = over.pen();
  pen.setDashPattern({3, 1.5});
  over.setPen(pen);
  for (const TextMark& mark : marks_)
    if (mark.changed)
      for (const QRectF& area : rects(mark.from, mark.to)) over.drawLine(area.bottomLeft() + QPointF(0, 1), area.bottomRight() + QPointF(0, 1));
}

/// The character of the source under a point of the viewport; -1: none.
int MarkdownText::offset_at(const QPoint& at) const {
  const int shown = document()->documentLayout()->hitTest(at, Qt::ExactHit);
  if (shown < 0) return -1;
  const std::vector<int>& all = places();
  const auto found = std::find(all.begin(), all.end(), shown);
  return found == all.end() ? -1 : int(found - all.begin());
}

void MarkdownText::mousePressEvent(QMouseEvent* event) {
  pressed_ = event->pos();
  QTextBrowser::mousePressEvent(event);
}

void MarkdownText::mouseReleaseEvent(QMouseEvent* event) {
  QTextBrowser::mouseReleaseEvent(event);
  const bool dragged = (event->pos() - pressed_).manhattanLength() >= QApplication::startDragDistance();
  if (event->button() != Qt::LeftButton || dragged || textCursor().hasSelection()) return;
  if (const int offset = offset_at(event->pos()); offset >= 0) emit clicked_at(offset);
}

bool MarkdownText::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int offset = marks_.empty() ? -1 : offset_at(help->pos());
    const auto mark = std::find_if(marks_.begin(), marks_.end(), [&](const TextMark& m) { return !m.tip.isEmpty() && offset >= m.from && offset < m.to; });
    if (mark != marks_.end()) {
      QToolTip::showText(help->globalPos(), mark->tip, viewport());
      return true;
    }
  }
  return QTextBrowser::viewportEvent(event);
}

void MarkdownText::resizeEvent(QResizeEvent* event) {
  QTextBrowser::resizeEvent(event);
  fit();
}

/// The list of messages scrolls, not the message.
void MarkdownText::wheelEvent(QWheelEvent* event) { event->ignore(); }

void MarkdownText::changeEvent(QEvent* event) {
  QTextBrowser::changeEvent(event);
  if (event->type() == QEvent::FontChange) fit();
}

}  // namespace vitrine
