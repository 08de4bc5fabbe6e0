// SPDX-License-Identifier: Apache-2.0
// The session browser: what it lists and says, what its actions do to the store, by model and by keyboard.
#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QUndoStack>

#include "plugins/sessions/comparison_model.h"
#include "plugins/sessions/sessions_panel.h"
#include "sessions/session_store.h"
#include "tests/support/every_message.h"
#include "tests/support/window_fixture.h"
#include "views/panel_frame.h"

namespace vitrine {

std::unique_ptr<Panel> make_sessions_panel(PanelContext& context);

class SessionsPanelTest : public QObject {
  Q_OBJECT

  struct Bench {
    QTemporaryDir folder;
    std::unique_ptr<SessionStore> store =
        SessionStore::open(std::filesystem::path(folder.path().toStdString()) / "s.db");
    WindowFixture window{{}};
    Selection selection;
    Transcript transcript;
    PanelContext context{window.engine(), selection, transcript, window.window().desk(), store.get()};

    RunId add(const std::string& question, const std::vector<std::string>& answer,
              const std::string& weights = "Q4_1") {
      const SessionId session = store->create_session({});
      const MessageId asked = store->add_message(session, {.text = question});
      RunRecord run;
      run.session = session;
      run.model_name = "SmolLM2-135M";
      run.weight_summary = weights;
      const RunId id = store->begin_run(run);
      store->add_message(session, {.parent = asked, .role = "assistant", .run = id});
      std::vector<Event> events;
      for (size_t i = 0; i < answer.size(); ++i)
        events.push_back({1, example_token(int64_t(i), int32_t(i), answer[i])});
      events.push_back({1, JobEnded{}});
      store->append(id, events);
      store->flush();
      return id;
    }
    std::unique_ptr<Panel> panel() {
      auto made = make_sessions_panel(context);
      made->widget()->resize(420, 900);
      made->widget()->show();
      made->on_visible(true);
      return made;
    }
  };
  static QAction* action(Panel& panel, const char* name) {
    for (QAction* one : panel.actions())
      if (one->objectName() == QLatin1String(name)) return one;
    return nullptr;
  }

 private slots:
  void lists_and_searches() {
    Bench bench;
    bench.add("빨간 컵을 잡는 로봇", {"답"});
    bench.add("캐시가 왜 자라나요", {"토큰", "마다"});
    SessionsModel model(bench.store.get());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.refresh();
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0).data().toString(), QStringLiteral("캐시가 왜 자라나요"));
    QCOMPARE(model.index(0).data(SessionsModel::kGroup).toString(), QStringLiteral("Today"));
    QCOMPARE(model.index(1).data(SessionsModel::kGroup).toString(), QString());
    QCOMPARE(model.index(0).data(SessionsModel::kTokens).toString(), QStringLiteral("2 tokens"));
    model.set_search(QStringLiteral("컵"));
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.total(), 2);
    QVERIFY(model.setData(model.index(0), QStringLiteral("컵 이야기"), Qt::EditRole));
    QCOMPARE(bench.store->list({.search = "이야기"}).size(), size_t(1));
    QVERIFY(!model.setData(model.index(0), QStringLiteral("  "), Qt::EditRole));
    model.set_period(SessionsModel::Period::today);
    model.set_model_filter(QStringLiteral("other"));
    QCOMPARE(model.rowCount(), 0);
  }

  void says_when_in_words() {
    const QDate today(2024, 5, 15);
    QCOMPARE(SessionsModel::group_text(today, today), QStringLiteral("Today"));
    QCOMPARE(SessionsModel::group_text(today.addDays(-1), today), QStringLiteral("Yesterday"));
    QCOMPARE(SessionsModel::group_text(today.addDays(-5), today), QStringLiteral("This week"));
    QCOMPARE(SessionsModel::group_text(today.addDays(-12), today), QStringLiteral("This month"));
    QCOMPARE(SessionsModel::group_text(today.addDays(-40), today), QStringLiteral("Earlier"));
    QCOMPARE(SessionsModel::when_text(QDateTime(today, QTime(14, 32)), today), QStringLiteral("14:32"));
  }

  void compares_two() {
    Bench bench;
    const RunId a = bench.add("same", {"x", "y"}), b = bench.add("same", {"x", "y", "z"}, "Q2_K");
    ComparisonModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.set_rows(bench.store->compare_settings(a, b));
    QCOMPARE(model.differing(false), 1);
    QCOMPARE(model.differing(true), 1);
    model.set_differing_first(true);
    QCOMPARE(model.index(0, ComparisonModel::kItem).data().toString(), QStringLiteral("Weight format"));
    QCOMPARE(model.index(0, ComparisonModel::kB).data().toString(), QStringLiteral("Q2_K"));
    QCOMPARE(model.index(0, ComparisonModel::kMark).data().toString(), QStringLiteral("≠"));
    const auto panel = bench.panel();
    auto* list = panel->widget()->findChild<QListView*>("session_list");
    list->setFocus();
    list->selectAll();
    QVERIFY(panel->widget()->findChild<QTableView*>()->isVisible());
    QVERIFY(panel->summary().contains(QStringLiteral("2 chosen")));
  }

  void deletes_and_brings_back() {
    Bench bench;
    bench.add("one", {"x"});
    bench.add("two", {"x"});
    const auto panel = bench.panel();
    auto* list = panel->widget()->findChild<QListView*>("session_list");
    list->setCurrentIndex(list->model()->index(0, 0));
    action(*panel, "delete")->trigger();
    QCOMPARE(list->model()->rowCount(), 1);
    bench.window.window().desk().undo_stack().undo();
    QCOMPARE(list->model()->rowCount(), 2);
    action(*panel, "duplicate")->setEnabled(true);
    list->setCurrentIndex(list->model()->index(0, 0));
    action(*panel, "duplicate")->trigger();
    QCOMPARE(list->model()->rowCount(), 3);
    QVERIFY(list->model()->index(0, 0).data().toString().endsWith(QStringLiteral("(copy)")));
  }

  void opens_in_the_chat_and_keeps_notes() {
    Bench bench;
    bench.add("one", {"x"});
    QSignalSpy asked(&bench.window.window().desk(), &Workspace::session_requested);
    auto panel = bench.panel();
    auto* list = panel->widget()->findChild<QListView*>("session_list");
    list->setCurrentIndex(list->model()->index(0, 0));
    QTest::keyClick(list, Qt::Key_Return);
    QCOMPARE(asked.count(), 1);
    auto* notes = panel->widget()->findChild<QPlainTextEdit*>();
    QVERIFY(notes && notes->isVisible());
    notes->setPlainText(QStringLiteral("메모"));
    panel.reset();
    QCOMPARE(bench.store->list()[0].notes, std::string("메모"));
  }

  void empty_and_unsaved_say_what_to_do() {
    Bench bench;
    auto panel = bench.panel();
    QVERIFY(!panel->widget()->findChild<QListView*>("session_list")->isVisible());
    bench.context.store = nullptr;
    panel = bench.panel();
    QCOMPARE(panel->summary(), QStringLiteral("not saved"));
  }

  void every_control_has_a_name() {
    Bench bench;
    bench.add("one", {"x"});
    const auto panel = bench.panel();
    auto* list = panel->widget()->findChild<QListView*>("session_list");
    list->setCurrentIndex(list->model()->index(0, 0));
    for (QWidget* widget : panel->widget()->findChildren<QWidget*>()) {
      if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || qobject_cast<QScrollBar*>(widget)) continue;
      const auto* button = qobject_cast<QAbstractButton*>(widget);
      const bool named = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
      QVERIFY2(named || widget->metaObject()->className() == QByteArray("QWidget"), widget->metaObject()->className());
    }
  }
};

}  // namespace vitrine

QTEST_MAIN(vitrine::SessionsPanelTest)
#include "sessions_panel_test.moc"
