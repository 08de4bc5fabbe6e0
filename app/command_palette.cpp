// SPDX-License-Identifier: Apache-2.0
// A list filtered as one types; Enter triggers, Esc and a click elsewhere close.
#include "app/command_palette.h"

#include <QEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "views/theme.h"

namespace vitrine {
namespace {

constexpr int kKeyRole = Qt::UserRole, kActionRole = Qt::UserRole + 1;

/// Name at the left, key at the right.
class RowPainter final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {100, views::theme().px(28)};
  }
  void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const views::Theme& t = views::theme();
    if (option.state & QStyle::State_Selected) p->fillRect(option.rect, views::colors().sel);
    const QRect box = option.rect.adjusted(t.px(12), 0, -t.px(12), 0);
    p->setFont(t.mono(views::Type::small));
    p->setPen(views::colors().t2);
    const QString key = index.data(kKeyRole).toString();
    const int key_width = QFontMetrics(t.mono(views::Type::small)).horizontalAdvance(key);
    p->drawText(box, Qt::AlignRight | Qt::AlignVCenter, key);
    p->setFont(t.font(views::Type::base));
    p->setPen(views::colors().t1);
    const QRect words = box.adjusted(0, 0, -key_width - t.px(12), 0);
    p->drawText(
        words, Qt::AlignVCenter,
        QFontMetrics(t.font(views::Type::base)).elidedText(index.data().toString(), Qt::ElideRight, words.width()));
  }
};

}  // namespace

int fuzzy_score(const QString& pattern, const QString& text) {
  if (pattern.isEmpty()) return 1;
  int score = 0, run = 0;
  qsizetype at = 0;
  for (const QChar wanted : pattern.toLower()) {
    if (wanted.isSpace()) {
      run = 0;
      continue;
    }
    qsizetype found = -1;
    for (qsizetype i = at; i < text.size(); ++i)
      if (text[i].toLower() == wanted) {
        found = i;
        break;
      }
    if (found < 0) return 0;
    // A later occurrence that begins a word is the one that was meant, unless a run goes on.
    if (found != at || run == 0)
      for (qsizetype i = found; i < text.size(); ++i)
        if (text[i].toLower() == wanted && (i == 0 || !text[i - 1].isLetterOrNumber())) {
          found = i;
          break;
        }
    const bool word = found == 0 || !text[found - 1].isLetterOrNumber();
    run = found == at ? run + 1 : 1;
    score += 10 + (word ? 15 : 0) + std::min(run, 5) * 4 - int(std::min<qsizetype>(found, 20)) / 4;
    at = found + 1;
  }
  return std::max(1, score - int(text.size()) / 8);
}

QString key_text(const QAction& action) {
  const QString keys = action.property("keys").toString();
  return keys.isEmpty() ? action.shortcut().toString(QKeySequence::NativeText) : keys;
}

CommandPalette::CommandPalette(QWidget* parent)
    : QFrame(parent), query_(new QLineEdit(this)), list_(new QListWidget(this)) {
  setObjectName("palette");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(query_);
  column->addWidget(list_);
  query_->setAccessibleName(tr("Name of an action or panel"));
  list_->setAccessibleName(tr("Found"));
  list_->setItemDelegate(new RowPainter(list_));
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  connect(query_, &QLineEdit::textChanged, this, &CommandPalette::fill);
  connect(list_, &QListWidget::itemClicked, this, [this] { trigger_current(); });
  query_->installEventFilter(this);
  hide();
}

void CommandPalette::open(std::function<QList<QAction*>()> source) {
  actions_.clear();
  for (QAction* action : source())
    if (action && action->isEnabled() && !action->text().isEmpty()) actions_ << action;
  setAccessibleName(tr("Search everything"));
  query_->setAccessibleName(tr("Name of an action or panel"));
  query_->setPlaceholderText(tr("Name of an action or panel"));
  list_->setAccessibleName(tr("Found"));
  const views::Colors& k = views::colors();
  setStyleSheet(QStringLiteral("#palette { background: %1; border: 1px solid %2; border-radius: 4px; }")
                    .arg(k.panel.name(), k.ctl.name()));
  query_->clear();
  fill();
  place();
  show();
  raise();
  query_->setFocus();
}

void CommandPalette::place() {
  const views::Theme& t = views::theme();
  const int width = std::min(t.px(560), parentWidget()->width() - t.px(40));
  const int height = std::min(t.px(420), parentWidget()->height() - t.px(80));
  setGeometry((parentWidget()->width() - width) / 2, t.px(50), width, height);
}

void CommandPalette::fill() {
  std::vector<std::pair<int, QAction*>> found;
  for (const QPointer<QAction>& action : actions_)
    if (action)
      if (const int score = fuzzy_score(query_->text(), action->text().remove('&'))) found.emplace_back(score, action);
  if (!query_->text().isEmpty())
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  list_->clear();
  for (const auto& [score, action] : found) {
    auto* item = new QListWidgetItem(action->text().remove('&'), list_);
    item->setData(kKeyRole, key_text(*action));
    item->setData(kActionRole, QVariant::fromValue<QObject*>(action));
    item->setToolTip(action->toolTip());
  }
  list_->setCurrentRow(0);
}

QStringList CommandPalette::listed() const {
  QStringList names;
  for (int i = 0; i < list_->count(); ++i) names << list_->item(i)->text();
  return names;
}

void CommandPalette::set_query(const QString& text) { query_->setText(text); }

void CommandPalette::trigger_current() {
  QPointer<QAction> action;
  if (const QListWidgetItem* item = list_->currentItem())
    action = qobject_cast<QAction*>(item->data(kActionRole).value<QObject*>());
  hide();
  parentWidget()->setFocus();
  if (action) action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched == query_ && event->type() == QEvent::FocusOut && isVisible()) hide();
  if (watched != query_ || event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
  switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Escape:
      hide();
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      trigger_current();
      return true;
    case Qt::Key_Down:
      list_->setCurrentRow(std::min(list_->currentRow() + 1, list_->count() - 1));
      return true;
    case Qt::Key_Up:
      list_->setCurrentRow(std::max(list_->currentRow() - 1, 0));
      return true;
    case Qt::Key_PageDown:
      list_->setCurrentRow(std::min(list_->currentRow() + 10, list_->count() - 1));
      return true;
    case Qt::Key_PageUp:
      list_->setCurrentRow(std::max(list_->currentRow() - 10, 0));
      return true;
    default:
      return QFrame::eventFilter(watched, event);
  }
}

}  // namespace vitrine
