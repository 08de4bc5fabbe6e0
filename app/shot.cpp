// SPDX-License-Identifier: Apache-2.0
// Looks every 50 ms; a picture is taken when nothing has run for half a second.
#include "app/shot.h"

#include <QApplication>
#include <QPainter>
#include <QPixmap>
#include <cstdio>

#include "app/error_bar.h"
#include "app/main_window.h"
#include "views/theme.h"

namespace vitrine {

Shot::Shot(MainWindow& window, const ShotOptions& options) : QObject(&window), window_(window), options_(options) {
  if (options_.size.isValid()) window_.resize(options_.size);
  since_.start();
  connect(&timer_, &QTimer::timeout, this, &Shot::step);
  connect(&window_.transcript(), &Transcript::lane_ended, this, [this] { answered_ = true; });
  timer_.start(50);
}

void Shot::step() {
  if (since_.elapsed() > options_.patience_s * 1000LL) {
    std::fprintf(stderr, "vitrine: no answer after %d s\n", options_.patience_s);
    finish(1);
    return;
  }
  Desk& desk = window_.desk();
  switch (stage_) {
    case Stage::loading:
      if (desk.loading()) return;
      if (!options_.panel.isEmpty()) desk.show_panel(options_.panel);
      stage_ = Stage::answering;
      return;
    case Stage::answering:
      if (!options_.prompt.isEmpty() && desk.model()) {
        if (!asked_) {
          desk.ask(options_.prompt);
          asked_ = true;
        }
        if (!answered_ && window_.error_bar().what().isEmpty()) return;
      }
      if (options_.layer >= 0) window_.selection().set_layer(options_.layer);
      if (options_.head >= 0) window_.selection().set_head(options_.head);
      if (options_.token >= 0)
        if (const TranscriptLane* lane = window_.transcript().lane(window_.selection().lane()))
          window_.selection().set_position(lane->prompt_tokens + options_.token);
      for (const QString& action : options_.actions) trigger(action);
      stage_ = Stage::settling;
      quiet_.start();
      return;
    case Stage::settling:
      if (!desk.jobs().empty()) quiet_.restart();
      if (quiet_.elapsed() < 700) return;
      bool failed = false;
      if (!options_.path.isEmpty()) failed = !take_picture();
      if (!window_.error_bar().what().isEmpty()) {
        std::fprintf(stderr, "vitrine: %s\n", window_.error_bar().what().toUtf8().constData());
        failed = true;
      }
      finish(failed ? 1 : 0);
  }
}

void Shot::trigger(const QString& wanted) {
  if (auto* action = window_.findChild<QAction*>("action." + wanted)) return action->trigger();
  for (QAction* action : window_.all_actions())
    if (action->text() == wanted) return action->trigger();
  std::fprintf(stderr, "vitrine: no action %s\n", wanted.toUtf8().constData());
}

/// The window with the dialogs over it.
bool Shot::take_picture() const {
  QPixmap picture = window_.grab();
  QPainter painter(&picture);
  for (QWidget* other : QApplication::topLevelWidgets()) {
    if (other == &window_ || !other->isVisible()) continue;
    const QPoint at = other->mapToGlobal(QPoint()) - window_.mapToGlobal(QPoint());
    painter.drawPixmap(at, other->grab());
    painter.setPen(views::colors().ctl);
    painter.drawRect(QRect(at, other->size()).adjusted(-1, -1, 0, 0));
  }
  painter.end();
  return picture.save(options_.path);
}

void Shot::finish(int code) {
  timer_.stop();
  if (!options_.quit) return;
  window_.close();
  QApplication::exit(code);
}

}  // namespace vitrine
