// SPDX-License-Identifier: Apache-2.0
// Arrangements for a purpose: four presets that can be changed and reset, and ones the user saved under a name.
#pragma once

#include <QObject>
#include <QSettings>
#include <QStringList>

namespace vitrine {

class DockArea;
class PanelHost;
class Workspace;

class Layouts : public QObject {
  Q_OBJECT
 public:
  Layouts(DockArea& docks, PanelHost& host, Workspace& workspace);
  /// "chat", "inspect", "compare", "teach".
  static QStringList presets();
  /// The name in the user's language; a user's own name stands for itself.
  static QString title(const QString& name);
  /// Names the user has saved.
  QStringList saved() const;
  const QString& current() const noexcept { return current_; }

  /// Shows a preset or saved arrangement; changes made to it earlier come back. False: no such name.
  bool apply(const QString& name);
  /// Keeps what the user changed in the current one; called when leaving it and at the end.
  void keep();
  void save_as(const QString& name);
  void remove(const QString& name);
  /// The current preset as it was made.
  void reset();

 signals:
  void changed(const QString& name);
  void list_changed();

 private:
  void arrange_preset(const QString& name);
  QString key(const QString& name) const { return "layouts/" + name; }
  DockArea& docks_;
  PanelHost& host_;
  Workspace& workspace_;
  QString current_;
};

}  // namespace vitrine
