// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/model_panel.h"

#include <QAction>
#include <QDateTime>
#include <QEvent>
#include <QJsonObject>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "plugins/model/diagram_view.h"
#include "plugins/model/facts_page.h"
#include "plugins/model/memory_bar.h"
#include "plugins/model/tensor_details.h"
#include "plugins/model/tensor_tree.h"
#include "views/numbers.h"
#include "views/panel_frame.h"
#include "views/segmented.h"
#include "views/table_twin.h"
#include "views/theme.h"

namespace vitrine {

std::unique_ptr<Panel> make_model_panel(PanelContext& context) { return std::make_unique<ModelPanel>(context); }

ModelPanel::ModelPanel(PanelContext& context) : context_(context) {
  build();
  make_actions();
  retranslate();
  ask_timer_.setSingleShot(true);
  ask_timer_.setInterval(150);  // held arrow keys pass many tensors
  connect(&ask_timer_, &QTimer::timeout, this, &ModelPanel::ask_statistics);
  connect(&context_.selection, &Selection::changed, this, &ModelPanel::follow_selection);
  frame_->show_empty();
}

ModelPanel::~ModelPanel() = default;
QWidget* ModelPanel::widget() { return frame_; }

void ModelPanel::build() {
  frame_ = new views::PanelFrame(QString());
  frame_->installEventFilter(this);
  search_ = new QLineEdit;
  search_->setClearButtonEnabled(true);
  view_ = new views::Segmented(QString(), {QString(), QString()});
  frame_->controls()->addWidget(search_, 1);
  frame_->controls()->addWidget(view_);
  tree_ = new TensorTree;
  details_ = new TensorDetails;
  diagram_ = new DiagramView;
  memory_ = new MemoryBar;
  facts_ = new FactsPage;
  left_ = new QSplitter(Qt::Vertical);
  left_->addWidget(tree_);
  left_->addWidget(details_);
  left_->setStretchFactor(0, 3);
  left_->setStretchFactor(1, 1);
  details_->hide();
  auto* right = new QWidget;
  auto* column = new QVBoxLayout(right);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(diagram_, 1);
  column->addWidget(memory_);
  split_ = new QSplitter(Qt::Horizontal);
  split_->addWidget(left_);
  split_->addWidget(right);
  split_->setStretchFactor(0, 1);
  split_->setStretchFactor(1, 1);
  split_->setSizes({480, 520});
  for (QSplitter* split : {split_, left_}) split->setChildrenCollapsible(false), split->setHandleWidth(1);
  pages_ = new QStackedWidget;
  pages_->addWidget(split_);
  pages_->addWidget(facts_);
  frame_->set_picture(pages_);
  table_ = new views::NumberTable(frame_);
  frame_->set_table(table_);
  frame_->set_exporter([this] { return exportable(); });
  connect(frame_, &views::PanelFrame::exported, &context_.workspace, &Workspace::tell_exported);
  connect(search_, &QLineEdit::textChanged, this, &ModelPanel::show_outline);
  connect(view_, &views::Segmented::chosen, this, &ModelPanel::show_view);
  connect(tree_, &TensorTree::chosen, this, &ModelPanel::choose);
  connect(diagram_, &DiagramView::chosen, this, &ModelPanel::choose);
  connect(memory_, &MemoryBar::changed, this, &ModelPanel::update_now);
}

void ModelPanel::make_actions() {
  const std::pair<const char*, std::function<void()>> all[] = {
      {"model.structure", [this] { show_view(0), context_.workspace.show_panel(QStringLiteral("model")); }},
      {"model.facts", [this] { show_view(1), context_.workspace.show_panel(QStringLiteral("model")); }},
      {"model.find",
       [this] { context_.workspace.show_panel(QStringLiteral("model")), show_view(0), search_->setFocus(); }}};
  for (const auto& [name, call] : all) {
    auto* action = new QAction(frame_);
    action->setObjectName(QLatin1String(name));
    connect(action, &QAction::triggered, this, call);
    actions_ << action;
  }
}

bool ModelPanel::eventFilter(QObject* object, QEvent* event) {
  if (object == frame_ && event->type() == QEvent::LanguageChange) retranslate();
  if (object == frame_ && event->type() == QEvent::Resize) arrange();
  return QObject::eventFilter(object, event);
}

/// Narrow panels stack the tree on the diagram.
void ModelPanel::arrange() {
  const Qt::Orientation wanted = frame_->width() < views::theme().px(520) ? Qt::Vertical : Qt::Horizontal;
  if (split_->orientation() != wanted) split_->setOrientation(wanted);
}

void ModelPanel::show_view(int view) {
  view_->set_current(view);
  pages_->setCurrentIndex(view);
  search_->setEnabled(view == 0);
  if (view == 1 && visible_) ask_hash();
}

const TensorFact* ModelPanel::fact_of(const QString& key) const {
  if (!model_ || key.isEmpty()) return nullptr;
  for (const TensorFact& fact : model_->facts->tensors)
    if (tensor_key(fact) == key) return &fact;
  return nullptr;
}

void ModelPanel::on_model_changed(const ModelLoaded* model) {
  model_ = model ? std::make_shared<ModelLoaded>(*model) : nullptr;
  if (model_ && !model_->facts) model_.reset();
  statistics_.clear();
  asked_.clear();
  failed_.clear();
  chosen_.clear();
  hashed_ = false;
  hash_job_ = 0;
  const auto facts = model_ ? model_->facts : nullptr;
  diagram_->show_model(facts, context_.selection.layer());
  memory_->show_model(facts);
  facts_->show_model(model_);
  show_outline();
  update_table();
  if (model_)
    frame_->show_picture();
  else
    frame_->show_empty();
  follow_selection();
  if (visible_ && model_ && view_->current() == 1) ask_hash();
}

void ModelPanel::on_visible(bool visible) {
  visible_ = visible;
  if (!visible) {
    ask_timer_.stop();
    return;
  }
  follow_selection();
  if (view_->current() == 1) ask_hash();
}

void ModelPanel::show_outline() {
  if (!model_) {
    tree_->show_outline(nullptr, 0, {});
    return;
  }
  tree_->show_outline(model_->facts, context_.selection.layer(), search_->text());
  tree_->select(chosen_);
}

void ModelPanel::choose(const QString& key) {
  if (!model_) return;
  QString chosen = key;
  if (!fact_of(key))  // a module of one weight is that weight
    for (const TensorFact& fact : model_->facts->tensors)
      if (!fact.canonical.empty() &&
          (tensor_key(fact) == key + QStringLiteral(".w") ||
           (tensor_key(fact).contains(QLatin1String(" + ")) && key_belongs_to(tensor_key(fact), key))) &&
          key.count('.') != 1)
        chosen = tensor_key(fact);
  const int layer = layer_of_key(chosen);
  following_ = true;
  chosen_ = chosen;
  context_.selection.set_tensor(fact_of(chosen) ? chosen : QString());
  if (layer >= 0) context_.selection.set_layer(layer);
  following_ = false;
  show_chosen();
}

void ModelPanel::follow_selection() {
  if (following_ || !model_) return;
  const QString tensor = context_.selection.tensor();
  const int layer = context_.selection.layer(), own = layer_of_key(chosen_);
  following_ = true;
  if (!tensor.isEmpty() && tensor != chosen_) {
    chosen_ = tensor;
    if (layer_of_key(tensor) >= 0) context_.selection.set_layer(layer_of_key(tensor));
  } else if (tensor.isEmpty() && fact_of(chosen_)) {
    chosen_.clear();
  } else if (own >= 0 && own != layer) {  // the layer moved: the same tensor or module there
    const QString there = key_in_layer(chosen_, layer);
    if (fact_of(there)) context_.selection.set_tensor(there);
    if (fact_of(there) || !fact_of(chosen_)) chosen_ = there;
  }
  following_ = false;
  show_chosen();
}

void ModelPanel::show_chosen() {
  if (!model_ || !visible_) return;  // hidden, it follows when it is shown
  const int layer = context_.selection.layer();
  const auto& nodes = tree_->tensors().outline().nodes();
  const int own = tree_->tensors().outline().find(QStringLiteral("layers.%1").arg(layer));
  // Before the tree is folded anew, so that a click stays where it was made when the layer stands alone already.
  if (search_->text().trimmed().isEmpty() && own >= 0 && nodes[size_t(own)].parent > 0) show_outline();
  tree_->select(chosen_);
  diagram_->show_model(model_->facts, layer);
  diagram_->select(chosen_);
  const TensorFact* fact = fact_of(chosen_);
  details_->setVisible(fact != nullptr);
  if (fact) {
    const auto known = statistics_.find(fact->name);
    details_->show_tensor(*fact);
    if (known != statistics_.end())
      details_->show_statistics(known->second);
    else if (visible_)
      ask_timer_.start();
  }
  update_now();
}

void ModelPanel::ask_statistics() {
  const TensorFact* fact = fact_of(chosen_);
  if (!visible_ || !fact || statistics_.count(fact->name) || failed_.count(fact->name)) return;
  for (const auto& [job, name] : asked_)
    if (name == fact->name) return;
  for (const auto& [job, name] : asked_) context_.workspace.cancel(job);
  const JobId job = context_.workspace.submit(TensorStatistics{.tensor = fact->name},
                                              tr("Statistics of %1").arg(chosen_), "model.statistics");
  asked_[job] = fact->name;
}

void ModelPanel::ask_hash() {
  if (!visible_ || !model_ || hashed_ || hash_job_) return;
  hash_began_ms_ = QDateTime::currentMSecsSinceEpoch();
  hash_job_ = context_.workspace.submit(HashModel{}, tr("SHA-256 of the model's files"));
  facts_->set_hash_progress(tr("computing…"));
}

void ModelPanel::show_hash_progress(const Progress& progress) {
  if (progress.total <= 0 || progress.done <= 0) return;
  const double share = double(progress.done) / double(progress.total);
  const double spent = double(QDateTime::currentMSecsSinceEpoch() - hash_began_ms_);
  facts_->set_hash_progress(tr("computing, %1 of %2, %3 left")
                                .arg(views::percent(share), views::memory(progress.total),
                                     views::duration(std::max(0.0, spent / share - spent))));
}

void ModelPanel::on_events(std::span<const Event> events) {
  for (const Event& event : events) {
    if (const auto* found = std::get_if<TensorStatisticsOut>(&event.body)) {
      statistics_[found->tensor] = *found;
      const TensorFact* fact = fact_of(chosen_);
      if (fact && fact->name == found->tensor) details_->show_statistics(*found), update_now();
    } else if (const auto* hash = std::get_if<HashOut>(&event.body)) {
      hashed_ = true;
      facts_->set_hashes(hash->sha256);
    } else if (const auto* progress = std::get_if<Progress>(&event.body)) {
      if (event.job == hash_job_ && hash_job_) show_hash_progress(*progress);
    } else if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
      if (event.job == hash_job_ && hash_job_) {
        hash_job_ = 0;
        if (!hashed_) facts_->set_hash_progress(ended->error ? QString::fromUtf8(ended->error->what()) : tr("stopped"));
      }
      const auto asked = asked_.find(event.job);
      if (asked == asked_.end()) continue;
      const std::string name = asked->second;
      asked_.erase(asked);
      if (ended->outcome != JobEnded::Outcome::failed) continue;
      failed_.insert(name);
      const TensorFact* fact = fact_of(chosen_);
      if (fact && fact->name == name)
        details_->show_failure(ended->error ? QString::fromUtf8(ended->error->what()) : tr("failed"));
    }
  }
}

}  // namespace vitrine
