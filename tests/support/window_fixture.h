// SPDX-License-Identifier: Apache-2.0
// A real main window over the fake engine, with settings of its own and the panels of a folder.
#pragma once

#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "app/language.h"
#include "app/main_window.h"
#include "views/theme.h"

namespace vitrine {

class WindowFixture {
 public:
  explicit WindowFixture(const QStringList& panels, const QString& language = "en", int scale = 100) {
    set_language(language);
    views::theme().apply(views::Scheme::light, scale / 100.0);
    open(panels);
  }
  /// Closes the window and opens another with the same settings: a new start of the program.
  void restart(const QStringList& panels) {
    window_->close();
    window_.reset();
    open(panels);
  }
  MainWindow& window() { return *window_; }
  Engine& engine() { return *engine_; }
  QString file(const QString& name, const QByteArray& content = "GGUF") {
    QFile file(folder_.filePath(name));
    if (!file.open(QIODevice::WriteOnly)) return {};
    file.write(content);
    return file.fileName();
  }
  bool load_model() {
    window_->open_path(file("model.gguf"));
    return QTest::qWaitFor([&] { return window_->desk().model() && !window_->desk().loading(); }, 5000);
  }
  /// Asks for an answer to `tokens` on lane 1 and waits until it is complete.
  bool answer(std::vector<int32_t> tokens = {1, 2, 3, 4}) {
    Generate request = window_->desk().generate_defaults();
    request.lane = 1;
    request.tokens = std::move(tokens);
    window_->desk().submit(request);
    return QTest::qWaitFor([&] { return !window_->desk().generating(); }, 5000);
  }

 private:
  void open(const QStringList& panels) {
    engine_ = std::make_unique<Engine>();
    window_ = std::make_unique<MainWindow>(
        *engine_, std::make_unique<QSettings>(folder_.filePath("settings.ini"), QSettings::IniFormat), panels);
    window_->restore_state();
    window_->resize(1440, 900);
    window_->show();
    (void)QTest::qWaitForWindowExposed(window_.get());
  }
  QTemporaryDir folder_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<MainWindow> window_;
};

}  // namespace vitrine
