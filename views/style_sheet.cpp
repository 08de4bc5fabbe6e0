// SPDX-License-Identifier: Apache-2.0
// Qt's widgets in the workbench's look. Dynamic properties choose variants: kind = primary / quiet / segment / chip /
// rail.
#include "views/style_sheet.h"

#include <QHash>
#include <QRegularExpression>

#include "views/theme.h"

namespace vitrine::views {
namespace {

constexpr const char* kSheet = R"(
QWidget { color: {t1}; }
QMainWindow, QDialog, QMessageBox { background: {chrome}; }
QToolTip { background: {raised}; color: {t1}; border: 1px solid {ctl}; padding: {px:6}px {px:8}px; }
QLabel { background: transparent; }
QLabel[role="t2"] { color: {t2}; }
QLabel[role="t3"] { color: {t3}; }
QLabel[role="error"] { color: {error}; }
QLabel[role="warn"] { color: {warn}; }
QLabel[role="ok"] { color: {ok}; }

QPushButton, QToolButton { background: {raised}; border: 1px solid {ctl}; border-radius: {px:4}px; padding: 0 {px:11}px; min-height: {px:26}px; color: {t1}; }
QPushButton:hover, QToolButton:hover { background: {hover}; }
QPushButton:pressed, QToolButton:pressed { background: {sel}; }
QPushButton:disabled, QToolButton:disabled { color: {disabled}; border-color: {line}; }
QPushButton:focus, QToolButton:focus { border: 2px solid {accent}; padding: 0 {px:10}px; min-height: {px:24}px; }
QPushButton[kind="primary"] { background: {accent_fill}; color: {on_accent}; border-color: {accent_fill}; font-weight: 600; }
QPushButton[kind="primary"]:focus { border: 2px solid {t1}; }
QPushButton[kind="small"], QToolButton[kind="small"] { min-height: {px:22}px; padding: 0 {px:8}px; }
QPushButton[kind="small"]:focus, QToolButton[kind="small"]:focus { min-height: {px:20}px; padding: 0 {px:7}px; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] { background: transparent; border: 1px solid transparent; padding: 0 {px:6}px; color: {t2}; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: {hover}; color: {t1}; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border: 2px solid {accent}; padding: 0 {px:5}px; }
QPushButton[kind="quiet"]:disabled, QToolButton[kind="quiet"]:disabled { color: {disabled}; }
QToolButton[kind="quiet"]:checked { background: {sel}; color: {t1}; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[arrow="true"] { padding-right: {px:24}px; }
QToolButton[arrow="true"]:focus { padding-right: {px:23}px; }
QToolButton[kind="quiet"][arrow="true"] { padding-right: {px:12}px; }
QToolButton[kind="quiet"][arrow="true"]:focus { padding-right: {px:11}px; }
QToolButton[arrow="true"]::menu-indicator { image: url({icon:chevron-down}); width: {px:14}px; height: {px:14}px; subcontrol-origin: padding; subcontrol-position: right center; right: {px:6}px; }
QToolButton[kind="segment"] { background: {raised}; border: 1px solid {ctl}; border-radius: 0; min-height: {px:22}px; padding: 0 {px:10}px; margin-left: -1px; color: {t2}; }
QToolButton[kind="segment"]:hover { background: {hover}; }
QToolButton[kind="segment"]:checked { background: {sel}; color: {t1}; font-weight: 600; }
QToolButton[kind="segment"]:focus { border: 2px solid {accent}; padding: 0 {px:9}px; min-height: {px:20}px; }
QToolButton[kind="segment"][edge="first"] { border-top-left-radius: {px:4}px; border-bottom-left-radius: {px:4}px; margin-left: 0; }
QToolButton[kind="segment"][edge="last"] { border-top-right-radius: {px:4}px; border-bottom-right-radius: {px:4}px; }
QToolButton[kind="rail"] { background: transparent; border: 0; border-left: 3px solid transparent; border-radius: 0; color: {t2}; font-size: {px:12}px; padding: {px:5}px 0 {px:4}px 0; min-height: {px:44}px; }
QToolButton[kind="rail"]:hover { background: {hover}; color: {t1}; }
QToolButton[kind="rail"]:checked { background: {sel_soft}; border-left-color: {accent}; color: {t1}; }
QToolButton[kind="rail"]:focus { border: 2px solid {accent}; border-left: 3px solid {accent}; padding: {px:3}px 0 {px:2}px 0; }
QPushButton[kind="model"] { text-align: left; padding: 0 {px:10}px; }
QPushButton[kind="search"] { text-align: left; color: {t3}; background: {field}; padding: 0 {px:10}px; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox { background: {field}; border: 1px solid {ctl}; border-radius: {px:4}px; padding: {px:3}px {px:7}px; selection-background-color: {sel}; selection-color: {t1}; color: {t1}; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: 2px solid {accent}; padding: {px:2}px {px:6}px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: {disabled}; border-color: {line}; }
QTextEdit[kind="plain"], QTextBrowser[kind="plain"], QPlainTextEdit[kind="plain"] { border: 0; background: transparent; }
QComboBox { background: {raised}; border: 1px solid {ctl}; border-radius: {px:4}px; padding: 0 {px:8}px; min-height: {px:22}px; }
QComboBox:hover { background: {hover}; }
QComboBox:focus { border: 2px solid {accent}; padding: 0 {px:7}px; min-height: {px:20}px; }
QComboBox::drop-down { border: 0; width: {px:22}px; }
QComboBox::down-arrow { image: url({icon:chevron-down}); width: {px:14}px; height: {px:14}px; }
QComboBox QAbstractItemView { background: {raised}; border: 1px solid {ctl}; selection-background-color: {sel}; selection-color: {t1}; outline: 0; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: 0; }
QCheckBox, QRadioButton { spacing: {px:6}px; background: transparent; }
QCheckBox::indicator { width: {px:14}px; height: {px:14}px; border: 1px solid {ctl}; border-radius: {px:3}px; background: {field}; }
QCheckBox::indicator:checked { background: {accent_fill}; border-color: {accent_fill}; image: url({icon:check-on-accent}); }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid {accent}; width: {px:12}px; height: {px:12}px; }
QCheckBox::indicator:checked:focus { border: 2px solid {t1}; }
QRadioButton::indicator { width: {px:14}px; height: {px:14}px; border: 1px solid {ctl}; border-radius: {px:8}px; background: {field}; }
QRadioButton::indicator:checked { background: {accent_fill}; border: {px:4}px solid {field}; outline: 1px solid {accent_fill}; }
QCheckBox:disabled, QRadioButton:disabled { color: {disabled}; }
QSlider::groove:horizontal { height: {px:4}px; background: {track}; border-radius: {px:2}px; }
QSlider::sub-page:horizontal { background: {accent_fill}; border-radius: {px:2}px; }
QSlider::handle:horizontal { width: {px:10}px; height: {px:10}px; margin: -{px:5}px 0; border-radius: {px:7}px; background: {panel}; border: 2px solid {accent_fill}; }
QSlider:focus { background: {sel_soft}; border-radius: {px:4}px; }
QProgressBar { background: {track}; border: 0; border-radius: {px:3}px; max-height: {px:6}px; min-height: {px:6}px; text-align: right; }
QProgressBar::chunk { background: {accent}; border-radius: {px:3}px; }

QMenu { background: {raised}; border: 1px solid {ctl}; padding: {px:4}px 0; }
QMenu::item { padding: {px:5}px {px:24}px {px:5}px {px:12}px; min-height: {px:18}px; }
QMenu::icon { padding-left: {px:8}px; }
QMenu::item:selected { background: {sel}; }
QMenu::item:disabled { color: {disabled}; }
QMenu::separator { height: 1px; background: {line}; margin: {px:4}px 0; }
QTabBar { background: {chrome}; font-size: {px:13}px; qproperty-drawBase: 0; }
QTabBar::tab { background: {chrome}; border: 0; border-right: 1px solid {line}; border-bottom: 1px solid {line}; border-top: 2px solid transparent; padding: 0 {px:13}px; height: {px:29}px; color: {t2}; }
QTabBar::tab:selected { background: {panel}; color: {t1}; font-weight: 600; border-top: 2px solid {accent}; border-bottom: 1px solid {panel}; }
QTabBar::tab:hover:!selected { background: {hover}; color: {t1}; }
QTabBar::tab:disabled { color: {disabled}; }
QTabBar:focus { border: 2px solid {accent}; }
QTabWidget::pane { border: 0; background: {panel}; }
QScrollBar:vertical { background: transparent; width: {px:10}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: {px:10}px; margin: 0; }
QScrollBar::handle { background: {track}; border-radius: {px:4}px; margin: {px:2}px; }
QScrollBar::handle:vertical { min-height: {px:28}px; }
QScrollBar::handle:horizontal { min-width: {px:28}px; }
QScrollBar::handle:hover { background: {ctl}; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: 0; background: transparent; }
QAbstractScrollArea { background: {panel}; }
QTreeView, QTableView, QListView, QListWidget { background: {panel}; border: 0; outline: 0; alternate-background-color: {sunken}; selection-background-color: {sel}; selection-color: {t1}; gridline-color: {grid}; font-size: {px:12}px; }
QTreeView::item, QListView::item { min-height: {px:22}px; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected { background: {sel}; color: {t1}; }
QTreeView:focus, QTableView:focus, QListView:focus { border: 2px solid {accent}; }
QHeaderView { background: {panel}; }
QHeaderView::section { background: {panel}; color: {t2}; border: 0; border-bottom: 1px solid {line}; padding: {px:4}px {px:8}px; font-weight: 600; font-size: {px:12}px; }
QSplitter::handle { background: {line}; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QMainWindow::separator { background: {line}; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: {accent}; }
QDockWidget { color: {t1}; }
QStatusBar { background: {chrome}; border-top: 1px solid {line}; }
QStatusBar::item { border: 0; }
QFrame[surface="chrome"], QWidget[surface="chrome"] { background: {chrome}; }
QFrame[surface="panel"], QWidget[surface="panel"] { background: {panel}; }
QFrame[surface="sunken"], QWidget[surface="sunken"] { background: {sunken}; }
QFrame[rule="bottom"] { border: 0; border-bottom: 1px solid {line}; }
QFrame[rule="top"] { border: 0; border-top: 1px solid {line}; }
QFrame[rule="right"] { border: 0; border-right: 1px solid {line}; }
QFrame[rule="box"] { border: 1px solid {line}; border-radius: {px:4}px; }
QLabel[role="key"] { color: {t2}; border: 1px solid {line}; border-radius: {px:3}px; padding: 0 {px:5}px; }
)";

QHash<QString, QString> names(const Colors& k) {
  return {{"chrome", k.chrome.name()},
          {"panel", k.panel.name()},
          {"sunken", k.sunken.name()},
          {"raised", k.raised.name()},
          {"field", k.field.name()},
          {"hover", k.hover.name()},
          {"sel_soft", k.sel_soft.name()},
          {"sel", k.sel.name()},
          {"line", k.line.name()},
          {"grid", k.grid.name()},
          {"ctl", k.ctl.name()},
          {"track", k.track.name()},
          {"t1", k.t1.name()},
          {"t2", k.t2.name()},
          {"t3", k.t3.name()},
          {"disabled", k.disabled.name()},
          {"accent", k.accent.name()},
          {"accent_ink", k.accent_ink.name()},
          {"accent_fill", k.accent_fill.name()},
          {"on_accent", k.on_accent.name()},
          {"ok", k.ok.name()},
          {"warn", k.warn.name()},
          {"error", k.error.name()}};
}

}  // namespace

QString make_style_sheet(const Theme& theme) {
  const QHash<QString, QString> color_of = names(theme.colors());
  static const QRegularExpression place("\\{(px:(\\d+)|icon:([a-z-]+)|([a-z_0-9]+))\\}");
  const QString sheet = QString::fromLatin1(kSheet);
  QString result;
  result.reserve(sheet.size() + 2048);
  qsizetype from = 0;
  for (auto it = place.globalMatch(sheet); it.hasNext();) {
    const QRegularExpressionMatch m = it.next();
    result += QStringView(sheet).mid(from, m.capturedStart() - from);
    if (m.hasCaptured(2))
      result += QString::number(theme.px(m.captured(2).toInt()));
    else if (m.hasCaptured(3))
      result +=
          QStringLiteral(":/icons/%1-%2.svg").arg(m.captured(3), theme.scheme() == Scheme::dark ? "dark" : "light");
    else
      result += color_of.value(m.captured(4), m.captured(0));
    from = m.capturedEnd();
  }
  result += QStringView(sheet).mid(from);
  return result;
}

}  // namespace vitrine::views
