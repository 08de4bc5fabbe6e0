// SPDX-License-Identifier: Apache-2.0
// Pinned views: what a panel shows now, kept with the session and shown again; and the same as a script.
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonDocument>

#include "app/main_window.h"
#include "sessions/session_store.h"

namespace vitrine {

/// The panel that has the focus, else the first visible one beside the chat, else the chat.
QString MainWindow::front_panel() const {
  QString front;
  for (const auto& place : host_->places()) {
    if (!place->visible || !place->dock) continue;
    if (place->dock->isAncestorOf(focusWidget()) && place->info.area != "main") return place->info.id;
    if (front.isEmpty() || (place->info.area != "main" && host_->place(front)->info.area == "main")) front = place->info.id;
  }
  return front;
}

void MainWindow::pin_view(const QString& panel) {
  PanelHost::Place* place = host_->place(panel);
  if (!place || !place->panel) return;
  if (!store_ || store_->read_only() || desk_->session() == 0) {
    desk_->notify(tr("A view is pinned to a saved session: ask something first"));
    return;
  }
  try {
    const QJsonObject view{{"state", place->panel->save()},
                           {"message", desk_->Workspace::message()},
                           {"position", selection_.position()},
                           {"layer", selection_.layer()},
                           {"head", selection_.head()},
                           {"tensor", selection_.tensor()}};
    const QString title = host_->title(place->info) + QStringLiteral(": ") + place->panel->summary().simplified().left(120);
    store_->pin(desk_->session(), panel.toStdString(), title.toStdString(), QJsonDocument(view).toJson(QJsonDocument::Compact).toStdString());
    desk_->notify(tr("Pinned to the session"));
    emit desk_->session_changed(desk_->session());
  } catch (const Error& error) {
    desk_->show_error(error);
  }
}

void MainWindow::show_view(qint64 session, const QString& panel, const QByteArray& view) {
  const QJsonObject kept = QJsonDocument::fromJson(view).object();
  desk_->open_session(session, kept["message"].toInteger());
  if (desk_->session() != session) return;  // gone: the chat has said so
  selection_.set_layer_head(kept["layer"].toInt(), kept["head"].toInt());
  selection_.set_position(kept["position"].toInteger(-1));
  selection_.set_tensor(kept["tensor"].toString());
  desk_->show_panel(panel);
  host_->restore({{panel, kept["state"].toObject()}});
}

void MainWindow::copy_script(const QString& panel) {
  PanelHost::Place* place = host_->place(panel);
  const QString script = place && place->panel ? place->panel->script() : QString();
  if (script.isEmpty()) {
    desk_->notify(tr("There is nothing here yet that a script could compute"));
    return;
  }
  QGuiApplication::clipboard()->setText(script);
  desk_->notify(tr("Copied: a vitrine-cli command that computes what is shown"));
}

}  // namespace vitrine
