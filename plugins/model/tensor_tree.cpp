// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/tensor_tree.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>

#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {
namespace {

/// A bar on a track; a share that rounds to nothing still shows one pixel.
class ShareDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const views::Theme& t = views::theme();
    const bool selected = option.state & QStyle::State_Selected;
    if (selected) painter->fillRect(option.rect, views::colors().sel);
    const double value = index.data(Qt::UserRole).toDouble();
    QRectF track(option.rect);
    track.adjust(t.px(8), 0, -t.px(10), 0);
    track = QRectF(track.left(), option.rect.center().y() - t.px(3), track.width(), t.px(6));
    painter->fillRect(track, views::colors().track);
    if (value > 0) {
      QRectF bar = track;
      bar.setWidth(std::max(1.0, track.width() * value));
      painter->fillRect(bar, selected ? views::colors().accent : views::colors().t2);
    }
  }
};

/// Numbers stand a little off the next column.
class NumberDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, views::colors().sel);
    QStyleOptionViewItem inner = option;
    inner.rect.adjust(0, 0, -views::theme().px(5), 0);
    QStyledItemDelegate::paint(painter, inner, index);
  }
};

}  // namespace

void TensorTreeModel::set_outline(std::shared_ptr<const ModelFacts> facts, TensorOutline outline) {
  beginResetModel();
  facts_ = std::move(facts);
  outline_ = std::move(outline);
  endResetModel();
}

const OutlineNode* TensorTreeModel::node(const QModelIndex& index) const {
  const auto& nodes = outline_.nodes();
  if (!index.isValid() || index.internalId() >= nodes.size()) return nullptr;
  return &nodes[index.internalId()];
}

QModelIndex TensorTreeModel::index_of(int node, int column) const {
  if (node < 0 || node >= int(outline_.nodes().size())) return {};
  return createIndex(outline_.nodes()[size_t(node)].row, column, quintptr(node));
}

double TensorTreeModel::share_of(const OutlineNode& node) const {
  return facts_ && facts_->weight_bytes > 0 ? double(node.bytes) / double(facts_->weight_bytes) : 0;
}

QModelIndex TensorTreeModel::index(int row, int column, const QModelIndex& parent) const {
  const auto& nodes = outline_.nodes();
  if (nodes.empty() || row < 0 || column < 0 || column >= columns) return {};
  if (!parent.isValid()) return row == 0 ? createIndex(0, column, quintptr(0)) : QModelIndex();
  const OutlineNode* above = node(parent);
  if (!above || row >= int(above->children.size())) return {};
  return createIndex(row, column, quintptr(above->children[size_t(row)]));
}

QModelIndex TensorTreeModel::parent(const QModelIndex& index) const {
  const OutlineNode* own = node(index);
  return own && own->parent >= 0 ? index_of(own->parent) : QModelIndex();
}

int TensorTreeModel::rowCount(const QModelIndex& parent) const {
  if (outline_.nodes().empty() || parent.column() > 0) return 0;
  if (!parent.isValid()) return 1;
  const OutlineNode* own = node(parent);
  return own ? int(own->children.size()) : 0;
}

QString TensorTreeModel::text(const OutlineNode& node, int column) const {
  switch (column) {
    case name:
      return node.label;
    case shape:
      if (node.kind == OutlineNode::Kind::root) return tr("%1 params").arg(views::si(node.parameters));
      if (node.kind == OutlineNode::Kind::range) return tr("%n alike", "", node.layers);
      if (node.tensor >= 0) return shape_text(facts_->tensors[size_t(node.tensor)].shape);
      if (node.key.endsWith(QLatin1String(".attn")) && node.layer >= 0 &&
          node.layer < int(facts_->spec.layers().size())) {
        const LayerSpec& layer = facts_->spec.layers()[size_t(node.layer)];
        return tr("%1 heads, %2 KV").arg(layer.heads).arg(layer.kv_heads);
      }
      return {};
    case type:
      return node.type;
    case bytes:
      return views::memory(node.bytes);
    default:
      return {};
  }
}

QString TensorTreeModel::tool_tip(const OutlineNode& node) const {
  const QString sizes =
      tr("%1 parameters, %2 bytes, %3 of the checkpoint")
          .arg(views::count(node.parameters), views::count(node.bytes), views::percent(share_of(node)));
  if (node.tensor < 0) return tr("%n tensor(s)", "", node.tensors) + '\n' + sizes;
  const TensorFact& fact = facts_->tensors[size_t(node.tensor)];
  QString tip = tr("Stored as %1").arg(QString::fromStdString(fact.name));
  if (!fact.canonical.empty()) tip += '\n' + tr("Here %1").arg(node.key);
  return tip + '\n' + tr("%1, rows (outputs) first").arg(shape_text(fact.shape)) + '\n' + sizes;
}

QVariant TensorTreeModel::data(const QModelIndex& index, int role) const {
  const OutlineNode* own = node(index);
  if (!own || !facts_) return {};
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(*own, column);
    case Qt::UserRole:
      return share_of(*own);
    case Qt::AccessibleTextRole:
      return column == share ? views::percent(share_of(*own)) : text(*own, column);
    case Qt::ToolTipRole:
      return tool_tip(*own);
    case Qt::TextAlignmentRole:
      return column == shape || column == bytes ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                : int(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::FontRole:
      if (column == name) return views::theme().font(views::Type::small, own->kind == OutlineNode::Kind::root);
      return views::theme().mono(views::Type::small);
    case Qt::ForegroundRole:
      if (column == shape && own->tensor < 0 && own->kind != OutlineNode::Kind::root) return views::colors().t2;
      return views::colors().t1;
    default:
      return {};
  }
}

QVariant TensorTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return section == shape || section == bytes ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                : int(Qt::AlignLeft | Qt::AlignVCenter);
  const QString names[] = {tr("Name"), tr("Shape"), tr("Type"), tr("Bytes"), tr("Share")};
  const QString tips[] = {
      tr("Module or tensor"), tr("Rows × columns, as out = W x with W [out, in]; of everything: parameters"),
      tr("How most of its bytes are stored"), tr("Bytes in the file, binary units: 1 KiB = 1,024 B"),
      tr("Part of the bytes of all tensors, 0 to 100 %")};
  if (section < 0 || section >= columns) return {};
  if (role == Qt::DisplayRole) return names[section];
  if (role == Qt::ToolTipRole) return tips[section];
  return {};
}

TensorTree::TensorTree(QWidget* parent) : QTreeView(parent), model_(new TensorTreeModel(this)) {
  setModel(model_);
  setItemDelegateForColumn(TensorTreeModel::share, new ShareDelegate(this));
  for (const int column : {TensorTreeModel::shape, TensorTreeModel::bytes})
    setItemDelegateForColumn(column, new NumberDelegate(this));
  setUniformRowHeights(true);
  setSelectionBehavior(SelectRows);
  setAllColumnsShowFocus(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFrameShape(NoFrame);
  setTextElideMode(Qt::ElideRight);
  setMinimumSize(views::theme().px(200), views::theme().px(90));
  header()->setStretchLastSection(false);
  header()->setSectionsMovable(false);
  header()->setMinimumSectionSize(20);
  connect(this, &QTreeView::expanded, this, [this](const QModelIndex& index) {
    if (const OutlineNode* node = model_->node(index); node && !quiet_ && !filtered_) expanded_.insert(node->key);
  });
  connect(this, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
    if (const OutlineNode* node = model_->node(index); node && !quiet_ && !filtered_) expanded_.remove(node->key);
  });
  connect(&views::theme(), &views::Theme::changed, this, &TensorTree::set_columns);
  expanded_.insert(QStringLiteral("*"));
  set_columns();
}

void TensorTree::set_columns() {
  const QFontMetrics mono(views::theme().mono(views::Type::small));
  const int pad = views::theme().px(14);
  setIndentation(views::theme().px(14));
  header()->setSectionResizeMode(TensorTreeModel::name, QHeaderView::Stretch);
  // As wide as this model needs: vocabularies and shapes differ.
  std::pair<int, QString> widest[] = {
      {TensorTreeModel::shape, {}}, {TensorTreeModel::type, {}}, {TensorTreeModel::bytes, "92.1 MiB"}};
  for (auto& [column, text] : widest) {
    for (size_t i = 0; i < model_->outline().nodes().size(); ++i)
      if (const QString own = model_->index_of(int(i), column).data().toString(); own.size() > text.size()) text = own;
  }
  for (const auto& [column, text] : widest) {
    header()->setSectionResizeMode(column, QHeaderView::Fixed);
    header()->resizeSection(column, std::max(mono.horizontalAdvance(text) + pad, header()->sectionSizeHint(column)));
  }
  fit_columns();
}

/// Share, then type, give way to the names where the room is short.
void TensorTree::fit_columns() {
  header()->setSectionResizeMode(TensorTreeModel::share, QHeaderView::Fixed);
  header()->resizeSection(TensorTreeModel::share, views::theme().px(width() > views::theme().px(440) ? 80 : 56));
  setColumnHidden(TensorTreeModel::share, width() < views::theme().px(420));
  setColumnHidden(TensorTreeModel::type, width() < views::theme().px(300));
}

void TensorTree::resizeEvent(QResizeEvent* event) {
  fit_columns();
  QTreeView::resizeEvent(event);
}

void TensorTree::show_outline(std::shared_ptr<const ModelFacts> facts, int focus_layer, const QString& filter) {
  quiet_ = true;
  filtered_ = !filter.trimmed().isEmpty();
  TensorOutline outline;
  if (facts) outline = TensorOutline(*facts, focus_layer, filter);
  model_->set_outline(std::move(facts), std::move(outline));
  restore_expanded();
  set_columns();
  quiet_ = false;
}

void TensorTree::restore_expanded() {
  const auto& nodes = model_->outline().nodes();
  for (size_t i = 0; i < nodes.size(); ++i)
    if (i == 0 || expanded_.contains(nodes[i].key)) expand(model_->index_of(int(i)));
}

void TensorTree::select(const QString& key) {
  const int node = key.isEmpty() ? -1 : model_->outline().nearest(key);
  const QModelIndex index = model_->index_of(node);
  if (index == currentIndex()) return;
  quiet_ = true;
  if (index.isValid()) {
    setCurrentIndex(index);
    scrollTo(index);
  } else {
    setCurrentIndex({});
    clearSelection();
  }
  quiet_ = false;
}

void TensorTree::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QTreeView::currentChanged(current, previous);
  if (const OutlineNode* node = model_->node(current); node && !quiet_) emit chosen(node->key);
}

}  // namespace vitrine
