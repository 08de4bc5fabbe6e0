// SPDX-License-Identifier: Apache-2.0
// The stages one under the other, in order; dragging a grip or the arrow keys change the order.
#pragma once

#include <QWidget>
#include <vector>

#include "plugins/sampler/funnel_view.h"

namespace vitrine::views {
class ElidedLabel;
}

namespace vitrine {

class StageRow;

class StageList final : public QWidget {
  Q_OBJECT
 public:
  explicit StageList(SamplerModel& model, QWidget* parent = nullptr);
  void set_shape(const FunnelShape& shape);
  void refresh();
  QSize sizeHint() const override;

 signals:
  void edited();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  StageRow* make_row();
  int index_of(const StageRow* row) const;
  void drag(int from, int global_y);
  void move(int from, int to);
  void place();

  SamplerModel& model_;
  FunnelShape shape_;
  views::ElidedLabel* header_;
  std::vector<StageRow*> rows_;
  int dragged_ = -1;  // where the dragged stage is now
};

}  // namespace vitrine
