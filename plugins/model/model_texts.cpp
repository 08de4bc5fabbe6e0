// SPDX-License-Identifier: Apache-2.0
// Words, state, table and export of the model panel.
#include <QAction>
#include <QJsonObject>
#include <QLineEdit>
#include <QPainter>
#include <QSplitter>
#include <QStackedWidget>

#include "plugins/api/script.h"
#include "plugins/model/diagram_view.h"
#include "plugins/model/facts_page.h"
#include "plugins/model/memory_bar.h"
#include "plugins/model/model_panel.h"
#include "plugins/model/tensor_details.h"
#include "plugins/model/tensor_tree.h"
#include "views/numbers.h"
#include "views/panel_frame.h"
#include "views/segmented.h"
#include "views/table_twin.h"
#include "views/theme.h"

namespace vitrine {

void ModelPanel::retranslate() {
  frame_->set_title(tr("Model"));
  search_->setPlaceholderText(tr("Filter, e.g. layers.*.down"));
  search_->setAccessibleName(tr("Filter the tensors"));
  search_->setToolTip(tr("Part of a name or a type (Q4_1); * stands for anything. Empty: the tree of modules."));
  view_->setAccessibleName(tr("View"));
  view_->set_choices({tr("Structure"), tr("Facts")});
  view_->set_tool_tips(
      {tr("Tensors, architecture and memory"), tr("Files, hash, licence, tokenizer, chat template and metadata")});
  views::EmptyState* empty = frame_->empty_state(views::Sketch::diagram);
  empty->set_texts(
      tr("What a model is made of"),
      tr("Open a model: its layers and tensors, how they are connected, and the memory they take appear here."));
  frame_->set_explanation(
      {.what = tr("The checkpoint as a tree of stored tensors, the same as a diagram of how data flows, and the memory "
                  "that running it takes."),
       .how_to_read = tr("Each row is a module or a tensor with shape (rows are outputs), storage type, bytes and its "
                         "share of all bytes. Layers that hold the same tensors are folded into one row; the selected "
                         "layer stands alone. The diagram draws that layer: data flows downwards, residual paths run "
                         "on the left. A click in either selects in both; [ and ] change the layer."),
       .formula = tr("KV bytes a token = Σ over layers 2 · KV heads · head size · bytes a value. A block format stores "
                     "32 or 256 values with shared scales: Q4_1 takes 20 bytes for 32 values, 5 bits a weight."),
       .source = tr("Vaswani et al. 2017 (arXiv:1706.03762); Shazeer 2019 (arXiv:1911.02150) and Ainslie et al. 2023 "
                    "(arXiv:2305.13245) for shared keys and values; block formats as in ggml."),
       .misreadings = {tr("Many parameters are not much computation: the embedding table is looked up, not multiplied, "
                          "unless the output is tied to it."),
                       tr("A histogram of stored values says nothing of importance: quantized tensors show the comb of "
                          "their levels.")}});
  table_->set_columns(
      {tr("Tensor"), tr("Stored as"), tr("Shape"), tr("Type"), tr("Parameters"), tr("Bytes"), tr("Share")});
  const std::pair<QString, QString> words[] = {
      {tr("Model: structure"), tr("Tensors, architecture diagram and memory")},
      {tr("Model: facts"), tr("Files, hash, licence, tokenizer, chat template, metadata")},
      {tr("Model: find a tensor"), tr("Put the cursor into the filter of the tensors")}};
  for (int i = 0; i < 3; ++i) {
    actions_[i]->setText(words[i].first);
    actions_[i]->setToolTip(words[i].second);
  }
  tree_->setAccessibleName(tr("Modules and tensors"));
  diagram_->retranslate();
  memory_->retranslate();
  details_->retranslate();
  facts_->retranslate();
  show_outline();
  update_now();
}

void ModelPanel::update_now() {
  if (!model_) {
    frame_->set_now({});
    return;
  }
  const ModelFacts& facts = *model_->facts;
  QString now = tr("%n tensor(s), %1 parameters, %2", "", int(facts.tensors.size()))
                    .arg(views::count(facts.parameters), views::memory(facts.weight_bytes));
  if (!chosen_.isEmpty()) now += QStringLiteral(", ") + chosen_;
  frame_->set_now(now);
}

void ModelPanel::update_table() {
  if (!model_) {
    table_->set_rows(0, {});
    return;
  }
  table_->set_rows(int(model_->facts->tensors.size()), [facts = model_->facts](int row, int column) -> QVariant {
    const TensorFact& fact = facts->tensors[size_t(row)];
    switch (column) {
      case 0:
        return QString::fromStdString(fact.canonical);
      case 1:
        return QString::fromStdString(fact.name);
      case 2:
        return shape_text(fact.shape);
      case 3:
        return type_text(fact.dtype);
      case 4:
        return qint64(fact.shape.numel());
      case 5:
        return qint64(fact.bytes);
      default:
        return facts->weight_bytes > 0 ? double(fact.bytes) / double(facts->weight_bytes) : 0.0;
    }
  });
}

std::vector<views::NumberArray> ModelPanel::numbers() const {
  if (!model_) return {};
  const ModelFacts& facts = *model_->facts;
  views::NumberArray tensors{.name = QStringLiteral("tensors"),
                             .shape = {qint64(facts.tensors.size()), 3},
                             .values = {},
                             .column_names = {"parameters", "bytes", "share"}};
  for (const TensorFact& fact : facts.tensors) {
    tensors.row_names.push_back(tensor_key(fact));
    tensors.values.insert(tensors.values.end(),
                          {double(fact.shape.numel()), double(fact.bytes),
                           double(fact.bytes) / double(std::max<int64_t>(1, facts.weight_bytes))});
  }
  const MemoryPlan plan = memory_->plan();
  std::vector<views::NumberArray> all = {std::move(tensors),
                                         {.name = QStringLiteral("memory_bytes"),
                                          .shape = {7},
                                          .values = {double(memory_->context()), double(plan.weights), double(plan.kv), double(plan.state),
                                                     double(plan.kept), double(plan.working), double(plan.total())},
                                          .row_names = {"context_tokens", "weights", "kv", "state", "kept", "working", "total"},
                                          .column_names = {"value"}}};
  if (const auto& s = details_->statistics(); s && fact_of(chosen_)) {
    views::NumberArray bins{.name = QStringLiteral("histogram"),
                            .shape = {qint64(s->histogram.size()), 3},
                            .values = {},
                            .column_names = {"from", "to", "count"}};
    const double width = (s->maximum - s->minimum) / double(std::max<size_t>(1, s->histogram.size()));
    for (size_t i = 0; i < s->histogram.size(); ++i)
      bins.values.insert(bins.values.end(),
                         {s->minimum + double(i) * width, s->minimum + double(i + 1) * width, double(s->histogram[i])});
    all.push_back(std::move(bins));
    all.push_back({.name = QStringLiteral("statistics"),
                   .shape = {8},
                   .values = {s->mean, s->stddev, s->minimum, s->maximum, s->l2, double(s->zeros),
                              double(s->not_finite), double(s->count)},
                   .row_names = {"mean", "std", "minimum", "maximum", "l2", "zeros", "not_finite", "count"},
                   .column_names = {chosen_}});
  }
  return all;
}

views::Exportable ModelPanel::exportable() {
  views::Exportable what;
  what.title = model_ ? QString::fromStdString(model_->facts->spec.name) : tr("Model");
  const double unit = views::theme().scale();
  const double bar = 70 * unit, values = details_->statistics() && fact_of(chosen_) ? 190 * unit : 0;
  what.size = QSizeF(600 * unit, 760 * unit + values);
  what.paint = [this, unit, bar, values](QPainter& painter, const QRectF& area) {
    if (!model_) return;
    const QSizeF room(area.width(), area.height() - bar - values);
    const Diagram diagram = DiagramLayout::make(*model_->facts, context_.selection.layer(), room, unit);
    const double fit = std::min(1.0, room.height() / std::max(1.0, diagram.size.height()));
    painter.save();
    painter.translate(area.left() + room.width() * (1 - fit) / 2, area.top());
    painter.scale(fit, fit);
    paint_diagram(painter, diagram, diagram.box_of(chosen_));
    painter.restore();
    const QRectF below(area.left() + 16 * unit, area.bottom() - bar - values, area.width() - 32 * unit, bar);
    memory_->paint(painter, below);
    if (values > 0)
      details_->paint(painter, QRectF(below.left(), below.bottom(), below.width(), values - 12 * unit));
  };
  what.numbers = [this] { return numbers(); };
  return what;
}

QJsonObject ModelPanel::save() const {
  return {{"view", view_->current()},
          {"filter", search_->text()},
          {"context", memory_->context()},
          {"kv", memory_->kv_format() == DType::f32 ? "f32" : "f16"},
          {"split", QString::fromLatin1(split_->saveState().toBase64())},
          {"left", QString::fromLatin1(left_->saveState().toBase64())}};
}

void ModelPanel::restore(const QJsonObject& state) {
  show_view(std::clamp(state["view"].toInt(), 0, 1));
  search_->setText(state["filter"].toString());
  if (state["context"].toInt() > 0) memory_->set_context(state["context"].toInt());
  if (state.contains("kv")) memory_->set_kv_format(state["kv"].toString() == u"f32" ? DType::f32 : DType::f16);
  split_->restoreState(QByteArray::fromBase64(state["split"].toString().toLatin1()));
  left_->restoreState(QByteArray::fromBase64(state["left"].toString().toLatin1()));
  arrange();
}

QString ModelPanel::script() const {
  if (!model_) return {};
  return cli_script(QStringLiteral("inspect ") + shell_word(QString::fromStdString(model_->facts->path.string())),
                    {QStringLiteral("--context %1").arg(memory_->context())});
}

QString ModelPanel::summary() const {
  if (!model_) return tr("No model is open.");
  const ModelFacts& facts = *model_->facts;
  QStringList words = {
      tr("%1: %2 parameters in %n tensor(s), %3.", "", int(facts.tensors.size()))
          .arg(QString::fromStdString(facts.spec.name), views::count(facts.parameters),
               views::memory(facts.weight_bytes)),
      tr("Memory at %1 tokens: %2.").arg(views::count(memory_->context()), views::memory(memory_->plan().total()))};
  if (const TensorFact* fact = fact_of(chosen_)) {
    words << tr("Selected: %1, %2, %3, %4.")
                 .arg(chosen_, shape_text(fact->shape), type_text(fact->dtype), views::memory(fact->bytes));
    QStringList values;
    for (const auto& [name, value] : details_->rows()) values << name + ' ' + value;
    if (!values.isEmpty()) words << values.join(QStringLiteral(", "));
  }
  return words.join(' ');
}

}  // namespace vitrine
