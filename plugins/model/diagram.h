// SPDX-License-Identifier: Apache-2.0
// The architecture as boxes and orthogonal lines, laid out from the ModelSpec without widgets: embedding, one layer as
// its LayerSpec says with the residual paths on the left, final norm, head.
#pragma once

#include <QCoreApplication>
#include <QPolygonF>
#include <QRectF>
#include <QString>
#include <QStringList>
#include <vector>

#include "engine/run/event.h"

class QPainter;

namespace vitrine {

struct DiagramBox {
  QRectF rect = {};
  QString title = {}, detail = {};  // bold; in mono below it
  QString side = {};                // in mono, right of the box
  QString module = {};              // "layers.12.attn.q": what a click selects
  QString tip = {};
};
struct DiagramLine {
  QPolygonF points = {};
  bool arrow = true;
};
struct DiagramText {
  QRectF rect = {};
  QString text = {};
  Qt::Alignment align = Qt::AlignLeft | Qt::AlignVCenter;
  bool mono = false, bold = false;
};
/// A circle where two paths meet: + or ×.
struct DiagramSign {
  QPointF center = {};
  double radius = 0;
  QChar sign = '+';
};

struct Diagram {
  std::vector<DiagramBox> boxes;  // in the order data flows
  std::vector<DiagramLine> lines;
  std::vector<DiagramText> texts;
  std::vector<DiagramSign> signs;
  QRectF frame;  // around the layer
  QSizeF size;

  /// Every text, for screen readers and tests.
  QStringList words() const;
  int box_at(const QPointF& at) const;
  /// The box that `key` (tensor or module) belongs to; -1: none.
  int box_of(const QString& key) const;
};

class DiagramLayout {
  Q_DECLARE_TR_FUNCTIONS(DiagramLayout)
 public:
  /// As high as `room` where that is possible, at least as high as it needs. `unit`: logical pixels for one at 100 %.
  static Diagram make(const ModelFacts& facts, int layer, const QSizeF& room, double unit);

 private:
  DiagramLayout(const ModelFacts& facts, int layer, const QSizeF& room, double unit, double gap);
  void embeddings();
  void layer();
  void mixing();
  void attention();
  void feed_forward();
  // diagram_mixers.cpp
  void state_mixer();
  void latent();
  void cross_attention();
  void experts();
  void channel_mix();
  void convolution(int taps);
  struct Lane {
    QString title;
    const char* module;  // within the layer
    QString detail;
  };
  /// Boxes side by side, fed from one line; the next box joins them.
  void lanes(const std::vector<Lane>& parts);
  void wide_box(const QString& words, const char* module);
  QString sized(const QString& size, const QString& module) const;
  void output();
  void layer_title();
  int box(const QString& title, const QString& module, double width, bool with_detail = false,
          const QString& side = {});
  int place(const QRectF& rect, const QString& title, const QString& module, const QString& detail = {});
  void arrow_to(double bottom);
  void fork();
  void join();
  void norm(const QString& module, const QString& word = {});
  QString norm_word() const;
  QString bytes_of(const QString& module) const;
  const TensorFact* weight_of(const QString& module) const;
  int64_t layer_bytes(int layer) const { return layer >= 0 && layer < int(bytes_.size()) ? bytes_[size_t(layer)] : 0; }
  QString in_layer(const char* part) const;

  static QString activation_name(Activation activation);

  const ModelFacts& facts_;
  int layer_;
  std::vector<int64_t> bytes_;  // of each layer
  const LayerSpec* spec_ = nullptr;
  double u_, gap_, left_, right_, middle_, lane_, y_ = 0, fork_y_ = 0;
  int gaps_ = 0;
  Diagram out_;
};

/// Draws it; `selected` is an index of boxes or -1, `focused` draws the keyboard cursor.
void paint_diagram(QPainter& painter, const Diagram& diagram, int selected, int focused = -1);

}  // namespace vitrine
