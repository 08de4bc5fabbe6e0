// SPDX-License-Identifier: Apache-2.0
// The text of one message: Markdown (GitHub dialect, no raw HTML) at its full height, code coloured.
#pragma once

#include <QTextBrowser>

namespace vitrine {

class CodeHighlighter;

class MarkdownText : public QTextBrowser {
  Q_OBJECT
 public:
  explicit MarkdownText(QWidget* parent = nullptr);
  /// Plain keeps line breaks and shows every character (raw completions, questions).
  void set_text(const QString& text, bool markdown);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void fit();
  void dress();
  QString text_;
  bool markdown_ = true;
  CodeHighlighter* highlighter_;
};

}  // namespace vitrine
