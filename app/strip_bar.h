// SPDX-License-Identifier: Apache-2.0
// The selection strip: which token, layer and head are selected, and the lane's tokens as chips.
#pragma once

#include <QFrame>

#include "plugins/api/selection.h"
#include "plugins/api/strip_source.h"

class QHBoxLayout;
class QLabel;

namespace vitrine {

namespace views {
class Segmented;
class TokenStrip;
}  // namespace views
class StripLegend;

class StripBar : public QFrame {
  Q_OBJECT
 public:
  StripBar(Selection& selection, Transcript& transcript, QWidget* parent = nullptr);
  views::TokenStrip& strip() noexcept { return *strip_; }
  /// A widget at the end of the words, before the colour choice: actions of panels on the selected token.
  QHBoxLayout* head() noexcept { return head_; }
  void set_color(int color);
  /// Words give way before the window has to be wider.
  QSize minimumSizeHint() const override;

 signals:
  void color_chosen(int color);
  void menu_requested(qint64 index, const QPoint& global);

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void update_words();
  void update_marks();
  void fit();
  void restyle();
  void retranslate();
  void connect_transcript();

  Selection& selection_;
  Transcript& transcript_;
  StripSource source_;
  views::TokenStrip* strip_;
  views::Segmented* color_;
  StripLegend* legend_;
  QHBoxLayout* head_;
  QLabel *title_, *detail_, *layer_, *layer_number_, *head_word_, *head_number_, *color_word_, *marks_;
  QList<QWidget*> keys_;
};

}  // namespace vitrine
