// SPDX-License-Identifier: Apache-2.0
// The table behind a picture: the same numbers, readable by keyboard and screen reader, copied with Ctrl+C as
// tab-separated text.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <QTableView>
#include <functional>

#include "views/api.h"

namespace vitrine::views {

/// A read-only table over a function; reset() when the numbers change. `cell` is asked only for what is seen.
class VT_UI NumberTable : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;
  void set_columns(const QStringList& headers);
  void set_rows(int count, std::function<QVariant(int row, int column)> cell);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  QStringList headers_;
  int rows_ = 0;
  std::function<QVariant(int, int)> cell_;
};

class VT_UI TableTwin : public QTableView {
  Q_OBJECT
 public:
  explicit TableTwin(const QString& accessible_name, QWidget* parent = nullptr);
  /// Selected cells, or all when none is selected, as tab-separated lines with the header.
  QString selected_text() const;

 protected:
  void keyPressEvent(QKeyEvent* event) override;
};

}  // namespace vitrine::views
