// SPDX-License-Identifier: Apache-2.0
// The window: top bar, activity rail, docks with the panels, selection strip, status bar. Wires the parts; the parts
// work.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <functional>
#include <memory>

#include "app/desk.h"
#include "app/event_pump.h"
#include "app/panel_host.h"

class QTranslator;

namespace vitrine {

class CommandPalette;
class DockArea;
class ErrorBar;
class Layouts;
class LogPanel;
class OpenDialog;
class Rail;
class SettingsDialog;
class StatusLine;
class StripBar;
class TopBar;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  MainWindow(Engine& engine, std::unique_ptr<QSettings> settings, const QStringList& panel_folders,
             SessionStore* store = nullptr);
  ~MainWindow() override;

  /// The layout, the size and the panels as they were left; `layout` empty: the last one, Inspect at the first start.
  void restore_state(const QString& layout = {});
  /// The model of the command line, the last one, or the one that came with the program; nothing if there is none.
  void open_first_model(const QString& asked);

  Desk& desk() noexcept { return *desk_; }
  Selection& selection() noexcept { return selection_; }
  Transcript& transcript() noexcept { return transcript_; }
  PanelHost& host() noexcept { return *host_; }
  Layouts& layouts() noexcept { return *layouts_; }
  CommandPalette& palette() noexcept { return *palette_; }
  ErrorBar& error_bar() noexcept { return *error_bar_; }
  StatusLine& status() noexcept { return *status_; }
  StripBar& strip() noexcept { return *strip_; }
  const EventPump& pump() const noexcept { return *pump_; }
  /// Everything the palette finds.
  QList<QAction*> all_actions() const;
  /// Opens what was dropped or chosen; a file that can run code when read (pickle) is refused with a reason.
  void open_path(const QString& path);
  void set_language(const QString& code);
  void set_look(const QString& theme, int scale_percent);

 protected:
  void closeEvent(QCloseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  void build();
  void make_docks(const QStringList& panel_folders);
  void make_actions();
  void make_panel_actions();
  void make_layout_actions();
  void wire();
  void retranslate();
  void fill_model_menu();
  void fill_layout_menu();
  void fill_device_menu();
  void pin_view(const QString& panel);
  void show_view(qint64 session, const QString& panel, const QByteArray& view);
  void copy_script(const QString& panel);
  QString front_panel() const;
  void show_token_menu(qint64 position, const QPoint& at);
  void take(std::span<const Event> events);
  void show_settings();
  void show_open_dialog();
  void browse(bool folder);
  void save_layout_as();
  QAction* action(const QString& id, std::function<void()> run, const QKeySequence& shortcut = {},
                  const QString& keys = {});
  void name(const QString& id, const QString& text, const QString& tip = {});

  Engine& engine_;
  SessionStore* store_;
  Selection selection_;
  Transcript transcript_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<PanelHost> host_;
  std::unique_ptr<Layouts> layouts_;
  std::unique_ptr<EventPump> pump_;
  DockArea* docks_ = nullptr;
  TopBar* top_bar_ = nullptr;
  Rail* rail_ = nullptr;
  ErrorBar* error_bar_ = nullptr;
  StripBar* strip_ = nullptr;
  StatusLine* status_ = nullptr;
  CommandPalette* palette_ = nullptr;
  LogPanel* log_ = nullptr;
  QDockWidget *log_dock_ = nullptr, *history_dock_ = nullptr;
  QPointer<SettingsDialog> settings_dialog_;
  QPointer<OpenDialog> open_dialog_;
  QHash<QString, QAction*> actions_;
  QStringList action_order_;
  QList<QPointer<QAction>> added_actions_;
};

}  // namespace vitrine
