// SPDX-License-Identifier: Apache-2.0
// The attention panel over a fabricated answer: what it asks, what it says, and that it leaves a hidden panel alone.
#include "tests/panels/attention_fixture.h"

using namespace fabricated;

class AttentionPanelTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { views::theme().apply(views::Scheme::dark, 1); }

  void a_selection_asks_for_its_rows_once() {
    Scene3 s;
    AttentionModel model(s.selection, s.transcript);
    QVERIFY(model.questions({}, 16, true).empty());  // no model yet
    const auto known = facts();
    model.set_model(known.get());
    const auto open = model.questions(region_of(model), 16, true);
    QCOMPARE(open.size(), size_t(2));
    const Inspect& rows = open[0].ask;
    QCOMPARE(rows.what, Inspect::What::attention_tile);
    QCOMPARE(rows.layer, 4);
    QCOMPARE(rows.head, 1);
    // Ten tokens; the newest was never read, so it has no row. Every cell is one pixel.
    QCOMPARE(rows.row_from, 4);
    QCOMPARE(rows.row_to, 9);
    QCOMPARE(rows.key_to, 9);
    QCOMPARE(rows.pixel_rows, 5);
    QCOMPARE(rows.pixel_cols, 9);
    QVERIFY(!open[0].recomputes);
    const Inspect& heads = open[1].ask;
    QCOMPARE(heads.what, Inspect::What::attention_heads);
    QCOMPARE(heads.layer, 2);
    QCOMPARE(heads.layer_to, 7);
    QCOMPARE(heads.pixel_rows, 9);  // fewer tokens than pixels
    for (size_t i = 0; i < open.size(); ++i) model.asked(JobId(i + 1), open[i]);
    QVERIFY2(model.questions(region_of(model), 16, true).empty(), "asked again while the answer is on its way");
  }

  void a_growing_answer_asks_only_for_the_new_rows() {
    Scene3 s(6, kPrompt, false);
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    s.settle(model, region_of(model));
    s.grow(3);
    const auto open = model.questions(region_of(model), 16, false);
    QCOMPARE(open.size(), size_t(1));
    QCOMPARE(open[0].ask.row_from, 9);
    QCOMPARE(open[0].ask.row_to, 12);
    s.settle(model, region_of(model));
    QCOMPARE(model.exact().first(), 4);
    QCOMPARE(model.exact().end(), 12);
  }

  void not_following_waits_for_the_end() {
    Scene3 s(6, kPrompt, false);
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    s.settle(model, region_of(model));
    AttentionSettings settings = model.settings();
    settings.follow = false;
    model.set_settings(settings);
    s.grow(5);
    QVERIFY(model.questions(region_of(model), 16, true).empty());
    QCOMPARE(model.rows(), 9);
    const Event end{1, JobEnded{}};
    s.transcript.on_events({&end, 1});
    QCOMPARE(model.rows(), 14);
  }

  void shares_sum_to_one_hundred_percent() {
    for (const int64_t answer : {1, 2, 6, 40}) {
      Scene3 s(answer + 1);
      AttentionModel model(s.selection, s.transcript);
      const auto known = facts();
      model.set_model(known.get());
      s.settle(model, region_of(model));
      const HeadShares shares = model.shares();
      QCOMPARE(shares.rows, answer);
      double sum = 0;
      for (const double share : shares.share) sum += share;
      QVERIFY2(std::abs(sum - 1) < 1e-9, qPrintable(QString::number(sum, 'g', 17)));
    }
  }

  void keys_are_sorted_into_disjoint_classes() {
    const int32_t ids[] = {7, 1, 2, 3, 1, 2};
    QCOMPARE(classify(ids, 4, 0), KeyClass::sink);
    QCOMPARE(classify(ids, 4, 4), KeyClass::self);
    QCOMPARE(classify(ids, 4, 3), KeyClass::previous);
    QCOMPARE(classify(ids, 4, 2), KeyClass::induction);  // follows the earlier 1
    QCOMPARE(classify(ids, 4, 1), KeyClass::other);
    QCOMPARE(classify(ids, 5, 3), KeyClass::induction);
    QCOMPARE(classify(ids, 0, 0), KeyClass::sink);
    const std::pair<int64_t, KeyClass> both_ways[] = {{0, KeyClass::first}, {1, KeyClass::other}, {2, KeyClass::previous}, {3, KeyClass::self},
                                                      {4, KeyClass::next},  {5, KeyClass::other}, {6, KeyClass::last}};
    for (const auto& [key, wanted] : both_ways) QCOMPARE(classify_both_ways(7, 3, key), wanted);
    HeadRows rows;
    rows.start({1, 0, 0}, 0);
    const float weights[] = {0.1f, 0.2f, 0.4f, 0.1f, 0.2f};
    rows.put(4, 1, 5, weights);
    const HeadShares shares = shares_of(rows, ids, 0);
    QVERIFY(std::abs(shares.share[int(KeyClass::induction)] - 0.4) < 1e-6);
    QVERIFY(std::abs(shares.share[int(KeyClass::self)] - 0.2) < 1e-6);
    QVERIFY(std::abs(shares.share[int(KeyClass::other)] - 0.2) < 1e-6);
  }

  void the_text_form_says_what_is_shown() {
    Scene3 s;
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    s.selection.set_position(6);
    s.settle(model, region_of(model));
    const QString text = model.text_form();
    QVERIFY2(text.startsWith("Layer 4, head 1, answer token 3 of 6, sink shown"), qPrintable(text));
    // Row 6 of head 1: parts (1 + (6 + 2 k + 1) mod 5) = 3 5 2 4 1 3 5 of 23.
    QVERIFY2(text.contains("1 \u00B7w1 21.7 %\n6 \u00B7w0 21.7 %"), qPrintable(text));
    QVERIFY2(model.summary().contains("looks most at '\u00B7w1', 21.7 %"), qPrintable(model.summary()));
    QVERIFY(!model.now().contains("recomputed"));
  }

  void another_head_is_said_to_be_on_its_way() {
    Scene3 s;
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    s.settle(model, region_of(model));
    QVERIFY(!model.stale());
    s.selection.set_layer_head(5, 2);
    QVERIFY(model.stale());
    QVERIFY2(model.now().contains("layer 4, head 1"), qPrintable(model.now()));
    s.settle(model, region_of(model));
    QVERIFY(!model.stale());
    QVERIFY(std::abs(model.weights_of(5)[2] - row_of(5, 2)[2]) < 1e-7f);
  }

  void a_long_context_asks_only_for_the_pixels_shown() {
    Scene3 s(3000, 3000);
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    const AttentionRegion region{3000, 5999, 3000, 5999, 300, 400};
    const auto open = model.questions(region, 34, true);
    bool tile = false;
    for (const AttentionQuestion& question : open) {
      QVERIFY2(int64_t(question.ask.pixel_rows) * question.ask.pixel_cols <= int64_t(1) << 20, question.tag.c_str());
      QVERIFY(question.ask.row_to <= 5999);
      if (question.kind != Kind::tile) continue;
      tile = true;
      QCOMPARE(question.ask.pixel_rows, 300);
      QCOMPARE(question.ask.pixel_cols, 400);
    }
    QVERIFY(tile);
    s.settle(model, region);
    const AttentionPixels pixels = model.pixels(region);
    QVERIFY(pixels.pooled);
    for (const float value : pixels.values) QVERIFY(std::isnan(value) || value >= 0);
    QCOMPARE(pixels.sink.size(), size_t(300));
    // An old row that is selected is asked for alone.
    s.selection.set_position(3010);
    const auto row = model.questions(region, 16, true);
    QCOMPARE(row.size(), size_t(1));
    QCOMPARE(row[0].ask.what, Inspect::What::attention_row);
    s.settle(model, region);
    QCOMPARE(model.row_weights().size(), size_t(3011));
  }

  void a_new_request_forgets_what_is_no_longer_true() {
    Scene3 s;
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    const auto open = model.questions(region_of(model), 16, true);
    model.asked(7, open[0]);
    model.lane_began(1, 6);
    QVERIFY2(!model.take(7, answer_to(open[0].ask)), "an answer about the old text was drawn");
    s.settle(model, region_of(model));
    model.lane_began(1, 6);
    QCOMPARE(model.exact().end(), 6);
  }

  void a_saved_answer_is_recomputed_and_says_so() {
    Scene3 s;
    TranscriptLane saved = *s.transcript.lane(1);
    saved.prompt_done.reset();
    s.transcript.restore(saved);
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    const auto open = model.questions(region_of(model), 16, true);
    QVERIFY(open[0].recomputes);
    model.asked(1, open[0]);
    model.ended(1, JobEnded::Outcome::cancelled);  // stopped by hand
    QVERIFY(model.declined());
    QVERIFY(model.questions(region_of(model), 16, true).empty());
    model.retry();
    model.asked(2, open[0]);
    TapOut answer = answer_to(open[0].ask);
    answer.recomputed = true;
    QVERIFY(model.take(2, answer));
    QVERIFY(model.now().contains("recomputed"));
  }

  void settings_survive_a_restart() {
    Scene3 s;
    AttentionModel model(s.selection, s.transcript), other(s.selection, s.transcript);
    AttentionSettings settings;
    settings.view = AttentionView::links;
    settings.logarithmic = settings.sink = settings.follow = false;
    settings.unfolded = settings.mean_pixels = settings.all_layers = true;
    model.set_settings(settings);
    other.restore(model.save());
    QCOMPARE(other.save(), model.save());
    other.restore({{"view", 12}, {"log", "yes"}});  // nonsense falls back to the defaults
    QCOMPARE(other.settings().view, AttentionView::matrix);
    QVERIFY(other.settings().logarithmic);
  }

  void the_layout_keeps_the_selected_row_in_view() {
    Scene3 s(120);
    AttentionModel model(s.selection, s.transcript);
    const auto known = facts();
    model.set_model(known.get());
    for (const QSizeF size : {QSizeF(420, 440), QSizeF(1400, 1100), QSizeF(260, 170)}) {
      const MatrixLayout newest = lay_out(model, {}, size);
      QCOMPARE(newest.region.row_to, model.rows());
      s.selection.set_position(20);
      const MatrixLayout chosen = lay_out(model, {}, size);
      QVERIFY(chosen.row_at(20) >= 0);
      QVERIFY2(chosen.right <= size.width() && chosen.bars.bottom() <= size.height(), "the picture leaves its room");
      const MatrixHit at = hit(chosen, {chosen.x_of(1) + 2, chosen.y_of(chosen.row_at(20)) + 2});
      QCOMPARE(at.col, 1);
      QCOMPARE(at.row, chosen.row_at(20));
      MatrixZoom all;
      all.fit = true;
      const MatrixLayout fitted = lay_out(model, all, size);
      QCOMPARE(fitted.region.row_from, model.first_row());
      QCOMPARE(fitted.region.row_to, model.rows());
      s.selection.clear();
    }
  }

  void a_hidden_panel_asks_nothing() {
    Scene3 s;
    Engine engine;
    Desk3 desk;
    desk.loaded->facts = facts();
    PanelContext context{engine, s.selection, s.transcript, desk};
    const auto panel = make_attention_panel(context);
    std::unique_ptr<QWidget> widget(panel->widget());
    panel->on_model_changed(desk.loaded.get());
    s.selection.set_position(7);
    s.grow(2);
    QTest::qWait(350);
    QVERIFY2(desk.submitted.empty(), "a hidden panel asked the engine");
    panel->on_visible(true);
    widget->resize(900, 600);
    widget->show();
    serve(desk, *panel);
    QVERIFY(!desk.submitted.empty());
    for (const auto& [command, tag] : desk.submitted)
      QVERIFY(std::holds_alternative<Inspect>(command) && tag.starts_with("attention."));
    QVERIFY2(panel->summary().contains("looks most at"), qPrintable(panel->summary()));
    panel->on_visible(false);
    const size_t before = desk.submitted.size();
    s.selection.set_layer_head(0, 0);
    QTest::qWait(350);
    QCOMPARE(desk.submitted.size(), before);
    widget.release()->deleteLater();
  }

  void a_click_on_a_cell_selects_its_row_and_keys_walk() {
    Scene3 s(12);
    Engine engine;
    Desk3 desk;
    desk.loaded->facts = facts();
    PanelContext context{engine, s.selection, s.transcript, desk};
    AttentionPanel panel(context);
    QWidget* widget = panel.widget();
    panel.on_model_changed(desk.loaded.get());
    widget->resize(900, 600);
    widget->show();
    panel.on_visible(true);
    serve(desk, panel);
    auto* matrix = panel.findChild<MatrixView*>();
    if (!matrix) matrix = widget->findChild<MatrixView*>();
    QVERIFY(matrix);
    const MatrixLayout& l = matrix->layout();
    QVERIFY(l.region.pixel_rows > 4);
    QTest::mouseClick(matrix->widget(), Qt::LeftButton, {}, QPoint(int(l.x_of(1)) + 3, int(l.y_of(4)) + 3));
    QCOMPARE(s.selection.position(), l.region.row_from + 4);
    QCOMPARE(matrix->key_cursor(), l.region.key_from + 1);
    QTest::keyClick(matrix->widget(), Qt::Key_Up);
    QCOMPARE(s.selection.position(), l.region.row_from + 3);
    QTest::keyClick(matrix->widget(), Qt::Key_Left);
    QCOMPARE(matrix->key_cursor(), l.region.key_from);
    QTest::keyClick(matrix->widget(), Qt::Key_Left);  // the folded prompt
    QCOMPARE(matrix->key_cursor(), 1);
    QTest::keyClick(matrix->widget(), Qt::Key_Left);  // the sink
    QCOMPARE(matrix->key_cursor(), 0);
    QTest::keyClick(matrix->widget(), Qt::Key_Return);
    QCOMPARE(s.selection.position(), 0);
    delete widget;
  }

  void pictures_and_numbers_are_exported() {
    Scene3 s(12);
    Engine engine;
    Desk3 desk;
    desk.loaded->facts = facts();
    PanelContext context{engine, s.selection, s.transcript, desk};
    AttentionPanel panel(context);
    QWidget* widget = panel.widget();
    panel.on_model_changed(desk.loaded.get());
    widget->resize(900, 600);
    widget->show();
    panel.on_visible(true);
    serve(desk, panel);
    const views::Exportable what = panel.exportable();
    QTemporaryDir folder;
    using Format = views::ExportFormat;
    for (const auto& [format, suffix] : {std::pair(Format::svg, "svg"),
                                         {Format::pdf, "pdf"},
                                         {Format::png, "png"},
                                         {Format::csv, "csv"},
                                         {Format::npz, "npz"}}) {
      const QString file = folder.filePath(QString("picture.") + suffix);
      QCOMPARE(views::write_export(what, format, file), QString());
      QVERIFY2(QFileInfo(file).size() > 200, suffix);
    }
    const auto arrays = what.numbers();
    QCOMPARE(arrays[0].name, QString("weights"));
    QCOMPARE(arrays[0].shape, (std::vector<qint64>{11, 15}));
    QVERIFY(std::abs(arrays[0].values[2] - double(row_of(4, 1)[2])) < 1e-7);  // exact, not a colour
    QVERIFY(std::isnan(arrays[0].values[5]));                                 // a later key
    QCOMPARE(arrays[1].name, QString("shares"));
    delete widget;
  }
};

QTEST_MAIN(AttentionPanelTest)
#include "attention_panel_test.moc"
