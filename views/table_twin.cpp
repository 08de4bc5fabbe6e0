// SPDX-License-Identifier: Apache-2.0
// Numbers right-aligned in the monospaced face; text left.
#include "views/table_twin.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>

#include "views/theme.h"

namespace vitrine::views {

void NumberTable::set_columns(const QStringList& headers) {
  beginResetModel();
  headers_ = headers;
  endResetModel();
}

void NumberTable::set_rows(int count, std::function<QVariant(int, int)> cell) {
  beginResetModel();
  rows_ = count;
  cell_ = std::move(cell);
  endResetModel();
}

int NumberTable::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : rows_; }
int NumberTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(headers_.size()); }

QVariant NumberTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rows_ || !cell_) return {};
  if (role == Qt::DisplayRole || role == Qt::EditRole) return cell_(index.row(), index.column());
  const auto is_number = [&] {
    const QVariant value = cell_(index.row(), index.column());
    return value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Int ||
           value.typeId() == QMetaType::LongLong;
  };
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignVCenter | (is_number() ? Qt::AlignRight : Qt::AlignLeft));
  if (role == Qt::FontRole) return theme().mono(Type::small);
  return {};
}

QVariant NumberTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole) return {};
  return orientation == Qt::Horizontal ? QVariant(headers_.value(section)) : QVariant(section);
}

TableTwin::TableTwin(const QString& accessible_name, QWidget* parent) : QTableView(parent) {
  setAccessibleName(accessible_name);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setTabKeyNavigation(false);
  setShowGrid(false);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(theme().px(22));
  horizontalHeader()->setStretchLastSection(true);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  connect(&theme(), &Theme::changed, this, [this] { verticalHeader()->setDefaultSectionSize(theme().px(22)); });
}

QString TableTwin::selected_text() const {
  if (!model()) return {};
  QString text;
  const int columns = model()->columnCount();
  for (int c = 0; c < columns; ++c) text += (c ? "\t" : "") + model()->headerData(c, Qt::Horizontal).toString();
  text += '\n';
  const bool all = !selectionModel() || !selectionModel()->hasSelection();
  for (int r = 0; r < model()->rowCount(); ++r) {
    QStringList cells;
    for (int c = 0; c < columns; ++c) {
      const QModelIndex index = model()->index(r, c);
      if (all || selectionModel()->isSelected(index)) cells << index.data().toString();
    }
    if (!cells.isEmpty()) text += cells.join('\t') + '\n';
  }
  return text;
}

void TableTwin::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy))
    QApplication::clipboard()->setText(selected_text());
  else
    QTableView::keyPressEvent(event);
}

}  // namespace vitrine::views
