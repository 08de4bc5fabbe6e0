// SPDX-License-Identifier: Apache-2.0
// QMainWindow's docks without a centre. A dock alone in its place shows its title as the one tab of a bar.
#include "app/dock_area.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QTabBar>
#include <algorithm>

#include "views/theme.h"

namespace vitrine {
namespace {

/// The title bar of a dock that is not tabbed: looks like a tab bar with one open tab. Mouse events go to the dock,
/// which drags.
class LoneTab final : public QWidget {
 public:
  explicit LoneTab(QDockWidget* dock) : QWidget(dock), dock_(dock) {}
  QSize sizeHint() const override { return {100, collapsed_ ? 0 : views::theme().px(32)}; }
  QSize minimumSizeHint() const override { return {40, sizeHint().height()}; }
  void set_collapsed(bool on) {
    if (on == collapsed_) return;
    collapsed_ = on;
    setMaximumHeight(on ? 0 : QWIDGETSIZE_MAX);
    updateGeometry();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const views::Theme& t = views::theme();
    const views::Colors& k = views::colors();
    QPainter p(this);
    p.fillRect(rect(), k.chrome);
    p.fillRect(QRect(0, height() - 1, width(), 1), k.line);
    p.setFont(t.font(views::Type::base, true));
    const int wide = std::min(width(), p.fontMetrics().horizontalAdvance(dock_->windowTitle()) + t.px(28));
    p.fillRect(QRect(0, 0, wide, height()), k.panel);
    p.fillRect(QRect(0, 0, wide, 2), k.accent);
    p.fillRect(QRect(wide, 0, 1, height()), k.line);
    p.setPen(k.t1);
    p.drawText(QRect(t.px(14), 2, wide - t.px(14), height() - 2), Qt::AlignVCenter, dock_->windowTitle());
  }
  void mousePressEvent(QMouseEvent* event) override { event->ignore(); }
  void mouseMoveEvent(QMouseEvent* event) override { event->ignore(); }
  void mouseReleaseEvent(QMouseEvent* event) override { event->ignore(); }

 private:
  QDockWidget* dock_;
  bool collapsed_ = false;
};

}  // namespace

DockArea::DockArea(QWidget* parent) : QMainWindow(parent) {
  setWindowFlags(Qt::Widget);
  setDockNestingEnabled(true);
  setDocumentMode(true);
  setAnimated(false);
  setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  setDockOptions(AllowNestedDocks | AllowTabbedDocks | GroupedDragging);
  refresh_timer_.setSingleShot(true);
  refresh_timer_.setInterval(0);
  connect(&refresh_timer_, &QTimer::timeout, this, &DockArea::refresh);
  connect(&views::theme(), &views::Theme::changed, &refresh_timer_, qOverload<>(&QTimer::start));
}

void DockArea::add(QDockWidget* dock, const QString& area) {
  entries_.push_back({dock, area, {}});
  dock->setTitleBarWidget(new LoneTab(dock));
  dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable |
                    QDockWidget::DockWidgetClosable);
  addDockWidget(area == "main" ? Qt::LeftDockWidgetArea : Qt::RightDockWidgetArea, dock);
  const auto later = [this] { refresh_timer_.start(); };
  connect(dock, &QDockWidget::visibilityChanged, this, later);
  connect(dock, &QDockWidget::topLevelChanged, this, later);
  connect(dock, &QDockWidget::dockLocationChanged, this, later);
}

void DockArea::arrange(const QStringList& front_to_back, double main_share) {
  for (const Entry& e : entries_) {
    e.dock->setFloating(false);
    removeDockWidget(e.dock);
  }
  QDockWidget *main_dock = nullptr, *group = nullptr;
  const auto order = [&](const Entry& e) { return front_to_back.indexOf(e.dock->objectName()); };
  for (const Entry& e : entries_)
    if (e.area == "main" && order(e) >= 0) {
      addDockWidget(Qt::LeftDockWidgetArea, e.dock);
      e.dock->show();
      if (!main_dock) main_dock = e.dock;
    }
  for (const Entry& e : entries_) {
    if (e.area == "main" || order(e) < 0) continue;
    if (group)
      tabifyDockWidget(group, e.dock);
    else
      addDockWidget(Qt::RightDockWidgetArea, e.dock);
    e.dock->show();
    if (!group) group = e.dock;
  }
  main_share_ = main_share;
  apply_share();
  for (qsizetype i = front_to_back.size() - 1; i >= 0; --i)
    for (const Entry& e : entries_)
      if (e.dock->objectName() == front_to_back[i] && e.area != "main") e.dock->raise();
  refresh();
  emit arranged();
}

void DockArea::apply_share() {
  QDockWidget *main_dock = nullptr, *group = nullptr;
  for (const Entry& e : entries_)
    if (!e.dock->isHidden() && !e.dock->isFloating()) {
      QDockWidget*& first = e.area == "main" ? main_dock : group;
      if (!first) first = e.dock;
    }
  if (!main_dock || !group || main_share_ <= 0) return;
  // The chat's controls take 428 pixels in one line; in a small window it leaves most to the other side.
  const int left = std::max(int(width() * main_share_), std::min(views::theme().px(428), width() * 2 / 5));
  resizeDocks({main_dock, group}, {left, width() - left}, Qt::Horizontal);
}

bool DockArea::restore(const QByteArray& state) {
  main_share_ = 0;
  return restoreState(state, kVersion);
}

void DockArea::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  QMetaObject::invokeMethod(this, &DockArea::apply_share, Qt::QueuedConnection);  // widths are known only then
}

void DockArea::bring_up(QDockWidget* dock) {
  if (!dock->isVisible()) {
    // A closed panel joins the tabs of the others of its kind.
    if (dockWidgetArea(dock) == Qt::NoDockWidgetArea) addDockWidget(Qt::RightDockWidgetArea, dock);
    const auto mine = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.dock == dock; });
    for (const Entry& e : entries_)
      if (mine != entries_.end() && e.dock != dock && e.area == mine->area && e.area != "main" && !e.dock->isHidden() &&
          !e.dock->isFloating()) {
        tabifyDockWidget(e.dock, dock);
        break;
      }
    dock->show();
  }
  dock->raise();
  if (QWidget* widget = dock->widget()) widget->setFocus(Qt::OtherFocusReason);
  refresh_timer_.start();
}

void DockArea::set_lacking(QDockWidget* dock, const QString& why) {
  for (Entry& e : entries_)
    if (e.dock == dock) e.lacking = why;
  refresh_timer_.start();
}

void DockArea::next_tab(int by) {
  for (QTabBar* bar : findChildren<QTabBar*>(Qt::FindDirectChildrenOnly))
    if (bar->isVisible() && bar->count() > 1) {
      bar->setCurrentIndex((bar->currentIndex() + by + bar->count()) % bar->count());
      return;
    }
}

void DockArea::refresh() {
  for (const Entry& e : entries_) {
    auto* title = static_cast<LoneTab*>(e.dock->titleBarWidget());
    if (e.dock->isFloating()) {
      if (title) {
        e.dock->setTitleBarWidget(nullptr);
        title->deleteLater();
      }
      continue;
    }
    if (!title) e.dock->setTitleBarWidget(title = new LoneTab(e.dock));
    bool tabbed = false;
    for (const QDockWidget* other : tabifiedDockWidgets(e.dock)) tabbed = tabbed || !other->isHidden();
    title->set_collapsed(tabbed);
    title->update();
  }
  for (QTabBar* bar : findChildren<QTabBar*>(Qt::FindDirectChildrenOnly)) {
    bar->setExpanding(false);
    bar->setDrawBase(false);
    bar->setUsesScrollButtons(true);
    bar->setElideMode(Qt::ElideNone);
    bar->setFocusPolicy(Qt::TabFocus);
    bar->setAccessibleName(tr("Panels"));
    for (int i = 0; i < bar->count(); ++i)
      for (const Entry& e : entries_)
        if (e.dock->windowTitle() == bar->tabText(i)) {
          bar->setTabTextColor(i, e.lacking.isEmpty() ? QColor() : views::colors().disabled);
          bar->setTabToolTip(i, e.lacking);
        }
  }
}

void DockArea::contextMenuEvent(QContextMenuEvent* event) { event->ignore(); }

}  // namespace vitrine
