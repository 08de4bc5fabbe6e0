// SPDX-License-Identifier: Apache-2.0
#include "plugins/sampler/stage_list.h"

#include <QEvent>
#include <algorithm>
#include <cmath>

#include "plugins/sampler/stage_row.h"
#include "views/elided_label.h"
#include "views/theme.h"

namespace vitrine {

StageList::StageList(SamplerModel& model, QWidget* parent) : QWidget(parent), model_(model) {
  header_ = new views::ElidedLabel(this);
  header_->setProperty("role", "t2");
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&views::theme(), &views::Theme::changed, this, &StageList::refresh);
  refresh();
}

QSize StageList::sizeHint() const {
  return {views::theme().px(380), int(std::ceil(shape_.height(int(model_.rows().size())))) + 1};
}

void StageList::set_shape(const FunnelShape& shape) {
  shape_ = shape;
  refresh();
}

int StageList::index_of(const StageRow* row) const {
  return int(std::find(rows_.begin(), rows_.end(), row) - rows_.begin());
}

StageRow* StageList::make_row() {
  auto* row = new StageRow(this);
  connect(row, &StageRow::enabled_changed, this, [this, row](bool on) {
    model_.enable(index_of(row), on);
    emit edited();
  });
  connect(row, &StageRow::value_changed, this, [this, row](const QString& name, double value) {
    model_.set_parameter(index_of(row), name.toStdString(), value);
    emit edited();
  });
  connect(row, &StageRow::stage_changed, this, [this, row](const StageSpec& stage) {
    model_.set_stage(index_of(row), stage);
    emit edited();
  });
  connect(row, &StageRow::reset_requested, this, [this, row] {
    model_.reset_row(index_of(row));
    emit edited();
  });
  connect(
      row, &StageRow::remove_requested, this,
      [this, row] {
        const int at = index_of(row);
        model_.remove(at);
        emit edited();
        if (!model_.rows().empty()) rows_[size_t(std::min(at, int(model_.rows().size()) - 1))]->focus_grip();
      },
      Qt::QueuedConnection);
  connect(row, &StageRow::move_requested, this, [this, row](int by) {
    const int from = index_of(row), to = from + by;
    if (to < 0 || to >= int(model_.rows().size())) return;
    move(from, to);
    rows_[size_t(to)]->focus_grip();
  });
  connect(row, &StageRow::dragged, this, [this, row](int y) { drag(index_of(row), y); });
  connect(row, &StageRow::dropped, this, [this] {
    dragged_ = -1;
    refresh();
  });
  row->show();
  return row;
}

void StageList::drag(int from, int global_y) {
  if (dragged_ < 0) dragged_ = from;
  const double y = mapFromGlobal(QPoint(0, global_y)).y() - shape_.header - shape_.start;
  const int to = std::clamp(int(std::floor(y / shape_.row)), 0, int(model_.rows().size()) - 1);
  if (to != dragged_) {
    const int was = dragged_;
    dragged_ = to;
    move(was, to);
  }
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i]->set_lifted(int(i) == dragged_);
}

void StageList::move(int from, int to) {
  model_.move(from, to);
  emit edited();
}

void StageList::refresh() {
  const size_t count = model_.rows().size();
  while (rows_.size() < count) rows_.push_back(make_row());
  while (rows_.size() > count) {
    rows_.back()->hide();
    rows_.back()->deleteLater();
    rows_.pop_back();
  }
  header_->setFont(views::theme().font(views::Type::small, true));
  header_->set_text(tr("Stages, in order (drag to reorder)"));
  for (size_t i = 0; i < count; ++i) {
    rows_[i]->show_row(model_, int(i), int(count));
    rows_[i]->set_lifted(int(i) == dragged_);
  }
  setFixedHeight(sizeHint().height());
  place();
}

void StageList::place() {
  header_->setGeometry(0, 0, width(), int(shape_.header));
  const double top = shape_.header + shape_.start;
  for (size_t i = 0; i < rows_.size(); ++i) {
    const int from = int(top + double(i) * shape_.row), to = int(top + double(i + 1) * shape_.row);
    rows_[i]->setGeometry(0, from, width(), to - from);
  }
}

void StageList::resizeEvent(QResizeEvent*) { place(); }

void StageList::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) refresh();
  QWidget::changeEvent(event);
}

}  // namespace vitrine
