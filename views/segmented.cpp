// SPDX-License-Identifier: Apache-2.0
// Segments are tool buttons of kind "segment"; the outer two have round corners.
#include "views/segmented.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>

namespace vitrine::views {

Segmented::Segmented(const QString& name, const QStringList& choices, QWidget* parent)
    : QWidget(parent), group_(new QButtonGroup(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setAccessibleName(name);
  group_->setExclusive(true);
  for (int i = 0; i < choices.size(); ++i) {
    auto* segment = new QToolButton(this);
    segment->setCheckable(true);
    segment->setProperty("kind", "segment");
    if (i == 0) segment->setProperty("edge", "first");
    if (i + 1 == choices.size()) segment->setProperty("edge", "last");
    segment->setChecked(i == 0);
    group_->addButton(segment, i);
    row->addWidget(segment);
  }
  set_choices(choices);
  connect(group_, &QButtonGroup::idToggled, this, [this](int index, bool on) {
    if (!on || index == current_) return;
    current_ = index;
    emit chosen(index);
  });
}

QToolButton* Segmented::button(int index) const { return qobject_cast<QToolButton*>(group_->button(index)); }
int Segmented::current() const { return current_; }

void Segmented::set_current(int index) {
  if (QToolButton* b = button(index)) b->setChecked(true);
}

void Segmented::set_choices(const QStringList& choices) {
  for (int i = 0; i < choices.size(); ++i)
    if (QToolButton* b = button(i)) {
      b->setText(choices[i]);
      b->setAccessibleName(accessibleName() + QStringLiteral(": ") + choices[i]);
    }
}

void Segmented::set_tool_tips(const QStringList& tips) {
  for (int i = 0; i < tips.size(); ++i)
    if (QToolButton* b = button(i)) b->setToolTip(tips[i]);
}

void Segmented::set_enabled(int index, bool enabled) {
  if (QToolButton* b = button(index)) b->setEnabled(enabled);
}

}  // namespace vitrine::views
