// SPDX-License-Identifier: Apache-2.0
// One stage of the chain: grip to reorder, switch, name with the recorded value, slider with a tick at it, number
// field.
#pragma once

#include <QDoubleSpinBox>
#include <QSlider>
#include <QToolButton>
#include <QWidget>

#include "plugins/sampler/sampler_model.h"

class QCheckBox;
namespace vitrine::views {
class ElidedLabel;
}

namespace vitrine {

struct StageInfo;
struct StageParameter;

/// A slider with a tick at the recorded value; double click resets.
class TickSlider final : public QSlider {
  Q_OBJECT
 public:
  explicit TickSlider(QWidget* parent = nullptr);
  void set_tick(double position);  // 0..1; < 0: none

 signals:
  void reset_requested();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  int value_at(double x) const;
  double tick_ = -1;
};

/// A number as it is written: no trailing zeros beyond two decimals.
class NumberField final : public QDoubleSpinBox {
  Q_OBJECT
 public:
  explicit NumberField(QWidget* parent = nullptr);
  void set_parameter(const StageParameter& parameter);
  QString textFromValue(double value) const override;

 private:
  bool integer_ = false;
};

/// The handle that is dragged; arrow keys move as well.
class Grip final : public QToolButton {
  Q_OBJECT
 public:
  explicit Grip(QWidget* parent = nullptr);

 signals:
  void dragged(int global_y);
  void dropped();
  void stepped(int by);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
};

class StageRow final : public QWidget {
  Q_OBJECT
 public:
  explicit StageRow(QWidget* parent = nullptr);
  void show_row(const SamplerModel& model, int row, int count);
  void focus_grip();
  void set_lifted(bool on);

 signals:
  void enabled_changed(bool on);
  void value_changed(const QString& parameter, double value);
  void stage_changed(const vitrine::StageSpec& stage);
  void reset_requested();
  void remove_requested();
  void move_requested(int by);
  void dragged(int global_y);
  void dropped();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void show_menu();
  void restyle();

  StageSpec stage_;
  const StageInfo* info_ = nullptr;
  int row_ = 0, count_ = 0;
  bool filling_ = false, lifted_ = false;
  Grip* grip_;
  QCheckBox* on_;
  views::ElidedLabel *name_, *detail_;
  TickSlider* slider_;
  NumberField* field_;
  QToolButton* more_;
};

}  // namespace vitrine
