// SPDX-License-Identifier: Apache-2.0
// Korean that is incomplete or does not arrive: every text of the program has a translation, and a switch while running
// reaches all.
#include <QDirIterator>
#include <QLabel>
#include <QLibraryInfo>
#include <QProcess>
#include <QToolButton>
#include <QXmlStreamReader>
#include <QtTest>

#include "tests/support/window_fixture.h"
#include "views/elided_label.h"

using namespace vitrine;

namespace {

struct Entry {
  QString context, source, translation, type;
};

/// The messages of a .ts file, vanished ones left out; of a plural, the first form.
QList<Entry> entries_of(const QString& path) {
  QList<Entry> entries;
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return entries;
  QXmlStreamReader xml(&file);
  Entry entry;
  QString context;
  while (!xml.atEnd()) {
    xml.readNext();
    if (xml.isStartElement() && xml.name() == u"name")
      context = xml.readElementText();
    else if (xml.isStartElement() && xml.name() == u"message")
      entry = {context, {}, {}, {}};
    else if (xml.isStartElement() && xml.name() == u"source")
      entry.source = xml.readElementText();
    else if (xml.isStartElement() && xml.name() == u"translation") {
      entry.type = xml.attributes().value("type").toString();
      entry.translation = xml.readElementText(QXmlStreamReader::IncludeChildElements);
    } else if (xml.isEndElement() && xml.name() == u"message" && entry.type != "vanished" && entry.type != "obsolete") {
      entries << entry;
    }
  }
  return entries;
}

QStringList places_in(const QString& text) {
  QStringList found;
  static const QRegularExpression place("%(\\d|n)");
  for (auto it = place.globalMatch(text); it.hasNext();) found << it.next().captured(0);
  found.removeDuplicates();
  found.sort();
  return found;
}

}  // namespace

class LanguageTest : public QObject {
  Q_OBJECT
 private slots:
  void korean_is_complete() {
    const QList<Entry> entries = entries_of(VITRINE_SOURCE_DIR "/assets/translations/vitrine_ko.ts");
    QVERIFY(entries.size() > 100);
    QStringList faults;
    for (const Entry& e : entries) {
      if (e.type == "unfinished" || e.translation.trimmed().isEmpty())
        faults << "unfinished: " + e.context + ": " + e.source;
      if (places_in(e.source) != places_in(e.translation))
        faults << "places differ: " + e.source + " / " + e.translation;
    }
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join('\n')));
  }

  void every_text_of_the_sources_is_in_the_translation() {
    const QString lupdate = QLibraryInfo::path(QLibraryInfo::LibraryExecutablesPath) + "/../bin/lupdate";
    QString tool = QStandardPaths::findExecutable(
        "lupdate", {QLibraryInfo::path(QLibraryInfo::BinariesPath), QFileInfo(lupdate).path(), "/usr/lib/qt6/bin"});
    if (tool.isEmpty()) QSKIP("lupdate is not installed");
    QTemporaryDir folder;
    const QString copy = folder.filePath("ko.ts");
    QVERIFY(QFile::copy(VITRINE_SOURCE_DIR "/assets/translations/vitrine_ko.ts", copy));
    const QString root = VITRINE_SOURCE_DIR;
    QProcess process;
    process.start(tool, {"-silent", "-no-obsolete", "-locations", "none", "-I", root, root + "/app", root + "/views",
                         root + "/plugins", "-ts", copy});
    QVERIFY(process.waitForFinished(60000));
    QStringList missing;
    for (const Entry& e : entries_of(copy))
      if (e.type == "unfinished") missing << e.context + ": " + e.source;
    QVERIFY2(missing.isEmpty(), qPrintable("add to assets/translations/vitrine_ko.ts (target update_translations):\n" +
                                           missing.join('\n')));
  }

  void every_panel_has_a_korean_title() {
    QDirIterator it(VITRINE_SOURCE_DIR "/plugins", {"*.json"}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
      QFile file(it.next());
      QVERIFY(file.open(QIODevice::ReadOnly));
      const QJsonObject meta = QJsonDocument::fromJson(file.readAll()).object();
      QVERIFY2(!meta["title"].toString().isEmpty() && !meta["title_ko"].toString().isEmpty(),
               qPrintable(file.fileName()));
    }
  }

  void the_language_changes_while_the_window_runs() {
    WindowFixture fixture({VITRINE_PANELS, VITRINE_TEST_PANELS});
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    window.selection().set_position(3);
    const auto texts = [&] {
      QStringList all;
      for (const QLabel* label : window.findChildren<QLabel*>()) {
        const auto* elided = qobject_cast<const views::ElidedLabel*>(label);  // where it ends depends on the room
        all << (elided ? elided->full_text() : label->text());
      }
      for (const QToolButton* button : window.findChildren<QToolButton*>()) all << button->text() << button->toolTip();
      for (const QAction* action : window.all_actions()) all << action->text();
      for (const auto& place : window.host().places()) all << place->dock->windowTitle();
      return all;
    };
    const QStringList english = texts();
    QVERIFY(english.contains("Select the next token"));
    window.set_language("ko");
    QCoreApplication::processEvents();
    const QStringList korean = texts();
    QVERIFY(korean.contains(QString::fromUtf8("다음 토큰 선택")));
    QVERIFY(korean.contains(QString::fromUtf8("탐침")));
    QVERIFY(!korean.contains("Select the next token"));
    const auto hangul = [](const QStringList& list) {
      int n = 0;
      for (const QString& text : list)
        n += std::any_of(text.begin(), text.end(), [](QChar c) { return c.script() == QChar::Script_Hangul; });
      return n;
    };
    QVERIFY(hangul(korean) > 40);
    window.set_language("en");
    QCoreApplication::processEvents();
    QCOMPARE(texts(), english);
  }

  void plurals_are_right_in_english() {
    set_language("en");
    QCOMPARE(QCoreApplication::translate("vitrine::TopBar", "%1, %n thread(s)", nullptr, 1).arg("CPU"),
             QString("CPU, 1 thread"));
    QCOMPARE(QCoreApplication::translate("vitrine::TopBar", "%1, %n thread(s)", nullptr, 2).arg("CPU"),
             QString("CPU, 2 threads"));
  }
};

QTEST_MAIN(LanguageTest)
#include "language_test.moc"
