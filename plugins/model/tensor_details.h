// SPDX-License-Identifier: Apache-2.0
// What is known of the selected tensor: a histogram of its values and their statistics, once the engine has told them.
#pragma once

#include <QWidget>
#include <optional>

#include "plugins/model/tensor_outline.h"

class QGridLayout;
class QLabel;
class QPainter;

namespace vitrine {

namespace views {
class ElidedLabel;
class SeriesPlot;
}  // namespace views

class TensorDetails : public QWidget {
  Q_OBJECT
 public:
  explicit TensorDetails(QWidget* parent = nullptr);
  void show_tensor(const TensorFact& fact);  // statistics are under way
  void show_statistics(const TensorStatisticsOut& statistics);
  void show_failure(const QString& why);
  const std::optional<TensorStatisticsOut>& statistics() const noexcept { return statistics_; }
  /// Name and value, as shown.
  std::vector<std::pair<QString, QString>> rows() const;
  /// Title, histogram and numbers; nothing before the statistics are there.
  void paint(QPainter& painter, const QRectF& area) const;
  void retranslate();

 private:
  void refresh();

  TensorFact fact_;
  std::optional<TensorStatisticsOut> statistics_;
  QString failure_;
  views::ElidedLabel* title_;
  views::SeriesPlot* plot_;
  QGridLayout* grid_;
};

}  // namespace vitrine
