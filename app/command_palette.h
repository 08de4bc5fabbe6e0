// SPDX-License-Identifier: Apache-2.0
// Ctrl+K: every action of the window and of every panel by its name, with its key.
#pragma once

#include <QAction>
#include <QFrame>
#include <QPointer>
#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace vitrine {

/// How well `pattern` matches `text`: 0 = not at all. Letters in order; words' beginnings, runs and early places count
/// more.
int fuzzy_score(const QString& pattern, const QString& text);
/// The action's key: its shortcut, or the property "keys" of keys that the window handles itself.
QString key_text(const QAction& action);

class CommandPalette : public QFrame {
  Q_OBJECT
 public:
  explicit CommandPalette(QWidget* parent);
  /// Shows the palette over the parent's upper middle. `source` gives the actions of the moment; disabled ones are left
  /// out.
  void open(std::function<QList<QAction*>()> source);
  QStringList listed() const;
  void set_query(const QString& text);
  void trigger_current();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void fill();
  void place();

  QLineEdit* query_;
  QListWidget* list_;
  QList<QPointer<QAction>> actions_;
};

}  // namespace vitrine
