// SPDX-License-Identifier: Apache-2.0
// The shared part of the workspace: errors of the engine in the words of the error bar.
#include "plugins/api/workspace.h"

namespace vitrine {

Workspace::Workspace(QObject* parent) : QObject(parent) {}
Workspace::~Workspace() = default;

void Workspace::show_error(const Error& error) {
  const auto text = [](const std::string& s) { return QString::fromStdString(s); };
  const auto sentence = [](QString words) {
    if (!words.isEmpty()) words[0] = words[0].toUpper();
    return words;
  };
  const std::string_view kind = error_kind_name(error.kind());
  QString details = QString::fromUtf8(kind.data(), qsizetype(kind.size()));
  if (!error.context().empty()) details += QStringLiteral("\n") + text(error.context());
  // The file or tensor it is about, without its folders: those are in the details.
  const QString place = text(error.context()).section('/', -1);
  const QString what =
      place.isEmpty() ? sentence(text(error.message())) : place + QStringLiteral(": ") + text(error.message());
  show_error(what, sentence(text(error.hint())), details);
}

void Workspace::tell_exported(const QString& path, const QString& error) {
  if (error.isEmpty())
    notify(tr("Saved %1").arg(path));
  else
    show_error(tr("%1 could not be written").arg(path), tr("Choose another place."), error);
}

void Workspace::set_session(qint64 session) {
  if (session_ == session) return;
  session_ = session;
  emit session_changed(session);
}

}  // namespace vitrine
