// SPDX-License-Identifier: Apache-2.0
// The outline of the tensors as a tree with columns: name, shape, type, bytes, share of the bytes as a bar.
#pragma once

#include <QAbstractItemModel>
#include <QSet>
#include <QTreeView>
#include <memory>

#include "plugins/model/tensor_outline.h"

namespace vitrine {

class TensorTreeModel : public QAbstractItemModel {
  Q_OBJECT
 public:
  enum Column : int { name, shape, type, bytes, share, columns };
  using QAbstractItemModel::QAbstractItemModel;

  void set_outline(std::shared_ptr<const ModelFacts> facts, TensorOutline outline);
  const TensorOutline& outline() const noexcept { return outline_; }
  const OutlineNode* node(const QModelIndex& index) const;
  QModelIndex index_of(int node, int column = 0) const;
  /// Of all bytes of the checkpoint, 0 to 1.
  double share_of(const OutlineNode& node) const;

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& index) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& = {}) const override { return columns; }
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  QString text(const OutlineNode& node, int column) const;
  QString tool_tip(const OutlineNode& node) const;

  std::shared_ptr<const ModelFacts> facts_;
  TensorOutline outline_;
};

class TensorTree : public QTreeView {
  Q_OBJECT
 public:
  explicit TensorTree(QWidget* parent = nullptr);
  TensorTreeModel& tensors() noexcept { return *model_; }

  /// Shows the model's tensors; what was unfolded stays unfolded.
  void show_outline(std::shared_ptr<const ModelFacts> facts, int focus_layer, const QString& filter);
  /// Selects a tensor or module and brings it into view; signals nothing. Empty: nothing selected.
  void select(const QString& key);

 signals:
  /// The user chose a row: the key of a tensor, module, layer or range.
  void chosen(const QString& key);

 protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void restore_expanded();
  void set_columns();
  void fit_columns();

  TensorTreeModel* model_;
  QSet<QString> expanded_;
  bool filtered_ = false, quiet_ = false;
};

}  // namespace vitrine
