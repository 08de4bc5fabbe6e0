// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/diagram.h"

#include <algorithm>

#include "plugins/model/tensor_outline.h"
#include "views/numbers.h"

namespace vitrine {
QStringList Diagram::words() const {
  QStringList all;
  for (const DiagramBox& box : boxes)
    for (const QString& text : {box.title, box.detail, box.side})
      if (!text.isEmpty()) all << text;
  for (const DiagramText& text : texts) all << text.text;
  return all;
}

int Diagram::box_at(const QPointF& at) const {
  for (size_t i = 0; i < boxes.size(); ++i)
    if (boxes[i].rect.contains(at)) return int(i);
  return -1;
}

int Diagram::box_of(const QString& key) const {
  if (key.isEmpty()) return -1;
  for (size_t i = 0; i < boxes.size(); ++i)
    if (boxes[i].module == key) return int(i);
  for (size_t i = 0; i < boxes.size(); ++i)
    if (!boxes[i].module.endsWith(QLatin1String(".attn")) && !boxes[i].module.isEmpty() &&
        key_belongs_to(key, boxes[i].module))
      return int(i);
  return -1;
}

QString DiagramLayout::activation_name(Activation activation) {
  switch (activation) {
    case Activation::silu:
      return QStringLiteral("SiLU");
    case Activation::gelu:
      return QStringLiteral("GELU");
    case Activation::gelu_tanh:
      return QStringLiteral("GELU (tanh)");
    case Activation::gelu_quick:
      return QStringLiteral("quick GELU");
    case Activation::relu:
      return QStringLiteral("ReLU");
    case Activation::relu_squared:
      return QStringLiteral("ReLU²");
    case Activation::tanh:
      return QStringLiteral("tanh");
    case Activation::sigmoid:
      return QStringLiteral("sigmoid");
    case Activation::identity:
      break;
  }
  return {};
}

Diagram DiagramLayout::make(const ModelFacts& facts, int layer, const QSizeF& room, double unit) {
  const double least = 12 * unit;
  DiagramLayout first(facts, layer, room, unit, least);
  if (first.gaps_ == 0 || first.out_.size.height() >= room.height()) return first.out_;
  const double gap = std::min(34 * unit, least + (room.height() - first.out_.size.height()) / first.gaps_);
  return DiagramLayout(facts, layer, room, unit, gap).out_;
}

DiagramLayout::DiagramLayout(const ModelFacts& facts, int layer, const QSizeF& room, double unit, double gap)
    : facts_(facts), layer_(layer), u_(unit), gap_(gap) {
  const bool layers = !facts.spec.stacks.empty() && !facts.spec.layers().empty();
  if (layers) {
    layer_ = std::clamp(layer, 0, int(facts.spec.layers().size()) - 1);
    spec_ = &facts.spec.layers()[size_t(layer_)];
    bytes_.resize(facts.spec.layers().size());
    for (const TensorFact& fact : facts.tensors)
      if (const int of = layer_of_key(tensor_key(fact)); of >= 0 && of < int(bytes_.size())) bytes_[size_t(of)] += fact.bytes;
  }
  const double width = std::clamp(room.width(), 300 * u_, 560 * u_);
  const double from = std::max(0.0, (room.width() - width) / 2);
  out_.frame.setLeft(from + 8 * u_);
  out_.frame.setRight(from + width - 8 * u_);
  lane_ = out_.frame.left() + 16 * u_;
  left_ = out_.frame.left() + 34 * u_;
  right_ = out_.frame.right() - 14 * u_;
  middle_ = (left_ + right_) / 2;
  y_ = 0;
  embeddings();
  if (spec_) this->layer();
  output();
  out_.size = QSizeF(room.width(), y_ + 8 * u_);
}

QString DiagramLayout::in_layer(const char* part) const {
  return QStringLiteral("layers.%1.%2").arg(layer_).arg(QLatin1String(part));
}

const TensorFact* DiagramLayout::weight_of(const QString& module) const {
  for (const TensorFact& fact : facts_.tensors)
    if (!fact.canonical.empty() && key_belongs_to(tensor_key(fact), module)) return &fact;
  return nullptr;
}

QString DiagramLayout::bytes_of(const QString& module) const {
  int64_t bytes = 0;
  for (const TensorFact& fact : facts_.tensors) {
    const QString key = tensor_key(fact);
    if (fact.canonical.empty() || !key_belongs_to(key, module)) continue;
    if (key.contains(QLatin1String(" + "))) return {};  // cut from one stored tensor: no bytes of its own
    bytes += fact.bytes;
  }
  return bytes > 0 ? views::memory(bytes) : QString();
}

QString DiagramLayout::norm_word() const {
  return facts_.spec.norm == NormKind::rms ? QStringLiteral("RMSNorm") : QStringLiteral("LayerNorm");
}

int DiagramLayout::place(const QRectF& rect, const QString& title, const QString& module, const QString& detail) {
  DiagramBox box{.rect = rect, .title = title, .detail = detail, .module = module};
  QStringList tip;
  for (const TensorFact& fact : facts_.tensors)
    if (!fact.canonical.empty() && key_belongs_to(tensor_key(fact), module))
      tip << tr("%1: %2, %3, %4")
                 .arg(tensor_key(fact), shape_text(fact.shape), type_text(fact.dtype), views::memory(fact.bytes));
  box.tip = tip.join('\n');
  out_.boxes.push_back(std::move(box));
  return int(out_.boxes.size()) - 1;
}

void DiagramLayout::arrow_to(double bottom) {
  out_.lines.push_back({QPolygonF({QPointF(middle_, y_), QPointF(middle_, bottom)})});
  ++gaps_;
}

int DiagramLayout::box(const QString& title, const QString& module, double width, bool with_detail,
                       const QString& side) {
  const double top = out_.boxes.empty() ? 8 * u_ : y_ + gap_;
  if (!out_.boxes.empty()) arrow_to(top);
  const double height = (with_detail ? 36 : 24) * u_;
  QString detail = with_detail ? side : QString();
  const int index = place(QRectF(middle_ - width / 2, top, width, height), title, module, detail);
  if (!with_detail) out_.boxes[size_t(index)].side = side;
  y_ = top + height;
  return index;
}

void DiagramLayout::fork() { fork_y_ = y_ + std::max(4 * u_, gap_ * 0.35); }

void DiagramLayout::join() {
  const double r = 8 * u_, center = y_ + gap_ + r;
  arrow_to(center - r);
  out_.signs.push_back({QPointF(middle_, center), r, '+'});
  out_.lines.push_back({QPolygonF(
      {QPointF(middle_, fork_y_), QPointF(lane_, fork_y_), QPointF(lane_, center), QPointF(middle_ - r, center)})});
  out_.texts.push_back({QRectF(lane_ + 6 * u_, center - 18 * u_, 110 * u_, 16 * u_), tr("residual")});
  y_ = center + r;
}

void DiagramLayout::norm(const QString& module, const QString& word) {
  const TensorFact* weight = weight_of(module);
  const int index = box(word.isEmpty() ? norm_word() : word, module, 116 * u_);
  if (!weight) out_.boxes[size_t(index)].module.clear();
}

void DiagramLayout::embeddings() {
  const ModelSpec& spec = facts_.spec;
  const TensorFact* table = weight_of(QStringLiteral("embed"));
  const QString side = table ? tr("%1, %2").arg(bytes_of(QStringLiteral("embed")), type_text(table->dtype)) : QString();
  box(spec.embed_scale != 1 ? tr("Token embedding × %1").arg(views::significant(spec.embed_scale))
                            : tr("Token embedding"),
      QStringLiteral("embed"), 212 * u_, true, side);
  if (spec.learned_positions)
    box(tr("+ Position embedding"), QStringLiteral("positions"), 212 * u_, false,
        bytes_of(QStringLiteral("positions")));
  if (spec.token_types)
    box(tr("+ Segment embedding"), QStringLiteral("token_types"), 212 * u_, false,
        bytes_of(QStringLiteral("token_types")));
  if (spec.embed_norm) norm(QStringLiteral("embed_norm"));
  const double space = std::max(gap_, 18 * u_);
  out_.texts.push_back({QRectF(middle_ + 8 * u_, y_, 120 * u_, 16 * u_),
                        QStringLiteral("n × %1").arg(views::count(spec.dim)), Qt::AlignLeft | Qt::AlignVCenter, true});
  out_.lines.push_back({QPolygonF({QPointF(middle_, y_), QPointF(middle_, y_ + space)}), false});
  y_ += space;
}

void DiagramLayout::layer_title() {
  const auto& layers = facts_.spec.layers();
  const int64_t bytes = layer_bytes(layer_);
  int alike = 0;
  for (size_t i = 0; i < layers.size(); ++i) alike += layers[i] == *spec_ && layer_bytes(int(i)) == bytes;
  const int count = int(layers.size());
  const double from = middle_ + 64 * u_;
  const QRectF line(from, y_ + 3 * u_, out_.frame.right() - 10 * u_ - from, 16 * u_);
  const auto right = Qt::AlignRight | Qt::AlignVCenter;
  out_.texts.push_back({line, tr("layer %1 of %2").arg(layer_).arg(count), right, false, true});
  QString size = tr("%1 each").arg(views::memory(bytes));
  if (line.width() > 170 * u_) size = (alike == count ? tr("all alike, %1") : tr("%n alike, %1", "", alike)).arg(size);
  out_.texts.push_back({line.translated(0, 16 * u_), size, right, true});
}

void DiagramLayout::layer() {
  out_.frame.setTop(y_);
  layer_title();
  const NormPlacement placement = spec_->placement;
  const bool before = placement != NormPlacement::post && placement != NormPlacement::output;
  const bool behind = placement == NormPlacement::sandwich || placement == NormPlacement::output;
  if (spec_->mixer != Mixer::none) {
    fork();
    const double begin = fork_y_;
    if (!before || !spec_->attn_norm) {  // room for the title, which stands beside a norm otherwise
      out_.lines.push_back({QPolygonF({QPointF(middle_, y_), QPointF(middle_, y_ + 30 * u_)}), false});
      y_ += 30 * u_;
    }
    if (before && spec_->attn_norm) norm(in_layer("norm1"));
    mixing();
    if (behind) norm(in_layer("post_attn_norm"));
    join();
    if (placement == NormPlacement::post) norm(in_layer("norm1"));
    if (spec_->parallel) {
      out_.texts.push_back({QRectF(middle_ + 16 * u_, y_ - 16 * u_, right_ - middle_, 16 * u_), tr("both branches read what enters the layer")});
      fork_y_ = begin;
    }
  }
  if (spec_->cross) {
    fork();
    norm(in_layer("cross_norm"));
    cross_attention();
    join();
  }
  if (spec_->ffn != Ffn::none) {
    if (!spec_->parallel) fork();
    if (before && !spec_->shared_norm) norm(in_layer("norm2"));
    feed_forward();
    if (behind) norm(in_layer("post_mlp_norm"));
    join();
    if (placement == NormPlacement::post) norm(in_layer("norm2"));
  }
  const double end = y_ + std::max(8 * u_, gap_ * 0.5);
  out_.lines.push_back({QPolygonF({QPointF(middle_, y_), QPointF(middle_, end)}), false});
  out_.frame.setBottom(end);
  y_ = end;
  out_.texts.push_back({QRectF(middle_ + 8 * u_, y_, 120 * u_, 16 * u_),
                        QStringLiteral("n × %1").arg(views::count(facts_.spec.dim)), Qt::AlignLeft | Qt::AlignVCenter,
                        true});
  y_ += std::max(0.0, 16 * u_ - gap_);
  if (16 * u_ > gap_) out_.lines.push_back({QPolygonF({QPointF(middle_, end), QPointF(middle_, y_)}), false});
}

void DiagramLayout::mixing() {
  if (spec_->shared.stored_in >= 0)
    box(tr("Shared block, stored in layer %1").arg(spec_->shared.stored_in), in_layer("shared_out"), 232 * u_, true,
        sized(tr("attention and feed-forward"), in_layer("shared_out")));
  if (spec_->mixer == Mixer::latent)
    latent();
  else if (spec_->mixer == Mixer::attention)
    attention();
  else
    state_mixer();
  if (spec_->attention_beside)
    out_.texts.push_back({QRectF(middle_ + 16 * u_, y_, right_ - middle_, 16 * u_),
                          tr("+ attention beside it, %1 × %2").arg(spec_->heads).arg(spec_->head_dim)});
}

void DiagramLayout::attention() {
  const double between = 8 * u_, width = (right_ - left_ - 2 * between) / 3, split = std::max(gap_, 16 * u_),
               bus = y_ + split * 0.4;
  const double top = y_ + split;
  out_.lines.push_back({QPolygonF({QPointF(middle_, y_), QPointF(middle_, bus)}), false});
  const char* const parts[] = {"attn.q", "attn.k", "attn.v"};
  const QString letters[] = {QStringLiteral("Q"), QStringLiteral("K"), QStringLiteral("V")};
  const bool rotated = spec_->rope >= 0 && spec_->rope < int(facts_.spec.ropes.size()) &&
                       facts_.spec.ropes[size_t(spec_->rope)].kind != RopeSpec::Kind::none;
  const double high = 36 * u_, norm_high = spec_->qk_norm ? 24 * u_ + split * 0.75 : 0,
               bottom = top + high + norm_high + std::max(gap_, 16 * u_);
  for (int i = 0; i < 3; ++i) {
    const double x = left_ + i * (width + between), center = x + width / 2;
    QStringList detail = {QStringLiteral("%1 × %2").arg(i == 0 ? spec_->heads : spec_->kv_heads).arg(spec_->head_dim)};
    if (const QString bytes = bytes_of(in_layer(parts[i])); !bytes.isEmpty() && width > 122 * u_) detail << bytes;
    out_.lines.push_back({QPolygonF({QPointF(middle_, bus), QPointF(center, bus), QPointF(center, top)})});
    place(QRectF(x, top, width, high), letters[i], in_layer(parts[i]), detail.join(QStringLiteral(", ")));
    double from = top + high;
    if (spec_->qk_norm && i < 2) {
      const double at = from + split * 0.75;
      out_.lines.push_back({QPolygonF({QPointF(center, from), QPointF(center, at)})});
      place(QRectF(center - std::min(width, 108 * u_) / 2, at, std::min(width, 108 * u_), 24 * u_),
            i == 0 ? tr("norm of Q") : tr("norm of K"), in_layer(i == 0 ? "attn.q_norm" : "attn.k_norm"));
      from = at + 24 * u_;
    }
    out_.lines.push_back({QPolygonF({QPointF(center, from), QPointF(center, bottom)})});
    if (rotated && i < 2)
      out_.texts.push_back(
          {QRectF(center + 7 * u_, bottom - std::max(gap_, 16 * u_), 60 * u_, 14 * u_), QStringLiteral("RoPE")});
  }
  ++gaps_;
  ++gaps_;
  QStringList words = {facts_.spec.stacks[0].causal ? tr("Attention, causal") : tr("Attention, both ways")};
  if (spec_->window > 0) words << tr("last %1 tokens").arg(views::count(spec_->window));
  if (spec_->kv_heads > 0 && spec_->heads > spec_->kv_heads)
    words << tr("%1 queries share each K/V").arg(spec_->heads / spec_->kv_heads);
  if (spec_->score_softcap > 0) words << tr("scores capped at %1").arg(views::significant(spec_->score_softcap));
  place(QRectF(left_, bottom, right_ - left_, 26 * u_), words.join(QStringLiteral(", ")), in_layer("attn"));
  y_ = bottom + 26 * u_;
  box(QStringLiteral("O"), in_layer("attn.o"), 116 * u_, false, bytes_of(in_layer("attn.o")));
}

void DiagramLayout::feed_forward() {
  if (spec_->ffn == Ffn::moe) return experts();
  if (spec_->ffn == Ffn::channel_mix) return channel_mix();
  const QString act = activation_name(spec_->activation);
  const auto detail = [&](const char* part) {
    QStringList words = {views::count(spec_->hidden)};
    if (const QString bytes = bytes_of(in_layer(part)); !bytes.isEmpty()) words << bytes;
    return words.join(QStringLiteral(", "));
  };
  const QString down_bytes = bytes_of(in_layer("mlp.down"));
  const QString down =
      views::count(facts_.spec.dim) + (down_bytes.isEmpty() ? QString() : QStringLiteral(", ") + down_bytes);
  if (spec_->ffn != Ffn::glu) {
    box(act.isEmpty() ? tr("Up") : tr("Up, %1").arg(act), in_layer("mlp.up"), 160 * u_, true, detail("mlp.up"));
    box(tr("Down"), in_layer("mlp.down"), 148 * u_, false, down);
    return;
  }
  const double r = 8 * u_, hole = 24 * u_, width = std::min(152 * u_, (right_ - left_ - hole) / 2),
               split = std::max(gap_, 14 * u_), bus = y_ + split * 0.4, top = y_ + split;
  const QRectF gate(middle_ - hole / 2 - width, top, width, 36 * u_), up(middle_ + hole / 2, top, width, 36 * u_);
  out_.lines.push_back({QPolygonF({QPointF(middle_, y_), QPointF(middle_, bus)}), false});
  for (const QRectF& side : {gate, up})
    out_.lines.push_back(
        {QPolygonF({QPointF(middle_, bus), QPointF(side.center().x(), bus), QPointF(side.center().x(), top)})});
  place(gate, act.isEmpty() ? tr("Gate") : tr("Gate, %1").arg(act), in_layer("mlp.gate"), detail("mlp.gate"));
  place(up, tr("Up"), in_layer("mlp.up"), detail("mlp.up"));
  const QPointF sign(middle_, gate.center().y());
  out_.lines.push_back({QPolygonF({QPointF(gate.right(), sign.y()), QPointF(middle_ - r, sign.y())}), false});
  out_.lines.push_back({QPolygonF({QPointF(up.left(), sign.y()), QPointF(middle_ + r, sign.y())}), false});
  out_.signs.push_back({sign, r, QChar(0xD7)});
  y_ = sign.y() + r;
  const double from = y_;
  y_ = gate.bottom();
  ++gaps_;
  box(tr("Down"), in_layer("mlp.down"), 148 * u_, false, down);
  out_.lines.push_back({QPolygonF({QPointF(middle_, from), QPointF(middle_, gate.bottom())}), false});
}

void DiagramLayout::output() {
  const ModelSpec& spec = facts_.spec;
  QString result = tr("n × %1 hidden states").arg(views::count(spec.dim));
  if (spec.head && spec.tied_head && spec.final_norm && !spec.head_transform) {
    box(tr("%1, then tied output").arg(norm_word()), QStringLiteral("final_norm"), 212 * u_);
  } else {
    if (spec.final_norm) norm(QStringLiteral("final_norm"));
    if (spec.pooler_dim)
      box(tr("Pooler, tanh"), QStringLiteral("pooler"), 212 * u_, false, bytes_of(QStringLiteral("pooler")));
    if (spec.head_transform)
      box(tr("Dense, %1, norm").arg(activation_name(spec.head_activation)), QStringLiteral("head_dense"), 212 * u_);
    if (spec.head)
      box(spec.tied_head ? tr("Tied output") : tr("Output head"),
          spec.tied_head ? QStringLiteral("embed") : QStringLiteral("head"), 148 * u_, false,
          spec.tied_head ? QString() : bytes_of(QStringLiteral("head")));
  }
  if (spec.head) result = tr("%1 logits").arg(views::count(spec.vocab));
  const double end = y_ + 18 * u_;
  arrow_to(end);
  --gaps_;
  out_.texts.push_back(
      {QRectF(middle_ + 8 * u_, y_ + u_, 200 * u_, 16 * u_), result, Qt::AlignLeft | Qt::AlignVCenter, true});
  y_ = end;
}

}  // namespace vitrine
