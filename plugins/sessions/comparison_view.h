// SPDX-License-Identifier: Apache-2.0
// The comparison of two sessions' newest answers: a table of settings and results, and where the answers part.
#pragma once

#include <QWidget>

#include "plugins/sessions/comparison_model.h"

class QCheckBox;
class QLabel;
class QTableView;

namespace vitrine {

class SessionStore;
struct FirstDifference;
struct SessionRow;

class ComparisonView : public QWidget {
  Q_OBJECT
 public:
  explicit ComparisonView(QWidget* parent = nullptr);
  /// Reads both from the store. Throws what the store throws.
  void show_pair(const SessionStore& store, const SessionRow& a, const SessionRow& b);
  /// In words, for the panel's line and screen readers.
  QString summary() const;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  class DifferenceLine;
  void retranslate();
  void restyle();

  ComparisonModel model_;
  QLabel *title_, *counts_, *part_title_, *no_runs_;
  QCheckBox* differing_first_;
  QTableView* table_;
  DifferenceLine *line_a_, *line_b_;
  bool comparable_ = false, same_ = false;
  qint64 part_ = -1;
};

}  // namespace vitrine
