// SPDX-License-Identifier: Apache-2.0
// What can be done with chosen sessions: open, rename, duplicate, delete with undo, replay, export, import.
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QListView>
#include <QRegularExpression>
#include <QUndoCommand>
#include <QUndoStack>

#include "engine/core/error.h"
#include "plugins/sessions/session_detail.h"
#include "plugins/sessions/sessions_panel.h"
#include "views/panel_frame.h"

namespace vitrine {

namespace {

/// Deleting puts sessions into the bin; undoing takes them out again.
class DeleteSessions : public QUndoCommand {
 public:
  DeleteSessions(const QString& text, SessionStore& store, std::vector<SessionId> sessions,
                 std::function<void()> changed)
      : QUndoCommand(text), store_(store), sessions_(std::move(sessions)), changed_(std::move(changed)) {}
  void redo() override {
    apply([this](SessionId session) { store_.remove(session); });
  }
  void undo() override {
    apply([this](SessionId session) { store_.restore(session); });
  }

 private:
  template <class Change>
  void apply(Change change) {
    try {
      for (const SessionId session : sessions_) change(session);
    } catch (const Error&) {
      setObsolete(true);  // the store's trouble is shown by the window
    }
    changed_();
  }
  SessionStore& store_;
  std::vector<SessionId> sessions_;
  std::function<void()> changed_;
};

}  // namespace

template <class Work>
static bool try_to(Workspace& workspace, Work work) {
  try {
    work();
    return true;
  } catch (const Error& e) {
    workspace.show_error(e);
    return false;
  }
}

void SessionsPanel::open_selected() {
  if (picked_.isEmpty()) return;
  detail_->save_edits();
  context_.workspace.open_session(picked_.first());
}

void SessionsPanel::rename_selected() {
  if (picked_.size() == 1) list_->edit(model_->index(model_->row_of(picked_.first())));
}

void SessionsPanel::duplicate_selected() {
  if (picked_.isEmpty()) return;
  const SessionRow* row = model_->row(model_->row_of(picked_.first()));
  if (!row) return;
  const QString title = tr("%1 (copy)").arg(QString::fromStdString(row->title));
  SessionId copy = 0;
  if (try_to(context_.workspace, [&] { copy = context_.store->duplicate(row->id, title.toStdString()); })) select(copy);
}

void SessionsPanel::delete_selected() {
  if (picked_.isEmpty()) return;
  std::vector<SessionId> sessions(picked_.begin(), picked_.end());
  const QString name = sessions.size() == 1 ? model_->index(model_->row_of(sessions[0])).data().toString() : QString();
  const QString text =
      sessions.size() == 1 ? tr("Delete “%1”").arg(name) : tr("Delete %Ln session(s)", nullptr, int(sessions.size()));
  const QPointer<SessionsPanel> self(this);
  context_.workspace.undo_stack().push(new DeleteSessions(text, *context_.store, std::move(sessions), [self] {
    if (self) self->refresh();
  }));
  context_.workspace.notify(tr("Deleted. Ctrl+Z brings it back."));
}

void SessionsPanel::replay_selected() {
  if (picked_.size() == 1) start_replay(picked_.first());
}

void SessionsPanel::start_replay(SessionId session) {
  const SessionRow* row = model_->row(model_->row_of(session));
  if (!row || !row->newest_run || replaying_ != 0) return;
  replaying_ = session;
  const auto open = context_.workspace.model();
  replay_job_ = context_.workspace.begin_job(tr("Running an answer again"), [this] { replayer_->stop(); });
  detail_->set_replaying(true);
  replayer_->start(*row->newest_run, open ? open->facts : nullptr);
}

void SessionsPanel::replay_ended() {
  context_.workspace.end_job(replay_job_);
  replay_job_ = 0;
  replaying_ = 0;
  detail_->set_replaying(false);
  refresh();
}

void SessionsPanel::export_selected(SessionStore::Format format) {
  if (picked_.isEmpty()) return;
  using Format = SessionStore::Format;
  const QString ending = format == Format::markdown ? "md" : format == Format::json ? "json" : "vitrine";
  const SessionId session = picked_.first();
  QString name = model_->index(model_->row_of(session)).data().toString().left(60);
  name.replace(QRegularExpression(QStringLiteral("[/\\\\:*?\"<>|\\x00-\\x1f]")), QStringLiteral("-"));
  const QString folder = context_.workspace.setting("sessions/export_folder", QDir::homePath()).toString();
  const QString path = QFileDialog::getSaveFileName(
      frame_, tr("Export session"), QDir(folder).filePath(name + "." + ending), tr("Session (*.%1)").arg(ending));
  if (path.isEmpty()) return;
  context_.workspace.set_setting("sessions/export_folder", QFileInfo(path).absolutePath());
  detail_->save_edits();
  if (try_to(context_.workspace, [&] { context_.store->export_session(session, format, path.toStdString()); }))
    context_.workspace.notify(tr("Exported to %1").arg(path));
}

void SessionsPanel::import_sessions() {
  const QString folder = context_.workspace.setting("sessions/export_folder", QDir::homePath()).toString();
  const QString path =
      QFileDialog::getOpenFileName(frame_, tr("Import sessions"), folder, tr("Sessions (*.vitrine *.json *.db)"));
  if (path.isEmpty()) return;
  std::vector<SessionId> imported;
  if (!try_to(context_.workspace, [&] { imported = context_.store->import_file(path.toStdString()); })) return;
  context_.workspace.notify(tr("%Ln session(s) imported", nullptr, int(imported.size())));
  if (!imported.empty()) select(imported.front());
}

}  // namespace vitrine
