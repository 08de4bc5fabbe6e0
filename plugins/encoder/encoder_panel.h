// SPDX-License-Identifier: Apache-2.0
// Encoders at work: words for the masks of a text as bars, and how alike the user's sentences are as a matrix.
#pragma once

#include <QTimer>

#include "plugins/api/panel.h"
#include "plugins/encoder/encoder_model.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace vitrine {

namespace views {
class ColorLegend;
class DistributionBars;
class HeatmapView;
class NumberTable;
class PanelFrame;
class Segmented;
}  // namespace views

class EncoderPanel : public QObject, public Panel {
  Q_OBJECT
 public:
  explicit EncoderPanel(PanelContext& context);
  ~EncoderPanel() override;
  QWidget* widget() override;
  void on_events(std::span<const Event> events) override;
  void on_model_changed(const ModelLoaded* model) override;
  void on_visible(bool visible) override;
  QList<QAction*> actions() override { return actions_; }
  QJsonObject save() const override;
  void restore(const QJsonObject& state) override;
  QString script() const override { return model_.script(page()); }
  QString summary() const override { return model_.summary(page()); }

  const EncoderModel& model() const noexcept { return model_; }
  EncoderPage page() const;
  void show_page(EncoderPage page);
  views::Exportable exportable() const;

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  QWidget* build_masks();
  QWidget* build_sentences();
  void make_actions();
  void retranslate();
  void ask_soon();
  void ask();
  void read();
  void read_text(const QString& text);
  void choose(int sentence);
  void show_all();
  void show_state();
  void show_groups();
  void show_matrix();
  void show_table();
  void insert_mask();

  PanelContext& context_;
  EncoderModel model_;
  views::PanelFrame* frame_ = nullptr;
  views::Segmented* which_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  QLineEdit* text_ = nullptr;
  QPushButton* insert_ = nullptr;
  QLabel *text_label_ = nullptr, *sentences_label_ = nullptr, *hint_ = nullptr, *pair_ = nullptr;
  QScrollArea* scroll_ = nullptr;
  QVBoxLayout* groups_ = nullptr;
  std::vector<std::pair<QLabel*, views::DistributionBars*>> bars_;
  QPlainTextEdit* sentences_ = nullptr;
  views::HeatmapView* heatmap_ = nullptr;
  views::ColorLegend* legend_ = nullptr;
  views::NumberTable* table_ = nullptr;
  QList<QAction*> actions_;
  QTimer ask_timer_;
  bool visible_ = false, touched_ = false;  // touched: the texts are the user's, not the examples
};

}  // namespace vitrine
