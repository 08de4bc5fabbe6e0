// SPDX-License-Identifier: Apache-2.0
// First shape of the window: the panels in their docks over one engine.
#include "app/main_window.h"

#include <QStatusBar>

namespace vitrine {

MainWindow::MainWindow(Engine& engine, std::unique_ptr<QSettings> settings, const QStringList& panel_folders,
                       SessionStore* store)
    : engine_(engine) {
  desk_ = std::make_unique<Desk>(engine_, selection_, transcript_, std::move(settings));
  host_ = std::make_unique<PanelHost>(PanelContext{engine_, selection_, transcript_, *desk_, store});
  desk_->set_watch_source([this] { return host_->watches(); });
  setWindowTitle("Vitrine");
  resize(1440, 900);

  docks_ = new QMainWindow(this);
  docks_->setWindowFlags(Qt::Widget);
  docks_->setDockNestingEnabled(true);
  docks_->setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  setCentralWidget(docks_);
  host_->find(panel_folders);
  host_->make_panels(docks_);
  QDockWidget* first_inspect = nullptr;
  for (const auto& place : host_->places()) {
    if (place->info.area == "main") {
      docks_->addDockWidget(Qt::LeftDockWidgetArea, place->dock);
    } else if (!first_inspect) {
      docks_->addDockWidget(Qt::RightDockWidgetArea, first_inspect = place->dock);
    } else {
      docks_->tabifyDockWidget(first_inspect, place->dock);
    }
  }
  if (first_inspect) first_inspect->raise();

  connect(desk_.get(), &Desk::message, this, [this](const QString& text) { statusBar()->showMessage(text, 6000); });
  connect(desk_.get(), &Desk::error, this,
          [this](const QString& what, const QString& hint) { statusBar()->showMessage(what + ' ' + hint); });
  connect(desk_.get(), &Desk::model_changed, this, [this] { host_->model_changed(desk_->model().get()); });
  connect(desk_.get(), &Desk::panel_requested, this, [this](const QString& id) {
    if (PanelHost::Place* place = host_->place(id); place && place->dock) {
      place->dock->show();
      place->dock->raise();
    }
  });
  pump_ = std::make_unique<EventPump>(engine_, [this](std::span<const Event> events) { take(events); });
}

MainWindow::~MainWindow() {
  pump_.reset();
  host_->drop_panels();
}

void MainWindow::take(std::span<const Event> events) {
  desk_->take(events);
  transcript_.on_events(events);
  if (const TranscriptLane* lane = transcript_.lane(selection_.lane()))
    selection_.set_positions(qint64(lane->tokens.size()));
  host_->deliver(events);
}

}  // namespace vitrine
