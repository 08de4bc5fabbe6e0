// SPDX-License-Identifier: Apache-2.0
// The shared part of the workspace: errors of the engine in the words of the error bar.
#include "plugins/api/workspace.h"

namespace vitrine {

Workspace::Workspace(QObject* parent) : QObject(parent) {}
Workspace::~Workspace() = default;

void Workspace::show_error(const Error& error) {
  const auto text = [](const std::string& s) { return QString::fromStdString(s); };
  const std::string_view kind = error_kind_name(error.kind());
  QString details = QString::fromUtf8(kind.data(), qsizetype(kind.size()));
  if (!error.context().empty()) details += QStringLiteral("\n") + text(error.context());
  show_error(text(error.message()), text(error.hint()), details);
}

void Workspace::set_session(qint64 session) {
  if (session_ == session) return;
  session_ = session;
  emit session_changed(session);
}

}  // namespace vitrine
