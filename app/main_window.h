// SPDX-License-Identifier: Apache-2.0
// The window: top bar, activity rail, docks with the panels, selection strip, status bar. Wires; the parts work.
#pragma once

#include <QMainWindow>
#include <memory>

#include "app/desk.h"
#include "app/event_pump.h"
#include "app/panel_host.h"

namespace vitrine {

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  MainWindow(Engine& engine, std::unique_ptr<QSettings> settings, const QStringList& panel_folders,
             SessionStore* store = nullptr);
  ~MainWindow() override;

  Desk& desk() noexcept { return *desk_; }
  Selection& selection() noexcept { return selection_; }
  Transcript& transcript() noexcept { return transcript_; }
  PanelHost& host() noexcept { return *host_; }

 private:
  void take(std::span<const Event> events);

  Engine& engine_;
  Selection selection_;
  Transcript transcript_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<PanelHost> host_;
  QMainWindow* docks_ = nullptr;
  std::unique_ptr<EventPump> pump_;
};

}  // namespace vitrine
