// SPDX-License-Identifier: Apache-2.0
// A real run that takes a picture of itself: waits for the model, asks, waits for the answer, grabs the window, quits.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QSize>
#include <QString>
#include <QTimer>

namespace vitrine {

class MainWindow;

struct ShotOptions {
  QString path;    // PNG; empty: no picture
  QSize size;      // of the window, logical pixels
  QString prompt;  // empty: nothing is asked
  QString panel;   // brought to the front
  QStringList actions;  // triggered before the picture: ids, or texts as the palette shows them
  int token = -1;  // selected before the picture; counted from the first answer token
  int layer = -1, head = -1;
  bool quit = false;
  int patience_s = 300;
};

/// Steps through the run with a timer; ends the program with 0, or 1 when something failed or took too long.
class Shot : public QObject {
  Q_OBJECT
 public:
  Shot(MainWindow& window, const ShotOptions& options);

 private:
  void step();
  void finish(int code);
  void trigger(const QString& action);
  bool take_picture() const;
  MainWindow& window_;
  ShotOptions options_;
  QTimer timer_;
  QElapsedTimer since_, quiet_;
  enum class Stage : uint8_t { loading, answering, settling } stage_ = Stage::loading;
  bool asked_ = false, answered_ = false;
};

}  // namespace vitrine
