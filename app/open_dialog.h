// SPDX-License-Identifier: Apache-2.0
// Open a model: what other programs have already put on this machine, with size, format and whether it fits the memory;
// or a file or folder chosen by hand. Reads headers only, in the background; never modal.
#pragma once

#include <QAbstractTableModel>
#include <QDialog>
#include <thread>
#include <vector>

#include "engine/io/model_finder.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTreeView;

namespace vitrine {

/// Memory that can be used without swapping, in bytes; 0: not known.
int64_t available_memory();

class FoundModels : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { kName, kFormat, kParameters, kSize, kMemory, kSource, kColumns };
  explicit FoundModels(int64_t memory, QObject* parent = nullptr) : QAbstractTableModel(parent), memory_(memory) {}
  void add(const FoundModel& model);
  void clear();
  const FoundModel& at(int row) const { return models_[size_t(row)]; }
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(models_.size()); }
  int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : kColumns; }
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

 private:
  QString memory_text(const FoundModel& model) const;
  std::vector<FoundModel> models_;
  int64_t memory_;
};

class OpenDialog : public QDialog {
  Q_OBJECT
 public:
  explicit OpenDialog(QWidget* parent = nullptr, FinderOptions options = {});
  ~OpenDialog() override;
  FoundModels& models() noexcept { return *models_; }

 signals:
  void chosen(const QString& path);
  void browse_requested(bool folder);
  void search_ended();

 private:
  void search(FinderOptions options);
  void open_current();
  void update_state(bool searching);

  FoundModels* models_;
  QSortFilterProxyModel* sorted_;
  QTreeView* list_;
  QLineEdit* filter_;
  QLabel* state_;
  QPushButton* open_;
  std::jthread searcher_;
};

}  // namespace vitrine
