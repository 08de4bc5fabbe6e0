// SPDX-License-Identifier: Apache-2.0
// 72 wide, entries 53 high (all of them fit a window of 800), icon 20 over a word of 12.
#include "app/rail.h"

#include <QAction>
#include <QToolButton>
#include <QVBoxLayout>

#include "views/theme.h"

namespace vitrine {

Rail::Rail(QWidget* parent) : QFrame(parent), column_(new QVBoxLayout(this)) {
  setProperty("surface", "chrome");
  setProperty("rule", "right");
  column_->setSpacing(0);
  column_->addStretch(1);
  connect(&views::theme(), &views::Theme::changed, this, &Rail::restyle);
  restyle();
}

QToolButton* Rail::add(QAction* action, const QString& icon, bool bottom) {
  auto* button = new QToolButton(this);
  button->setProperty("kind", "rail");
  button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
  button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  button->setCheckable(action->isCheckable());
  button->setFocusPolicy(Qt::StrongFocus);
  const auto follow = [button, action] {
    button->setText(action->iconText());
    button->setAccessibleName(action->iconText());
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    button->setChecked(action->isChecked());
  };
  connect(action, &QAction::changed, button, follow);
  connect(button, &QToolButton::clicked, action, [action, follow] {
    action->trigger();
    follow();
  });
  follow();
  column_->insertWidget(bottom ? column_->count() : top_++, button);
  entries_.push_back({button, icon});
  restyle();
  return button;
}

void Rail::restyle() {
  const views::Theme& t = views::theme();
  setFixedWidth(t.px(72));
  column_->setContentsMargins(0, t.px(8), 1, t.px(8));
  for (const Entry& entry : entries_) {
    entry.button->setIcon(t.icon(entry.icon));
    entry.button->setIconSize({t.px(20), t.px(20)});
    entry.button->setMinimumHeight(t.px(53));
  }
}

}  // namespace vitrine
