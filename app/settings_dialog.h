// SPDX-License-Identifier: Apache-2.0
// Settings, applied as they are changed: look, language, engine. Never modal.
#pragma once

#include <QDialog>

class QFormLayout;

namespace vitrine {

class Desk;

class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  explicit SettingsDialog(Desk& desk, QWidget* parent = nullptr);

 signals:
  void theme_chosen(const QString& name);  // "light", "dark"
  void scale_chosen(int percent);
  void language_chosen(const QString& code);
  void color_map_chosen(const QString& name);  // "viridis", "cividis"

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void build();
  void choice(QFormLayout& form, const QString& label, const QStringList& names, const QStringList& titles,
              const QString& now, const QString& fallback, const QString& tip, std::function<void(const QString&)> chosen);
  void number(QFormLayout& form, const QString& label, const QString& key, int lowest, int highest, int fallback,
              int step, const QString& suffix, const QString& tip, const QString& special = {});
  Desk& desk_;
  QWidget* page_ = nullptr;
};

}  // namespace vitrine
