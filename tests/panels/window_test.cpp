// SPDX-License-Identifier: Apache-2.0
// The window as a user meets it: opening, asking, arranging, searching, keys, refusals, and a panel that fails.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSpinBox>
#include <QTextEdit>
#include <QToolButton>
#include <QtTest>

#include "app/command_palette.h"
#include "app/dock_area.h"
#include "app/error_bar.h"
#include "app/layouts.h"
#include "app/open_dialog.h"
#include "app/settings_dialog.h"
#include "app/status_line.h"
#include "app/strip_bar.h"
#include "tests/support/fake_engine.h"
#include "tests/support/window_fixture.h"
#include "views/elided_label.h"
#include "views/empty_state.h"
#include "views/segmented.h"
#include "views/token_strip.h"

using namespace vitrine;

namespace {

const QStringList kProbe = {VITRINE_TEST_PANELS};
const QStringList kAll = {VITRINE_PANELS, VITRINE_TEST_PANELS};

QWidget* probe(MainWindow& window) { return window.host().place("probe")->dock->widget(); }

bool is_control(const QWidget* w) {
  return qobject_cast<const QAbstractButton*>(w) || qobject_cast<const QLineEdit*>(w) ||
         qobject_cast<const QComboBox*>(w) || qobject_cast<const QAbstractSpinBox*>(w) ||
         (qobject_cast<const QAbstractSlider*>(w) && !qobject_cast<const QScrollBar*>(w)) ||
         qobject_cast<const QAbstractItemView*>(w) || qobject_cast<const QTextEdit*>(w) ||
         qobject_cast<const QPlainTextEdit*>(w) || qobject_cast<const views::TokenStrip*>(w);
}

/// Parts of Qt's own composite widgets answer for themselves.
bool is_inner_part(const QWidget* w) {
  const QString kind = w->metaObject()->className();
  return kind == "QTableCornerButton" || kind == "QComboBoxListView" || w->objectName().startsWith("qt_") ||
         qobject_cast<const QHeaderView*>(w) || qobject_cast<const QLineEdit*>(w->parentWidget()) ||
         qobject_cast<const QAbstractSpinBox*>(w->parentWidget()) ||
         qobject_cast<const QComboBox*>(w->parentWidget()) ||
         QString(w->parentWidget() ? w->parentWidget()->metaObject()->className() : "") == "QTabBar";
}

QString path_of_widget(const QWidget* w) {
  QStringList names;
  for (; w; w = w->parentWidget()) names.prepend(QString("%1(%2)").arg(w->metaObject()->className(), w->objectName()));
  return names.join("/");
}

}  // namespace

class WindowTest : public QObject {
  Q_OBJECT
 private slots:
  void a_model_is_opened_and_an_answer_reaches_every_part() {
    WindowFixture fixture(kProbe);
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    QCOMPARE(window.selection().layers(), fake::kLayers);
    QCOMPARE(window.selection().heads(), fake::kHeads);
    QVERIFY(probe(window)->property("model").toBool());
    QVERIFY(fixture.answer());
    const TranscriptLane* lane = window.transcript().lane(1);
    QVERIFY(lane);
    QCOMPARE(lane->tokens.size(), size_t(28));
    QCOMPARE(lane->answer_tokens(), 24);
    QVERIFY(lane->answered && !lane->running);
    QCOMPARE(window.selection().positions(), 28);
    QVERIFY(probe(window)->property("events").toInt() >= 27);
    QVERIFY(window.status().text().contains("tok/s"));
    QVERIFY(window.error_bar().what().isEmpty());
  }

  void watches_of_visible_panels_travel_with_a_request() {
    WindowFixture fixture(kProbe);
    QVERIFY(fixture.load_model());
    fixture.window().desk().show_panel("probe");
    QTRY_VERIFY(probe(fixture.window())->property("on_screen").toBool());
    fake::take_submitted();
    QVERIFY(fixture.answer());
    bool watched = false;
    for (const Command& command : fake::take_submitted())
      if (const auto* generate = std::get_if<Generate>(&command)) watched = generate->watches.size() == 1;
    QVERIFY(watched);
    QVERIFY(fixture.window().layouts().apply("chat"));
    QTRY_VERIFY(!probe(fixture.window())->property("on_screen").toBool());
    QVERIFY(fixture.window().host().watches().empty());
  }

  void keys_move_the_selection() {
    WindowFixture fixture(kProbe);
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    Selection& s = window.selection();
    window.setFocus();
    const auto key = [&](Qt::Key k) { QTest::keyClick(&window, k); };
    key(Qt::Key_Right);
    QCOMPARE(s.position(), 0);
    key(Qt::Key_Right);
    QCOMPARE(s.position(), 1);
    key(Qt::Key_End);
    QCOMPARE(s.position(), 27);
    key(Qt::Key_Right);
    QCOMPARE(s.position(), 27);
    key(Qt::Key_BracketRight);
    QCOMPARE(s.layer(), 1);
    key(Qt::Key_BraceRight);
    QCOMPARE(s.head(), 1);
    for (int i = 0; i < 20; ++i) key(Qt::Key_BracketRight);
    QCOMPARE(s.layer(), fake::kLayers - 1);
    key(Qt::Key_Escape);
    QCOMPARE(s.position(), -1);
    QCOMPARE(s.layer(), fake::kLayers - 1);
    QTest::keyClick(&window.strip().strip(), Qt::Key_Left);
    QCOMPARE(s.position(), 27);
    QCOMPARE(window.strip().strip().selected(), 27);
  }

  void selecting_never_asks_the_engine() {
    WindowFixture fixture(kProbe);
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    fake::take_submitted();
    for (int i = 0; i < 10; ++i) fixture.window().selection().move_position(1);
    QCOMPARE(fake::take_submitted().size(), size_t(0));
  }

  void a_layout_comes_back_as_it_was_left() {
    WindowFixture fixture(kAll);
    QDockWidget* dock = fixture.window().host().place("probe")->dock;
    fixture.window().desk().show_panel("probe");
    probe(fixture.window())->setProperty("kept", "a value");
    dock->setFloating(true);
    QVERIFY(dock->isFloating());
    fixture.window().layouts().save_as("mine");
    QVERIFY(fixture.window().layouts().apply("chat"));
    QVERIFY(!dock->isVisible());
    fixture.restart(kAll);
    QCOMPARE(fixture.window().layouts().current(), QString("chat"));
    QVERIFY(fixture.window().layouts().apply("mine"));
    dock = fixture.window().host().place("probe")->dock;
    QVERIFY(dock->isVisible() && dock->isFloating());
    QCOMPARE(probe(fixture.window())->property("kept").toString(), QString("a value"));
    fixture.window().layouts().remove("mine");
    QCOMPARE(fixture.window().layouts().current(), QString("inspect"));
    QVERIFY(!fixture.window().layouts().apply("mine"));
  }

  void a_changed_preset_comes_back_and_can_be_reset() {
    WindowFixture fixture(kProbe);
    Layouts& layouts = fixture.window().layouts();
    QDockWidget* dock = fixture.window().host().place("probe")->dock;
    QCOMPARE(layouts.current(), QString("inspect"));
    QVERIFY(dock->isVisible());
    dock->hide();
    for (const QString& preset : Layouts::presets()) QVERIFY2(layouts.apply(preset), qPrintable(preset));
    QVERIFY(layouts.apply("inspect"));
    QVERIFY(!dock->isVisible());
    layouts.reset();
    QVERIFY(dock->isVisible());
  }

  void the_palette_finds_and_triggers_every_action() {
    WindowFixture fixture(kAll);
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    const QList<QAction*> actions = window.all_actions();
    QVERIFY(actions.size() > 25);
    for (QAction* action : actions) {
      if (!action->isEnabled()) continue;
      const QString name = action->text().remove('&');
      QVERIFY2(!name.isEmpty(), qPrintable(action->objectName()));
      disconnect(action, &QAction::triggered, nullptr, nullptr);
      QSignalSpy triggered(action, &QAction::triggered);
      window.palette().open([&] { return window.all_actions(); });
      window.palette().set_query(name);
      QVERIFY2(window.palette().listed().contains(name), qPrintable(name));
      QCOMPARE(window.palette().listed().first(), name);
      window.palette().trigger_current();
      QVERIFY2(triggered.size() == 1, qPrintable(name));
    }
  }

  void keys_of_actions_work_wherever_the_focus_is() {
    WindowFixture fixture(kAll);
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QList<QWidget*> places = {&window, &window.strip().strip()};
    for (QPlainTextEdit* edit : window.findChildren<QPlainTextEdit*>())
      if (edit->isVisible()) places << edit;
    QStringList faults;
    for (QWidget* place : places)
      for (QAction* action : window.actions()) {
        if (action->shortcut().isEmpty() || !action->isEnabled()) continue;
        disconnect(action, &QAction::triggered, nullptr, nullptr);
        QSignalSpy triggered(action, &QAction::triggered);
        place->setFocus();
        QTest::keySequence(place, action->shortcut());
        const bool inner_undo = action->objectName().contains("undo") || action->objectName().contains("redo");
        if (triggered.size() != 1 && !inner_undo)
          faults << action->shortcut().toString() + " " + action->text() + " in " + path_of_widget(place);
      }
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
  }

  void the_palette_finds_by_beginnings_of_words() {
    QVERIFY(fuzzy_score("slb", "Select the layer below") > 0);
    QVERIFY(fuzzy_score("log", "Show the log") > fuzzy_score("log", "Select the layer above, good"));
    QCOMPARE(fuzzy_score("xyz", "Show the log"), 0);
    QVERIFY(fuzzy_score("설정", "설정") > 0);
  }

  void files_that_cannot_be_opened_say_why_and_what_to_do() {
    WindowFixture fixture(kProbe);
    MainWindow& window = fixture.window();
    fake::take_submitted();
    for (const QString name : {"weights.bin", "model.pt", "model.pth", "a.ckpt", "b.pkl"}) {
      QMimeData data;
      data.setUrls({QUrl::fromLocalFile(fixture.file(name))});
      QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
      QCoreApplication::sendEvent(&window, &enter);
      QVERIFY(enter.isAccepted());
      QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
      QCoreApplication::sendEvent(&window, &drop);
      QVERIFY(window.error_bar().isVisible());
      QVERIFY2(window.error_bar().what().contains(name) && window.error_bar().what().contains("pickle"),
               qPrintable(window.error_bar().what()));
      window.error_bar().dismiss();
      QVERIFY(!window.error_bar().isVisible());
    }
    window.open_path("/no/such/model.gguf");
    QVERIFY(window.error_bar().what().contains("/no/such/model.gguf"));
    QCOMPARE(fake::take_submitted().size(), size_t(0));
  }

  void a_model_that_fails_to_load_leaves_the_old_one_in_place() {
    WindowFixture fixture(kProbe);
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    window.desk().open_model("/no/such/file.gguf");
    QTRY_VERIFY(!window.error_bar().what().isEmpty());
    QVERIFY(window.desk().model());
    QVERIFY(!window.desk().loading());
  }

  void a_panel_that_throws_is_disabled_and_the_rest_goes_on() {
    WindowFixture fixture(kProbe);
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    probe(window)->setProperty("throw", true);
    QVERIFY(fixture.answer());
    const PanelHost::Place* place = window.host().place("probe");
    QVERIFY(place->failure.contains("thrown on purpose"));
    QVERIFY(window.error_bar().isVisible());
    QCOMPARE(window.transcript().lane(1)->tokens.size(), size_t(28));
    QVERIFY(fixture.answer({1, 2}));
  }

  void closing_while_an_answer_is_written_ends_at_once() {
    fake::set_token_delay_ms(20);
    WindowFixture fixture(kProbe);
    QVERIFY(fixture.load_model());
    Generate request = fixture.window().desk().generate_defaults();
    request.lane = 1;
    request.tokens = {1, 2, 3};
    fixture.window().desk().submit(request);
    QTRY_VERIFY(fixture.window().transcript().lane(1)->tokens.size() > 4);
    QVERIFY(fixture.window().close());
    fake::set_token_delay_ms(0);
  }

  void events_come_in_few_batches() {
    WindowFixture fixture(kProbe);
    QVERIFY(fixture.load_model());
    const qint64 before = fixture.window().pump().batches();
    for (int i = 0; i < 20; ++i) {
      Generate request = fixture.window().desk().generate_defaults();
      request.lane = 1;
      request.tokens = {1, 2, 3};
      fixture.window().desk().submit(request);
    }
    QTRY_VERIFY(!fixture.window().desk().generating());
    QVERIFY2(fixture.window().pump().batches() - before < 60, "20 answers of 27 events each must not be 540 repaints");
  }

  void every_job_can_be_cancelled() {
    WindowFixture fixture(kProbe);
    Desk& desk = fixture.window().desk();
    QStringList cancelled;
    desk.begin_job("first job", [&] { cancelled << "first"; });
    const int second = desk.begin_job("second job", [&] { cancelled << "second"; });
    desk.update_job(second, 1, 4);
    QTRY_VERIFY(fixture.window().status().text().contains("first job"));
    auto* menu = fixture.window().status().findChild<QMenu*>();
    QVERIFY(menu);
    emit menu->aboutToShow();
    QCOMPARE(menu->actions().size(), 2);
    QVERIFY(menu->actions().at(1)->text().contains("25.0 %"));
    menu->actions().at(1)->trigger();
    QCOMPARE(cancelled, QStringList({"second"}));
  }

  void sampler_changes_are_undone() {
    WindowFixture fixture(kProbe);
    Desk& desk = fixture.window().desk();
    const SamplerSpec before = desk.sampler();
    SamplerSpec changed = before;
    changed.seed = 7;
    desk.set_sampler(changed, "Seed 7");
    QCOMPARE(desk.sampler().seed, uint64_t(7));
    desk.undo_stack().undo();
    QVERIFY(desk.sampler() == before);
    desk.undo_stack().redo();
    fixture.restart(kProbe);
    QCOMPARE(fixture.window().desk().sampler().seed, uint64_t(7));
  }

  void every_control_has_a_name_and_is_reached_by_tab() {
    WindowFixture fixture(kAll);
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    window.error_bar().show_error("what", "hint", "details");
    SettingsDialog settings(window.desk());
    settings.show();
    FinderOptions nowhere;
    nowhere.places.clear();
    OpenDialog open(nullptr, nowhere);
    open.show();
    for (const auto& place : window.host().places()) {
      window.desk().show_panel(place->info.id);
      QCoreApplication::processEvents();
      QVERIFY2(!place->dock->widget()->accessibleName().isEmpty(), qPrintable(place->info.id));
    }
    QSet<const QWidget*> reached;
    for (QWidget* top :
         {static_cast<QWidget*>(&window), static_cast<QWidget*>(&settings), static_cast<QWidget*>(&open)})
      for (QWidget* w = top->nextInFocusChain(); w && w != top; w = w->nextInFocusChain()) reached << w;
    QStringList faults;
    for (QWidget* top :
         {static_cast<QWidget*>(&window), static_cast<QWidget*>(&settings), static_cast<QWidget*>(&open)})
      for (const QWidget* w : top->findChildren<QWidget*>()) {
        if (!is_control(w) || is_inner_part(w)) continue;
        if (const auto* button = qobject_cast<const QAbstractButton*>(w);
            button && button->isHidden() && button->text().isEmpty() && button->icon().isNull())
          continue;  // not in use
        const QAccessibleInterface* iface = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(w));
        if (!iface || iface->text(QAccessible::Name).isEmpty()) faults << "no name: " + path_of_widget(w);
        const bool list_of_palette =
            QString(w->metaObject()->className()) == "QListWidget" && w->parentWidget()->objectName() == "palette";
        if (list_of_palette) continue;  // moved by the arrow keys of its text field
        if (!(w->focusPolicy() & Qt::TabFocus)) faults << "no Tab stop: " + path_of_widget(w);
        if (!reached.contains(w)) faults << "not in the focus chain: " + path_of_widget(w);
      }
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
  }

  void no_text_is_clipped_at_100_and_150_percent_in_both_languages() {
    for (const int scale : {100, 150})
      for (const QString language : {"en", "ko"}) {
        WindowFixture fixture(kAll, language, scale);
        MainWindow& window = fixture.window();
        window.resize(scale == 100 ? QSize(1280, 800) : QSize(1920, 1080));
        QVERIFY(fixture.load_model());
        QVERIFY(fixture.answer());
        window.selection().set_position(5);
        QStringList faults;
        const auto inspect = [&] {
          QCoreApplication::processEvents();
          for (const QWidget* w : window.findChildren<QWidget*>()) {
            if (!w->isVisible() || w->width() == 0 || qobject_cast<const views::ElidedLabel*>(w) || is_inner_part(w))
              continue;
            QString text;
            if (const auto* label = qobject_cast<const QLabel*>(w); label && !label->wordWrap()) text = label->text();
            if (const auto* button = qobject_cast<const QAbstractButton*>(w)) text = button->text();
            if (const auto* tool = qobject_cast<const QToolButton*>(w);
                tool && tool->toolButtonStyle() == Qt::ToolButtonIconOnly && !tool->icon().isNull())
              text.clear();
            if (text.isEmpty()) continue;
            int wanted = 0;
            for (const QString& line : text.split('\n'))
              wanted = std::max(wanted, w->fontMetrics().horizontalAdvance(line));
            if (wanted > w->contentsRect().width() + 1 || w->fontMetrics().height() > w->height() + 1)
              faults << QString("%1 %, %2: \"%3\" needs %4, has %5 in %6")
                            .arg(scale)
                            .arg(language, text)
                            .arg(wanted)
                            .arg(w->width())
                            .arg(path_of_widget(w));
          }
        };
        inspect();
        for (const auto& place : window.host().places()) {
          window.desk().show_panel(place->info.id);
          inspect();
        }
        faults.removeDuplicates();
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
      }
    set_language("en");
  }

  void opening_lists_the_models_of_this_machine() {
    WindowFixture fixture(kProbe);
    MainWindow& window = fixture.window();
    const QList<QAction*> actions = window.all_actions();
    const auto open =
        std::find_if(actions.begin(), actions.end(), [](QAction* a) { return a->objectName() == "action.open"; });
    QVERIFY(open != actions.end());
    (*open)->trigger();
    auto* dialog = window.findChild<OpenDialog*>();
    QVERIFY(dialog && dialog->isVisible() && !dialog->isModal());
    dialog->close();
  }

  void without_a_model_the_chat_offers_the_models_of_this_machine() {
    WindowFixture fixture(kAll);
    MainWindow& window = fixture.window();
    QWidget* chat = window.host().place("chat")->dock->widget();
    auto* empty = chat->findChild<views::EmptyState*>();
    QVERIFY(empty && empty->isVisibleTo(chat));
    emit empty->action_triggered();
    auto* dialog = window.findChild<OpenDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    dialog->close();
    const QString offer = empty->accessibleName();
    QVERIFY(fixture.load_model());
    QTRY_VERIFY(empty->accessibleName() != offer);
  }

  void found_models_say_whether_they_fit() {
    FoundModels models(int64_t(4) << 30);
    FoundModel small, large, broken;
    small.name = "small", small.weight_bytes = 100 << 20, small.bytes = 100 << 20;
    large.name = "large", large.weight_bytes = int64_t(8) << 30;
    broken.name = "broken", broken.reason = "a pickle runs programs; convert it";
    for (const FoundModel& m : {small, large, broken}) models.add(m);
    const auto verdict = [&](int row) { return models.index(row, FoundModels::kMemory).data().toString(); };
    QVERIFY(verdict(0).startsWith("fits"));
    QVERIFY(verdict(1).startsWith("too large"));
    QVERIFY(verdict(2).contains("pickle"));
    QVERIFY(!(models.flags(models.index(2, 0)) & Qt::ItemIsSelectable));
    QVERIFY(available_memory() > 0);
  }

  void settings_show_what_holds_and_a_double_click_brings_the_default_back() {
    WindowFixture fixture(kProbe);
    Desk& desk = fixture.window().desk();
    views::theme().apply(views::Scheme::dark, 1.2);  // by the command line: no setting says so
    SettingsDialog settings(desk);
    settings.show();
    QCOMPARE(settings.findChildren<QComboBox*>().first()->currentText(), QString("Dark"));
    int resets = 0;
    for (QSpinBox* box : settings.findChildren<QSpinBox*>()) {
      if (box->accessibleName() == "Size of everything") QCOMPARE(box->value(), 120);
      if (box->accessibleName() != "Longest answer") continue;
      box->setValue(64);
      QCOMPARE(desk.setting("engine/max_tokens", 0).toInt(), 64);
      QTest::mouseDClick(box->findChild<QLineEdit*>(), Qt::LeftButton);
      QCOMPARE(box->value(), 512);
      QVERIFY(box->toolTip().contains("512"));
      ++resets;
    }
    QCOMPARE(resets, 1);
    views::theme().apply(views::Scheme::light, 1);
  }
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
