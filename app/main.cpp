// SPDX-License-Identifier: Apache-2.0
// vitrine: the desktop workbench.
#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QSurfaceFormat>
#include <cstdio>

#include "app/main_window.h"
#include "app/text.h"
#include "views/theme.h"

int main(int argc, char** argv) {
  using namespace vitrine;
  QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setSwapInterval(0);
  QSurfaceFormat::setDefaultFormat(format);
  QApplication app(argc, argv);
  QApplication::setApplicationName("vitrine");
  QApplication::setOrganizationName("vitrine");
  QApplication::setApplicationVersion(VITRINE_VERSION);
  QCommandLineParser parser;
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("MODEL", "A .gguf file or a folder with safetensors.");
  parser.process(app);
  views::theme().apply(views::Scheme::light, 1);
  Engine engine;
  MainWindow window(engine, std::make_unique<QSettings>(), PanelHost::search_paths());
  window.show();
  if (!parser.positionalArguments().isEmpty()) window.desk().open_model(path_of(parser.positionalArguments().first()));
  return QApplication::exec();
}
