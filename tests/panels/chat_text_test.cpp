// SPDX-License-Identifier: Apache-2.0
// What the model reads and what it wrote, to the token: the rendered prompt, raw completion, the tokens as an export.
#include <QCheckBox>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>

#include "plugins/chat/token_page.h"
#include "tests/panels/chat_fixture.h"
#include "views/theme.h"
#include "views/token_text.h"

using namespace vitrine;

class ChatTextTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { views::theme().apply(views::Scheme::light, 1); }

  void the_rendered_prompt_is_shown_exactly() {
    Bench bench;
    bench.field("System prompt")->setPlainText("Be brief.");
    bench.send("Why?");
    bench.answer({"So."});
    bench.act("Show the exact prompt");
    const QString first = "<|begin_of_text|>[system] Be brief.\n[user] Why?\n[assistant] ";
    QCOMPARE(bench.field("Exact prompt")->toPlainText(), first);
    QVERIFY(bench.field("Exact prompt")->isVisible());
    QCOMPARE(bench.desk.asked[0].tokens, bench.ids(first, false));  // what is shown is what was read, token by token
    QCOMPARE(bench.desk.asked[0].tokens.front(), *bench.model->tokenizer->bos_id());
    bench.field("Message")->setPlainText("And <|eot_id|> then?");
    bench.act("Show the exact prompt");
    const QString second = "<|begin_of_text|>[system] Be brief.\n[user] Why?\n[assistant] So.\n[user] And <|eot_id|> then?\n[assistant] ";
    QCOMPARE(bench.field("Exact prompt")->toPlainText(), second);
    QTRY_VERIFY(bench.shows(QString("%1 of 100,000 tokens").arg(bench.ids(second, false).size())));
    bench.send("And <|eot_id|> then?");
    QCOMPARE(bench.desk.asked[1].tokens, bench.ids(second, false));
    bench.answer({"So."});
    bench.panel->widget()->findChildren<views::Segmented*>().first()->set_current(0);
    for (const char* fact : {"1 token", "TTFT 41.0 ms", "50.0 tok/s"}) QVERIFY2(bench.shows(fact), fact);
  }

  void without_a_template_the_text_is_completed() {
    Bench bench(460, false);
    const auto& asked = bench.desk.asked;
    const Tokenizer& tokenizer = *bench.model->tokenizer;
    views::Segmented* mode = nullptr;
    for (views::Segmented* choice : bench.panel->widget()->findChildren<views::Segmented*>())
      if (choice->accessibleName() == "Mode") mode = choice;
    QVERIFY(mode && mode->current() == 1);
    bench.send("One<|eot_id|>two");
    QCOMPARE(asked.size(), size_t(1));
    QCOMPARE(asked[0].tokens, bench.ids("One<|eot_id|>two", true));
    QCOMPARE(asked[0].tokens.front(), *tokenizer.bos_id());
    QCOMPARE(std::count(asked[0].tokens.begin(), asked[0].tokens.end(), *tokenizer.id("<|eot_id|>")), 1);
    // A special token of the answer is written out, and a click on it finds it.
    bench.answer({" three"}, false);
    const LaneId lane = asked[0].lane;
    const auto position = int64_t(bench.transcript.lane(lane)->tokens.size());
    bench.deliver({{1000, TokenOut{.lane = lane, .position = position, .id = *tokenizer.id("<mask>")}}});
    bench.deliver({{1000, TokenOut{.lane = lane, .position = position + 1, .id = 40, .text = " four"}}, {1000, Answered{.lane = lane, .answer_tokens = 3}}, {1000, JobEnded{}}});
    QCOMPARE(bench.text()->toPlainText(), QString(" three<mask> four"));
    QTest::mouseClick(bench.text()->viewport(), Qt::LeftButton, {}, bench.text()->rects(8, 10).at(0).center().toPoint());
    QCOMPARE(bench.selection.position(), position);
    // Enter with nothing typed goes on at the end.
    bench.send("");
    QCOMPARE(asked.size(), size_t(2));
    QCOMPARE(asked[1].tokens, bench.ids("One<|eot_id|>two three<mask> four", true));
    bench.answer({" five."});
    // BOS is optional, and what will be read is shown.
    auto* bos = bench.find<QCheckBox>();
    QVERIFY(bos->isVisibleTo(bench.panel->widget()) && bos->isChecked());
    QCOMPARE(bos->text(), QString("Begin with <|begin_of_text|>"));
    bos->click();
    bench.send(" Six");
    QCOMPARE(asked.size(), size_t(3));
    QCOMPARE(asked[2].tokens, bench.ids("One<|eot_id|>two three<mask> four five. Six", false));
    bench.answer({" seven."});
    bench.act("Show the exact prompt");
    QCOMPARE(bench.field("Exact prompt")->toPlainText(), QString("One<|eot_id|>two three<mask> four five. Six"));
    bench.panel->widget()->findChildren<views::Segmented*>().first()->set_current(0);
    // Anywhere: any piece, an answer too, is cut or changed, and goes on from there; the old text stays as a branch.
    QCOMPARE(bench.turns().size(), 5);
    TurnView* piece = bench.turns().at(1);
    for (QToolButton* button : piece->findChildren<QToolButton*>())
      if (button->accessibleName().startsWith("Edit")) button->click();
    QCOMPARE(piece->findChild<QPlainTextEdit*>()->toPlainText(), QString(" three<mask> four"));
    piece->findChild<QPlainTextEdit*>()->setPlainText(" three and");
    for (QPushButton* button : piece->findChildren<QPushButton*>())
      if (button->text() == "Continue from here") button->click();
    QCOMPARE(asked.size(), size_t(4));
    QCOMPARE(asked[3].tokens, bench.ids("One<|eot_id|>two three and", false));
    QCOMPARE(asked[3].fork_of, lane);  // the beginning is not run again
    bench.answer({" more."});
    QCOMPARE(bench.turns().size(), 3);
    // A saved text comes back with its special tokens.
    bench.store->flush();
    const qint64 session = bench.desk.session();
    bench.desk.new_session();
    bench.desk.open_session(session);
    QCoreApplication::processEvents();
    QCOMPARE(bench.desk.error, QString());
    QCOMPARE(bench.turns().size(), 3);
    for (QToolButton* button : bench.turns().at(1)->findChildren<QToolButton*>())
      if (button->accessibleName() == "Previous branch") button->click();
    QCoreApplication::processEvents();
    QCOMPARE(bench.turns().size(), 5);
    QCOMPARE(bench.turns().at(1)->findChildren<MarkdownText*>().last()->toPlainText(), QString(" three<mask> four"));
  }

  void the_tokens_of_the_chat_are_exported() {
    Bench bench;
    bench.desk.ask("Why?");
    const TranscriptLane& lane = bench.answer(kAnswer);
    const views::Exportable what = bench.find<TokenPage>()->exportable();
    const auto arrays = what.numbers();
    QCOMPARE(arrays.at(0).shape, (std::vector<qint64>{qint64(lane.tokens.size()), 7}));
    const auto* row = &arrays[0].values[size_t(7 * (lane.prompt_tokens + 3))];
    QCOMPARE(row[0], double(lane.tokens[size_t(lane.prompt_tokens + 3)].id));
    QVERIFY(std::abs(row[3] - 0.3) < 1e-6 && std::abs(row[4] - 2.6) < 1e-6 && row[5] == 31);
    QVERIFY(std::isnan(arrays[0].values[3]));  // nobody judged the first prompt token
    QTemporaryDir folder;
    using Format = views::ExportFormat;
    for (const Format format : {Format::svg, Format::pdf, Format::png, Format::csv, Format::npz}) {
      const QString path = folder.filePath(QString("tokens%1").arg(int(format)));
      QCOMPARE(views::write_export(what, format, path), QString());
      QVERIFY(QFileInfo(path).size() > 300);
    }
    QFile svg(folder.filePath("tokens0"));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    const QByteArray picture = svg.readAll();
    QVERIFY(picture.contains(QString("Tokens 1 to %1 of %1; colour: Probability").arg(lane.tokens.size()).toUtf8()));
    for (const TranscriptToken& token : lane.tokens) {
      QString text = views::token_text(token.bytes);
      if (text.startsWith(QChar(0xB7))) text.remove(0, 1);
      QVERIFY2(picture.contains(text.toHtmlEscaped().toUtf8()), qPrintable(text));
    }
  }
};

QTEST_MAIN(ChatTextTest)
#include "chat_text_test.moc"
