// SPDX-License-Identifier: Apache-2.0
// Two runs side by side: settings apart from results, differing rows marked. No widgets.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "sessions/records.h"

namespace vitrine {

class ComparisonModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { kItem, kA, kB, kMark, kColumns };
  enum Role { kDiffers = Qt::UserRole + 1, kSection };

  using QAbstractTableModel::QAbstractTableModel;
  void set_rows(std::vector<ComparedRow> rows);
  void set_differing_first(bool on);
  int differing(bool results) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

  /// "temperature" for "sampler.temperature", "File hash" for "model_sha256".
  static QString label(const QString& key);
  /// A hash is shortened, bytes and rates get their unit.
  static QString value(const QString& key, const QString& text);

 private:
  void arrange();
  std::vector<ComparedRow> rows_;
  std::vector<int> shown_;  // index into rows_, -1: "Results" heading
  bool differing_first_ = false;
};

}  // namespace vitrine
