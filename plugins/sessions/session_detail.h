// SPDX-License-Identifier: Apache-2.0
// One session: what it is, its notes, tags and pinned views, and whether its answer came out the same when run again.
#pragma once

#include <QTimer>
#include <QWidget>

#include "sessions/session_store.h"

class QFrame;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace vitrine {

namespace views {
class ElidedLabel;
}

class SessionDetail : public QWidget {
  Q_OBJECT
 public:
  explicit SessionDetail(SessionStore* store, QWidget* parent = nullptr);
  ~SessionDetail() override;

  /// Saves edits of the one shown before. Throws what the store throws.
  void show_session(const SessionRow& row);
  SessionId session() const noexcept { return row_.id; }
  /// Notes and tags as they stand; nothing when they were not touched.
  void save_edits();
  /// Saves and lets go of the store: the widget may outlive it.
  void release();
  /// Progress of a replay of this session; total 0: it has just begun.
  void set_replaying(bool on, const QString& what = {}, qint64 done = 0, qint64 total = 0);

 signals:
  void open_asked(qint64 session);
  void replay_asked(qint64 session);
  void replay_stopped();
  void view_asked(qint64 session, const QString& panel, const QByteArray& view);
  void edited(qint64 session);
  void failed(const QString& what, const QString& hint);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void build();
  void restyle();
  void retranslate();
  void show_verdict();
  void show_pins();
  QWidget* pin_line(const PinnedView& pin);
  void unpin(PinId pin);
  QString facts() const;

  SessionStore* store_;
  SessionRow row_;
  QTimer save_timer_;
  bool touched_ = false, replaying_ = false;
  views::ElidedLabel* title_;
  QLabel *facts_, *verdict_icon_, *verdict_, *notes_label_, *tags_label_, *pins_label_;
  QPushButton *open_, *replay_;
  QProgressBar* progress_;
  QPlainTextEdit* notes_;
  QLineEdit* tags_;
  QWidget* pins_;
};

}  // namespace vitrine
