// SPDX-License-Identifier: Apache-2.0
// The text of one message: Markdown (GitHub dialect, no raw HTML) at its full height, code coloured, marks on its words.
#pragma once

#include <QTextBrowser>
#include <vector>

namespace vitrine {

class CodeHighlighter;

/// A stretch of the text as it was given (Markdown source) that is pointed out.
struct TextMark {
  int from = 0, to = 0;   // UTF-16 units
  bool selected = false;  // framed
  bool changed = false;   // dashed underline: other settings would have chosen differently
  QString tip = {};
};

class MarkdownText : public QTextBrowser {
  Q_OBJECT
 public:
  explicit MarkdownText(QWidget* parent = nullptr);
  /// Plain keeps line breaks and shows every character (raw completions, questions).
  void set_text(const QString& text, bool markdown);
  void set_marks(std::vector<TextMark> marks);
  /// Where a stretch of the source is drawn, one rectangle a line.
  std::vector<QRectF> rects(int from, int to) const;
  /// Of the mark that is selected; null: none.
  QRect selected_word() const;

 signals:
  /// A click (not a drag) on a character of the source.
  void clicked_at(int offset);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void changeEvent(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  void fit();
  void dress();
  const std::vector<int>& places() const;
  int offset_at(const QPoint& at) const;

  QString text_;
  bool markdown_ = true;
  CodeHighlighter* highlighter_;
  std::vector<TextMark> marks_;
  mutable std::vector<int> places_;  // of text_ in the document; empty: not worked out yet
  QPoint pressed_;
};

}  // namespace vitrine
