// SPDX-License-Identifier: Apache-2.0
// The docks with the panels: tabs on top (also over a single panel), drag out to float, arrangements that can be kept.
#pragma once

#include <QMainWindow>
#include <QTimer>

#include "app/panel_host.h"

namespace vitrine {

class DockArea : public QMainWindow {
  Q_OBJECT
 public:
  explicit DockArea(QWidget* parent = nullptr);
  /// A dock takes part in the arrangement; `area` as in PanelInfo.
  void add(QDockWidget* dock, const QString& area);
  /// Shows exactly these docks: "main" ones at the left, the others as tabs at the right, the first in front. Names as
  /// objectName.
  void arrange(const QStringList& front_to_back, double main_share);
  void bring_up(QDockWidget* dock);
  /// Greys the dock's tab and says why; empty: not greyed.
  void set_lacking(QDockWidget* dock, const QString& why);
  /// Tabs of one group next to each other: Ctrl+Tab.
  void next_tab(int by);
  static constexpr int kVersion = 1;  // of saveState()
  /// A kept arrangement; false: of another version.
  bool restore(const QByteArray& state);
  /// Titles, tab bars and greyed tabs after a change; also done by itself.
  void refresh();

 signals:
  void arranged();

 protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  struct Entry {
    QDockWidget* dock;
    QString area, lacking;
  };
  std::vector<Entry> entries_;
  void apply_share();

  double main_share_ = 0;  // of the last arrange(); 0: a restored state has its own widths
  QTimer refresh_timer_;
};

}  // namespace vitrine
