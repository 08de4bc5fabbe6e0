// SPDX-License-Identifier: Apache-2.0
// The status bar: state of the engine, rates, memory, jobs with progress and cancel, the last message.
#pragma once

#include <QFrame>
#include <QTimer>

class QHBoxLayout;
class QLabel;
class QMenu;
class QProgressBar;
class QToolButton;

namespace vitrine {

class Desk;
namespace views {
class ElidedLabel;
}

class StatusLine : public QFrame {
  Q_OBJECT
 public:
  explicit StatusLine(Desk& desk, QWidget* parent = nullptr);
  void show_message(const QString& text);
  /// All of it, as one line of text.
  QString text() const;
  QSize minimumSizeHint() const override;

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void update_numbers();
  void update_jobs();
  void fit();
  void make_room();
  void fill_jobs_menu();
  void restyle();
  QLabel* cell(QHBoxLayout* row);

  Desk& desk_;
  QLabel *dot_, *state_, *rate_, *ttft_, *weights_, *kv_;
  QToolButton* job_;  // its menu lists every job
  QMenu* jobs_menu_;
  QLabel* job_left_;
  QProgressBar* progress_;
  QToolButton* cancel_;
  views::ElidedLabel* message_;
  QLabel* hint_;
  QList<QFrame*> rules_;
  QTimer message_timer_, jobs_timer_;
};

}  // namespace vitrine
