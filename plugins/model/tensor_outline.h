// SPDX-License-Identifier: Apache-2.0
// The stored tensors of a checkpoint as a tree of modules, without widgets. Runs of layers that hold the same tensors
// are folded into one range; the focus layer always stands alone.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <vector>

#include "engine/run/event.h"

namespace vitrine {

struct OutlineNode {
  enum class Kind : uint8_t { root, group, range, tensor } kind = Kind::group;
  QString label = {};  // "layers 1 to 11", "attention", "q"
  QString key = {};    // "layers.12.attn"; of a tensor its tensor_key()
  QString type = {};   // "Q4_1", "mixed"
  int parent = -1, row = 0;
  std::vector<int> children = {};
  int tensor = -1;  // index in ModelFacts::tensors
  int layer = -1;   // -1: outside the layers, or a range
  int layers = 0;   // of a range
  int tensors = 0;  // in it, itself included
  int64_t parameters = 0, bytes = 0;
};

class TensorOutline {
  Q_DECLARE_TR_FUNCTIONS(TensorOutline)
 public:
  TensorOutline() = default;
  /// With a filter the tree is a flat list of the tensors whose canonical name, stored name or type matches: a part of
  /// the name, or a pattern with * ("layers.*.down").
  TensorOutline(const ModelFacts& facts, int focus_layer, const QString& filter = {});

  const std::vector<OutlineNode>& nodes() const noexcept { return nodes_; }
  /// -1: there is none of this key.
  int find(const QString& key) const;
  /// The deepest node that holds the tensor or module `key`, through folded ranges too; -1: none.
  int nearest(const QString& key) const;

 private:
  int add(OutlineNode node, int parent);
  int group(const QString& key, const QString& label, int parent, int layer);
  void add_tensor(const ModelFacts& facts, int tensor, int parent);
  void add_layers(const ModelFacts& facts, const std::vector<std::vector<int>>& layers, int focus);
  int add_layer(const ModelFacts& facts, const std::vector<int>& tensors, int layer, int parent);
  void sum(const ModelFacts& facts);

  std::vector<OutlineNode> nodes_;
};

/// What a tensor is selected by: its canonical name, or the stored one when the architecture does not use it.
QString tensor_key(const TensorFact& fact);
/// "layers.3.attn.q.w" -> 3; -1: outside the layers.
int layer_of_key(const QString& key);
/// The same tensor or module of another layer.
QString key_in_layer(const QString& key, int layer);
/// Whether the tensor holds weights of the module: "layers.3.attn.q.w" of "layers.3.attn.q" and of "layers.3". A
/// tensor several modules are cut from ("a.w + b.w") belongs to each.
bool key_belongs_to(const QString& key, const QString& module);
/// "576 × 1,536": rows (outputs) first.
QString shape_text(const Shape& shape);
/// "Q4_1"
QString type_text(DType dtype);

}  // namespace vitrine
