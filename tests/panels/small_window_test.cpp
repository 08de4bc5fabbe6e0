// SPDX-License-Identifier: Apache-2.0
// A small screen: at 150 % the window and its dialogs still fit 1280x800, with every panel in front, in both languages; nothing in
// it warns or sticks out.
#include <QDialog>
#include <QDockWidget>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QtTest>

#include "app/status_line.h"
#include "app/strip_bar.h"
#include "app/top_bar.h"
#include "tests/support/window_fixture.h"
#include "views/panel_frame.h"
#include "views/segmented.h"
#include "views/wrap_row.h"

using namespace vitrine;

namespace {

QStringList warnings;

void remember(QtMsgType type, const QMessageLogContext&, const QString& text) {
  if (type == QtWarningMsg && !text.startsWith("This plugin does not support")) warnings << text;
}

/// Buttons that are shown but cut off by a parent that does not scroll.
QStringList cut_off(QWidget& parent) {
  QStringList found;
  for (QWidget* w : parent.findChildren<QToolButton*>()) {
    if (!w->isVisible()) continue;
    bool scrolls = false;
    for (QWidget* p = w->parentWidget(); p && p != &parent; p = p->parentWidget()) {
      scrolls = scrolls || qobject_cast<QAbstractScrollArea*>(p);
      scrolls = scrolls || (qobject_cast<QDockWidget*>(p) && p->visibleRegion().isEmpty());  // a tab behind another
    }
    const QRect area(w->mapTo(&parent, QPoint()), w->size());
    if (!scrolls && !parent.rect().contains(area)) found << QString("%1 %2").arg(w->accessibleName(), w->toolTip());
  }
  return found;
}

}  // namespace

class SmallWindowTest : public QObject {
  Q_OBJECT
 private slots:
  void it_fits_data() {
    QTest::addColumn<QString>("language");
    QTest::newRow("English") << "en";
    QTest::newRow("Korean") << "ko";
  }
  void it_fits() {
    QFETCH(QString, language);
    warnings.clear();
    const auto before = qInstallMessageHandler(remember);
    {
      WindowFixture fixture({VITRINE_PANELS}, language, 150);
      MainWindow& window = fixture.window();
      window.resize(1280, 800);
      QVERIFY(fixture.load_model());
      QVERIFY(fixture.answer());
      window.selection().set_position(8);
      for (const auto& place : window.host().places()) {
        window.desk().show_panel(place->info.id);
        QTest::qWait(60);
        const QSize least = window.minimumSizeHint();
        QVERIFY2(least.width() <= 1280 && least.height() <= 800,
                 qPrintable(QString("%1 needs %2x%3").arg(place->info.id).arg(least.width()).arg(least.height())));
        QCOMPARE(window.size(), QSize(1280, 800));
        QVERIFY2(cut_off(window).isEmpty(), qPrintable(place->info.id + ": " + cut_off(window).join("; ")));
      }
      // The chat is not scrolled: its composer is always in sight, with something of the conversation above it.
      auto* chat = qobject_cast<views::PanelFrame*>(window.host().place("chat")->dock->widget());
      const auto* send = chat->findChild<QPushButton*>("send");
      QVERIFY(send && send->isVisible() && send->visibleRegion().boundingRect() == send->rect());
      for (const char* id : {"action.settings", "action.open"}) {
        window.findChild<QAction*>(id)->trigger();
        QTest::qWait(60);
        for (QDialog* dialog : window.findChildren<QDialog*>())
          QVERIFY2(dialog->minimumSizeHint().width() <= 1280 && dialog->minimumSizeHint().height() <= 800, id);
      }
    }
    qInstallMessageHandler(before);
    QVERIFY2(warnings.isEmpty(), qPrintable(warnings.join('\n')));
  }

  void controls_break_into_lines() {
    views::theme().apply(views::Scheme::light, 1);
    QWidget box;
    auto* row = new views::WrapRow(&box);
    for (int i = 0; i < 4; ++i) {
      auto* button = new QToolButton;
      button->setFixedSize(100, 24);
      row->addWidget(button);
    }
    box.resize(500, row->heightForWidth(500));
    box.show();
    const auto lines = [&] {
      QSet<int> tops;
      for (QToolButton* button : box.findChildren<QToolButton*>()) tops << button->y();
      return int(tops.size());
    };
    QCoreApplication::processEvents();
    QCOMPARE(lines(), 1);
    QVERIFY(row->minimumSize().width() < 200);
    box.resize(260, row->heightForWidth(260));
    QCoreApplication::processEvents();
    QCOMPARE(lines(), 2);
    QVERIFY(cut_off(box).isEmpty());
  }

  void words_come_back_with_the_room() {
    WindowFixture fixture({VITRINE_PANELS});
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    const auto words = [&] {
      QStringList shown;
      for (const QLabel* label : window.status().findChildren<QLabel*>())
        if (label->isVisible()) shown << label->text();
      for (const QLabel* label : window.strip().findChildren<QLabel*>())
        if (label->isVisible()) shown << label->text();
      return shown;
    };
    window.resize(1440, 900);
    QTest::qWait(30);
    const QStringList wide = words();
    window.resize(700, 600);
    QTest::qWait(30);
    QVERIFY(words().size() < wide.size());
    window.resize(1440, 900);
    QTest::qWait(30);
    QCOMPARE(words(), wide);
  }
};

QTEST_MAIN(SmallWindowTest)
#include "small_window_test.moc"
