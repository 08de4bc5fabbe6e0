// SPDX-License-Identifier: Apache-2.0
// The search runs on its own thread and posts each model as it is found.
#include "app/open_dialog.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>
#include <fstream>

#include "app/text.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {
namespace {
constexpr int kSortRole = Qt::UserRole;
constexpr int64_t kAssumedContext = 4096;  // tokens of KV cache that the memory verdict counts
}  // namespace

int64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string key; file >> key;) {
    int64_t kib = 0;
    std::string unit;
    file >> kib;
    std::getline(file, unit);
    if (key == "MemAvailable:") return kib * 1024;
  }
  return 0;
}

void FoundModels::add(const FoundModel& model) {
  beginInsertRows({}, int(models_.size()), int(models_.size()));
  models_.push_back(model);
  endInsertRows();
}

void FoundModels::clear() {
  beginResetModel();
  models_.clear();
  endResetModel();
}

QString FoundModels::memory_text(const FoundModel& m) const {
  if (!m.loadable()) return QString::fromStdString(m.reason);
  const int64_t need = m.weight_bytes + m.kv_bytes_per_token * kAssumedContext;
  if (memory_ <= 0) return views::memory(need);
  return need <= memory_ ? tr("fits: %1 of %2").arg(views::memory(need), views::memory(memory_))
                         : tr("too large: %1 of %2").arg(views::memory(need), views::memory(memory_));
}

QVariant FoundModels::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= int(models_.size())) return {};
  const FoundModel& m = models_[size_t(index.row())];
  if (role == Qt::ToolTipRole) return path_text(m.path) + (m.loadable() ? "" : "\n" + QString::fromStdString(m.reason));
  if (role == kSortRole) {
    if (index.column() == kParameters) return qint64(m.parameters);
    if (index.column() == kSize) return qint64(m.bytes);
    if (index.column() == kMemory) return qint64(m.loadable() ? m.weight_bytes : INT64_MAX);
  }
  if (role == Qt::TextAlignmentRole && (index.column() == kParameters || index.column() == kSize))
    return int(Qt::AlignRight | Qt::AlignVCenter);
  if (role != Qt::DisplayRole && role != kSortRole) return {};
  switch (index.column()) {
    case kName:
      return QString::fromStdString(m.name);
    case kFormat:
      return QString::fromStdString(m.quantization.empty() ? m.container : m.quantization);
    case kParameters:
      return m.parameters > 0 ? tr("%1 M").arg(views::significant(double(m.parameters) / 1e6)) : QString();
    case kSize:
      return views::memory(m.bytes);
    case kMemory:
      return memory_text(m);
    case kSource:
      return QString::fromStdString(m.source);
    default:
      return {};
  }
}

QVariant FoundModels::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && (section == kParameters || section == kSize))
    return int(Qt::AlignRight | Qt::AlignVCenter);
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case kName:
      return tr("Name");
    case kFormat:
      return tr("Format");
    case kParameters:
      return tr("Parameters");
    case kSize:
      return tr("Size");
    case kMemory:
      return tr("Memory, with 4,096 tokens");
    case kSource:
      return tr("From");
    default:
      return {};
  }
}

Qt::ItemFlags FoundModels::flags(const QModelIndex& index) const {
  if (!index.isValid()) return {};
  return models_[size_t(index.row())].loadable() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

OpenDialog::OpenDialog(QWidget* parent, FinderOptions options)
    : QDialog(parent),
      models_(new FoundModels(available_memory(), this)),
      sorted_(new QSortFilterProxyModel(this)),
      list_(new QTreeView(this)),
      filter_(new QLineEdit(this)),
      state_(new QLabel(this)),
      open_(new QPushButton(tr("Open"), this)) {
  setWindowTitle(tr("Open a model"));
  const views::Theme& t = views::theme();
  resize(t.px(860), t.px(480));
  sorted_->setSourceModel(models_);
  sorted_->setSortRole(kSortRole);
  sorted_->setFilterCaseSensitivity(Qt::CaseInsensitive);
  sorted_->setFilterKeyColumn(-1);
  list_->setModel(sorted_);
  list_->setRootIsDecorated(false);
  list_->setSortingEnabled(true);
  list_->setUniformRowHeights(true);
  list_->setStyleSheet(QStringLiteral("QTreeView::item { padding: 0 %1px }").arg(t.px(5)));  // as the header's
  list_->sortByColumn(-1, Qt::AscendingOrder);
  list_->setAccessibleName(tr("Models on this machine"));
  constexpr std::pair<int, int> widths[] = {{FoundModels::kName, 240},
                                            {FoundModels::kFormat, 90},
                                            {FoundModels::kParameters, 96},
                                            {FoundModels::kSize, 90},
                                            {FoundModels::kMemory, 206}};
  for (const auto& [column_index, width] : widths) list_->header()->resizeSection(column_index, t.px(width));
  filter_->setPlaceholderText(tr("Filter by name, format or program"));
  filter_->setAccessibleName(tr("Filter by name, format or program"));
  filter_->setClearButtonEnabled(true);
  open_->setProperty("kind", "primary");
  open_->setDefault(true);
  state_->setProperty("role", "t2");
  auto* file = new QPushButton(tr("Choose a file…"), this);
  auto* folder = new QPushButton(tr("Choose a folder…"), this);
  auto* column = new QVBoxLayout(this);
  column->addWidget(filter_);
  column->addWidget(list_, 1);
  auto* row = new QHBoxLayout;
  row->addWidget(state_, 1);
  row->addWidget(file);
  row->addWidget(folder);
  row->addWidget(open_);
  column->addLayout(row);
  connect(filter_, &QLineEdit::textChanged, sorted_, &QSortFilterProxyModel::setFilterFixedString);
  connect(list_, &QTreeView::activated, this, &OpenDialog::open_current);
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& now) { open_->setEnabled(now.isValid()); });
  connect(open_, &QPushButton::clicked, this, &OpenDialog::open_current);
  connect(file, &QPushButton::clicked, this, [this] { emit browse_requested(false); });
  connect(folder, &QPushButton::clicked, this, [this] { emit browse_requested(true); });
  open_->setEnabled(false);
  update_state(true);
  search(std::move(options));
}

OpenDialog::~OpenDialog() {
  searcher_.request_stop();
  if (searcher_.joinable()) searcher_.join();
}

void OpenDialog::search(FinderOptions options) {
  searcher_ = std::jthread([this, options = std::move(options)](std::stop_token stop) mutable {
    options.stop = stop;
    options.found = [this, stop](const FoundModel& model) {
      if (!stop.stop_requested())
        QMetaObject::invokeMethod(
            this, [this, model] { models_->add(model); }, Qt::QueuedConnection);
    };
    find_models(options);
    if (!stop.stop_requested())
      QMetaObject::invokeMethod(
          this,
          [this] {
            update_state(false);
            emit search_ended();
          },
          Qt::QueuedConnection);
  });
}

void OpenDialog::update_state(bool searching) {
  state_->setText(searching ? tr("Looking for models…")
                  : models_->rowCount() == 0
                      ? tr("No models were found in the usual places.")
                      : tr("%n model(s); nothing is copied or changed", nullptr, models_->rowCount()));
  if (!searching && !list_->currentIndex().isValid())
    for (int r = 0; r < sorted_->rowCount(); ++r)
      if (sorted_->index(r, 0).flags() & Qt::ItemIsSelectable) {
        list_->setCurrentIndex(sorted_->index(r, 0));
        break;
      }
}

void OpenDialog::open_current() {
  const QModelIndex row = sorted_->mapToSource(list_->currentIndex());
  if (!row.isValid() || !models_->at(row.row()).loadable()) return;
  emit chosen(path_text(models_->at(row.row()).path));
  close();
}

}  // namespace vitrine
