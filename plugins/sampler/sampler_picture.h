// SPDX-License-Identifier: Apache-2.0
// The picture of the sampler panel: stages and funnel side by side, below them the distribution before and after and
// the draw. Row heights follow the room; what does not fit scrolls.
#pragma once

#include <QScrollArea>
#include <array>

#include "plugins/sampler/sampler_model.h"

class QLabel;

namespace vitrine::views {
class DistributionBars;
class EmptyState;
}  // namespace vitrine::views

namespace vitrine {

class DrawView;
class FunnelView;
class StageList;

class SamplerPicture final : public QScrollArea {
  Q_OBJECT
 public:
  explicit SamplerPicture(SamplerModel& model, QWidget* parent = nullptr);
  void refresh();
  /// Draws everything into the rectangle, for export.
  void paint_export(QPainter& painter, const QRectF& area) const;

 signals:
  void edited();
  void first_token_requested();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  QWidget* build_lower();
  void arrange();
  void fill_bars();
  void fill_legend();
  void show_bar_menu(const QPoint& at);
  void retranslate();

  SamplerModel& model_;
  QWidget* page_;
  StageList* stages_;
  FunnelView* funnel_;
  QWidget* lower_;
  QLabel* bars_title_;
  std::array<QLabel*, 3> swatches_{}, meanings_{};
  views::DistributionBars* bars_;
  DrawView* draw_;
  views::EmptyState* empty_;
  int bar_rows_ = 8;
};

}  // namespace vitrine
