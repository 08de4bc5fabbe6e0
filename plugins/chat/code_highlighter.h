// SPDX-License-Identifier: Apache-2.0
// Colours the fenced code of an answer: keywords, strings, comments and numbers of the languages models write most.
#pragma once

#include <QSyntaxHighlighter>

namespace vitrine {

class CodeHighlighter : public QSyntaxHighlighter {
  Q_OBJECT
 public:
  explicit CodeHighlighter(QTextDocument* document);

 protected:
  void highlightBlock(const QString& text) override;

 private:
  void colour(const QString& text, const QString& language);
};

/// True for a line inside a fenced code block of a document made from Markdown.
bool is_code_block(const QTextBlock& block);

}  // namespace vitrine
