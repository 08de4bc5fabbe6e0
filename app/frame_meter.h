// SPDX-License-Identifier: Apache-2.0
// For --frame-report: how soon the window was ready, how long its thread works for a repaint, how soon a key is handled while an
// answer streams. Measures at the one door through which every event goes, QApplication::notify.
#pragma once

#include <QApplication>
#include <QPointer>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

class QWidget;

namespace vitrine {

class Workspace;

class FrameMeter {
 public:
  ~FrameMeter();
  /// `keys_per_s`: arrow keys pressed while an answer streams, from another thread; 0: none.
  void watch(QWidget& window, Workspace& workspace, int keys_per_s);
  /// Around every event that is not sent from within another.
  void before(QObject* receiver, QEvent* event);
  void after();
  QString report() const;

 private:
  using Clock = std::chrono::steady_clock;
  void press_keys();
  void set_streaming(bool on);

  QPointer<QWidget> window_;
  int keys_per_s_ = 0;
  std::jthread keys_;
  bool streaming_ = false, is_repaint_ = false, is_key_ = false;
  Clock::time_point begin_, posted_;
  double busy_ms_ = 0, ready_ms_ = 0;     // busy_ms_: since the last repaint
  std::vector<double> repaints_, inputs_;  // ms
};

/// An application whose events can be measured.
class MeasuredApplication : public QApplication {
 public:
  using QApplication::QApplication;
  void set_meter(FrameMeter* meter) { meter_ = meter; }
  bool notify(QObject* receiver, QEvent* event) override;

 private:
  FrameMeter* meter_ = nullptr;
  int depth_ = 0;
};

}  // namespace vitrine
