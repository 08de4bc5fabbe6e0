// SPDX-License-Identifier: Apache-2.0
// The architecture diagram as a widget: click or arrow keys choose a box.
#pragma once

#include <QScrollArea>
#include <memory>

#include "plugins/model/diagram.h"

namespace vitrine {

class DiagramView : public QScrollArea {
  Q_OBJECT
 public:
  explicit DiagramView(QWidget* parent = nullptr);
  void show_model(std::shared_ptr<const ModelFacts> facts, int layer);
  /// The box of a tensor or module becomes the selected one.
  void select(const QString& key);
  const Diagram& diagram() const noexcept { return diagram_; }
  int selected() const noexcept { return selected_; }
  void retranslate();

 signals:
  void chosen(const QString& module);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  class Canvas;
  void rebuild();
  void choose(int box);

  std::shared_ptr<const ModelFacts> facts_;
  int layer_ = 0, selected_ = -1, focused_ = -1;
  QString key_;
  Diagram diagram_;
  Canvas* canvas_;
};

}  // namespace vitrine
