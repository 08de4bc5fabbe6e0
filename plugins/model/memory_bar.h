// SPDX-License-Identifier: Apache-2.0
// The memory a model takes as one bar: weights solid, KV hatched, kept queries hatched the other way in grey, working
// grey; a slider for the context length and the format of keys and values move it.
#pragma once

#include <QWidget>
#include <memory>

#include "plugins/model/memory_plan.h"

class QLabel;
class QPainter;
class QSlider;
class QSpinBox;

namespace vitrine {

namespace views {
class ElidedLabel;
class Segmented;
}

class MemoryBar : public QWidget {
  Q_OBJECT
 public:
  explicit MemoryBar(QWidget* parent = nullptr);
  void show_model(std::shared_ptr<const ModelFacts> facts);
  int context() const;
  void set_context(int tokens);  // clamped to what the model was trained for
  DType kv_format() const;
  void set_kv_format(DType format);
  MemoryPlan plan() const;
  /// "Weights 92.1 MiB", ...; in the order of the bar.
  QStringList parts() const;
  /// Bar and legend into a rectangle, for export.
  void paint(QPainter& painter, const QRectF& area) const;
  void retranslate();

 signals:
  void changed();

 private:
  class Bar;
  void update_texts();

  std::shared_ptr<const ModelFacts> facts_;
  QLabel *title_, *kv_label_, *context_label_, *rate_;
  views::ElidedLabel* total_;
  views::Segmented* format_;
  Bar* bar_;
  QSlider* slider_;
  QSpinBox* field_;
  bool moving_ = false;
};

}  // namespace vitrine
