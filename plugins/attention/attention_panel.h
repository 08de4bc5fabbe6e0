// SPDX-License-Identifier: Apache-2.0
// Attention of the answer just generated: all heads as small multiples, what the selected head does, one head as a
// matrix or links, and the row of the selected token.
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include "plugins/api/panel.h"
#include "plugins/attention/attention_model.h"
#include "views/plot_export.h"

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;

namespace vitrine {

namespace views {
class ColorLegend;
class DistributionBars;
class ElidedLabel;
class NumberTable;
class PanelFrame;
class Segmented;
}  // namespace views
class HeadsView;
class MatrixView;

class AttentionPanel : public QObject, public Panel {
  Q_OBJECT
 public:
  explicit AttentionPanel(PanelContext& context);
  ~AttentionPanel() override;
  QWidget* widget() override;
  void on_events(std::span<const Event> events) override;
  void on_model_changed(const ModelLoaded* model) override;
  void on_visible(bool visible) override;
  QList<QAction*> actions() override { return actions_; }
  QJsonObject save() const override;
  void restore(const QJsonObject& state) override;
  QString script() const override;
  QString summary() const override { return model_.summary(); }

  const AttentionModel& model() const noexcept { return model_; }
  /// The pictures and their numbers: exact weights, shares, thumbnails.
  views::Exportable exportable() const;

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void build();
  QWidget* build_left();
  QWidget* build_right();
  void build_controls();
  void build_menu();
  void make_actions();
  void connect_pictures();
  void connect_data();
  void retranslate();
  void retranslate_kinds();
  void explain();
  void arrange();
  void change(const AttentionSettings& settings);
  /// Draws what is known: at once, or while an answer grows a moment after the `last` picture for the same reason. ask_later() asks for
  /// what is missing, soon (`now`: a selection) or with the next fifth of a second.
  void draw_soon(const QElapsedTimer& last);
  void draw();
  void show_all();
  void show_state();
  void show_words();
  void show_head();
  void show_keys();
  void show_legend();
  void show_table();
  void show_layers();
  void ask_later(bool now);
  void ask();
  void selection_moved();
  void set_dimmed(bool dimmed);
  std::vector<views::NumberArray> numbers() const;

  PanelContext& context_;
  AttentionModel model_;
  views::PanelFrame* frame_ = nullptr;
  QWidget *left_ = nullptr, *left_text_ = nullptr, *split_line_ = nullptr;
  HeadsView* heads_ = nullptr;
  MatrixView* matrix_ = nullptr;
  views::Segmented *view_ = nullptr, *scale_ = nullptr, *of_ = nullptr;
  QCheckBox *sink_ = nullptr, *follow_ = nullptr;
  QComboBox* layers_ = nullptr;
  QLabel *view_label_ = nullptr, *scale_label_ = nullptr, *layers_label_ = nullptr;
  QLabel *heads_title_ = nullptr, *head_title_ = nullptr, *keys_title_ = nullptr;
  views::ElidedLabel* head_detail_ = nullptr;
  views::DistributionBars *shares_ = nullptr, *keys_ = nullptr;
  std::vector<int64_t> key_positions_;
  views::ColorLegend* legend_ = nullptr;
  QHBoxLayout* legend_box_ = nullptr;
  views::NumberTable* table_ = nullptr;
  QAction *unfold_ = nullptr, *mean_pixels_ = nullptr, *sink_action_ = nullptr, *follow_action_ = nullptr,
          *all_layers_ = nullptr;
  QList<QAction*> actions_;
  QTimer ask_timer_, draw_timer_;
  QElapsedTimer since_asked_, since_drawn_, since_followed_;  // followed: a selection that moved
  std::map<JobId, QElapsedTimer> head_jobs_;
  QElapsedTimer since_heads_;
  qint64 heads_pause_ms_ = 0;
  bool visible_ = false, open_model_ = false;
  bool row_moved_ = false;  // the next picture brings the selected row into view
};

}  // namespace vitrine
