// SPDX-License-Identifier: Apache-2.0
// vitrine: the desktop workbench. Reads the command line, sets the look and the language, opens the window.
#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QSurfaceFormat>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>

#include "app/frame_meter.h"
#include "app/language.h"
#include "app/main_window.h"
#include "app/shot.h"
#include "sessions/session_store.h"
#include "views/theme.h"

namespace {

using namespace vitrine;

void add_options(QCommandLineParser& parser) {
  parser.setApplicationDescription(
      QStringLiteral("Opens a language model and shows what happens inside while it answers."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("MODEL", "A .gguf file or a folder with safetensors.", "[MODEL]");
  parser.addOptions({
      {"layout", "Begin with this layout: chat, inspect, compare, teach, or a saved name.", "NAME"},
      {"theme", "dark or light.", "NAME"},
      {"lang", "ko or en.", "CODE"},
      {"scale", "Size of text and controls, 80 to 200.", "PERCENT"},
      {"screenshot", "Save a picture of the window when the model is loaded and the prompt answered.", "F.png"},
      {"size", "Size of the window.", "WxH"},
      {"prompt", "Ask this when the model is loaded.", "TEXT"},
      {"panel", "Bring this panel to the front.", "ID"},
      {"token", "Select this answer token (from 0) before the picture.", "N"},
      {"layer", "Select this layer.", "N"},
      {"head", "Select this head.", "N"},
      {"max-tokens", "Longest answer of this start.", "N"},
      {"quit", "End when the picture is taken and the prompt answered."},
      {"frame-report", "Print when the window closes: how soon it was ready, its thread's work per repaint, how soon keys were handled."},
      {"keys", "Press arrow keys so many times a second while an answer streams, for --frame-report.", "N"},
      {"action", "Trigger this action before the picture, by its id: search, open, settings, ...; repeatable.", "ID"},
      {"fresh", "Begin without saved settings and keep none."},
  });
}

ShotOptions shot_options(const QCommandLineParser& parser) {
  ShotOptions shot;
  shot.path = parser.value("screenshot");
  shot.prompt = parser.value("prompt");
  shot.panel = parser.value("panel");
  shot.quit = parser.isSet("quit");
  shot.actions = parser.values("action");
  const QStringList size = parser.value("size").split('x');
  if (size.size() == 2) shot.size = QSize(size[0].toInt(), size[1].toInt());
  const auto number = [&](const QString& option) { return parser.isSet(option) ? parser.value(option).toInt() : -1; };
  shot.token = number("token");
  shot.layer = number("layer");
  shot.head = number("head");
  return shot;
}

/// The library of sessions; without it the program works and keeps nothing. `trouble` is set then.
std::unique_ptr<SessionStore> open_store(bool fresh, std::shared_ptr<const Error>& trouble) {
  if (fresh) return nullptr;
  try {
    std::filesystem::create_directories(SessionStore::library_path().parent_path());
    return SessionStore::open(SessionStore::library_path());
  } catch (const Error& error) {
    trouble = std::make_shared<Error>(error);
  } catch (const std::filesystem::filesystem_error& error) {
    trouble = std::make_shared<Error>(ErrorKind::io, error.code().message(), "make the folder writable",
                                      error.path1().string());
  }
  return nullptr;
}

/// Those of a fresh start go into a folder that ends with the program: Qt replaces its file as a whole, whatever kind of file it is.
std::unique_ptr<QSettings> open_settings(bool fresh) {
  if (!fresh) return std::make_unique<QSettings>();
  static const QTemporaryDir folder;
  return std::make_unique<QSettings>(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
}

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);  // floating a dock must not lose the context
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setSwapInterval(0);
  QSurfaceFormat::setDefaultFormat(format);
  MeasuredApplication app(argc, argv);
  QApplication::setApplicationName("vitrine");
  QApplication::setOrganizationName("vitrine");
  QApplication::setApplicationVersion(VITRINE_VERSION);
  QCommandLineParser parser;
  add_options(parser);
  parser.process(app);

  auto settings = open_settings(parser.isSet("fresh"));
  const QString language = parser.isSet("lang") ? parser.value("lang") : settings->value("look/language").toString();
  const QString theme =
      parser.isSet("theme") ? parser.value("theme") : settings->value("look/theme", "light").toString();
  const int scale = parser.isSet("scale") ? parser.value("scale").toInt() : settings->value("look/scale", 100).toInt();
  set_language(language);
  if (settings->value("look/color_map").toString() == "cividis")
    views::theme().set_magnitude_map(views::ColorMap::cividis);
  views::theme().apply(theme == "dark" ? views::Scheme::dark : views::Scheme::light, scale / 100.0);

  Engine engine;
  std::shared_ptr<const Error> trouble;
  const std::unique_ptr<SessionStore> store = open_store(parser.isSet("fresh"), trouble);
  MainWindow window(engine, std::move(settings), PanelHost::search_paths(), store.get());
  window.desk().set_keeps_sessions(!parser.isSet("fresh"));
  if (trouble) window.desk().show_error(*trouble);
  if (store)
    store->set_on_trouble([&window](const Error* error) {
      if (!error) return;
      QMetaObject::invokeMethod(
          &window, [&window, copy = *error] { window.desk().show_error(copy); }, Qt::QueuedConnection);
    });
  if (parser.isSet("max-tokens")) window.desk().set_longest_answer(parser.value("max-tokens").toInt());
  FrameMeter meter;
  if (parser.isSet("frame-report")) {
    meter.watch(window, window.desk(), parser.value("keys").toInt());
    app.set_meter(&meter);
  }
  window.restore_state(parser.value("layout"));
  const ShotOptions shot = shot_options(parser);
  if (shot.size.isValid()) window.resize(shot.size);
  window.show();
  QTimer::singleShot(0, &window, [&] {
    window.open_first_model(parser.positionalArguments().value(0));
    if (!shot.path.isEmpty() || !shot.prompt.isEmpty() || shot.quit) new Shot(window, shot);
  });
  const int code = QApplication::exec();
  app.set_meter(nullptr);
  if (store) store->set_on_trouble({});
  if (parser.isSet("frame-report"))
    std::printf("%s%lld batches of events, longest %.1f ms\nanswer: %.1f tok/s\n", meter.report().toUtf8().constData(),
                static_cast<long long>(window.pump().batches()), window.pump().longest_batch_ms(), window.desk().numbers().mean_tokens_per_s);
  return code;
}
