// SPDX-License-Identifier: Apache-2.0
// All tokens of a lane as chips in lines, as text flows: special tokens outlined, template text dimmed, colour by probability.
// Only the lines in view are painted, however long the lane.
#pragma once

#include <QAbstractScrollArea>
#include <vector>

#include "plugins/api/selection.h"
#include "plugins/api/transcript.h"

namespace vitrine {

class TokenFlow : public QAbstractScrollArea {
  Q_OBJECT
 public:
  TokenFlow(const Transcript& transcript, Selection& selection, QWidget* parent = nullptr);
  void set_lane(LaneId lane);
  void set_color(TokenColor color);
  /// Tokens were added at the end.
  void appended();
  void reset();
  /// Where a token's chip is in the viewport.
  QRect chip_rect(qint64 index) const;

 signals:
  void menu_requested(qint64 index, const QPoint& global);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  struct Place {
    int x = 0, line = 0, width = 0;
  };
  void layout_from(size_t first);
  void measure();
  void paint_chip(QPainter& painter, size_t index, const TranscriptToken& token);
  void move_line(int by);
  qint64 index_at(const QPoint& at) const;
  int line_height() const;
  QRect box(size_t index) const;
  QString tool_tip(qint64 index) const;
  const TokenMark* mark_at(qint64 index) const;
  void keep_in_view(qint64 index);

  const Transcript& transcript_;
  Selection& selection_;
  LaneId lane_ = 0;
  TokenColor color_ = TokenColor::probability;
  std::vector<int> widths_;  // measured once a token; only the flow depends on the room
  std::vector<Place> places_;
};

}  // namespace vitrine
