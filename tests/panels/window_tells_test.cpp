// SPDX-License-Identifier: Apache-2.0
// What the window tells by itself: models opened before, what happened, and why a panel has nothing to show.
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTabBar>
#include <QtTest>

#include "app/error_bar.h"
#include "app/log_panel.h"
#include "app/top_bar.h"
#include "tests/support/fake_engine.h"
#include "tests/support/window_fixture.h"
#include "views/empty_state.h"

using namespace vitrine;

namespace {

const QStringList kPanels = {VITRINE_PANELS};

QAction* action(MainWindow& window, const QString& name) {
  for (QAction* each : window.all_actions())
    if (each->objectName() == "action." + name) return each;
  return nullptr;
}

/// The entries of the model menu that stand for opened models: name and path.
QList<QAction*> recent(MainWindow& window) {
  QMenu* menu = window.findChild<TopBar*>()->model_menu();
  emit menu->aboutToShow();
  QList<QAction*> entries;
  for (QAction* entry : menu->actions()) {
    if (entry->isSeparator()) break;
    entries << entry;
  }
  return entries;
}

bool open(WindowFixture& fixture, const QString& path) {
  fixture.window().open_path(path);
  return QTest::qWaitFor([&] {
    const auto model = fixture.window().desk().model();
    return model && !fixture.window().desk().loading() && QString::fromStdString(model->facts->path.string()) == path;
  }, 5000);
}

/// What stands in place of a panel's picture; empty: it shows its picture.
QString told_instead(QWidget* panel) {
  QStringList texts;
  for (const auto* state : panel->findChildren<views::EmptyState*>())
    if (state->isVisible())
      for (const QLabel* label : state->findChildren<QLabel*>())
        if (label->isVisible()) texts << label->text();
  return texts.join(' ').trimmed();
}

}  // namespace

class WindowTellsTest : public QObject {
  Q_OBJECT
 private slots:
  void recent_models_are_kept() {
    WindowFixture fixture(kPanels);
    QVERIFY(recent(fixture.window()).first()->objectName().startsWith("action."));  // none yet
    QStringList paths;
    for (int i = 0; i < 12; ++i) paths << fixture.file(QString("model-%1.gguf").arg(i));
    for (const QString& path : paths) QVERIFY(open(fixture, path));
    QVERIFY(open(fixture, paths[11]));  // once more: still one entry
    fixture.restart(kPanels);
    QFile::remove(paths[10]);
    const QList<QAction*> entries = recent(fixture.window());
    QCOMPARE(entries.size(), 10);
    for (int i = 0; i < 10; ++i) {
      const QString path = paths[11 - i];
      QCOMPARE(entries[i]->toolTip(), path);
      QVERIFY2(entries[i]->text().contains(QFileInfo(path).completeBaseName()), qPrintable(entries[i]->text()));
      QCOMPARE(entries[i]->isEnabled(), QFileInfo::exists(path));
    }
    QVERIFY(!entries[1]->isEnabled());
    entries[4]->trigger();
    QTRY_VERIFY(fixture.window().desk().model());
    QCOMPARE(QString::fromStdString(fixture.window().desk().model()->facts->path.string()), paths[7]);
    QTRY_COMPARE(recent(fixture.window()).first()->toolTip(), paths[7]);  // the last one comes first
    fixture.restart(kPanels);
    fixture.window().open_first_model({});
    QTRY_VERIFY(fixture.window().desk().model());
    QCOMPARE(QString::fromStdString(fixture.window().desk().model()->facts->path.string()), paths[7]);
  }

  void the_log_tells_what_happened() {
    WindowFixture fixture(kPanels);
    MainWindow& window = fixture.window();
    auto* log = window.findChild<LogPanel*>();
    QVERIFY(log && log->isReadOnly() && !log->isVisible());
    const QString good = fixture.file("good.gguf");
    QVERIFY(open(fixture, good));
    window.desk().notify("Saved a picture");
    window.desk().open_model("/no/such/file.gguf");
    QTRY_VERIFY(!window.error_bar().what().isEmpty());
    action(window, "log")->trigger();
    QTRY_VERIFY(log->isVisible());
    const QStringList lines = log->toPlainText().split('\n');
    const auto line_of = [&](const QString& text) {
      for (int i = 0; i < lines.size(); ++i)
        if (lines[i].contains(text)) return i;
      return -1;
    };
    const int opened = line_of(good), saved = line_of("Saved a picture"), failed = line_of("the file does not exist");
    QVERIFY2(opened >= 0 && saved > opened && failed > saved, qPrintable(log->toPlainText()));
    QVERIFY2(lines.mid(failed).join(' ').contains("Choose another file"), qPrintable(log->toPlainText()));  // what to do
    static const QRegularExpression time("^\\d\\d:\\d\\d:\\d\\d  ");
    for (const int line : {opened, saved, failed}) QVERIFY2(lines[line].contains(time), qPrintable(lines[line]));
  }

  void panels_say_why_they_have_nothing_to_show() {
    WindowFixture fixture(kPanels);
    MainWindow& window = fixture.window();
    for (const auto& place : window.host().places()) {
      window.desk().show_panel(place->info.id);
      QCoreApplication::processEvents();
      QVERIFY2(told_instead(place->dock->widget()).size() > 20 || place->info.id == "sessions", qPrintable(place->info.id));
    }
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    const PanelHost::Place* attention = window.host().place("attention");
    window.desk().show_panel("attention");
    QTRY_VERIFY(told_instead(attention->dock->widget()).isEmpty());
    QVERIFY(attention->lacking.isEmpty());
    // A model without attention: the tab is grey and says why, so does the panel, and nothing is asked for it.
    ModelLoaded without = *window.desk().model();
    auto facts = std::make_shared<ModelFacts>(*without.facts);
    facts->sites = {};
    without.facts = facts;
    window.host().model_changed(&without);
    QVERIFY(attention->lacking.contains("attn_probs"));
    QTRY_VERIFY(told_instead(attention->dock->widget()).contains("has no attention"));
    const auto tool_tip = [&] {
      for (const QTabBar* bar : window.findChildren<QTabBar*>())
        for (int i = 0; i < bar->count(); ++i)
          if (bar->tabText(i) == attention->dock->windowTitle()) return bar->tabToolTip(i);
      return QString();
    };
    QTRY_COMPARE(tool_tip(), attention->lacking);
    for (const Watch& watch : window.host().watches()) QVERIFY(watch.at.site != Site::attn_probs);
    for (const QString id : {"chat", "model", "sampler"}) QVERIFY2(window.host().place(id)->lacking.isEmpty(), qPrintable(id));
    window.host().model_changed(window.desk().model().get());
    QVERIFY(attention->lacking.isEmpty());
    QTRY_VERIFY(!told_instead(attention->dock->widget()).contains("has no attention"));
  }
};

QTEST_MAIN(WindowTellsTest)
#include "window_tells_test.moc"
