// SPDX-License-Identifier: Apache-2.0
// Encoders and encoder-decoders in the window, with the real engine over the tiny checkpoints of tests/data/encoders: what the panel
// Encoder says of them, the attention of a text typed there, an answer to a source text in the chat, and its three kinds of attention.
#include <QLabel>
#include <QtTest>
#include <algorithm>
#include <tuple>

#include "app/error_bar.h"
#include "engine/text/tokenizer.h"
#include "tests/support/window_fixture.h"

using namespace vitrine;

namespace {

Panel* panel(MainWindow& window, const QString& id) {
  for (const auto& place : window.host().places())
    if (place->info.id == id) return place->panel.get();
  return nullptr;
}

/// The window with a checkpoint open and a panel in front; null: it could not be opened.
Panel* open(WindowFixture& fixture, const char* name, const char* shown) {
  MainWindow& window = fixture.window();
  const auto before = window.desk().model();
  window.open_path(QStringLiteral(VITRINE_TEST_DATA "/") + name);
  if (!QTest::qWaitFor([&] { return window.desk().model() && window.desk().model() != before && !window.desk().loading(); }, 10000)) return nullptr;
  window.desk().show_panel(QLatin1String(shown));
  QCoreApplication::processEvents();
  return panel(window, shown);
}

bool says(Panel* panel, const QString& part) {
  return QTest::qWaitFor([&] { return panel->summary().contains(part); }, 10000);
}

}  // namespace

class EncodersTest : public QObject {
  Q_OBJECT
 private slots:
  void the_encoder_panel_says_what_a_model_does() {
    const std::tuple<const char*, int, const char*> cases[] = {{"encoders/sentence_mean", 1, "Most alike of 6 sentences"},
                                                               {"encoders/sentence_many", 1, "negative Euclidean distance"},
                                                               {"encoders/bert", 0, "Mask 1 of 1"},
                                                               {"encoders/roberta", 0, "Mask 1 of 1"},
                                                               {"encoders/electra_discriminator", 0, "token was replaced"},
                                                               {"encoders/sentence_mean", 0, "no masked-language head"},
                                                               {"llm/llama", 1, "no tokenizer"}};
    WindowFixture fixture({VITRINE_PANELS});
    for (const auto& [name, page, part] : cases) {
      Panel* encoder = open(fixture, name, "encoder");
      QVERIFY2(encoder, name);
      encoder->restore({{"page", page}});
      QVERIFY2(says(encoder, part), qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(name), encoder->summary())));
      QVERIFY2(fixture.window().error_bar().what().isEmpty(), qPrintable(fixture.window().error_bar().what()));
    }
  }

  void texts_are_kept_and_become_a_script() {
    WindowFixture fixture({VITRINE_PANELS});
    Panel* encoder = open(fixture, "encoders/sentence_mean", "encoder");
    QVERIFY(encoder);
    encoder->restore({{"page", 1}, {"text", "a"}, {"sentences", "the cat\n\nit's a dog\n"}});
    QVERIFY(says(encoder, "Most alike of 2 sentences: 'the cat'"));
    QVERIFY(encoder->script().contains("embed ") && encoder->script().contains("'it'\\''s a dog'"));
    QCOMPARE(encoder->save()["sentences"].toString(), QString("the cat\n\nit's a dog\n"));
  }

  void an_encoder_sends_the_chat_to_its_panel() {
    WindowFixture fixture({VITRINE_PANELS});
    QVERIFY(open(fixture, "encoders/bert", "chat"));
    const auto labels = fixture.window().findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) { return label->text() == "This model reads, it does not write"; }));
  }

  void a_text_typed_in_the_encoder_panel_is_looked_into() {
    const std::pair<const char*, int> cases[] = {{"encoders/bert", 0}, {"encoders/roberta", 0}, {"encoders/modernbert", 0}, {"encoders/electra_discriminator", 0},
                                                 {"encoders/albert", 0}, {"encoders/distilbert", 0}, {"encoders/sentence_mean", 1}};
    for (const auto& [name, page] : cases) {
      WindowFixture fixture({VITRINE_PANELS});
      MainWindow& window = fixture.window();
      Panel* attention = open(fixture, name, "attention");
      QVERIFY2(attention, name);
      QCOMPARE(attention->summary(), "No attention to show yet.");
      const auto labels = attention->widget()->findChildren<QLabel*>();
      QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) { return label->isVisible() && label->text().contains("Type a text in the Encoder panel"); }));
      window.desk().show_panel("encoder");
      panel(window, "encoder")->restore({{"page", page}, {"text", "the cat sat"}, {"sentences", "the cat sat\na dog\n"}});
      window.desk().show_panel("attention");  // before the quarter of a second is over that typing is given
      const auto tokens = window.desk().model()->tokenizer->encode_ids("the cat sat");
      const int layer = int(window.desk().model()->facts->spec.layers().size()) - 1;
      window.selection().set_layer_head(layer, 2);
      QVERIFY2(says(attention, QStringLiteral("Layer %1, head 2, token 1 of %2: '").arg(layer).arg(tokens.size())), qPrintable(attention->summary()));
      QVERIFY(attention->summary().contains("looks most at"));
      window.selection().set_position(2);
      QVERIFY2(says(attention, QStringLiteral("token 3 of %1").arg(tokens.size())), qPrintable(attention->summary()));
      attention->restore({{"view", "mean"}});
      QVERIFY2(says(attention, "mean over") && says(attention, "looks most at"), qPrintable(attention->summary()));
      QVERIFY(attention->script().contains(QStringLiteral("--watch attn_probs@%1").arg(layer)));
      const QString again = attention->script().section('\'', 3, 3);
      QVERIFY2(window.desk().model()->tokenizer->encode_ids(again.toStdString(), {.add_special = false}) == tokens, qPrintable(attention->script()));
      panel(window, "encoder")->restore({{"page", page}, {"text", "a dog"}, {"sentences", "a dog\n"}});
      window.desk().show_panel("encoder");
      window.desk().show_panel("attention");
      QVERIFY2(says(attention, QStringLiteral("of %1: '").arg(window.desk().model()->tokenizer->encode_ids("a dog").size())), qPrintable(attention->summary()));
      QVERIFY2(window.error_bar().what().isEmpty(), qPrintable(window.error_bar().what()));
    }
  }

  void a_question_to_an_encoder_is_read_by_it() {
    WindowFixture fixture({VITRINE_PANELS});
    Panel* attention = open(fixture, "encoders/bert", "attention");
    QVERIFY(attention);
    fixture.window().desk().ask("a dog and a cat");
    QVERIFY2(says(attention, "looks most at"), qPrintable(attention->summary()));
    QVERIFY2(fixture.window().error_bar().what().isEmpty(), qPrintable(fixture.window().error_bar().what()));
  }

  void a_source_text_is_answered_and_looked_into() {
    for (const char* name : {"encoders/t5", "encoders/bart"}) {
      WindowFixture fixture({VITRINE_PANELS});
      MainWindow& window = fixture.window();
      QVERIFY(open(fixture, name, "attention"));
      window.desk().ask("the cat sat on the mat");
      const auto lane = [&] { return window.transcript().lane(window.selection().lane()); };
      QVERIFY(QTest::qWaitFor([&] { return lane() && lane()->answered && !lane()->running; }, 10000));
      const auto model = window.desk().model();
      QCOMPARE(lane()->source.size(), model->tokenizer->encode_ids("the cat sat on the mat").size());
      QCOMPARE(lane()->prompt_tokens, 1);
      QCOMPARE(lane()->request.beam.beams, model->facts->generation.beam.beams);
      QVERIFY(lane()->answer_tokens() > 3);
      QVERIFY(!lane()->tokens.back().top.empty());
      Panel* attention = panel(window, "attention");
      const char* const parts[] = {"Layer 1, head 2", "Cross-attention: Layer 1, head 2", "Encoder: Layer 1, head 2"};
      window.selection().set_layer_head(1, 2);
      for (int of = 0; of < 3; ++of) {
        attention->restore({{"of", of}});
        QVERIFY2(says(attention, "looks most at") && attention->summary().startsWith(parts[of]), qPrintable(attention->summary()));
      }
      QVERIFY2(window.error_bar().what().isEmpty(), qPrintable(window.error_bar().what()));
    }
  }
};

QTEST_MAIN(EncodersTest)
#include "encoders_test.moc"
