// SPDX-License-Identifier: Apache-2.0
// The sampler panel: what each stage did to the candidates of the selected token, and what other settings would have
// chosen over the whole answer. Trying costs the language-model head only; a hidden panel asks nothing.
#pragma once

#include <QObject>

#include "plugins/api/panel.h"
#include "plugins/sampler/sampler_model.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace vitrine::views {
class ElidedLabel;
class NumberTable;
class PanelFrame;
}  // namespace vitrine::views

namespace vitrine {

class SamplerPicture;

class SamplerPanel final : public QObject, public Panel {
  Q_OBJECT
 public:
  explicit SamplerPanel(PanelContext& context);
  ~SamplerPanel() override;

  QWidget* widget() override;
  void on_events(std::span<const Event> events) override;
  void on_model_changed(const ModelLoaded* model) override;
  void on_visible(bool visible) override;
  QList<QAction*> actions() override { return actions_; }
  QJsonObject save() const override;
  void restore(const QJsonObject& state) override;
  QString script() const override;
  QString summary() const override;

  SamplerModel& model() noexcept { return model_; }
  /// What to do with the tried chain.
  void use_for_next_answer();
  void back_to_recorded();

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void build();
  void build_controls();
  void make_actions();
  void fill_menus();
  void retranslate();
  void retarget();
  void edited();
  void refresh();
  void ask();
  void take_seed();
  void fit_controls();
  void failed(const Error& error);
  void fill_table();
  const TranscriptLane* answer() const;

  PanelContext& context_;
  SamplerModel model_;
  views::PanelFrame* frame_ = nullptr;
  SamplerPicture* picture_ = nullptr;
  QLabel* seed_label_ = nullptr;
  QLineEdit* seed_ = nullptr;
  QToolButton *presets_ = nullptr, *add_ = nullptr;
  QPushButton *back_ = nullptr, *use_ = nullptr;
  QLabel* changes_ = nullptr;
  views::NumberTable* table_ = nullptr;
  QList<QAction*> actions_;
  bool visible_ = false, retargeting_ = false, wide_ = false;
  LaneId lane_ = 0;
  JobId answer_job_ = 0;
  std::optional<SamplerSpec> pending_;  // restored, not yet shown
  JobId resample_job_ = 0, logits_job_ = 0;
  SamplerSpec asked_;
  uint64_t asked_step_ = 0;
  qint64 logits_position_ = -1;
  QString trouble_;
  bool recomputed_ = false;
};

}  // namespace vitrine
