// SPDX-License-Identifier: Apache-2.0
// The model: tree of tensors with the values of the selected one, architecture diagram, memory, facts of the
// checkpoint.
#pragma once

#include <QTimer>
#include <map>
#include <set>

#include "plugins/api/panel.h"
#include "views/plot_export.h"

class QLineEdit;
class QSplitter;
class QStackedWidget;

namespace vitrine {

namespace views {
class NumberTable;
class PanelFrame;
class Segmented;
}  // namespace views
class DiagramView;
class FactsPage;
class MemoryBar;
class TensorDetails;
class TensorTree;

class ModelPanel : public QObject, public Panel {
  Q_OBJECT
 public:
  explicit ModelPanel(PanelContext& context);
  ~ModelPanel() override;
  QWidget* widget() override;
  void on_events(std::span<const Event> events) override;
  void on_model_changed(const ModelLoaded* model) override;
  void on_visible(bool visible) override;
  QList<QAction*> actions() override { return actions_; }
  QJsonObject save() const override;
  void restore(const QJsonObject& state) override;
  QString script() const override;
  QString summary() const override;

  /// The diagram with the memory below it, and the histogram of the selected tensor once it is counted.
  views::Exportable exportable();
  TensorTree& tree() noexcept { return *tree_; }
  DiagramView& diagram() noexcept { return *diagram_; }
  MemoryBar& memory() noexcept { return *memory_; }
  FactsPage& facts() noexcept { return *facts_; }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void build();
  void make_actions();
  void retranslate();
  void show_view(int view);
  void arrange();
  /// A row of the tree or a box of the diagram was chosen.
  void choose(const QString& key);
  void follow_selection();
  void show_outline();
  void show_chosen();
  void ask_statistics();
  void ask_hash();
  void show_hash_progress(const Progress& progress);
  void update_now();
  void update_table();
  const TensorFact* fact_of(const QString& key) const;
  std::vector<views::NumberArray> numbers() const;

  PanelContext& context_;
  std::shared_ptr<const ModelLoaded> model_;
  bool visible_ = false;
  QString chosen_;                                         // a tensor's key, or a module's
  std::map<std::string, TensorStatisticsOut> statistics_;  // by stored name
  std::map<JobId, std::string> asked_;
  std::set<std::string> failed_;
  JobId hash_job_ = 0;
  bool hashed_ = false, following_ = false;
  qint64 hash_began_ms_ = 0;
  QTimer ask_timer_;

  views::PanelFrame* frame_ = nullptr;
  QLineEdit* search_ = nullptr;
  views::Segmented* view_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  QSplitter *split_ = nullptr, *left_ = nullptr;
  TensorTree* tree_ = nullptr;
  TensorDetails* details_ = nullptr;
  DiagramView* diagram_ = nullptr;
  MemoryBar* memory_ = nullptr;
  FactsPage* facts_ = nullptr;
  views::NumberTable* table_ = nullptr;
  QList<QAction*> actions_;
};

}  // namespace vitrine
