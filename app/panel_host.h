// SPDX-License-Identifier: Apache-2.0
// Finds panel plugins, makes their panels and calls them. No exception of a panel gets past this class: the panel is
// disabled and its place says why.
#pragma once

#include <QDockWidget>
#include <QJsonObject>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "plugins/api/panel.h"

namespace vitrine {

/// A plugin's metadata (plugins/x/x.json).
struct PanelInfo {
  QString id, title, title_ko, icon, area;  // area: "main" or "left" (the chat), "inspect"
  int order = 100;
  QStringList needs;  // names of sites; all must exist in the model
  QString file;
};

class PanelHost : public QObject {
  Q_OBJECT
 public:
  PanelHost(PanelContext context, QObject* parent = nullptr);
  ~PanelHost() override;

  /// Where panels are: beside the executable in a build tree and after installation.
  static QStringList search_paths();
  /// Reads the metadata of every plugin, in order; a broken plugin is reported once by problem().
  void find(const QStringList& folders);

  struct Place {
    PanelInfo info;
    QPointer<QDockWidget> dock;
    std::unique_ptr<Panel> panel;  // null: could not be made, or failed
    QString failure;               // why it is disabled
    QString lacking;               // why this model has no use for it; empty: it has
    bool visible = false;
    QPointer<QAction> pin, script;  // in the panel's menu "More"
  };
  const std::vector<std::unique_ptr<Place>>& places() const noexcept { return places_; }
  Place* place(const QString& id) const;
  QString title(const PanelInfo& info) const;

  /// Makes every panel and its dock.
  void make_panels(QWidget* dock_parent);
  /// Panels go before the docks that own their widgets.
  void drop_panels();
  /// A batch from the pump: to visible and hidden panels alike, so that none misses an answer.
  void deliver(std::span<const Event> events);
  void model_changed(const ModelLoaded* model);
  std::vector<Watch> watches() const;
  QList<QAction*> actions() const;
  QJsonObject save() const;
  void restore(const QJsonObject& state);
  /// Texts of what every panel's menu holds, after a change of language.
  void retranslate();

 signals:
  /// "Pin this view" and "Copy as script" in the menu of a panel.
  void pin_requested(const QString& id);
  void script_requested(const QString& id);
  /// A plugin could not be read or a panel failed.
  void problem(const QString& what, const QString& details);
  /// A place's failure or lacking changed.
  void place_changed(const QString& id);

 private:
  bool guarded(Place& place, const std::function<void()>& call);
  void fail(Place& place, const QString& why);
  void set_visible(Place& place, bool visible);
  void add_menu(Place& place, QWidget* widget);

  PanelContext context_;
  std::vector<std::unique_ptr<Place>> places_;
};

}  // namespace vitrine
