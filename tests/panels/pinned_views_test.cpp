// SPDX-License-Identifier: Apache-2.0
// A view pinned to a session comes back as it was: the answer, the selection, the panel and what it showed. And what is shown can be
// had as a script.
#include <QClipboard>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QtTest>

#include "app/error_bar.h"
#include "plugins/api/script.h"
#include "sessions/session_store.h"
#include "tests/support/every_message.h"
#include "tests/support/fake_engine.h"
#include "tests/support/window_fixture.h"
#include "views/panel_frame.h"
#include "views/segmented.h"

using namespace vitrine;

namespace {

/// A window with a library of sessions, one answer of twelve tokens in it.
struct Bench {
  QTemporaryDir folder;
  std::unique_ptr<SessionStore> store = SessionStore::open(std::filesystem::path(folder.path().toStdString()) / "s.db");
  Engine engine;
  MainWindow window{engine, std::make_unique<QSettings>(folder.filePath("settings.ini"), QSettings::IniFormat), {VITRINE_PANELS}, store.get()};
  SessionId session = 0;

  Bench() {
    set_language("en");
    views::theme().apply(views::Scheme::light, 1);
    session = store->create_session({});
    const MessageId asked = store->add_message(session, {.text = "Why?"});
    RunRecord run;
    run.session = session;
    run.model_name = "Test model";
    const RunId id = store->begin_run(run);
    Generate request;
    request.lane = 1;
    request.tokens = {1, 2, 3, 4};
    store->append(id, Command(request));
    store->add_message(session, {.parent = asked, .role = "assistant", .text = "Because it does.", .run = id});
    std::vector<Event> events;
    for (int i = 0; i < 12; ++i) events.push_back({1, example_token(4 + i, 40 + i, " w" + std::to_string(i))});
    events.push_back({1, JobEnded{}});
    store->append(id, events);
    store->flush();
    window.restore_state();
    window.resize(1440, 900);
    window.show();
    (void)QTest::qWaitForWindowExposed(&window);
    QFile file(folder.filePath("model.gguf"));
    (void)file.open(QIODevice::WriteOnly);
    file.write("GGUF");
    file.close();
    window.open_path(file.fileName());
    (void)QTest::qWaitFor([this] { return window.desk().model() && !window.desk().loading(); }, 5000);
  }
  QWidget* panel(const QString& id) { return window.host().place(id)->dock->widget(); }
  void trigger(const QString& id) { window.findChild<QAction*>("action." + id)->trigger(); }
};

}  // namespace

class PinnedViewsTest : public QObject {
  Q_OBJECT
 private slots:
  void a_pinned_view_comes_back() {
    Bench bench;
    MainWindow& window = bench.window;
    window.desk().open_session(bench.session);
    QCOMPARE(window.desk().session(), qint64(bench.session));
    QTRY_COMPARE(window.selection().positions(), 16);
    window.desk().show_panel("attention");
    window.selection().set_layer_head(2, 5);
    window.selection().set_position(9);
    auto* view = bench.panel("attention")->findChild<views::Segmented*>();
    view->set_current(1);
    QTRY_VERIFY(window.host().place("attention")->visible);
    window.setFocus();
    bench.trigger("pin_view");
    const std::vector<PinnedView> pins = bench.store->pinned(bench.session);
    QCOMPARE(pins.size(), size_t(1));
    QCOMPARE(pins[0].panel, std::string("attention"));
    QVERIFY(pins[0].title.starts_with("Attention: "));

    view->set_current(0);
    window.desk().new_session();
    window.selection().set_layer_head(0, 0);
    QCOMPARE(window.desk().session(), 0);
    window.desk().show_panel("sessions");
    auto* list = bench.panel("sessions")->findChild<QListView*>("session_list");
    QTRY_COMPARE(list->model()->rowCount(), 1);
    list->setCurrentIndex(list->model()->index(0, 0));
    QPushButton* pinned = nullptr;
    QTRY_VERIFY((pinned = bench.panel("sessions")->findChild<QPushButton*>("pinned_view")));
    pinned->click();
    QCOMPARE(window.desk().session(), qint64(bench.session));
    QCOMPARE(window.selection().layer(), 2);
    QCOMPARE(window.selection().head(), 5);
    QCOMPARE(window.selection().position(), 9);
    QCOMPARE(view->current(), 1);
    QTRY_VERIFY(window.host().place("attention")->visible);
  }

  void without_a_session_nothing_is_pinned() {
    Bench bench;
    bench.window.desk().new_session();
    bench.trigger("pin_view");
    QVERIFY(bench.store->pinned(bench.session).empty());
    QVERIFY(bench.window.error_bar().isHidden());
  }

  void the_new_session_button_empties_the_chat() {
    Bench bench;
    bench.window.desk().open_session(bench.session);
    bench.window.desk().show_panel("sessions");
    QToolButton* button = nullptr;
    for (QToolButton* b : bench.panel("sessions")->findChildren<QToolButton*>())
      if (b->text() == "New session") button = b;
    QVERIFY(button && button->isVisible());
    button->click();
    QCOMPARE(bench.window.desk().session(), 0);
    QCOMPARE(bench.window.selection().positions(), 0);
    QVERIFY(bench.store->find(bench.session));
  }

  void every_panel_gives_a_script_or_says_that_there_is_none() {
    Bench bench;
    MainWindow& window = bench.window;
    window.desk().open_session(bench.session);
    QTRY_COMPARE(window.selection().positions(), 16);
    window.selection().set_position(9);
    for (const auto& place : window.host().places()) {
      auto* frame = qobject_cast<views::PanelFrame*>(place->dock->widget());
      QVERIFY2(frame, qPrintable(place->info.id));
      QMenu* menu = frame->more_menu();
      emit menu->aboutToShow();
      QAction* copy = nullptr;
      for (QAction* action : menu->actions())
        if (action->text() == "Copy as script") copy = action;
      QVERIFY2(copy, qPrintable(place->info.id));
      QCOMPARE(copy->isEnabled(), !place->panel->script().isEmpty());
      if (!copy->isEnabled()) continue;
      QGuiApplication::clipboard()->clear();
      copy->trigger();
      const QString script = QGuiApplication::clipboard()->text();
      QVERIFY2(script.startsWith("#!/bin/sh\nvitrine-cli "), qPrintable(script));
      QVERIFY2(script.count('\'') % 2 == 0, qPrintable(script));
    }
    QVERIFY(!window.host().place("attention")->panel->script().isEmpty());
    QVERIFY(!window.host().place("model")->panel->script().isEmpty());
  }

  void a_text_is_one_word_of_the_shell() {
    QCOMPARE(shell_word("it's $HOME `x`\n\"y\""), QString("'it'\\''s $HOME `x`\n\"y\"'"));
  }
};

QTEST_MAIN(PinnedViewsTest)
#include "pinned_views_test.moc"
