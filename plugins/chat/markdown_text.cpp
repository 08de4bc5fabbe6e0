// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/markdown_text.h"

#include <QAbstractTextDocumentLayout>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextList>
#include <QWheelEvent>
#include <cmath>

#include "plugins/chat/code_highlighter.h"
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
  document()->setDefaultFont(views::theme().font(views::Type::reading));
  if (markdown) {
    document()->setMarkdown(text, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) | QTextDocument::MarkdownNoHTML);
    dress();
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
