// SPDX-License-Identifier: Apache-2.0
// Rows of the session browser and their words.
#include "plugins/sessions/sessions_model.h"

#include <QLocale>

#include "engine/core/error.h"
#include "sessions/search_terms.h"
#include "views/numbers.h"

namespace vitrine {

static QString qt(const std::string& text) { return QString::fromStdString(text); }

SessionsModel::SessionsModel(SessionStore* store, QObject* parent) : QAbstractListModel(parent), store_(store) {}

void SessionsModel::set_search(const QString& text) {
  search_ = text;
  refresh();
}
void SessionsModel::set_model_filter(const QString& name) {
  model_filter_ = name;
  refresh();
}
void SessionsModel::set_period(Period period) {
  period_ = period;
  refresh();
}
void SessionsModel::set_order(ListQuery::Order order) {
  order_ = order;
  refresh();
}

bool SessionsModel::filtered() const {
  return !search_.trimmed().isEmpty() || !model_filter_.isEmpty() || period_ != Period::any;
}

static qint64 since_ms(SessionsModel::Period period, const QDate& today) {
  switch (period) {
    case SessionsModel::Period::any:
      return 0;
    case SessionsModel::Period::today:
      return today.startOfDay().toMSecsSinceEpoch();
    case SessionsModel::Period::week:
      return today.addDays(-6).startOfDay().toMSecsSinceEpoch();
    case SessionsModel::Period::month:
      return today.addDays(-30).startOfDay().toMSecsSinceEpoch();
  }
  return 0;
}

void SessionsModel::refresh() {
  if (!store_) return;
  ListQuery query;
  query.search = search_.toStdString();
  query.model = model_filter_.toStdString();
  query.modified_since_ms = since_ms(period_, QDate::currentDate());
  query.order = order_;
  std::vector<SessionRow> rows, all;
  try {
    rows = store_->list(query);
    all = filtered() ? store_->list() : rows;
  } catch (const Error& e) {
    emit failed(qt(e.message()), qt(e.hint()));
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  total_ = int(all.size());
  models_.clear();
  for (const SessionRow& row : all)
    if (const QString name = qt(row.model_name); !name.isEmpty() && !models_.contains(name)) models_ << name;
  models_.sort(Qt::CaseInsensitive);
  endResetModel();
}

void SessionsModel::set_badges(SessionId a, SessionId b) {
  if (a == a_ && b == b_) return;
  a_ = a;
  b_ = b;
  if (!rows_.empty()) emit dataChanged(index(0), index(int(rows_.size()) - 1), {kBadge});
}

void SessionsModel::set_current(SessionId session) {
  if (session == current_) return;
  current_ = session;
  if (!rows_.empty()) emit dataChanged(index(0), index(int(rows_.size()) - 1), {kCurrent});
}

int SessionsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(rows_.size()); }

const SessionRow* SessionsModel::row(int row) const {
  return row >= 0 && row < int(rows_.size()) ? &rows_[size_t(row)] : nullptr;
}

int SessionsModel::row_of(SessionId session) const {
  for (size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].id == session) return int(i);
  return -1;
}

QStringList SessionsModel::terms() const {
  QStringList terms;
  for (const std::string& term : search_terms(search_.toStdString())) terms << qt(term);
  return terms;
}

Qt::ItemFlags SessionsModel::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  return QAbstractListModel::flags(index) | Qt::ItemIsEditable | Qt::ItemNeverHasChildren;
}

QString SessionsModel::when_text(const QDateTime& when, const QDate& today) {
  const QLocale locale;
  if (when.date() == today) return locale.toString(when.time(), QStringLiteral("HH:mm"));
  if (when.date().addDays(1) == today) return locale.toString(when.time(), QStringLiteral("HH:mm"));
  return locale.toString(when.date(), when.date().year() == today.year() ? tr("d MMM") : tr("d MMM yyyy"));
}

QString SessionsModel::group_text(const QDate& day, const QDate& today) {
  if (day >= today) return tr("Today");
  if (day.addDays(1) == today) return tr("Yesterday");
  if (day.addDays(6) >= today) return tr("This week");
  if (day.year() == today.year() && day.month() == today.month()) return tr("This month");
  return tr("Earlier");
}

QString SessionsModel::group_of(int row) const {
  return group_text(QDateTime::fromMSecsSinceEpoch(rows_[size_t(row)].modified_ms).date(), QDate::currentDate());
}

QVariant SessionsModel::text(const SessionRow& row, int role) const {
  const QString title = row.title.empty() ? tr("Untitled session") : qt(row.title);
  if (role == Qt::DisplayRole || role == Qt::EditRole) return title;
  const QString when = when_text(QDateTime::fromMSecsSinceEpoch(row.modified_ms), QDate::currentDate());
  const QString tokens = tr("%Ln token(s)", nullptr, int(row.answer_tokens));
  const QString replay = row.replay              ? verdict_text(*row.replay, true)
                         : row.answer_tokens > 0 ? tr("Not checked")
                                                 : QString();
  switch (role) {
    case kExcerpt:
      return qt(row.excerpt);
    case kModel:
      return qt(row.model_name);
    case kWeights:
      return qt(row.weight_summary);
    case kTokens:
      return tokens;
    case kWhen:
      return when;
    case kReplayText:
      return replay;
    case Qt::ToolTipRole:
      return QLocale().toString(QDateTime::fromMSecsSinceEpoch(row.modified_ms), QLocale::LongFormat);
    case Qt::AccessibleTextRole: {
      QStringList parts{title, when, qt(row.model_name), qt(row.weight_summary), tokens, replay};
      parts.removeAll(QString());
      return parts.join(QStringLiteral(", "));
    }
    default:
      return {};
  }
}

QVariant SessionsModel::data(const QModelIndex& index, int role) const {
  const SessionRow* found = index.isValid() ? row(index.row()) : nullptr;
  if (!found) return {};
  switch (role) {
    case kId:
      return qint64(found->id);
    case kReplay:
      return int(!found->replay ? Replay::none : found->replay->identical ? Replay::identical : Replay::differs);
    case kBadge:
      return found->id == a_ ? QStringLiteral("A") : found->id == b_ ? QStringLiteral("B") : QString();
    case kCurrent:
      return found->id == current_;
    case kGroup: {
      if (order_ != ListQuery::Order::recent) return QString();
      const QString group = group_of(index.row());
      return index.row() == 0 || group_of(index.row() - 1) != group ? group : QString();
    }
    default:
      return text(*found, role);
  }
}

bool SessionsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const SessionRow* found = index.isValid() ? row(index.row()) : nullptr;
  const QString title = value.toString().simplified();
  if (!found || role != Qt::EditRole || title.isEmpty() || title == qt(found->title)) return false;
  try {
    store_->rename(found->id, title.toStdString());
  } catch (const Error& e) {
    emit failed(qt(e.message()), qt(e.hint()));
    return false;
  }
  rows_[size_t(index.row())].title = title.toStdString();
  emit dataChanged(index, index, {Qt::DisplayRole, Qt::EditRole});
  return true;
}

QString cause_text(const QString& cause) {
  if (cause == QLatin1String("file")) return SessionsModel::tr("the model file is another one");
  if (cause == QLatin1String("instruction_set")) return SessionsModel::tr("another instruction set");
  if (cause == QLatin1String("device")) return SessionsModel::tr("another device");
  if (cause == QLatin1String("build")) return SessionsModel::tr("another build of Vitrine");
  return SessionsModel::tr("nothing that was recorded explains it");
}

QString verdict_text(const ReplayVerdict& v, bool brief) {
  if (v.identical)
    return brief ? SessionsModel::tr("Same on replay")
                 : SessionsModel::tr("Run again, all %1 tokens are the same.").arg(views::count(v.compared));
  const QString place = views::count(v.position + 1);
  if (brief) return SessionsModel::tr("Differs from token %1").arg(place);
  const auto side = [](int32_t id, const std::string& text) {
    return id < 0 ? SessionsModel::tr("the end") : SessionsModel::tr("“%1”", "a token").arg(qt(text));
  };
  QStringList causes;
  for (const std::string& cause : v.causes) causes << cause_text(qt(cause));
  return SessionsModel::tr("Run again, answer token %1 differs: %2 was recorded, %3 came now. Likely cause: %4.")
      .arg(place, side(v.was_id, v.was_text), side(v.now_id, v.now_text), causes.join(QStringLiteral(", ")));
}

}  // namespace vitrine
