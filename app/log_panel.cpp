// SPDX-License-Identifier: Apache-2.0
// The last 2,000 lines.
#include "app/log_panel.h"

#include <QEvent>
#include <QTime>

#include "views/theme.h"

namespace vitrine {

LogPanel::LogPanel(QWidget* parent) : QPlainTextEdit(parent) {
  setReadOnly(true);
  setProperty("kind", "plain");
  setMaximumBlockCount(2000);
  setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  connect(&views::theme(), &views::Theme::changed, this, &LogPanel::restyle);
  restyle();
}

void LogPanel::add(const QString& text, const QString& details) {
  QString line = QTime::currentTime().toString("HH:mm:ss") + "  " + text;
  if (!details.isEmpty()) line += "\n          " + QString(details).replace('\n', "\n          ");
  appendPlainText(line);
}

void LogPanel::restyle() {
  setFont(views::theme().mono(views::Type::small));
  setAccessibleName(tr("Log"));
}

void LogPanel::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) restyle();
  QPlainTextEdit::changeEvent(event);
}

}  // namespace vitrine
