// SPDX-License-Identifier: Apache-2.0
// The sampler panel's numbers and words from a fabricated verdict, editing of the chain, what is asked and when, and
// that every stage of the engine has its words.
#include <QtTest>
#include <cmath>

#include "plugins/sampler/sampler_model.h"
#include "plugins/sampler/sampler_panel.h"
#include "plugins/sampler/sampler_picture.h"
#include "plugins/sampler/stage_menu.h"
#include "plugins/sampler/stage_words.h"
#include "tests/support/fake_engine.h"
#include "tests/support/window_fixture.h"

using namespace vitrine;

namespace {

SamplerSpec small_chain() {
  return {.stages = {{.name = "top_k", .parameters = {{"top_k", 3}}},
                     {.name = "temperature", .parameters = {{"temperature", 0.8}}}},
          .seed = 7};
}

/// Four tokens of probability 0.5, 0.25, 0.15, 0.1.
std::vector<float> four_logits() { return {std::log(0.5f), std::log(0.25f), std::log(0.15f), std::log(0.1f)}; }

SamplerTarget target() {
  SamplerTarget t{
      .lane = 1, .position = 5, .prompt_tokens = 4, .answer_tokens = 3, .step = 1, .history = {0, 1, 2, 3, 0}};
  t.token.id = 0;
  t.token.step = 1;
  t.token.known = true;
  return t;
}

/// What the engine would tell about `spec`, worked out with the engine's own chain for step 1.
ResampleOut verdict(const SamplerSpec& spec, int32_t now) {
  ResampleOut out{.lane = 1, .trace_step = 1};
  const std::vector<float> logits = four_logits();
  for (int32_t id = 0; id < 4; ++id) out.before.push_back({id, logits[size_t(id)]});
  const SamplerTarget t = target();
  out.after = SamplerChain(spec).shape(logits, {t.history, 4, 1, {}}, &out.stages);
  out.u = 0.9;
  out.steps = {{0, 0, 0, 1, 1}, {1, 0, now, 0.5, 0.25}, {2, 2, 3, 0.1, 0.2}};
  return out;
}

SamplerModel model_with(const SamplerSpec& spec, int32_t now = 0) {
  SamplerModel model;
  model.set_label([](int32_t id) { return QString("t%1").arg(id); });
  model.set_vocabulary(4);
  model.set_base(small_chain());
  model.set_spec(spec);
  model.set_target(target());
  model.take(verdict(spec, now), spec);
  model.take_logits(5, four_logits());
  return model;
}

size_t resamples(const std::vector<Command>& commands) {
  return size_t(std::count_if(commands.begin(), commands.end(),
                              [](const Command& c) { return std::holds_alternative<Resample>(c); }));
}

}  // namespace

class SamplerPanelTest : public QObject {
  Q_OBJECT
 private slots:
  void every_stage_has_its_words() {
    QStringList known;
    for (const char* text : stage_texts()) known << text;
    for (const StageInfo& info : sampler_stages()) {
      QVERIFY2(known.contains(QString::fromStdString(std::string(info.title))), info.title.data());
      for (const StageParameter& p : info.parameters) {
        for (const std::string_view text : {p.help, p.unit})
          QVERIFY2(text.empty() || known.contains(QString::fromStdString(std::string(text))), text.data());
        const SliderScale scale = slider_scale(p);
        QVERIFY(scale.lowest >= p.lowest && scale.highest <= p.highest && scale.lowest < scale.highest);
        for (const double at : {0.0, 0.25, 1.0}) QVERIFY(std::abs(scale.position(scale.value(at, false)) - at) < 0.03);
      }
      QVERIFY(stage_help(info).contains(QString::fromStdString(std::string(info.formula))));
    }
  }

  void funnel_and_bars_tell_who_removed_what() {
    const SamplerModel model = model_with(small_chain());
    const std::vector<FunnelStep> steps = model.funnel();
    QCOMPARE(steps.size(), size_t(2));
    QCOMPARE(steps[0].entered, 4);
    QCOMPARE(steps[0].kept, 3);
    QVERIFY(std::abs(steps[0].removed - 0.1) < 1e-5);
    QCOMPARE(steps[1].kept, 3);
    QVERIFY(std::abs(steps[1].left - 0.9) < 1e-5);
    QCOMPARE(model.removed_line(steps[0], false), QString::fromUtf8("−10.0 %"));
    const std::vector<CandidateLine> lines = model.candidates(10);
    QCOMPARE(lines.size(), size_t(4));
    QVERIFY(lines[3].removed);
    QCOMPARE(lines[3].removed_by, 0);
    QVERIFY(!lines[0].removed && lines[0].after > lines[0].before);
    QVERIFY(model.summary().contains("Top-k leaves 3"));
    QVERIFY(model.now_line().contains("2 of 3"));
  }

  void recorded_settings_mark_nothing_even_where_a_token_was_chosen_by_hand() {
    SamplerModel model = model_with(small_chain(), 1);
    QVERIFY(model.marks().empty());
    SamplerSpec other = small_chain();
    other.stages[0].parameters[0].second = 2;
    model.set_spec(other);
    model.take(verdict(other, 1), other);
    QVERIFY2(model.marks().empty(), "steps that differ under the recorded chain too are no change");
  }

  void other_settings_mark_what_would_have_changed() {
    SamplerSpec other = small_chain();
    other.stages[1].parameters[0].second = 1.5;
    const SamplerModel model = model_with(other, 1);
    const std::vector<TokenMark> marks = model.marks();
    QCOMPARE(marks.size(), size_t(2));
    QCOMPARE(marks[0].position, 5);
    QCOMPARE(marks[0].other, 1);
    QCOMPARE(marks[1].position, 6);
    QVERIFY(model.note().contains("from token 2 on"));
    QCOMPARE(model.detail(1), QString("was 0.80"));
    QCOMPARE(model.draw_line(), QString("Draw 2 of seed 7 falls on t1 instead of t0."));
    QVERIFY(model.change_line().startsWith("2 of 3"));
  }

  void the_picture_and_its_numbers_are_exported() {
    SamplerModel model = model_with(small_chain());
    SamplerPicture picture(model);
    picture.resize(900, 600);
    views::Exportable what;
    what.title = "sampler";
    what.size = {960, 500};
    what.paint = [&](QPainter& p, const QRectF& area) { picture.paint_export(p, area); };
    what.numbers = [&] { return model.numbers(); };
    QTemporaryDir folder;
    for (const auto& [format, name] : {std::pair(views::ExportFormat::svg, "a.svg"),
                                       {views::ExportFormat::pdf, "a.pdf"},
                                       {views::ExportFormat::png, "a.png"},
                                       {views::ExportFormat::csv, "a.csv"},
                                       {views::ExportFormat::npz, "a.npz"}}) {
      QCOMPARE(views::write_export(what, format, folder.filePath(name)), QString());
      QVERIFY(QFileInfo(folder.filePath(name)).size() > 300);
    }
    QFile svg(folder.filePath("a.svg"));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    QVERIFY(svg.readAll().contains("3 left"));
  }

  void stages_are_added_moved_removed_and_reset() {
    SamplerModel model = model_with(small_chain());
    model.add("min_p");
    model.move(2, 0);
    QCOMPARE(model.spec().stages[0].name, std::string("min_p"));
    QCOMPARE(model.detail(0), QString("added"));
    QVERIFY(!model.up_to_date());
    QCOMPARE(model.recorded(1, stage_info("top_k")->parameters[0]).value(), 3.0);
    model.set_parameter(1, "top_k", 1);
    model.reset_row(1);
    model.remove(0);
    QVERIFY(!model.changed());
    model.ban(3);
    QVERIFY(std::isinf(model.spec().stages[0].bias[0].second));
    QVERIFY_EXCEPTION_THROWN((void)SamplerChain(SamplerSpec{.stages = {{.name = "nonsense"}}}), Error);
    for (const StageInfo& info : sampler_stages()) model.add(info.name);
    (void)SamplerChain(model.spec());  // every stage as it is added is accepted
    model.reset();
    QVERIFY(!model.changed());
  }

  void biases_and_sequences_are_read_as_written() {
    StageSpec stage{.name = "logit_bias"};
    QVERIFY(read_bias("42=-inf, 17=1.5", stage));
    QCOMPARE(bias_text(stage), QString("42=-inf, 17=1.5"));
    for (const char* bad : {"x=1", "3", "-1=2", "4=inf", "4=nan"}) QVERIFY2(!read_bias(bad, stage), bad);
    QVERIFY(read_sequences("1 2 3; 7", stage));
    QCOMPARE(sequences_text(stage), QString("1 2 3; 7"));
    QVERIFY(!read_sequences("1 a", stage));
  }

  void another_token_of_a_judged_answer_keeps_its_verdicts() {
    const SamplerSpec spec = small_chain();
    SamplerModel model = model_with(spec, 1);
    QVERIFY(model.judged_all());
    SamplerTarget other = target();
    other.position = 6;
    other.step = other.token.step = 2;
    model.set_target(other);
    QVERIFY(model.judged_all() && !model.up_to_date());
    ResampleOut one = verdict(spec, 1);
    one.trace_step = 2;
    one.steps = {{2, 2, 3, 0.1, 0.2}};
    model.take(one, spec);
    QVERIFY(model.judged_all() && model.up_to_date());
    SamplerSpec changed = spec;
    changed.seed += 1;
    model.set_spec(changed);
    QVERIFY(!model.judged_all());  // under another chain all of it is judged
  }

  void a_hidden_panel_asks_nothing_and_a_visible_one_once() {
    WindowFixture fixture({});
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    PanelContext context{fixture.engine(), window.selection(), window.transcript(), window.desk()};
    SamplerPanel panel(context);
    std::unique_ptr<QWidget> widget(panel.widget());
    panel.on_model_changed(window.desk().model().get());
    fake::take_submitted();
    for (int i = 0; i < 5; ++i) window.selection().set_position(6 + i);
    QCOMPARE(fake::take_submitted().size(), size_t(0));
    panel.on_visible(true);
    QCOMPARE(resamples(fake::take_submitted()), size_t(1));
    window.selection().set_position(2);  // of the prompt: nothing to ask
    QCOMPARE(resamples(fake::take_submitted()), size_t(0));
    panel.on_visible(false);
    window.selection().set_position(9);
    QCOMPARE(fake::take_submitted().size(), size_t(0));
  }

  void what_is_tried_comes_back_and_can_be_used() {
    WindowFixture fixture({});
    MainWindow& window = fixture.window();
    QVERIFY(fixture.load_model());
    QVERIFY(fixture.answer());
    PanelContext context{fixture.engine(), window.selection(), window.transcript(), window.desk()};
    SamplerPanel panel(context);
    std::unique_ptr<QWidget> widget(panel.widget());
    panel.on_visible(true);
    QVERIFY(panel.save().isEmpty());
    panel.model().set_spec(small_chain());
    const QJsonObject saved = panel.save();
    SamplerPanel second(context);
    std::unique_ptr<QWidget> other(second.widget());
    second.restore(saved);
    QCOMPARE(second.save(), saved);
    second.on_visible(true);
    QVERIFY(second.model().spec() == small_chain());
    QCOMPARE(second.save(), saved);
    second.restore({{"chain", "no chain"}});
    second.use_for_next_answer();
    QVERIFY(window.desk().sampler() == small_chain());
    window.desk().undo_stack().undo();
    QVERIFY(!(window.desk().sampler() == small_chain()));
  }
};

QTEST_MAIN(SamplerPanelTest)
#include "sampler_panel_test.moc"
