// SPDX-License-Identifier: Apache-2.0
// Says what runs where; every part is a button that changes it.
#include "app/top_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QStyleOptionButton>
#include <QToolButton>
#include <algorithm>

#include "app/desk.h"
#include "app/text.h"
#include "engine/tensor/dtype.h"
#include "views/theme.h"

namespace vitrine {
namespace {
const QString kGap = QStringLiteral(" ");  // between icon and word
}

ChipButton::ChipButton(QWidget* parent) : QPushButton(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ChipButton::set_parts(const QString& icon, const QString& strong, const QString& quiet) {
  icon_ = icon;
  strong_ = strong;
  quiet_ = quiet;
  updateGeometry();
  update();
}

QSize ChipButton::sizeHint() const {
  const views::Theme& t = views::theme();
  const int words = QFontMetrics(t.font(views::Type::base, true)).horizontalAdvance(strong_) +
                    QFontMetrics(t.font(views::Type::base)).horizontalAdvance(quiet_);
  return {words + t.px(16 + 14 + 10 * 2 + 8 * 3), t.px(28)};
}

QSize ChipButton::minimumSizeHint() const { return {std::min(sizeHint().width(), views::theme().px(150)), sizeHint().height()}; }

void ChipButton::paintEvent(QPaintEvent*) {
  QPainter p(this);
  QStyleOptionButton option;
  initStyleOption(&option);
  option.text.clear();
  style()->drawControl(QStyle::CE_PushButtonBevel, &option, &p, this);
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  const bool chip = property("kind").toString() == "model";
  int x = t.px(11);
  const int icon = t.px(16);
  p.drawPixmap(x, (height() - icon) / 2, t.pixmap(icon_, icon, chip ? k.accent_ink : k.t2, devicePixelRatioF()));
  x += icon + t.px(8);
  const int end = width() - t.px(chip ? 30 : 10);
  const QFont strong = t.font(views::Type::base, chip),
              quiet = chip ? t.font(views::Type::base) : t.mono(views::Type::small);
  const QFontMetrics quiet_metrics(quiet), strong_metrics(strong);
  const int quiet_width = quiet_metrics.horizontalAdvance(quiet_);
  p.setFont(strong);
  p.setPen(chip ? k.t1 : k.t3);
  const QString text =
      strong_metrics.elidedText(strong_, Qt::ElideMiddle, std::max(0, end - x - quiet_width - t.px(8)));
  p.drawText(QRect(x, 0, end - x, height()), Qt::AlignVCenter, text);
  p.setFont(quiet);
  p.setPen(k.t2);
  if (chip) {
    p.drawText(QRect(x + strong_metrics.horizontalAdvance(text) + t.px(6), 0, end, height()), Qt::AlignVCenter, quiet_);
    p.drawPixmap(width() - t.px(24), (height() - t.px(14)) / 2,
                 t.pixmap("chevron-down", t.px(14), k.t2, devicePixelRatioF()));
  } else {
    const QRectF key(end - quiet_width - t.px(10), (height() - t.px(18)) / 2.0, quiet_width + t.px(10), t.px(18));
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(k.line);
    p.drawRoundedRect(key, 3, 3);
    p.setPen(k.t2);
    p.drawText(key, Qt::AlignCenter, quiet_);
  }
}

TopBar::TopBar(Desk& desk, QWidget* parent) : QFrame(parent), desk_(desk) {
  setProperty("surface", "chrome");
  setProperty("rule", "bottom");
  row_ = new QHBoxLayout(this);
  model_ = new ChipButton(this);
  model_->setProperty("kind", "model");
  model_menu_ = new QMenu(model_);
  connect(model_, &QPushButton::clicked, this,
          [this] { model_menu_->popup(model_->mapToGlobal(QPoint(0, model_->height() + 2))); });
  row_->addWidget(model_);
  device_menu_ = new QMenu(this);
  device_ = quiet_button(device_menu_);
  kv_ = quiet_button(device_menu_);
  row_->addStretch(1);
  search_ = new ChipButton(this);
  search_->setProperty("kind", "search");
  connect(search_, &QPushButton::clicked, this, &TopBar::search_requested);
  row_->addWidget(search_, 3);
  row_->addStretch(1);
  layout_menu_ = new QMenu(this);
  layout_ = quiet_button(layout_menu_);
  theme_ = quiet_button(nullptr);
  connect(theme_, &QToolButton::clicked, this, &TopBar::theme_toggled);
  connect(&desk_, &Desk::model_changed, this, &TopBar::update_model);
  connect(&desk_, &Desk::loading_changed, this, &TopBar::update_model);
  connect(&views::theme(), &views::Theme::changed, this, &TopBar::restyle);
  restyle();
}

QToolButton* TopBar::quiet_button(QMenu* menu) {
  auto* button = new QToolButton(this);
  button->setProperty("kind", "quiet");
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  if (menu) {
    button->setMenu(menu);
    button->setProperty("arrow", true);
    button->setPopupMode(QToolButton::InstantPopup);
  }
  row_->addWidget(button);
  return button;
}

void TopBar::set_layout_name(const QString& name) {
  layout_name_ = name;
  restyle();
}

void TopBar::restyle() {
  const views::Theme& t = views::theme();
  setFixedHeight(t.px(44));
  row_->setContentsMargins(t.px(12), 0, t.px(12), 0);
  row_->setSpacing(t.px(8));
  const QSize icon(t.px(16), t.px(16));
  for (QToolButton* b : {device_, kv_, layout_, theme_}) b->setIconSize(icon);
  device_->setIcon(t.icon("cpu"));
  layout_->setIcon(t.icon("layout"));
  theme_->setIcon(t.icon(t.scheme() == views::Scheme::dark ? "moon" : "sun"));
  search_->set_parts("search", tr("Search everything"), QKeySequence("Ctrl+K").toString(QKeySequence::NativeText));
  search_->setMaximumWidth(t.px(340));
  search_->setAccessibleName(tr("Search everything"));
  search_->setToolTip(tr("Every action and panel by its name (Ctrl+K)"));
  layout_->setText(kGap + tr("Layout: %1").arg(layout_name_));
  layout_->setAccessibleName(tr("Layout"));
  layout_->setToolTip(tr("Arrange the panels for a purpose, save and bring back arrangements"));
  theme_->setText(kGap + tr("Theme"));
  theme_->setAccessibleName(tr("Light or dark theme"));
  theme_->setToolTip(tr("Light or dark theme"));
  device_->setAccessibleName(tr("Device and threads"));
  device_->setToolTip(tr("Where the model runs; threads, precision, cache format"));
  kv_->setAccessibleName(tr("Format of the KV cache"));
  kv_->setToolTip(tr("How keys and values are kept; changing it opens the model again"));
  model_->setToolTip(tr("Open another model"));
  update_model();
}

void TopBar::update_model() {
  const auto model = desk_.model();
  if (desk_.loading()) {
    model_->set_parts("model", file_title(desk_.loading_path()), tr("opening…"));
  } else if (model) {
    const ModelFacts& facts = *model->facts;
    const QString weights = QString::fromStdString(facts.weight_summary);
    model_->set_parts("model", model_title(facts.path), weights.section(" + ", 0, 0));
    model_->setToolTip(QString::fromStdString(facts.spec.name) + '\n' + path_text(facts.path) + '\n' + weights);
  } else {
    model_->set_parts("model", tr("No model"), tr("open one"));
  }
  model_->setAccessibleName(tr("Model"));
  const QString device = model ? QString::fromStdString(model->facts->device) : QString();
  device_->setVisible(model != nullptr);
  kv_->setVisible(model != nullptr);
  if (!model) return fit();
  model_->setAccessibleDescription(model_title(model->facts->path));
  device_->setText(
      kGap + tr("%1, %n thread(s)", nullptr, model->facts->threads).arg(device.section(',', 0, 0).section(' ', 0, 0)));
  device_->setToolTip(device + ' ' + QString::fromStdString(model->facts->instruction_set));
  kv_->setText(tr("KV cache %1").arg(QString::fromUtf8(dtype_info(model->facts->kv_dtype).name.data()).toUpper()) +
               kGap + kGap);
  fit();
}

QSize TopBar::minimumSizeHint() const { return {views::theme().px(520), views::theme().px(44)}; }

void TopBar::fit() {
  for (int level = 0; level <= 4; ++level) {
    const auto style = [level](int from) { return level >= from ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon; };
    theme_->setToolButtonStyle(style(1));
    layout_->setToolButtonStyle(style(2));
    device_->setToolButtonStyle(style(3));
    kv_->setVisible(desk_.model() && level < 4);
    search_->setMinimumWidth(views::theme().px(level < 3 ? 180 : 120));
    row_->invalidate();
    if (row_->minimumSize().width() <= width()) return;
  }
}

void TopBar::resizeEvent(QResizeEvent* event) {
  QFrame::resizeEvent(event);
  fit();
}

void TopBar::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) restyle();
  QFrame::changeEvent(event);
}

}  // namespace vitrine
