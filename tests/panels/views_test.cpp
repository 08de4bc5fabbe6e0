// SPDX-License-Identifier: Apache-2.0
// Colours that cannot be read, tokens that are shown wrongly, exports that other programs cannot open.
#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QPaintEvent>
#include <QPainter>
#include <QTemporaryDir>
#include <QVBoxLayout>
#include <QtEndian>
#include <QtTest>
#include <cmath>

#include "views/distribution_bars.h"
#include "views/elided_label.h"
#include "views/fence.h"
#include "views/heatmap_view.h"
#include "views/numbers.h"
#include "views/plot_export.h"
#include "views/reset.h"
#include "views/series_plot.h"
#include "views/table_twin.h"
#include "views/theme.h"
#include "views/token_picture.h"
#include "views/token_strip.h"
#include "views/token_text.h"

using namespace vitrine::views;

namespace {

/// What of a widget is painted from now on.
class PaintedRegion final : public QObject {
 public:
  explicit PaintedRegion(QWidget& widget) { widget.installEventFilter(this); }
  QRegion region;

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Paint) region += static_cast<QPaintEvent*>(event)->region();
    return false;
  }
};

/// How often a widget is asked to lay out its children from now on.
class LayoutsAsked final : public QObject {
 public:
  explicit LayoutsAsked(QWidget& widget) { widget.installEventFilter(this); }
  int count = 0;

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    count += event->type() == QEvent::LayoutRequest;
    return false;
  }
};

}  // namespace

class ViewsTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { theme().apply(Scheme::light, 1); }

  void a_double_click_brings_defaults_back() {
    QWidget window;
    QVBoxLayout column(&window);
    auto* check = new QCheckBox("check", &window);
    auto* list = new QComboBox(&window);
    list->addItems({"one", "two", "three"});
    list->setCurrentIndex(2);
    column.addWidget(check);
    column.addWidget(list);
    check->setChecked(true);
    int resets = 0;
    reset_on_double_click(check, [&] { check->setChecked(true), ++resets; });
    reset_on_double_click(list, [&] { list->setCurrentIndex(0), ++resets; });
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    const QPoint box(10, check->height() / 2), middle = list->rect().center();
    QTest::mouseClick(check, Qt::LeftButton, {}, box);
    QVERIFY(!check->isChecked());
    QTest::mouseDClick(check, Qt::LeftButton, {}, box);
    QVERIFY(check->isChecked());
    QCOMPARE(resets, 1);
    QTest::mousePress(list, Qt::LeftButton, {}, middle);
    QVERIFY(list->view()->isVisible());
    QWidget* popup = list->view()->window();
    QTest::mousePress(popup, Qt::LeftButton, {}, popup->mapFromGlobal(list->mapToGlobal(middle)));
    QTRY_VERIFY(!list->view()->isVisible());
    QCOMPARE(list->currentIndex(), 0);
    QCOMPARE(resets, 2);
  }

  void large_counts_have_a_prefix() {
    QCOMPARE(si(134515008), QString("135\u00a0M"));
    QCOMPARE(si(1240000000), QString("1.24\u00a0G"));
    QCOMPARE(si(999499), QString("999\u00a0k"));
    QCOMPARE(si(9999), QString("9,999"));
    QCOMPARE(si(0), QString("0"));
  }

  void text_can_be_read_in_both_schemes() {
    for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
      const Colors& k = Theme::colors_of(scheme);
      const QList<std::pair<QString, QColor>> grounds = {
          {"chrome", k.chrome}, {"panel", k.panel}, {"sunken", k.sunken}, {"raised", k.raised}, {"field", k.field}};
      const QList<std::pair<QString, QColor>> texts = {
          {"t1", k.t1}, {"t2", k.t2},     {"t3", k.t3},      {"accent_ink", k.accent_ink},
          {"ok", k.ok}, {"warn", k.warn}, {"error", k.error}};
      for (const auto& [ground_name, ground] : grounds)
        for (const auto& [text_name, text] : texts)
          QVERIFY2(contrast(text, ground) >= 4.5, qPrintable(QString("%1 on %2, scheme %3: %4")
                                                                 .arg(text_name, ground_name)
                                                                 .arg(int(scheme))
                                                                 .arg(contrast(text, ground))));
      for (const QColor& text : {k.t1, k.t2}) QVERIFY(contrast(text, k.sel) >= 4.5);
      QVERIFY(contrast(k.on_accent, k.accent_fill) >= 4.5);
      for (int level = 0; level < 5; ++level)
        QVERIFY(contrast(level == 4 ? k.on_chip4 : k.t1, k.chip[size_t(level)]) >= 4.5);
    }
  }

  void lines_can_be_seen_in_both_schemes() {
    for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
      const Colors& k = Theme::colors_of(scheme);
      for (const QColor& ground : {k.panel, k.sunken}) {
        QVERIFY(contrast(k.ctl, ground) >= 3);
        QVERIFY(contrast(k.axis, ground) >= 3);
        QVERIFY(contrast(k.accent, ground) >= 3);
      }
      for (size_t lane = 0; lane < k.lanes.size(); ++lane)
        QVERIFY2(
            contrast(k.lanes[lane], k.sunken) >= 3,
            qPrintable(
                QString("lane %1 scheme %2: %3").arg(lane).arg(int(scheme)).arg(contrast(k.lanes[lane], k.sunken))));
    }
  }

  void magnitude_grows_steadily_away_from_the_background() {
    for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
      theme().apply(scheme, 1);
      for (const ColorMap map : {ColorMap::viridis, ColorMap::cividis}) {
        double last = 0;
        for (int i = 0; i < 256; i += 15) {
          const double now = contrast(QColor(theme().table(map)[size_t(i)]), QColor(theme().table(map)[0]));
          QVERIFY2(now >= last - 0.02, qPrintable(QString("map %1 step %2").arg(int(map)).arg(i)));
          last = now;
        }
        QVERIFY(last > 6);
      }
    }
    QCOMPARE(theme().magnitude(std::nan("")), colors().mask);
    theme().apply(Scheme::light, 1);
  }

  void every_icon_is_drawn() {
    for (const QString& name : QDir(":/icons").entryList({"*.svg"})) {
      const QImage image = theme().pixmap(name.chopped(4), 16, Qt::red, 1).toImage();
      int painted = 0;
      for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) painted += image.pixelColor(x, y).alpha() > 64;
      QVERIFY2(painted > 4, qPrintable(name));
    }
  }

  void tokens_show_spaces_lines_and_bytes() {
    QCOMPARE(token_text(" cache"), QString::fromUtf8("·cache"));
    QCOMPARE(token_text("\n"), QString::fromUtf8("↵"));
    QCOMPARE(token_text("\xE2"), QString("<0xE2>"));
    QCOMPARE(token_text(std::string_view("\x00", 1)), QString("<0x00>"));
    QCOMPARE(token_text("컵을"), QString::fromUtf8("컵을"));
    QCOMPARE(token_text("\xED\x95<"), QString("<0xED><0x95><"));
  }

  void characters_over_several_tokens_are_bracketed() {
    const std::vector<std::string_view> tokens = {"a",    "\xED", "\x95\x9C", "\xF0\x9F", "\x98",
                                                  "\x80", "z",    "\xE2\x82", "b"};
    const auto found = split_characters(tokens, 100);
    QCOMPARE(found.size(), size_t(2));
    QCOMPARE(found[0].first, 101);
    QCOMPARE(found[0].last, 102);
    QCOMPARE(found[0].character, QString::fromUtf8("한"));
    QCOMPARE(found[1].first, 103);
    QCOMPARE(found[1].last, 105);
    QCOMPARE(found[1].character, QString::fromUtf8("😀"));
  }

  void numbers_have_three_digits_and_units() {
    QCOMPARE(significant(0.0618), QString("0.0618"));
    QCOMPARE(significant(27.71), QString("27.7"));
    QCOMPARE(significant(134515008), QString("134,515,008"));
    QCOMPARE(percent(0.953), QString("95.3 %"));
    QCOMPARE(percent(0.0058), QString("0.58 %"));
    QCOMPARE(percent(4e-5), QString("4e-5"));
    QCOMPARE(percent(1), QString("100 %"));
    QCOMPARE(memory(96573849), QString("92.1 MiB"));
    QCOMPARE(memory(0), QString("0 B"));
    QCOMPARE(count(49152), QString("49,152"));
    QCOMPARE(duration(41), QString("41.0 ms"));
    QCOMPARE(duration(3200), QString("3.20 s"));
  }

  void a_strip_of_50000_tokens_paints_only_what_is_seen() {
    struct Source final : TokenStripSource {
      mutable qint64 asked = 0;
      qint64 count() const override { return 50000; }
      Chip chip(qint64 i) const override {
        ++asked;
        Chip chip;
        chip.text = QString::fromUtf8("·word%1").arg(i);
        chip.level = int(i % 5);
        chip.bar = 0.5;
        return chip;
      }
      QString text(qint64 i) const override { return QString::fromUtf8("·word%1").arg(i); }
    } source;
    TokenStrip strip;
    strip.resize(1300, strip.sizeHint().height());
    strip.set_source(&source);
    for (const qint64 at : {qint64(0), qint64(25000), qint64(49999)}) {
      strip.set_selected(at);
      source.asked = 0;
      (void)strip.grab();
      QVERIFY2(strip.painted_chips() > 5 && strip.painted_chips() < 100,
               qPrintable(QString::number(strip.painted_chips())));
      QVERIFY(source.asked < 200);
      QVERIFY2(strip.rect().contains(strip.chip_rect(at)), "the selected token is in view");
    }
    QSignalSpy clicked(&strip, &TokenStrip::token_clicked);
    QTest::mouseClick(&strip, Qt::LeftButton, {}, strip.chip_rect(49999).center());
    QCOMPARE(clicked.value(0).value(0).toLongLong(), 49999);
    strip.set_source(nullptr);
  }

  void a_token_strip_is_exported() {
    struct Source final : TokenStripSource {
      qint64 count() const override { return 60; }
      Chip chip(qint64 i) const override {
        Chip chip;
        chip.text = i % 20 == 19 ? QString::fromUtf8("↵") : QString::fromUtf8("·word%1").arg(i);
        chip.level = i < 10 ? -1 : int(i % 5);
        chip.bar = i < 10 ? -1 : 0.5;
        chip.marked = i == 30;
        chip.mark_text = i == 30 ? "other" : "";
        return chip;
      }
    } source;
    Exportable what = token_picture(source, 5, 60, "Tokens 6 to 60", {"one", "two", "three", "four", "five"});
    what.title = "tokens";
    what.numbers = [] { return std::vector<NumberArray>{{"tokens", {2, 2}, {1, 0.5, 2, 0.25}, {"a", "b"}, {"id", "probability"}}}; };
    QTemporaryDir folder;
    const std::pair<ExportFormat, QByteArray> formats[] = {{ExportFormat::svg, "<svg"},
                                                           {ExportFormat::pdf, "%PDF"},
                                                           {ExportFormat::png, "PNG"},
                                                           {ExportFormat::csv, "tokens,id,probability"},
                                                           {ExportFormat::npz, "tokens.npy"}};
    QByteArray svg, png;
    for (const auto& [format, mark] : formats) {
      const QString path = folder.filePath(QString("tokens%1").arg(int(format)));
      QCOMPARE(write_export(what, format, path), QString());
      QFile file(path);
      QVERIFY(file.open(QIODevice::ReadOnly));
      const QByteArray data = file.readAll();
      QVERIFY2(data.left(500).contains(mark), mark.constData());
      if (format == ExportFormat::svg) svg = data;
      if (format == ExportFormat::png) png = data;
    }
    for (int i = 5; i < 60; ++i)
      if (i % 20 != 19) QVERIFY2(svg.contains(QString("word%1").arg(i).toUtf8()), qPrintable(QString::number(i)));
    QVERIFY(!svg.contains("word4<"));
    for (const char* text : {"Tokens 6 to 60", "three", "other"}) QVERIFY2(svg.contains(text), text);
    // Nothing is cut off: the outermost pixels are the page's ground.
    const QImage image = QImage::fromData(png);
    for (int y = 0; y < image.height(); ++y) QCOMPARE(image.pixelColor(image.width() - 1, y), colors().sunken);
    for (int x = 0; x < image.width(); ++x) QCOMPARE(image.pixelColor(x, image.height() - 1), colors().sunken);
    for (size_t level = 0; level < 5; ++level) {
      int seen = 0;
      for (int y = 140; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) seen += image.pixelColor(x, y) == colors().chip[level];
      QVERIFY2(seen > 1000, qPrintable(QString::number(level)));
    }
  }

  void the_frame_around_the_selected_chip_moves_on_as_a_whole() {
    struct Words final : TokenStripSource {
      qint64 count() const override { return 40; }
      Chip chip(qint64 i) const override {
        Chip chip;
        chip.text = QString("word%1").arg(i);
        chip.level = int(i % 5);
        return chip;
      }
    } source;
    TokenStrip strip;
    strip.resize(2600, strip.sizeHint().height());
    strip.set_source(&source);
    strip.set_selected(20);
    strip.show();
    QVERIFY(QTest::qWaitForWindowExposed(&strip));
    QTest::qWait(50);
    PaintedRegion painted(strip);
    strip.set_selected(21);
    QTRY_VERIFY(!painted.region.isEmpty());
    for (const qint64 chip : {20, 21}) {
      const QRect framed = strip.chip_rect(chip).adjusted(-2, -2, 2, 2);
      QVERIFY2((QRegion(framed) - painted.region).isEmpty(), "a part of the old or the new frame is left as it was");
    }
    QVERIFY2(strip.painted_chips() < 12, "the chips far away are painted again");
    painted.region = {};
    strip.appended();
    QTRY_VERIFY2(!painted.region.isEmpty(), "new tokens at the end that is in sight");
  }

  void a_text_that_changes_behind_a_fence_lays_out_only_its_own_row() {
    QWidget window;
    QVBoxLayout column(&window);
    auto* row = new QWidget;
    auto* label = new QLabel("one", row);
    label->setMinimumWidth(1);  // as one that ends in "…"
    auto* inside = new QHBoxLayout(row);
    inside->addWidget(label);
    auto* fence = new Fence(row, &window);
    auto* rest = new QWidget;
    column.addWidget(fence);
    column.addWidget(rest, 1);
    window.resize(500, 300);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QTest::qWait(50);
    LayoutsAsked asked(window);
    label->setText("another");
    QTRY_VERIFY(label->width() >= label->sizeHint().width());
    QTest::qWait(20);
    QCOMPARE(asked.count, 0);
    const int height = fence->height(), below = rest->y();
    label->setFixedHeight(label->height() + 40);
    QTRY_COMPARE(fence->height(), height + 40);
    QCOMPARE(rest->y(), below + 40);
    QCOMPARE(row->size(), fence->size());
  }

  void an_empty_strip_shows_a_sketch_and_no_chip() {
    TokenStrip strip;
    strip.resize(600, strip.sizeHint().height());
    (void)strip.grab();
    QCOMPARE(strip.painted_chips(), 0);
  }

  void a_heat_map_draws_its_values_and_moves_its_cursor() {
    HeatmapView view("test");
    view.resize(200, 200);
    view.set_matrix({2, 2, {0, 1, std::nanf(""), 0.5f}});
    const QImage image = view.grab().toImage();
    const auto at = [&](int r, int c) { return image.pixelColor(view.cell_rect(r, c).center().toPoint()); };
    QCOMPARE(at(0, 0), theme().magnitude(0));
    QCOMPARE(at(0, 1), theme().magnitude(1));
    QCOMPARE(at(1, 0), colors().mask);
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.cursor_row(), 1);
    QCOMPARE(view.cursor_column(), 1);
    QSignalSpy clicked(&view, &HeatmapView::cell_clicked);
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.cell_rect(1, 0).center().toPoint());
    QCOMPARE(clicked.value(0), QVariantList({1, 0}));
  }

  void bars_are_chosen_by_keys_and_spoken() {
    DistributionBars bars("alternatives");
    bars.set_rows({{"a", 0.7}, {"b", 0.2}, {"c", 0.1}});
    bars.resize(bars.sizeHint());
    QSignalSpy clicked(&bars, &DistributionBars::row_clicked);
    QTest::keyClick(&bars, Qt::Key_Down);
    QTest::keyClick(&bars, Qt::Key_Down);
    QCOMPARE(bars.selected(), 1);
    QCOMPARE(clicked.size(), 2);
    QVERIFY(bars.accessibleDescription().contains("70.0 %"));
  }

  void long_series_keep_their_peaks() {
    SeriesPlot plot("loss");
    Series s;
    s.y.assign(100000, 0.0);
    s.y[50123] = 1;
    s.color = Qt::red;
    plot.set_series({s});
    plot.resize(400, 200);
    const QImage image = plot.grab().toImage();
    int highest = image.height();
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x)
        if (image.pixelColor(x, y).red() > 200 && image.pixelColor(x, y).green() < 120) highest = std::min(highest, y);
    QVERIFY2(highest < 40, qPrintable(QString::number(highest)));
  }

  void exported_numbers_are_exact() {
    const std::vector<NumberArray> arrays = {
        {"weights", {2, 3}, {0.1, 1.0 / 3, 2, std::nan(""), -5e-324, 6}, {"a", "b,c"}, {}}};
    const QString csv = QString::fromUtf8(to_csv(arrays));
    QVERIFY(csv.contains("0.33333333333333331"));
    QVERIFY(csv.contains("\"b,c\",nan"));
    const QByteArray npz = to_npz(arrays);
    QVERIFY(npz.startsWith("PK\x03\x04"));
    const qsizetype npy = npz.indexOf("\x93NUMPY");
    const int header = qFromLittleEndian<quint16>(npz.constData() + npy + 8);
    QCOMPARE((10 + header) % 64, 0);
    QVERIFY(npz.mid(npy + 10, header).contains("'shape': (2, 3)"));
    double value = 0;
    std::memcpy(&value, npz.constData() + npy + 10 + header + 8, 8);
    QCOMPARE(value, 1.0 / 3);
    // The end record points at the directory, and the directory at the entry.
    const qsizetype end = npz.lastIndexOf("PK\x05\x06");
    const quint32 directory = qFromLittleEndian<quint32>(npz.constData() + end + 16);
    QCOMPARE(npz.mid(directory, 4), QByteArray("PK\x01\x02"));
    QCOMPARE(npz.size() - end, 22);
  }

  void pictures_are_written_in_every_format() {
    QTemporaryDir folder;
    Exportable what;
    what.title = "picture";
    what.size = {200, 100};
    what.paint = [](QPainter& p, const QRectF& area) { p.fillRect(area.adjusted(10, 10, -10, -10), Qt::red); };
    what.numbers = [] { return std::vector<NumberArray>{{"x", {2}, {1, 2}}}; };
    const std::pair<ExportFormat, QByteArray> formats[] = {{ExportFormat::svg, "<svg"},
                                                           {ExportFormat::pdf, "%PDF"},
                                                           {ExportFormat::png, "PNG"},
                                                           {ExportFormat::csv, "x"},
                                                           {ExportFormat::npz, "PK"}};
    for (const auto& [format, mark] : formats) {
      const QString path = folder.filePath(QString("out%1").arg(int(format)));
      QCOMPARE(write_export(what, format, path), QString());
      QFile file(path);
      QVERIFY(file.open(QIODevice::ReadOnly));
      QVERIFY2(file.readAll().left(500).contains(mark), mark.constData());
    }
    QVERIFY(!write_export(what, ExportFormat::svg, folder.filePath("no/such/folder/x.svg")).isEmpty());
  }

  void a_table_is_copied_with_its_header() {
    NumberTable table;
    table.set_columns({"token", "share"});
    table.set_rows(
        2, [](int row, int column) { return column == 0 ? QVariant(QString("t%1").arg(row)) : QVariant(row * 0.5); });
    TableTwin view("twin");
    view.setModel(&table);
    QCOMPARE(view.selected_text(), QString("token\tshare\nt0\t0\nt1\t0.5\n"));
  }

  void an_elided_line_keeps_its_whole_text_as_tool_tip() {
    ElidedLabel label;
    label.resize(60, 20);
    label.set_text("a line that does not fit into sixty pixels");
    QVERIFY(label.text().endsWith(QString::fromUtf8("…")));
    QCOMPARE(label.toolTip(), label.full_text());
  }
};

QTEST_MAIN(ViewsTest)
#include "views_test.moc"
