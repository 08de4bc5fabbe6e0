// SPDX-License-Identifier: Apache-2.0
// Table and first difference. Differing rows stand on the second chip colour with an unequal sign, so colour is never
// alone.
#include "plugins/sessions/comparison_view.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

#include "plugins/sessions/session_delegate.h"
#include "sessions/session_store.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {

using views::colors;
using views::theme;
using views::Type;

namespace {

/// Cells of the comparison: bold where the rows differ.
class CellDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const bool differs = index.data(ComparisonModel::kDiffers).toBool(),
               section = index.data(ComparisonModel::kSection).toBool();
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    painter->fillRect(option.rect, selected ? colors().sel : differs ? colors().chip[1] : colors().panel);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colors().line);
    const bool bold = section || (differs && index.column() != ComparisonModel::kItem);
    const QFont font = theme().font(Type::small, bold);
    const bool mark = index.column() == ComparisonModel::kMark;
    painter->setFont(font);
    painter->setPen(mark                                                   ? colors().warn
                    : index.column() == ComparisonModel::kItem && !section ? colors().t2
                                                                           : colors().t1);
    const QRect text =
        mark ? option.rect : option.rect.adjusted(theme().px(index.column() == 0 ? 16 : 8), 0, -theme().px(6), 0);
    painter->drawText(text, mark ? int(Qt::AlignCenter) : int(Qt::AlignLeft | Qt::AlignVCenter),
                      QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    painter->restore();
  }
};

/// The header with the letters A and B in their boxes.
class BadgeHeader : public QHeaderView {
 public:
  explicit BadgeHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {}

 protected:
  void paintSection(QPainter* painter, const QRect& rect, int section) const override {
    painter->save();
    painter->fillRect(rect, colors().panel);
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colors().line);
    const QString text = model()->headerData(section, Qt::Horizontal).toString();
    painter->setFont(theme().font(Type::small, true));
    if (section == ComparisonModel::kA || section == ComparisonModel::kB) {
      const int side = theme().px(16);
      const QRect box(rect.left() + theme().px(8), rect.top() + (rect.height() - side) / 2, side, side);
      const auto [fill, ink] = badge_colors(text);
      painter->setRenderHint(QPainter::Antialiasing);
      painter->setPen(Qt::NoPen);
      painter->setBrush(fill);
      painter->drawRoundedRect(box, theme().px(3), theme().px(3));
      painter->setPen(ink);
      painter->drawText(box, Qt::AlignCenter, text);
    } else {
      painter->setPen(colors().t2);
      painter->drawText(rect.adjusted(theme().px(16), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
    }
    painter->restore();
  }
};

QString visible_piece(const std::string& text) {
  return QString::fromStdString(text)
      .replace(QLatin1Char(' '), QChar(0x00B7))
      .replace(QLatin1Char('\n'), QChar(0x21B5));
}

}  // namespace

/// Common tokens as chips, then the one that differs in its session's colour, and its probability.
class ComparisonView::DifferenceLine : public QWidget {
 public:
  explicit DifferenceLine(const QString& badge, QWidget* parent) : QWidget(parent), badge_(badge) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  }
  void set(const std::vector<std::string>& before, const std::optional<TokenOut>& token) {
    before_.clear();
    for (const std::string& text : before) before_ << visible_piece(text);
    token_ = token ? visible_piece(token->text) : QString();
    ended_ = !token;
    probability_ = token ? std::exp(double(token->logprob)) : 0;
    setAccessibleName(tr("%1: %2").arg(badge_, ended_ ? ComparisonView::tr("the answer ends here") : token_));
    update();
  }
  QSize sizeHint() const override { return {theme().px(200), theme().px(30)}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto [fill, ink] = badge_colors(badge_);
    int x = chip(painter, 0, badge_, fill, ink, Qt::NoPen, theme().font(Type::small, true), 16) + theme().px(8);
    const QFont mono = theme().mono(Type::base);
    for (const QString& text : before_)
      x = chip(painter, x, text, colors().chip[0], colors().t1, Qt::NoPen, mono, 24) + theme().px(3);
    if (ended_) {
      painter.setPen(colors().t2);
      painter.setFont(theme().font(Type::small));
      painter.drawText(QRect(x + theme().px(4), 0, width(), height()), Qt::AlignLeft | Qt::AlignVCenter,
                       ComparisonView::tr("the answer ends here"));
      return;
    }
    x = chip(painter, x, token_, colors().panel, colors().t1, QPen(fill, 2), mono, 24) + theme().px(8);
    painter.setFont(theme().mono(Type::small));
    painter.setPen(colors().t2);
    painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter,
                     views::percent(probability_));
  }

 private:
  int chip(QPainter& painter, int x, const QString& text, const QColor& fill, const QColor& ink, const QPen& pen,
           const QFont& font, int tall) const {
    const int high = theme().px(tall);
    const int wide = std::max(high, QFontMetrics(font).horizontalAdvance(text) + theme().px(10));
    const QRect box(x + 1, (height() - high) / 2, wide, high);
    painter.setPen(pen);
    painter.setBrush(fill);
    painter.drawRoundedRect(box, theme().px(3), theme().px(3));
    painter.setPen(ink);
    painter.setFont(font);
    painter.drawText(box, Qt::AlignCenter, text);
    return box.right() + 1;
  }
  QString badge_, token_;
  QStringList before_;
  double probability_ = 0;
  bool ended_ = false;
};

ComparisonView::ComparisonView(QWidget* parent)
    : QWidget(parent),
      title_(new QLabel(this)),
      counts_(new QLabel(this)),
      part_title_(new QLabel(this)),
      no_runs_(new QLabel(this)),
      differing_first_(new QCheckBox(this)),
      table_(new QTableView(this)),
      line_a_(new DifferenceLine(QStringLiteral("A"), this)),
      line_b_(new DifferenceLine(QStringLiteral("B"), this)) {
  counts_->setProperty("role", "t2");
  counts_->setWordWrap(true);
  no_runs_->setWordWrap(true);
  table_->setHorizontalHeader(new BadgeHeader(table_));
  table_->setModel(&model_);
  table_->setItemDelegate(new CellDelegate(table_));
  table_->verticalHeader()->hide();
  table_->setShowGrid(false);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setTabKeyNavigation(false);
  table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  QHeaderView* header = table_->horizontalHeader();
  header->setSectionResizeMode(QHeaderView::Stretch);
  header->setSectionResizeMode(ComparisonModel::kMark, QHeaderView::Fixed);
  header->setHighlightSections(false);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* head = new QVBoxLayout;
  head->setContentsMargins(16, 10, 16, 8);
  head->setSpacing(4);
  head->addWidget(title_);
  head->addWidget(counts_);
  head->addWidget(differing_first_);
  auto* foot = new QVBoxLayout;
  foot->setContentsMargins(16, 8, 16, 10);
  foot->setSpacing(2);
  foot->addWidget(part_title_);
  foot->addWidget(line_a_);
  foot->addWidget(line_b_);
  foot->addWidget(no_runs_);
  column->addLayout(head);
  column->addWidget(table_, 1);
  column->addLayout(foot);
  connect(differing_first_, &QCheckBox::toggled, &model_, &ComparisonModel::set_differing_first);
  connect(&theme(), &views::Theme::changed, this, &ComparisonView::restyle);
  restyle();
  retranslate();
}

void ComparisonView::restyle() {
  title_->setFont(theme().font(Type::title, true));
  for (QWidget* widget :
       {static_cast<QWidget*>(counts_), static_cast<QWidget*>(differing_first_), static_cast<QWidget*>(no_runs_)})
    widget->setFont(theme().font(Type::small));
  part_title_->setFont(theme().font(Type::small, true));
  table_->verticalHeader()->setDefaultSectionSize(theme().px(26));
  table_->horizontalHeader()->setFixedHeight(theme().px(30));
  table_->setColumnWidth(ComparisonModel::kMark, theme().px(36));
  table_->viewport()->update();
}

void ComparisonView::show_pair(const SessionStore& store, const SessionRow& a, const SessionRow& b) {
  comparable_ = a.newest_run && b.newest_run;
  part_ = -1;
  same_ = false;
  model_.set_rows(comparable_ ? store.compare_settings(*a.newest_run, *b.newest_run) : std::vector<ComparedRow>());
  if (comparable_) {
    const std::optional<FirstDifference> difference = store.first_difference(*a.newest_run, *b.newest_run);
    same_ = !difference;
    if (difference) {
      part_ = difference->index;
      line_a_->set(difference->before, difference->a);
      line_b_->set(difference->before, difference->b);
    }
  }
  retranslate();
}

QString ComparisonView::summary() const {
  if (!comparable_) return tr("Both sessions need an answer to be compared.");
  return tr("%1 settings and %2 results differ").arg(model_.differing(false)).arg(model_.differing(true));
}

void ComparisonView::retranslate() {
  title_->setText(tr("Settings compared"));
  differing_first_->setText(tr("Differing rows first"));
  differing_first_->setToolTip(tr("Moves the rows that differ to the top of their part"));
  table_->setAccessibleName(tr("Settings and results of A and B"));
  counts_->setText(summary());
  table_->setVisible(comparable_);
  differing_first_->setVisible(comparable_);
  part_title_->setVisible(comparable_);
  line_a_->setVisible(part_ >= 0);
  line_b_->setVisible(part_ >= 0);
  part_title_->setText(same_ ? tr("Both answers are the same, token by token.")
                             : tr("The answers part at token %1").arg(part_ + 1));
  no_runs_->setVisible(!comparable_);
  no_runs_->setText(tr("One of the two has no answer yet. Choose two sessions with answers."));
}

void ComparisonView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QWidget::changeEvent(event);
}

}  // namespace vitrine
