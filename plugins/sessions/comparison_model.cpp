// SPDX-License-Identifier: Apache-2.0
// Rows, labels and values of a comparison.
#include "plugins/sessions/comparison_model.h"

#include <algorithm>

#include "views/numbers.h"

namespace vitrine {

void ComparisonModel::set_rows(std::vector<ComparedRow> rows) {
  beginResetModel();
  rows_ = std::move(rows);
  arrange();
  endResetModel();
}

void ComparisonModel::set_differing_first(bool on) {
  beginResetModel();
  differing_first_ = on;
  arrange();
  endResetModel();
}

void ComparisonModel::arrange() {
  shown_.clear();
  for (const bool results : {false, true}) {
    std::vector<int> part;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const bool empty = rows_[i].a.empty() && rows_[i].b.empty();
      if (rows_[i].result == results && !empty) part.push_back(int(i));
    }
    if (differing_first_)
      std::stable_partition(part.begin(), part.end(), [&](int i) { return rows_[size_t(i)].differs; });
    if (results && !part.empty()) shown_.push_back(-1);
    shown_.insert(shown_.end(), part.begin(), part.end());
  }
}

int ComparisonModel::differing(bool results) const {
  return int(std::count_if(rows_.begin(), rows_.end(),
                           [&](const ComparedRow& row) { return row.result == results && row.differs; }));
}

int ComparisonModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(shown_.size()); }
int ComparisonModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(kColumns); }

Qt::ItemFlags ComparisonModel::flags(const QModelIndex& index) const {
  return index.isValid() && shown_[size_t(index.row())] < 0 ? Qt::ItemFlags(Qt::NoItemFlags)
                                                            : QAbstractTableModel::flags(index);
}

QString ComparisonModel::label(const QString& key) {
  const std::pair<const char*, QString> names[] = {{"model", tr("Model")},
                                                   {"weights", tr("Weight format")},
                                                   {"model_path", tr("File")},
                                                   {"model_sha256", tr("File hash")},
                                                   {"model_bytes", tr("File size")},
                                                   {"device", tr("Device")},
                                                   {"instruction_set", tr("Instruction set")},
                                                   {"threads", tr("Threads")},
                                                   {"precision", tr("Precision")},
                                                   {"kv_dtype", tr("KV format")},
                                                   {"seed", tr("Seed")},
                                                   {"sampler_order", tr("Order of stages")},
                                                   {"build", tr("Build")},
                                                   {"prompt_tokens", tr("Prompt")},
                                                   {"answer_tokens", tr("Answer length")},
                                                   {"stop_reason", tr("Stopped by")},
                                                   {"tokens_per_s", tr("Speed")},
                                                   {"ttft_ms", tr("First token after")},
                                                   {"perplexity", tr("Perplexity")}};
  for (const auto& [name, text] : names)
    if (key == QLatin1String(name)) return text;
  // Sampler parameters keep the names that the sampler panel and the command line use.
  return key.startsWith(QLatin1String("sampler.")) ? key.mid(8).replace(QLatin1Char('_'), QLatin1Char(' ')) : key;
}

QString ComparisonModel::value(const QString& key, const QString& text) {
  if (text.isEmpty()) return QStringLiteral("–");
  if (key == QLatin1String("model_sha256") && text.size() > 12)
    return text.left(4) + QStringLiteral("…") + text.right(4);
  if (key == QLatin1String("model_bytes")) return views::memory(text.toLongLong());
  if (key == QLatin1String("model_path")) return text.section(QLatin1Char('/'), -1);
  if (key == QLatin1String("tokens_per_s")) return views::rate(text.toDouble(), tr("tok/s"));
  if (key == QLatin1String("ttft_ms")) return views::duration(text.toDouble());
  if (key == QLatin1String("perplexity")) return views::significant(text.toDouble());
  if (key == QLatin1String("prompt_tokens") || key == QLatin1String("answer_tokens"))
    return tr("%Ln token(s)", nullptr, text.toInt());
  return text;
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const int at = shown_[size_t(index.row())];
  if (at < 0) {
    if (role == kSection) return true;
    return role == Qt::DisplayRole && index.column() == kItem ? QVariant(tr("Results")) : QVariant();
  }
  const ComparedRow& row = rows_[size_t(at)];
  const QString key = QString::fromStdString(row.key);
  const QString a = QString::fromStdString(row.a), b = QString::fromStdString(row.b);
  if (role == kDiffers) return row.differs;
  if (role == Qt::ToolTipRole && index.column() == kA) return a;
  if (role == Qt::ToolTipRole && index.column() == kB) return b;
  if (role == Qt::AccessibleTextRole && index.column() == kMark) return row.differs ? tr("differs") : tr("same");
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case kItem:
      return label(key);
    case kA:
      return value(key, a);
    case kB:
      return value(key, b);
    default:
      return row.differs ? QStringLiteral("≠") : QString();
  }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case kItem:
      return tr("Item");
    case kA:
      return QStringLiteral("A");
    case kB:
      return QStringLiteral("B");
    default:
      return QString();
  }
}

}  // namespace vitrine
