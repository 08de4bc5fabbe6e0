// SPDX-License-Identifier: Apache-2.0
// The top bar: the open model, device, cache format, search over everything, layout, theme.
#pragma once

#include <QFrame>
#include <QPushButton>

class QHBoxLayout;
class QMenu;
class QToolButton;

namespace vitrine {

class Desk;

/// A button with a bold first part, a quiet second part and an arrow: the model chip.
class ChipButton : public QPushButton {
  Q_OBJECT
 public:
  explicit ChipButton(QWidget* parent = nullptr);
  void set_parts(const QString& icon, const QString& strong, const QString& quiet);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  QString icon_, strong_, quiet_;
};

class TopBar : public QFrame {
  Q_OBJECT
 public:
  explicit TopBar(Desk& desk, QWidget* parent = nullptr);
  QMenu* model_menu() noexcept { return model_menu_; }
  QMenu* device_menu() noexcept { return device_menu_; }
  QMenu* layout_menu() noexcept { return layout_menu_; }
  void set_layout_name(const QString& name);
  /// Words give way to icons before the window has to be wider.
  QSize minimumSizeHint() const override;

 signals:
  void search_requested();
  void theme_toggled();

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void update_model();
  void fit();
  void restyle();
  QToolButton* quiet_button(QMenu* menu);

  Desk& desk_;
  ChipButton *model_, *search_;
  QToolButton *device_, *kv_, *layout_, *theme_;
  QMenu *model_menu_, *device_menu_, *layout_menu_;
  QString layout_name_;
  QHBoxLayout* row_;
};

}  // namespace vitrine
