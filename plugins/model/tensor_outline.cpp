// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/tensor_outline.h"

#include <QRegularExpression>
#include <QStringList>
#include <algorithm>
#include <map>

#include "views/numbers.h"

namespace vitrine {
namespace {

QString first_part(const QString& key) { return key.section(QStringLiteral(" + "), 0, 0); }

/// Order within the model and within a layer; what is not named comes after, as stored.
int rank_of(const QString& part, bool norm_after) {
  static const QStringList order = {
      "embed",  "positions",  "token_types", "embed_norm", "layers", "norm1",         "attn",
      "q",      "k",          "v",           "o",          "q_norm", "k_norm",        "post_attn_norm",
      "norm2",  "mlp",        "gate",        "up",         "down",   "post_mlp_norm", "final_norm",
      "pooler", "head_dense", "head_norm",   "head"};
  if (norm_after && part == u"norm1") return int(order.indexOf("post_attn_norm"));
  if (norm_after && part == u"norm2") return int(order.indexOf("post_mlp_norm"));
  const auto at = order.indexOf(part);
  return at < 0 ? int(order.size()) : int(at);
}

std::vector<int> ranks_of(const QString& key, bool norm_after) {
  std::vector<int> ranks;
  for (const QString& part : first_part(key).split('.')) {
    bool number = false;
    const int value = part.toInt(&number);
    ranks.push_back(number ? value : part == u"w" ? 0 : part == u"b" ? 1 : rank_of(part, norm_after));
  }
  return ranks;
}

std::string signature(const ModelFacts& facts, const std::vector<int>& tensors) {
  std::string text;
  for (const int index : tensors) {
    const TensorFact& fact = facts.tensors[size_t(index)];
    text += key_in_layer(tensor_key(fact), 0).toStdString() + ' ' + fact.shape.str() + ' ' +
            std::to_string(int(fact.dtype)) + '\n';
  }
  return text;
}

bool matches(const TensorFact& fact, const QString& filter) {
  const QString wanted = filter.trimmed();
  const QString names[] = {tensor_key(fact), QString::fromStdString(fact.name), type_text(fact.dtype)};
  if (!wanted.contains('*')) {
    return std::any_of(std::begin(names), std::end(names),
                       [&](const QString& n) { return n.contains(wanted, Qt::CaseInsensitive); });
  }
  QStringList pieces;
  for (const QString& piece : wanted.split('*')) pieces << QRegularExpression::escape(piece);
  const QRegularExpression pattern(pieces.join(".*"), QRegularExpression::CaseInsensitiveOption);
  return std::any_of(std::begin(names), std::end(names), [&](const QString& n) { return pattern.match(n).hasMatch(); });
}

}  // namespace

QString tensor_key(const TensorFact& fact) {
  return QString::fromStdString(fact.canonical.empty() ? fact.name : fact.canonical);
}

int layer_of_key(const QString& key) {
  if (!key.startsWith(QLatin1String("layers."))) return -1;
  bool number = false;
  const int layer = key.section('.', 1, 1).toInt(&number);
  return number ? layer : -1;
}

QString key_in_layer(const QString& key, int layer) {
  const int from = layer_of_key(key);
  if (from < 0) return key;
  const QString old = QStringLiteral("layers.%1").arg(from);
  QStringList parts = key.split(QStringLiteral(" + "));
  for (QString& part : parts)
    if (part == old || part.startsWith(old + '.')) part = QStringLiteral("layers.%1").arg(layer) + part.mid(old.size());
  return parts.join(QStringLiteral(" + "));
}

bool key_belongs_to(const QString& key, const QString& module) {
  for (const QString& part : key.split(QStringLiteral(" + ")))
    if (part == module || part.startsWith(module + '.')) return true;
  return false;
}

QString shape_text(const Shape& shape) {
  QStringList extents;
  for (int i = 0; i < shape.rank(); ++i) extents << views::count(shape[i]);
  return extents.isEmpty() ? QStringLiteral("1") : extents.join(QStringLiteral(" × "));
}

QString type_text(DType dtype) {
  const std::string_view name = dtype_info(dtype).name;
  return QString::fromUtf8(name.data(), qsizetype(name.size())).toUpper();
}

namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(TensorOutline)
 public:
  static QString word(const QString& part) {
    if (part == u"embed") return tr("token embedding");
    if (part == u"positions") return tr("position embedding");
    if (part == u"token_types") return tr("segment embedding");
    if (part == u"embed_norm") return tr("embedding norm");
    if (part == u"norm1") return tr("attention norm");
    if (part == u"norm2") return tr("feed-forward norm");
    if (part == u"post_attn_norm") return tr("norm after attention");
    if (part == u"post_mlp_norm") return tr("norm after feed-forward");
    if (part == u"attn") return tr("attention");
    if (part == u"mlp") return tr("feed-forward");
    if (part == u"q_norm") return tr("q norm");
    if (part == u"k_norm") return tr("k norm");
    if (part == u"final_norm") return tr("output norm");
    if (part == u"head") return tr("output head");
    if (part == u"pooler") return tr("pooler");
    if (part == u"head_dense") return tr("head transform");
    if (part == u"head_norm") return tr("head norm");
    return part;
  }
  /// "q", "q bias", "k, q, v" of a tensor cut into three.
  static QString leaf(const QString& key) {
    QStringList names;
    for (const QString& one : key.split(QStringLiteral(" + "))) {
      QStringList parts = one.split('.');
      const bool bias = parts.size() > 1 && parts.last() == u"b";
      if (parts.size() > 1 && (bias || parts.last() == u"w")) parts.removeLast();
      names << (bias ? tr("%1 bias").arg(word(parts.last())) : word(parts.last()));
    }
    return names.join(QStringLiteral(", "));
  }
};

}  // namespace

TensorOutline::TensorOutline(const ModelFacts& facts, int focus_layer, const QString& filter) {
  nodes_.push_back({.kind = OutlineNode::Kind::root, .label = tr("all tensors"), .key = QStringLiteral("*")});
  const bool norm_after = !facts.spec.stacks.empty() && !facts.spec.layers().empty() &&
                          facts.spec.layers()[0].placement == NormPlacement::post;
  std::vector<std::pair<std::vector<int>, int>> order;
  std::vector<int> unused;
  for (size_t i = 0; i < facts.tensors.size(); ++i) {
    if (!filter.trimmed().isEmpty() && !matches(facts.tensors[i], filter)) continue;
    if (facts.tensors[i].canonical.empty())
      unused.push_back(int(i));
    else
      order.push_back({ranks_of(tensor_key(facts.tensors[i]), norm_after), int(i)});
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  if (!filter.trimmed().isEmpty()) {
    for (const auto& [rank, index] : order) add_tensor(facts, index, 0);
    for (const int index : unused) add_tensor(facts, index, 0);
    for (OutlineNode& node : nodes_)
      if (node.tensor >= 0) node.label = node.key;
    nodes_[0].label = tr("matching tensors");
    sum(facts);
    return;
  }
  std::vector<std::vector<int>> layers;
  std::vector<int> after;
  for (const auto& [rank, index] : order) {
    const int layer = layer_of_key(tensor_key(facts.tensors[size_t(index)]));
    if (layer >= 0 && layer < int(facts.tensors.size())) {
      if (size_t(layer) >= layers.size()) layers.resize(size_t(layer) + 1);
      layers[size_t(layer)].push_back(index);
    } else if (rank.front() < rank_of("layers", false)) {
      add_tensor(facts, index, 0);
    } else {
      after.push_back(index);
    }
  }
  add_layers(facts, layers, focus_layer);
  for (const int index : after) add_tensor(facts, index, 0);
  if (!unused.empty()) {
    const int parent = group(QStringLiteral("?"), tr("not used by this architecture"), 0, -1);
    for (const int index : unused) add_tensor(facts, index, parent);
  }
  sum(facts);
}

int TensorOutline::add(OutlineNode node, int parent) {
  node.parent = parent;
  node.row = int(nodes_[size_t(parent)].children.size());
  nodes_.push_back(std::move(node));
  const int index = int(nodes_.size()) - 1;
  nodes_[size_t(parent)].children.push_back(index);
  return index;
}

int TensorOutline::group(const QString& key, const QString& label, int parent, int layer) {
  for (const int child : nodes_[size_t(parent)].children)
    if (nodes_[size_t(child)].key == key) return child;
  return add({.label = label, .key = key, .layer = layer}, parent);
}

void TensorOutline::add_tensor(const ModelFacts& facts, int tensor, int parent) {
  const QString key = tensor_key(facts.tensors[size_t(tensor)]);
  const bool named = !facts.tensors[size_t(tensor)].canonical.empty();
  add({.kind = OutlineNode::Kind::tensor,
       .label = named ? Words::leaf(key) : key,
       .key = key,
       .tensor = tensor,
       .layer = layer_of_key(key)},
      parent);
}

int TensorOutline::add_layer(const ModelFacts& facts, const std::vector<int>& tensors, int layer, int parent) {
  const QString prefix = QStringLiteral("layers.%1").arg(layer);
  const int node = group(prefix, tr("layer %1").arg(layer), parent, layer);
  for (const int index : tensors) {
    const QString key = first_part(tensor_key(facts.tensors[size_t(index)]));
    const QStringList parts = key.split('.');  // layers, N, attn, q, w
    const bool suffixed = parts.last() == u"w" || parts.last() == u"b";
    int at = node;
    if (parts.size() > (suffixed ? 4 : 3)) at = group(prefix + '.' + parts[2], Words::word(parts[2]), node, layer);
    add_tensor(facts, index, at);
  }
  return node;
}

void TensorOutline::add_layers(const ModelFacts& facts, const std::vector<std::vector<int>>& layers, int focus) {
  for (size_t from = 0; from < layers.size();) {
    const std::string looks = signature(facts, layers[from]);
    size_t to = from + 1;
    if (int(from) != focus)
      while (to < layers.size() && int(to) != focus && signature(facts, layers[to]) == looks) ++to;
    int parent = 0;
    if (to - from > 1) {
      OutlineNode range{.kind = OutlineNode::Kind::range, .layers = int(to - from)};
      range.label = tr("layers %1 to %2").arg(from).arg(to - 1);
      range.key = QStringLiteral("layers.%1-%2").arg(from).arg(to - 1);
      parent = add(std::move(range), 0);
    }
    for (size_t layer = from; layer < to; ++layer)
      if (!layers[layer].empty()) add_layer(facts, layers[layer], int(layer), parent);
    from = to;
  }
}

void TensorOutline::sum(const ModelFacts& facts) {
  for (size_t i = nodes_.size(); i-- > 0;) {  // children come after their parents
    OutlineNode& node = nodes_[i];
    if (node.tensor >= 0) {
      const TensorFact& fact = facts.tensors[size_t(node.tensor)];
      node.tensors = 1;
      node.parameters = fact.shape.numel();
      node.bytes = fact.bytes;
      node.type = type_text(fact.dtype);
      continue;
    }
    std::map<QString, int64_t> types;
    for (const int child : node.children) {
      const OutlineNode& part = nodes_[size_t(child)];
      node.tensors += part.tensors;
      node.parameters += part.parameters;
      node.bytes += part.bytes;
      types[part.type] += part.bytes;
    }
    const auto most =
        std::max_element(types.begin(), types.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    // A norm in F32 beside quantized matrices does not make a layer mixed.
    if (most != types.end()) node.type = most->second * 20 >= node.bytes * 19 ? most->first : tr("mixed");
  }
}

int TensorOutline::find(const QString& key) const {
  for (size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].key == key) return int(i);
  return -1;
}

int TensorOutline::nearest(const QString& key) const {
  if (const int exact = find(key); exact >= 0) return exact;
  int best = -1;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const OutlineNode& node = nodes_[i];
    if (node.kind == OutlineNode::Kind::tensor && key_belongs_to(node.key, key)) return int(i);
    if (node.kind == OutlineNode::Kind::group && key_belongs_to(key, node.key)) best = int(i);
  }
  return best;
}

}  // namespace vitrine
