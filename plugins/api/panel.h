// SPDX-License-Identifier: Apache-2.0
// A panel: one way of looking at the running model. Lives in plugins/<name>/, is found by its <name>.json and made by
// `std::unique_ptr<Panel> vitrine::make_<name>_panel(PanelContext&)`. All calls come on the UI thread; an exception
// thrown by one disables the panel and is shown in its place.
#pragma once

#include <QAction>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QWidget>
#include <QtPlugin>
#include <memory>
#include <span>
#include <vector>

#include "engine/exec/taps.h"
#include "engine/run/engine.h"
#include "plugins/api/selection.h"
#include "plugins/api/transcript.h"
#include "plugins/api/workspace.h"

namespace vitrine {

class SessionStore;

/// Outlives every panel.
struct PanelContext {
  Engine& engine;  // to subscribe; commands go through the workspace
  Selection& selection;
  Transcript& transcript;
  Workspace& workspace;
  SessionStore* store = nullptr;  // null when this start records no session
};

class Panel {
 public:
  virtual ~Panel() = default;

  /// Made once, by the constructor or the first call; the dock owns it, it dies after the panel. Give it a
  /// views::PanelFrame so that all panels look alike.
  virtual QWidget* widget() = 0;
  /// What the next answer shall be watched for, while the panel is visible.
  virtual std::vector<Watch> watches() const { return {}; }
  /// Events of the last frame in order, at most 30 batches a second. The transcript and the selection are already up to
  /// date.
  virtual void on_events(std::span<const Event>) {}
  /// Another model is open (null: none). Also called once after construction when one is open already.
  virtual void on_model_changed(const ModelLoaded*) {}
  /// The panel came to the front or is hidden: a hidden panel asks the engine nothing and draws nothing.
  virtual void on_visible(bool) {}
  /// For the command palette and shortcuts; owned by the widget. Give text, tool tip and shortcut.
  virtual QList<QAction*> actions() { return {}; }
  virtual QJsonObject save() const { return {}; }
  virtual void restore(const QJsonObject&) {}
  /// A shell script (vitrine-cli) that computes what is shown now; empty: nothing that the command line can do.
  virtual QString script() const { return {}; }
  /// What the picture shows now, in words, for screen readers: "layer 12, head 3, token 27 of 64 looks most at
  /// 'stores', 52 %".
  virtual QString summary() const = 0;
};

/// What a panel's shared object offers; written by vitrine_panel() in CMake, not by hand.
class PanelFactory {
 public:
  virtual ~PanelFactory() = default;
  virtual std::unique_ptr<Panel> create(PanelContext& context) = 0;
};

}  // namespace vitrine

#define VITRINE_PANEL_IID "org.vitrine.PanelFactory/1"
Q_DECLARE_INTERFACE(vitrine::PanelFactory, VITRINE_PANEL_IID)
