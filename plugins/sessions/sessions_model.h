// SPDX-License-Identifier: Apache-2.0
// The sessions of a store as a list for any view: filtered, grouped by day, with badges and replay verdicts. No
// widgets.
#pragma once

#include <QAbstractListModel>
#include <QDateTime>
#include <QStringList>
#include <vector>

#include "sessions/session_store.h"

namespace vitrine {

class SessionsModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role {
    kId = Qt::UserRole + 1,
    kExcerpt,
    kModel,
    kWeights,
    kTokens,
    kWhen,
    kGroup,
    kReplay,
    kReplayText,
    kBadge,
    kCurrent
  };
  enum class Replay { none, identical, differs };
  enum class Period { any, today, week, month };

  explicit SessionsModel(SessionStore* store, QObject* parent = nullptr);

  void set_search(const QString& text);
  void set_model_filter(const QString& name);  // empty: all
  void set_period(Period period);
  void set_order(ListQuery::Order order);
  /// Reads the store again; keeps nothing of the old rows.
  void refresh();
  /// 0: none. Shown as the letters A and B.
  void set_badges(SessionId a, SessionId b);
  /// The session that the chat has open.
  void set_current(SessionId session);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;  // EditRole renames
  Qt::ItemFlags flags(const QModelIndex& index) const override;

  const SessionRow* row(int row) const;
  int row_of(SessionId session) const;
  int total() const noexcept { return total_; }
  bool filtered() const;
  const QString& search() const noexcept { return search_; }
  /// Terms of the search, for marking them.
  QStringList terms() const;
  /// Every model that a session of the store was answered by.
  QStringList models() const { return models_; }

  /// "14:32" today, "12 Nov" this year, "12 Nov 2024" before, in the user's language.
  static QString when_text(const QDateTime& when, const QDate& today);
  /// "Today", "Yesterday", "This week", "This month", "Earlier"
  static QString group_text(const QDate& day, const QDate& today);

 signals:
  /// Renaming failed; the text says why.
  void failed(const QString& what, const QString& hint);

 private:
  QVariant text(const SessionRow& row, int role) const;
  QString group_of(int row) const;

  SessionStore* store_;
  std::vector<SessionRow> rows_;
  QString search_, model_filter_;
  QStringList models_;
  Period period_ = Period::any;
  ListQuery::Order order_ = ListQuery::Order::recent;
  SessionId a_ = 0, b_ = 0, current_ = 0;
  int total_ = 0;
};

/// "Same when run again: 64 tokens", "Differs from answer token 12: ..."; short: "Same on replay", "Differs from token
/// 12".
QString verdict_text(const ReplayVerdict& verdict, bool brief);
QString cause_text(const QString& cause);

}  // namespace vitrine
