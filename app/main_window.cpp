// SPDX-License-Identifier: Apache-2.0
// Construction, wiring and state of the window. Actions are in main_window_actions.cpp, keys and drops in
// main_window_input.cpp.
#include "app/main_window.h"

#include <QCloseEvent>
#include <QDir>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QScreen>
#include <QStandardPaths>
#include <QUndoView>
#include <QVBoxLayout>

#include "app/command_palette.h"
#include "app/dock_area.h"
#include "app/error_bar.h"
#include "app/language.h"
#include "app/layouts.h"
#include "app/log_panel.h"
#include "app/rail.h"
#include "app/settings_dialog.h"
#include "app/status_line.h"
#include "app/strip_bar.h"
#include "app/text.h"
#include "app/top_bar.h"
#include "views/fence.h"
#include "views/theme.h"
#include "views/token_strip.h"

namespace vitrine {

/// What a checkpoint holds besides what its architecture asks for; empty: nothing.
static QString unused_text(const ModelFacts& facts) {
  if (facts.unused.empty()) return {};
  constexpr qsizetype kShown = 12;
  QStringList names;
  for (const std::string& name : facts.unused) names << QString::fromStdString(name);
  QString list = names.mid(0, kShown).join(QStringLiteral(", "));
  if (names.size() > kShown) list += QStringLiteral(", …");
  return MainWindow::tr("Not used by this architecture, %1 of %2 tensors: %3").arg(names.size()).arg(facts.tensors.size()).arg(list);
}

MainWindow::MainWindow(Engine& engine, std::unique_ptr<QSettings> settings, const QStringList& panel_folders,
                       SessionStore* store)
    : engine_(engine), store_(store) {
  desk_ = std::make_unique<Desk>(engine_, selection_, transcript_, std::move(settings));
  host_ = std::make_unique<PanelHost>(PanelContext{engine_, selection_, transcript_, *desk_, store});
  desk_->set_watch_source([this] { return host_->watches(); });
  setWindowTitle("Vitrine");
  setAcceptDrops(true);
  build();
  wire();
  make_docks(panel_folders);
  layouts_ = std::make_unique<Layouts>(*docks_, *host_, *desk_);
  make_actions();
  make_panel_actions();
  make_layout_actions();
  retranslate();
  pump_ = std::make_unique<EventPump>(engine_, [this](std::span<const Event> events) { take(events); });
  connect(desk_.get(), &Desk::generating_changed, pump_.get(), &EventPump::set_streaming);
}

MainWindow::~MainWindow() {
  pump_.reset();
  desk_->undo_stack().disconnect(this);
  desk_->disconnect(this);
  host_->disconnect(this);
  host_->drop_panels();
}

void MainWindow::build() {
  auto* page = new QWidget(this);
  page->setProperty("surface", "chrome");
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  top_bar_ = new TopBar(*desk_, page);
  error_bar_ = new ErrorBar(page);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  rail_ = new Rail(page);
  docks_ = new DockArea(page);
  strip_ = new StripBar(selection_, transcript_, page);
  auto* right = new QVBoxLayout;
  right->setSpacing(0);
  right->addWidget(docks_, 1);
  right->addWidget(new views::Fence(strip_, page));
  middle->addWidget(rail_);
  middle->addLayout(right, 1);
  status_ = new StatusLine(*desk_, page);
  column->addWidget(top_bar_);
  column->addWidget(error_bar_);
  column->addLayout(middle, 1);
  column->addWidget(new views::Fence(status_, page));
  setCentralWidget(page);
  palette_ = new CommandPalette(this);
  log_ = new LogPanel(this);
}

void MainWindow::make_docks(const QStringList& panel_folders) {
  host_->find(panel_folders);
  host_->make_panels(docks_);
  for (const auto& place : host_->places()) docks_->add(place->dock, place->info.area);
  log_dock_ = new QDockWidget(docks_);
  log_dock_->setObjectName("dock.log");
  log_dock_->setWidget(log_);
  docks_->add(log_dock_, "inspect");
  log_dock_->hide();
  history_dock_ = new QDockWidget(docks_);
  history_dock_->setObjectName("dock.history");
  history_dock_->setWidget(new QUndoView(&desk_->undo_stack(), history_dock_));
  docks_->add(history_dock_, "inspect");
  history_dock_->hide();
}

void MainWindow::wire() {
  connect(desk_.get(), &Desk::message, this, [this](const QString& text) { log_->add(text); });
  connect(desk_.get(), &Desk::error, this, [this](const QString& what, const QString& hint, const QString& details) {
    error_bar_->show_error(what, hint, details);
    log_->add(what + (hint.isEmpty() ? "" : ". " + hint), details);
  });
  connect(host_.get(), &PanelHost::problem, this,
          [this](const QString& what, const QString& details) { desk_->show_error(what, {}, details); });
  connect(host_.get(), &PanelHost::place_changed, this, [this](const QString& id) {
    if (PanelHost::Place* place = host_->place(id); place && place->dock)
      docks_->set_lacking(place->dock, place->lacking);
  });
  connect(desk_.get(), &Desk::model_changed, this, [this] {
    const auto model = desk_->model();
    host_->model_changed(model.get());
    if (model) log_->add(tr("Opened %1").arg(path_text(model->facts->path)), unused_text(*model->facts));
    fill_device_menu();
  });
  connect(desk_.get(), &Desk::panel_requested, this, [this](const QString& id) {
    if (PanelHost::Place* place = host_->place(id); place && place->dock) docks_->bring_up(place->dock);
  });
  connect(desk_.get(), &Desk::action_added, this, [this](QAction* added) { added_actions_ << added; });
  connect(desk_.get(), &Desk::token_menu_requested, this, &MainWindow::show_token_menu);
  connect(desk_.get(), &Desk::view_requested, this, &MainWindow::show_view);
  connect(host_.get(), &PanelHost::pin_requested, this, &MainWindow::pin_view);
  connect(host_.get(), &PanelHost::script_requested, this, &MainWindow::copy_script);
  strip_->set_color(desk_->setting("tokens/color", 0).toInt());
  connect(strip_, &StripBar::color_chosen, this, [this](int color) { desk_->set_setting("tokens/color", color); });
  connect(desk_.get(), &Desk::setting_changed, this, [this](const QString& key) {
    if (key == "tokens/color") strip_->set_color(desk_->setting(key, 0).toInt());
  });
  connect(&transcript_, &Transcript::lane_began, this, [this](LaneId lane) {
    selection_.set_lane(lane);
    selection_.set_positions(qint64(transcript_.lane(lane)->tokens.size()));
  });
  connect(&transcript_, &Transcript::tokens_appended, this, [this](LaneId lane) {
    if (lane == selection_.lane()) selection_.set_positions(qint64(transcript_.lane(lane)->tokens.size()));
  });
  connect(&transcript_, &Transcript::lane_dropped, this, [this](LaneId lane) {
    if (lane == selection_.lane()) selection_.set_positions(0);
  });
  connect(&selection_, &Selection::lane_changed, this, [this](LaneId lane) {
    const TranscriptLane* found = transcript_.lane(lane);
    selection_.set_positions(found ? qint64(found->tokens.size()) : 0);
  });
  connect(top_bar_, &TopBar::search_requested, this, [this] { palette_->open([this] { return all_actions(); }); });
  connect(top_bar_, &TopBar::theme_toggled, this, [this] { actions_["theme"]->trigger(); });
}

void MainWindow::take(std::span<const Event> events) {
  desk_->take(events);
  transcript_.on_events(events);
  host_->deliver(events);
}

void MainWindow::restore_state(const QString& layout) {
  if (!restoreGeometry(desk_->setting("window/geometry", {}).toByteArray())) {
    const QRect screen = QGuiApplication::primaryScreen()->availableGeometry();
    resize(std::min(1440, screen.width()), std::min(900, screen.height()));
  }
  QString wanted = layout.isEmpty() ? desk_->setting("layouts/current", "inspect").toString() : layout;
  if (!layouts_->apply(wanted)) layouts_->apply("inspect");
  host_->restore(QJsonDocument::fromJson(desk_->setting("panels/state", {}).toByteArray()).object());
}

void MainWindow::open_first_model(const QString& asked) {
  if (!asked.isEmpty()) {
    open_path(asked);
    return;
  }
  for (const QString& recent : desk_->recent_models())
    if (QFileInfo::exists(recent)) {
      open_path(recent);
      return;
    }
  const QDir own(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/vitrine/models");
  const QFileInfoList found = own.entryInfoList({"*.gguf"}, QDir::Files, QDir::Size | QDir::Reversed);
  if (!found.isEmpty()) open_path(found.first().absoluteFilePath());
}

void MainWindow::set_look(const QString& theme_name, int scale_percent) {
  desk_->set_setting("look/theme", theme_name);
  desk_->set_setting("look/scale", scale_percent);
  views::theme().apply(theme_name == "dark" ? views::Scheme::dark : views::Scheme::light, scale_percent / 100.0);
}

void MainWindow::set_language(const QString& code) {
  desk_->set_setting("look/language", code);
  vitrine::set_language(code);
}

void MainWindow::show_settings() {
  if (!settings_dialog_) {
    settings_dialog_ = new SettingsDialog(*desk_, this);
    settings_dialog_->setAttribute(Qt::WA_DeleteOnClose);
    connect(settings_dialog_, &SettingsDialog::theme_chosen, this,
            [this](const QString& name) { set_look(name, desk_->setting("look/scale", 100).toInt()); });
    connect(settings_dialog_, &SettingsDialog::scale_chosen, this,
            [this](int percent) { set_look(desk_->setting("look/theme", "light").toString(), percent); });
    connect(settings_dialog_, &SettingsDialog::language_chosen, this, &MainWindow::set_language);
    connect(settings_dialog_, &SettingsDialog::color_map_chosen, this, [this](const QString& name) {
      desk_->set_setting("look/color_map", name);
      views::theme().set_magnitude_map(name == "cividis" ? views::ColorMap::cividis : views::ColorMap::viridis);
    });
  }
  settings_dialog_->show();
  settings_dialog_->raise();
  settings_dialog_->activateWindow();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  layouts_->keep();
  desk_->set_setting("window/geometry", saveGeometry());
  desk_->set_setting("panels/state", QJsonDocument(host_->save()).toJson(QJsonDocument::Compact));
  desk_->cancel_all();
  event->accept();
}

/// A layout asks the one around it for room by an event. All of them have their places before anything is painted; else a text that
/// grows would be painted once for each.
bool MainWindow::event(QEvent* event) {
  constexpr int kLayoutsWithin = 8;
  if (event->type() == QEvent::UpdateRequest)
    for (int i = 0; i < kLayoutsWithin; ++i) QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
  return QMainWindow::event(event);
}

void MainWindow::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange && layouts_) retranslate();
  QMainWindow::changeEvent(event);
}

}  // namespace vitrine
