// SPDX-License-Identifier: Apache-2.0
// The tokens of a lane, one chip each, in one row: coloured by how sure the model was, with a bar of the same length
// below, so that colour is never alone. Only what is seen is asked for and painted, however long the lane.
#pragma once

#include <QFontMetrics>
#include <QString>
#include <QWidget>
#include <vector>

#include "views/api.h"

class QPainter;

namespace vitrine::views {

struct Chip {
  QString text;          // as token_text() gives it
  int level = -1;        // 0..4: fill of the chip; -1: nothing known (prompt), no fill
  double bar = -1;       // 0..1; < 0: no bar
  bool special = false;  // outlined
  bool dim = false;      // template text
  bool marked = false;   // would-change mark
  QString mark_text;     // the other token, under the mark
  int bracket = 0;       // 1 begins, 2 continues, 3 ends a split character; 0 none
  QString bracket_text;  // the character, at its first token
};

/// Draws a chip into `box`, its bar and what else belongs to it below; `marks`: with room for the other token of a mark.
void paint_chip(QPainter& painter, const Chip& chip, const QRect& box, bool selected, bool marks);
/// The room that chips take.
class ChipRuler {
 public:
  ChipRuler();
  /// Of a chip with this text in a row, the gap behind it included.
  int advance(const QString& text) const;
  int gap() const noexcept { return gap_; }
  int height() const noexcept { return height_; }

 private:
  QFontMetrics metrics_;
  int digit_, gap_, sides_, narrowest_, height_;
};

class VT_UI TokenStripSource {
 public:
  virtual ~TokenStripSource() = default;
  virtual qint64 count() const = 0;
  virtual Chip chip(qint64 index) const = 0;
  /// Only the text, for measuring; asked once a token.
  virtual QString text(qint64 index) const { return chip(index).text; }
  virtual QString tool_tip(qint64) const { return {}; }
};

class VT_UI TokenStrip : public QWidget {
  Q_OBJECT
 public:
  explicit TokenStrip(QWidget* parent = nullptr);
  /// The source stays the caller's and must outlive the strip or be replaced by nullptr.
  void set_source(const TokenStripSource* source);
  /// Everything may be different.
  void reset();
  /// Tokens were added at the end; the ones before are as they were.
  void appended();
  /// The look, not the text, of tokens changed.
  void repaint_chips() { update(); }
  void set_selected(qint64 index);
  qint64 selected() const noexcept { return selected_; }
  /// The newest token stays in view while none is selected.
  void set_following(bool on) { following_ = on; }
  void show_token(qint64 index);
  void set_marks_shown(bool on);  // room for marks below the bars

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {60, sizeHint().height()}; }
  /// Chips painted by the last paint event.
  int painted_chips() const noexcept { return painted_; }
  QRect chip_rect(qint64 index) const;

 signals:
  void token_clicked(qint64 index);
  void token_activated(qint64 index);  // double click, Enter
  void moved(qint64 by);               // arrow keys, when this has focus
  void menu_requested(qint64 index, const QPoint& global);

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void wheelEvent(QWheelEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void contextMenuEvent(QContextMenuEvent*) override;
  bool event(QEvent*) override;

 private:
  void measure_from(qint64 first);
  qint64 index_at(const QPoint& at) const;
  void set_offset(qint64 offset);
  void update_chip(qint64 index);
  qint64 total() const noexcept { return ends_.empty() ? 0 : ends_.back(); }
  void paint_sketch(QPainter& painter) const;
  int room() const;  // for chips, between the arrows

  const TokenStripSource* source_ = nullptr;
  std::vector<qint64> ends_;  // right edge of each chip with its gap, from the left end of the row
  qint64 offset_ = 0, selected_ = -1;
  bool following_ = true, marks_ = false;
  int painted_ = 0;
};

}  // namespace vitrine::views
