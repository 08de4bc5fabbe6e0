// SPDX-License-Identifier: Apache-2.0
#include "plugins/sampler/stage_row.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyleOptionSlider>
#include <QVBoxLayout>
#include <cmath>

#include "plugins/sampler/stage_menu.h"
#include "plugins/sampler/stage_words.h"
#include "views/elided_label.h"
#include "views/reset.h"
#include "views/theme.h"

namespace vitrine {

StageRow::StageRow(QWidget* parent) : QWidget(parent) {
  grip_ = new Grip(this);
  on_ = new QCheckBox(this);
  name_ = new views::ElidedLabel(this);
  detail_ = new views::ElidedLabel(this);
  detail_->setProperty("role", "t2");
  slider_ = new TickSlider(this);
  field_ = new NumberField(this);
  more_ = new QToolButton(this);
  more_->setProperty("kind", "quiet");
  auto* words = new QVBoxLayout;
  words->setSpacing(0);
  words->addStretch();
  words->addWidget(name_);
  words->addWidget(detail_);
  words->addStretch();
  for (views::ElidedLabel* label : {name_, detail_}) label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  auto* line = new QHBoxLayout(this);
  line->setContentsMargins(0, 0, 0, 0);
  line->addWidget(grip_);
  line->addWidget(on_);
  line->addLayout(words, 5);
  line->addWidget(slider_, 2);
  line->addWidget(field_);
  line->addWidget(more_);

  connect(grip_, &Grip::dragged, this, &StageRow::dragged);
  connect(grip_, &Grip::dropped, this, &StageRow::dropped);
  connect(grip_, &Grip::stepped, this, &StageRow::move_requested);
  connect(on_, &QCheckBox::toggled, this, [this](bool on) {
    if (!filling_) emit enabled_changed(on);
  });
  connect(slider_, &QSlider::valueChanged, this, [this](int at) {
    if (filling_ || !info_ || info_->parameters.empty()) return;
    const StageParameter& p = info_->parameters.front();
    const double value = slider_scale(p).value(at / 1000.0, p.integer);
    emit value_changed(QString::fromUtf8(p.name.data(), qsizetype(p.name.size())), value);
  });
  connect(slider_, &TickSlider::reset_requested, this, &StageRow::reset_requested);
  for (QWidget* control : std::initializer_list<QWidget*>{field_, on_}) views::reset_on_double_click(control, [this] { emit reset_requested(); });
  connect(field_, &QDoubleSpinBox::valueChanged, this, [this](double value) {
    if (filling_ || !info_ || info_->parameters.empty()) return;
    const std::string_view name = info_->parameters.front().name;
    emit value_changed(QString::fromUtf8(name.data(), qsizetype(name.size())), value);
  });
  connect(more_, &QToolButton::clicked, this, &StageRow::show_menu);
  connect(&views::theme(), &views::Theme::changed, this, &StageRow::restyle);
  restyle();
}

void StageRow::restyle() {
  const views::Theme& t = views::theme();
  name_->setFont(t.font(views::Type::base, true));
  detail_->setFont(t.font(views::Type::small));
  field_->setFont(t.mono());
  field_->setFixedWidth(t.px(60));
  slider_->setMinimumWidth(t.px(56));
  slider_->setMaximumWidth(t.px(180));
  more_->setIcon(t.icon("more"));
  grip_->setIcon(t.icon("grip", views::colors().t3));
  for (QToolButton* b : {more_, static_cast<QToolButton*>(grip_)}) {
    b->setIconSize({t.px(16), t.px(16)});
    b->setFixedWidth(t.px(20));
    b->setStyleSheet(QStringLiteral("QToolButton{padding:0}"));
  }
  layout()->setSpacing(t.px(5));
  update();
}

void StageRow::show_row(const SamplerModel& model, int row, int count) {
  filling_ = true;
  stage_ = model.rows()[size_t(row)].stage;
  info_ = stage_info(stage_.name);
  row_ = row;
  count_ = count;
  const QString title = stage_title(stage_.name);
  const bool enabled = stage_.enabled;
  name_->set_text(title);
  name_->setToolTip(info_ ? stage_help(*info_) : QString());
  name_->setStyleSheet(enabled ? QString() : QStringLiteral("color:%1").arg(views::colors().t3.name()));
  detail_->set_text(model.detail(row));
  detail_->setVisible(!detail_->full_text().isEmpty());
  detail_->setToolTip(name_->toolTip());
  on_->setChecked(enabled);
  on_->setAccessibleName(tr("%1: on").arg(title));
  on_->setToolTip(tr("Stage %1 takes part").arg(title));
  grip_->setAccessibleName(tr("Move %1").arg(title));
  grip_->setToolTip(tr("Drag, or press the up and down arrow keys, to change the order"));
  more_->setAccessibleName(tr("More about %1").arg(title));
  more_->setToolTip(tr("Other parameters, reset, remove"));
  const bool has_value = info_ && !info_->parameters.empty();
  slider_->setVisible(has_value);
  field_->setVisible(has_value);
  if (has_value) {
    const StageParameter& p = info_->parameters.front();
    const SliderScale scale = slider_scale(p);
    const double value = model.value(row, p);
    const auto recorded = model.recorded(row, p);
    if (!slider_->isSliderDown() || scale.value(slider_->value() / 1000.0, p.integer) != value)
      slider_->setValue(int(std::lround(1000 * scale.position(value))));
    slider_->set_tick(recorded ? scale.position(*recorded) : -1);
    field_->set_parameter(p);
    if (field_->value() != value) field_->setValue(value);
    QString help = parameter_help(p);
    if (info_) help.prepend(QString::fromUtf8(info_->formula.data(), qsizetype(info_->formula.size())) + '\n');
    if (recorded) help += '\n' + tr("recorded: %1; double click brings it back").arg(parameter_text(p, *recorded));
    slider_->setToolTip(help);
    field_->setToolTip(help);
    slider_->setAccessibleName(title);
    field_->setAccessibleName(tr("%1, number").arg(title));
    slider_->setEnabled(enabled);
    field_->setEnabled(enabled);
  }
  filling_ = false;
  update();
}

void StageRow::show_menu() {
  QMenu* menu = make_stage_menu(stage_, row_, count_, this);
  connect(menu, &QMenu::aboutToHide, menu, &QObject::deleteLater);
  menu->popup(more_->mapToGlobal(QPoint(0, more_->height())));
}

void StageRow::focus_grip() { grip_->setFocus(Qt::OtherFocusReason); }

void StageRow::set_lifted(bool on) {
  lifted_ = on;
  update();
}

void StageRow::paintEvent(QPaintEvent*) {
  QPainter p(this);
  if (lifted_) p.fillRect(rect(), views::colors().sel_soft);
  p.setPen(views::colors().line);
  p.drawLine(0, 0, width(), 0);
  if (row_ + 1 == count_) p.drawLine(0, height() - 1, width(), height() - 1);
}

void StageRow::resizeEvent(QResizeEvent*) {
  const int field = std::min(height() - views::theme().px(8), views::theme().px(28));
  field_->setFixedHeight(std::max(field, views::theme().px(22)));
}

void StageRow::mouseDoubleClickEvent(QMouseEvent*) { emit reset_requested(); }

void StageRow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Delete) {
    emit remove_requested();
  } else if (event->modifiers() == Qt::AltModifier && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
    emit move_requested(event->key() == Qt::Key_Up ? -1 : 1);
  } else {
    QWidget::keyPressEvent(event);
  }
}

}  // namespace vitrine
