// SPDX-License-Identifier: Apache-2.0
#include "app/frame_meter.h"

#include <QKeyEvent>
#include <QWidget>
#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "plugins/api/workspace.h"

namespace vitrine {
namespace {

/// A key press that knows when it was put into the queue.
class TimedKey final : public QKeyEvent {
 public:
  explicit TimedKey(int key) : QKeyEvent(QEvent::KeyPress, key, Qt::NoModifier), posted(std::chrono::steady_clock::now()) {}
  TimedKey* clone() const override { return new TimedKey(*this); }
  std::chrono::steady_clock::time_point posted;
};

/// Milliseconds since this process was started, from /proc/self/stat (field 22, in clock ticks since boot).
double ms_since_start() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 1)));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const double started = std::atof(field.c_str()) / double(sysconf(_SC_CLK_TCK));
  return (double(now.tv_sec) + double(now.tv_nsec) / 1e9 - started) * 1000;
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, size_t(std::ceil(share * double(values.size()))) - (share > 0 ? 1 : 0))];
}

}  // namespace

FrameMeter::~FrameMeter() { set_streaming(false); }

void FrameMeter::watch(QWidget& window, Workspace& workspace, int keys_per_s) {
  window_ = &window;
  keys_per_s_ = keys_per_s;
  QObject::connect(&workspace, &Workspace::generating_changed, &window, [this](bool on) { set_streaming(on); });
}

void FrameMeter::set_streaming(bool on) {
  streaming_ = on;
  busy_ms_ = 0;
  if (on && keys_per_s_ > 0)
    press_keys();
  else
    keys_ = {};
}

void FrameMeter::press_keys() {
  keys_ = std::jthread([window = window_.data(), pause = std::chrono::milliseconds(1000 / keys_per_s_)](std::stop_token stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      QCoreApplication::postEvent(window, new TimedKey(i % 4 == 3 ? Qt::Key_Left : Qt::Key_Right));
      std::this_thread::sleep_for(pause);
    }
  });
}

void FrameMeter::before(QObject* receiver, QEvent* event) {
  begin_ = Clock::now();
  is_repaint_ = event->type() == QEvent::UpdateRequest && receiver == window_;
  const auto* key = event->type() == QEvent::KeyPress ? dynamic_cast<const TimedKey*>(event) : nullptr;
  is_key_ = key != nullptr;
  if (key) posted_ = key->posted;
}

void FrameMeter::after() {
  const auto ms = [](Clock::time_point from, Clock::time_point to) { return std::chrono::duration<double, std::milli>(to - from).count(); };
  const Clock::time_point now = Clock::now();
  busy_ms_ += ms(begin_, now);
  if (is_key_ && streaming_) inputs_.push_back(ms(posted_, now));
  if (!is_repaint_) return;
  if (ready_ms_ == 0) ready_ms_ = ms_since_start();
  if (streaming_) repaints_.push_back(busy_ms_);
  busy_ms_ = 0;
}

QString FrameMeter::report() const {
  const auto line = [](const char* what, const std::vector<double>& values) {
    return QString::asprintf("%s %zu, median %.1f ms, p95 %.1f ms, p99 %.1f ms, longest %.1f ms\n", what, values.size(), quantile(values, 0.5),
                             quantile(values, 0.95), quantile(values, 0.99), quantile(values, 1));
  };
  return QString::asprintf("ready %.0f ms after the process began\n", ready_ms_) + line("while an answer streamed: work of the window's thread per repaint:", repaints_) +
         line("while an answer streamed: key to handled:", inputs_);
}

bool MeasuredApplication::notify(QObject* receiver, QEvent* event) {
  if (!meter_) return QApplication::notify(receiver, event);
  const bool outermost = depth_++ == 0;
  if (outermost) meter_->before(receiver, event);
  const bool accepted = QApplication::notify(receiver, event);
  if (outermost) meter_->after();
  --depth_;
  return accepted;
}

}  // namespace vitrine
