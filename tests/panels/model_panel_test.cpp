// SPDX-License-Identifier: Apache-2.0
// The model panel: numbers of memory, rows of the tree, words of the diagram, one selection, questions only while seen.
#include <QLineEdit>
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "plugins/model/diagram_view.h"
#include "plugins/model/facts_page.h"
#include "plugins/model/memory_bar.h"
#include "plugins/model/memory_plan.h"
#include "plugins/model/model_panel.h"
#include "plugins/model/tensor_tree.h"
#include "tests/support/fake_engine.h"
#include "tests/support/window_fixture.h"
#include "views/panel_frame.h"

using namespace vitrine;

namespace {

/// Six layers of a Llama; layer 4 holds its down projection in another format.
std::shared_ptr<ModelFacts> made_up_facts() {
  auto facts = std::make_shared<ModelFacts>();
  facts->path = "model.gguf";
  facts->files = {"model.gguf"};
  facts->container = "gguf";
  ModelSpec& spec = facts->spec;
  spec.arch = "llama";
  spec.name = "Made up";
  spec.dim = 576;
  spec.vocab = 49152;
  spec.context_length = 8192;
  spec.tied_head = true;
  spec.ropes = {{.kind = RopeSpec::Kind::standard, .rotary_dim = 64}};
  LayerSpec layer;
  layer.heads = 9;
  layer.kv_heads = 3;
  layer.head_dim = 64;
  layer.hidden = 1536;
  spec.stacks = {{.layers = std::vector<LayerSpec>(6, layer)}};
  const auto add = [&](const std::string& name, Shape shape, DType dtype, bool used = true) {
    facts->tensors.push_back({"stored." + name, used ? name : "", shape, dtype, dtype_bytes(dtype, shape.numel())});
    facts->parameters += shape.numel();
    facts->weight_bytes += facts->tensors.back().bytes;
  };
  add("embed.w", {49152, 576}, DType::q8_0);
  for (int i = 0; i < 6; ++i) {
    const std::string at = "layers." + std::to_string(i) + ".";
    add(at + "mlp.down.w", {576, 1536}, i == 4 ? DType::q8_0 : DType::q4_1);
    add(at + "mlp.gate.w", {1536, 576}, DType::q4_1);
    add(at + "mlp.up.w", {1536, 576}, DType::q4_1);
    add(at + "attn.q.w", {576, 576}, DType::q4_1);
    add(at + "attn.k.w", {192, 576}, DType::q4_1);
    add(at + "attn.v.w", {192, 576}, DType::q4_1);
    add(at + "attn.o.w", {576, 576}, DType::q4_1);
    add(at + "norm1.w", {576}, DType::f32);
    add(at + "norm2.w", {576}, DType::f32);
  }
  add("final_norm.w", {576}, DType::f32);
  add("rotary.cache", {64}, DType::f32, false);
  return facts;
}

QStringList labels_below(const TensorOutline& outline, int node) {
  QStringList labels;
  for (const int child : outline.nodes()[size_t(node)].children) labels << outline.nodes()[size_t(child)].label;
  return labels;
}

/// The panel on its own: over the window's context, told things by hand.
struct Alone {
  explicit Alone(WindowFixture& fixture)
      : context{fixture.engine(), fixture.window().selection(), fixture.window().transcript(), fixture.window().desk()},
        panel(std::make_unique<ModelPanel>(context)) {
    panel->widget()->resize(900, 700);
  }
  ~Alone() {
    QWidget* widget = panel->widget();
    panel.reset();
    delete widget;
  }
  void open() {
    const auto facts = made_up_facts();
    context.selection.set_extent(6, 9);
    ModelLoaded loaded;
    loaded.facts = facts;
    panel->on_model_changed(&loaded);
  }
  PanelContext context;
  std::unique_ptr<ModelPanel> panel;
};

int asked_for_statistics() {
  int count = 0;
  for (const Command& command : fake::take_submitted()) count += std::holds_alternative<TensorStatistics>(command);
  return count;
}

}  // namespace

class ModelPanelTest : public QObject {
  Q_OBJECT
 private slots:
  void memory_is_what_the_cache_will_take() {
    const auto facts = made_up_facts();
    const MemoryPlan plan = plan_memory(*facts, 8192, DType::f16);
    QCOMPARE(plan.weights, facts->weight_bytes);
    QCOMPARE(plan.kv_per_token, int64_t(6 * 2 * 3 * 64 * 2));
    QCOMPARE(plan.kv, int64_t(8192) * 6 * 2 * 3 * 64 * 2);
    QCOMPARE(plan.kept, int64_t(8192) * 6 * (9 * 64 * 2 + 9 * 4));
    QCOMPARE(plan.working, int64_t(512) * (2 * 576 + 2 * 1536) * 4 + 49152 * 4);
    QCOMPARE(plan.total(), plan.weights + plan.kv + plan.kept + plan.working);
    facts->state_bytes = 12345;
    QCOMPARE(plan_memory(*facts, 8192, DType::f16).state, int64_t(12345));
    QCOMPARE(plan_memory(*facts, 8192, DType::f16).total(), plan.total() + 12345);
    QCOMPARE(plan_memory(*facts, 8192, DType::f32).kv, plan.kv * 2);
    QCOMPARE(plan_memory(*facts, 65, DType::f16).kv, plan.kv_per_token * 128);
    QCOMPARE(plan_memory(*facts, 0, DType::f16).kv, int64_t(0));
    QCOMPARE(plan_memory(*facts, -5, DType::f16).kept, int64_t(0));
    QCOMPARE(plan_memory(ModelFacts(), 100, DType::f16).total(), int64_t(0));
  }

  void alike_layers_are_folded_and_the_focus_stands_alone() {
    const auto facts = made_up_facts();
    const TensorOutline outline(*facts, 2);
    QCOMPARE(labels_below(outline, 0), QStringList({"token embedding", "layers 0 to 1", "layer 2", "layer 3", "layer 4",
                                                    "layer 5", "output norm", "not used by this architecture"}));
    const TensorOutline at_end(*facts, 5);
    QCOMPARE(labels_below(at_end, 0), QStringList({"token embedding", "layers 0 to 3", "layer 4", "layer 5",
                                                   "output norm", "not used by this architecture"}));
    const int layer = outline.find("layers.2");
    QCOMPARE(labels_below(outline, layer),
             QStringList({"attention norm", "attention", "feed-forward norm", "feed-forward"}));
    QCOMPARE(labels_below(outline, outline.find("layers.2.attn")), QStringList({"q", "k", "v", "o"}));
    QCOMPARE(labels_below(outline, outline.find("layers.2.mlp")), QStringList({"gate", "up", "down"}));
    const OutlineNode& root = outline.nodes()[0];
    QCOMPARE(root.bytes, facts->weight_bytes);
    QCOMPARE(root.parameters, facts->parameters);
    QCOMPARE(root.tensors, int(facts->tensors.size()));
    QCOMPARE(outline.nodes()[size_t(outline.find("layers.0-1"))].layers, 2);
    QCOMPARE(outline.nodes()[size_t(layer)].type, QString("Q4_1"));
  }

  void every_tensor_is_in_the_tree_once_and_shows_its_numbers() {
    const auto facts = made_up_facts();
    TensorTreeModel model;
    model.set_outline(facts, TensorOutline(*facts, 0));
    std::set<int> seen;
    for (size_t i = 0; i < model.outline().nodes().size(); ++i) {
      const OutlineNode& node = model.outline().nodes()[i];
      const QModelIndex index = model.index_of(int(i));
      QCOMPARE(model.node(index)->key, node.key);
      if (index.parent().isValid()) QCOMPARE(model.index(index.row(), 0, index.parent()), index);
      if (node.tensor >= 0) QVERIFY(seen.insert(node.tensor).second);
    }
    QCOMPARE(seen.size(), facts->tensors.size());
    const int down = model.outline().find("layers.4.mlp.down.w");
    const auto text = [&](int column) { return model.index_of(down, column).data().toString(); };
    QCOMPARE(text(TensorTreeModel::shape), QString("576 × 1,536"));
    QCOMPARE(text(TensorTreeModel::type), QString("Q8_0"));
    QCOMPARE(text(TensorTreeModel::bytes), QString("918 KiB"));
    QVERIFY(model.index_of(down).data(Qt::ToolTipRole).toString().contains("stored.layers.4.mlp.down.w"));
  }

  void the_filter_takes_parts_and_patterns() {
    const auto facts = made_up_facts();
    const auto found = [&](const QString& filter) {
      return int(TensorOutline(*facts, 0, filter).nodes()[0].children.size());
    };
    QCOMPARE(found("layers.*.down"), 6);
    QCOMPARE(found("DOWN"), 6);
    QCOMPARE(found("q8_0"), 2);
    QCOMPARE(found("stored.rotary"), 1);
    QCOMPARE(found("no such ["), 0);
  }

  void keys_of_one_tensor_cut_into_three_belong_to_each_part() {
    const QString merged = "layers.3.attn.k.w + layers.3.attn.q.w + layers.3.attn.v.w";
    for (const char* part : {"layers.3.attn.q", "layers.3.attn.k", "layers.3.attn.v", "layers.3.attn", "layers.3"})
      QVERIFY2(key_belongs_to(merged, part), part);
    QVERIFY(!key_belongs_to(merged, "layers.3.attn.o"));
    QVERIFY(!key_belongs_to("layers.31.attn.q.w", "layers.3"));
    QCOMPARE(layer_of_key(merged), 3);
    QCOMPARE(key_in_layer(merged, 12), QString("layers.12.attn.k.w + layers.12.attn.q.w + layers.12.attn.v.w"));
  }

  void the_diagram_says_what_the_layer_is() {
    const auto facts = made_up_facts();
    const auto words = [&](int layer) { return DiagramLayout::make(*facts, layer, QSizeF(560, 600), 1).words(); };
    const QStringList plain = words(1);
    for (const char* text :
         {"Token embedding", "28.7 MiB, Q8_0", "layer 1 of 6", "5 alike, 2.11 MiB each", "RMSNorm", "9 × 64, 203 KiB",
          "3 × 64, 67.5 KiB", "RoPE", "Attention, causal, 3 queries share each K/V", "Gate, SiLU", "1,536, 540 KiB",
          "576, 540 KiB", "residual", "RMSNorm, then tied output", "49,152 logits", "n × 576"})
      QVERIFY2(plain.contains(text), qPrintable(QString(text) + " not in " + plain.join(" | ")));
    LayerSpec& layer = facts->spec.stacks[0].layers[1];
    layer.window = 512;
    layer.qk_norm = true;
    layer.placement = NormPlacement::sandwich;
    const QStringList gemma = words(1);
    QVERIFY(gemma.contains("Attention, causal, last 512 tokens, 3 queries share each K/V"));
    QVERIFY(gemma.contains("norm of Q"));
    QCOMPARE(gemma.count("RMSNorm"), 4);
    layer.placement = NormPlacement::output;
    QCOMPARE(words(1).count("RMSNorm"), 2);
    layer.placement = NormPlacement::post;
    layer.ffn = Ffn::mlp;
    layer.activation = Activation::gelu;
    facts->spec.stacks[0].causal = false;
    facts->spec.head = false;
    facts->spec.final_norm = false;
    const QStringList bert = words(1);
    QVERIFY(bert.contains("Up, GELU"));
    QVERIFY(bert.contains("Attention, both ways, last 512 tokens, 3 queries share each K/V"));
    QVERIFY(bert.contains("n × 576 hidden states"));
  }

  /// Every mixer and feed-forward kind says its name and sizes; none is left out of the picture.
  void every_kind_of_layer_is_drawn() {
    const auto facts = made_up_facts();
    LayerSpec& layer = facts->spec.stacks[0].layers[1];
    const LayerSpec plain = layer;
    layer.latent = {.q_rank = 24, .kv_rank = 16, .nope = 8, .rope = 4, .v = 8};
    layer.mamba = {.inner = 96, .state = 16, .taps = 4, .rank = 8};
    layer.mamba2 = {.inner = 96, .state = 16, .taps = 4, .heads = 6};
    layer.rwkv = {.width = 96};
    layer.rg_lru = {.width = 96, .heads = 4, .taps = 4};
    layer.short_conv = {.taps = 3};
    layer.gated_delta = {.key_heads = 2, .heads = 4, .key_dim = 16, .value_dim = 24, .taps = 4};
    const std::pair<Mixer, const char*> mixers[] = {{Mixer::latent, "Latent of K and V"},
                                                    {Mixer::mamba, "Selective scan, state 16 × 96, gated"},
                                                    {Mixer::mamba2, "Selective scan, 6 head(s), state 16 × 96, gated"},
                                                    {Mixer::rwkv, "Time mixing, decay a channel, state 3 × 96"},
                                                    {Mixer::rg_lru, "Gated linear recurrence, state 96"},
                                                    {Mixer::short_conv, "Gated convolution along time, 3 tap(s)"},
                                                    {Mixer::gated_delta, "Gated delta rule, 4 head(s), state 16 × 24 each"}};
    const auto words = [&] { return DiagramLayout::make(*facts, 1, QSizeF(560, 600), 1).words(); };
    for (int kind = int(Mixer::latent); kind <= int(Mixer::gated_delta); ++kind) {
      layer.mixer = Mixer(kind);
      const auto* known = std::find_if(std::begin(mixers), std::end(mixers), [&](const auto& m) { return m.first == layer.mixer; });
      QVERIFY2(known != std::end(mixers), "a mixer without words");
      QVERIFY2(words().contains(known->second), qPrintable(QString(known->second) + " not in " + words().join(" | ")));
    }
    layer = plain;
    layer.ffn = Ffn::moe;
    layer.moe = {.experts = 64, .hidden = 128, .route = {.used = 8}, .shared_hidden = 256};
    for (const char* text : {"Router, softmax", "8 of 64 experts", "Experts, SiLU", "64 × 128", "Shared expert"})
      QVERIFY2(words().contains(text), qPrintable(QString(text) + " not in " + words().join(" | ")));
    layer.ffn = Ffn::channel_mix;
    QVERIFY(words().contains("Channel mixing: R × (V K)"));
    layer = plain;
    layer.cross = true;
    QVERIFY(words().contains("Attention to the encoder's output"));
  }

  void lines_are_orthogonal_and_boxes_stay_apart() {
    const auto facts = made_up_facts();
    for (const QSizeF room : {QSizeF(300, 300), QSizeF(460, 600), QSizeF(1200, 1200)}) {
      const Diagram diagram = DiagramLayout::make(*facts, 0, room, 1);
      for (const DiagramLine& line : diagram.lines)
        for (qsizetype i = 1; i < line.points.size(); ++i)
          QVERIFY(std::abs(line.points[i].x() - line.points[i - 1].x()) < 1e-6 ||
                  std::abs(line.points[i].y() - line.points[i - 1].y()) < 1e-6);
      for (size_t i = 0; i < diagram.boxes.size(); ++i) {
        QVERIFY(diagram.boxes[i].rect.left() >= 0 && diagram.boxes[i].rect.right() <= room.width());
        for (size_t j = 0; j < i; ++j) QVERIFY(!diagram.boxes[i].rect.intersects(diagram.boxes[j].rect));
      }
      QCOMPARE(diagram.box_of("layers.0.mlp.down.w"), diagram.box_of("layers.0.mlp.down"));
      QVERIFY(diagram.box_of("layers.0.mlp.down") >= 0);
    }
  }

  void one_selection_for_tree_diagram_and_window() {
    WindowFixture fixture({VITRINE_TEST_PANELS});
    Alone alone(fixture);
    alone.open();
    alone.panel->on_visible(true);
    Selection& selection = alone.context.selection;
    emit alone.panel->diagram().chosen("layers.0.mlp.down");
    QCOMPARE(selection.tensor(), QString("layers.0.mlp.down.w"));
    const auto in_tree = [&] { return alone.panel->tree().tensors().node(alone.panel->tree().currentIndex())->key; };
    QCOMPARE(in_tree(), QString("layers.0.mlp.down.w"));
    emit alone.panel->tree().chosen("layers.4.attn.q.w");
    QCOMPARE(selection.tensor(), QString("layers.4.attn.q.w"));
    QCOMPARE(selection.layer(), 4);
    const DiagramView& diagram = alone.panel->diagram();
    QVERIFY(diagram.selected() >= 0);
    QCOMPARE(diagram.diagram().boxes[size_t(diagram.selected())].title, QString("Q"));
    selection.set_layer(2);
    QCOMPARE(selection.tensor(), QString("layers.2.attn.q.w"));
    selection.set_tensor("final_norm.w");
    QCOMPARE(in_tree(), QString("final_norm.w"));
    QVERIFY(alone.panel->summary().contains("final_norm.w"));
    selection.clear();
    QVERIFY(!alone.panel->tree().currentIndex().isValid());
  }

  void a_hidden_panel_asks_nothing() {
    WindowFixture fixture({VITRINE_TEST_PANELS});
    Alone alone(fixture);
    alone.open();
    fake::take_submitted();
    alone.context.selection.set_tensor("layers.1.attn.q.w");
    alone.panel->restore({{"view", 1}});
    QTest::qWait(400);
    QCOMPARE(fake::take_submitted().size(), size_t(0));
    alone.panel->on_visible(true);
    bool hash = false;
    int statistics = 0;
    QTest::qWait(400);
    for (const Command& command : fake::take_submitted()) {
      hash = hash || std::holds_alternative<HashModel>(command);
      if (const auto* asked = std::get_if<TensorStatistics>(&command)) {
        ++statistics;
        QCOMPARE(asked->tensor, std::string("stored.layers.1.attn.q.w"));
      }
    }
    QVERIFY(hash);
    QCOMPARE(statistics, 1);
    TensorStatisticsOut out{.tensor = "stored.layers.1.attn.q.w",
                            .mean = 0.5,
                            .minimum = -1,
                            .maximum = 1,
                            .count = 100,
                            .histogram = {40, 60}};
    const Event event{0, out};
    alone.panel->on_events(std::span(&event, 1));
    QVERIFY(alone.panel->summary().contains("mean 0.5"));
    alone.context.selection.set_tensor("layers.1.attn.k.w");
    QTest::qWait(400);
    QCOMPARE(asked_for_statistics(), 1);
    alone.context.selection.set_tensor("layers.1.attn.q.w");  // known already
    QTest::qWait(400);
    QCOMPARE(asked_for_statistics(), 0);
  }

  void the_diagram_and_the_histogram_are_exported() {
    WindowFixture fixture({VITRINE_TEST_PANELS});
    Alone alone(fixture);
    alone.open();
    alone.panel->on_visible(true);
    const double without = alone.panel->exportable().size.height();
    alone.context.selection.set_tensor("layers.1.attn.q.w");
    const Event event{0, TensorStatisticsOut{.tensor = "stored.layers.1.attn.q.w",
                                             .mean = 0.5,
                                             .minimum = -1,
                                             .maximum = 1,
                                             .count = 100,
                                             .histogram = {40, 25, 20, 15}}};
    alone.panel->on_events(std::span(&event, 1));
    const views::Exportable what = alone.panel->exportable();
    QVERIFY(what.size.height() > without);
    QTemporaryDir folder;
    using Format = views::ExportFormat;
    const std::pair<Format, QByteArray> formats[] = {
        {Format::svg, "<svg"}, {Format::pdf, "%PDF"}, {Format::png, "PNG"}, {Format::csv, "tensors"}, {Format::npz, "PK"}};
    QHash<int, QByteArray> written;
    for (const auto& [format, mark] : formats) {
      const QString path = folder.filePath(QString("model%1").arg(int(format)));
      QCOMPARE(views::write_export(what, format, path), QString());
      QFile file(path);
      QVERIFY(file.open(QIODevice::ReadOnly));
      written[int(format)] = file.readAll();
      QVERIFY2(written[int(format)].left(500).contains(mark), mark.constData());
    }
    const QByteArray svg = written[int(Format::svg)];
    for (const char* text : {"Token embedding", "layer 1 of 6", "RMSNorm", "layers.1.attn.q.w", "mean"})
      QVERIFY2(svg.contains(text), text);
    // Four bars in the picture, as many as bins: as high as the counts, measured in the pixels of the PNG.
    const QImage image = QImage::fromData(written[int(Format::png)]);
    const int top = int(2 * without), height = image.height();
    std::vector<int> bars;
    for (int x = 0; x < image.width(); ++x) {
      int filled = 0;
      for (int y = top; y < height; ++y) filled += image.pixelColor(x, y) == views::colors().accent;
      if (filled > 40 && (bars.empty() || std::abs(bars.back() - filled) > 8)) bars.push_back(filled);
    }
    QCOMPARE(bars.size(), size_t(4));
    QVERIFY(std::is_sorted(bars.rbegin(), bars.rend()));
    QVERIFY(std::abs(double(bars[3]) / bars[0] - 15.0 / 40) < 0.05);
    const auto arrays = what.numbers();
    const auto found = std::find_if(arrays.begin(), arrays.end(), [](const auto& a) { return a.name == "histogram"; });
    QVERIFY(found != arrays.end());
    QCOMPARE(found->values, (std::vector<double>{-1, -0.5, 40, -0.5, 0, 25, 0, 0.5, 20, 0.5, 1, 15}));
    QCOMPARE(arrays[0].row_names.size(), made_up_facts()->tensors.size());
    QVERIFY(written[int(Format::npz)].contains("histogram.npy"));
  }

  void settings_come_back() {
    WindowFixture fixture({VITRINE_TEST_PANELS});
    Alone first(fixture), second(fixture);
    first.open();
    second.open();
    first.panel->memory().set_context(1024);
    first.panel->memory().set_kv_format(DType::f32);
    first.panel->widget()->findChild<QLineEdit*>()->setText("down");
    second.panel->restore(first.panel->save());
    QCOMPARE(second.panel->memory().context(), 1024);
    QCOMPARE(second.panel->memory().kv_format(), DType::f32);
    QCOMPARE(second.panel->tree().tensors().outline().nodes()[0].children.size(), size_t(6));
    QCOMPARE(second.panel->save()["filter"].toString(), QString("down"));
    second.panel->restore({});
    QCOMPARE(second.panel->save()["filter"].toString(), QString());
  }

  void hashes_are_shown_when_they_are_known() {
    FactsPage page;
    auto loaded = std::make_shared<ModelLoaded>();
    loaded->facts = made_up_facts();
    page.show_model(loaded);
    const auto value = [&] {
      for (const FactRow& row : page.rows())
        if (row.name == "SHA-256") return row.value;
      return QString();
    };
    QCOMPARE(value(), QString("not computed yet"));
    page.set_hash_progress("computing, 43 %");
    QCOMPARE(value(), QString("computing, 43 %"));
    page.set_hashes({{"model.gguf", std::string(64, 'a')}});
    QVERIFY(value().startsWith("aaaaaaaaaaaaaaaa aaaa"));
  }
};

QTEST_MAIN(ModelPanelTest)
#include "model_panel_test.moc"
