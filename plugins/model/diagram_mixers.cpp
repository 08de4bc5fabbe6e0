// SPDX-License-Identifier: Apache-2.0
// What stands inside a layer besides plain attention and a feed-forward: mixers that carry a state, latent attention, experts,
// attention to an encoder.
#include <algorithm>

#include "plugins/model/diagram.h"
#include "views/numbers.h"

namespace vitrine {

QString DiagramLayout::sized(const QString& size, const QString& module) const {
  const QString bytes = bytes_of(module);
  return bytes.isEmpty() ? size : QStringLiteral("%1, %2").arg(size, bytes);
}

void DiagramLayout::lanes(const std::vector<Lane>& parts) {
  const double between = 8 * u_, count = double(parts.size()), split = std::max(gap_, 16 * u_), bus = y_ + split * 0.4, top = y_ + split;
  const double width = std::min(200 * u_, (right_ - left_ - (count - 1) * between) / count);
  const double from = middle_ - (count * width + (count - 1) * between) / 2, high = 36 * u_, bottom = top + high + std::max(gap_, 16 * u_);
  out_.lines.push_back({QPolygonF({QPointF(middle_, y_), QPointF(middle_, bus)}), false});
  for (size_t i = 0; i < parts.size(); ++i) {
    const double x = from + double(i) * (width + between), center = x + width / 2;
    out_.lines.push_back({QPolygonF({QPointF(middle_, bus), QPointF(center, bus), QPointF(center, top)})});
    place(QRectF(x, top, width, high), parts[i].title, in_layer(parts[i].module), parts[i].detail);
    out_.lines.push_back({QPolygonF({QPointF(center, top + high), QPointF(center, bottom)})});
  }
  ++gaps_;
  ++gaps_;
  y_ = bottom;
}

void DiagramLayout::wide_box(const QString& words, const char* module) {
  place(QRectF(left_, y_, right_ - left_, 26 * u_), words, in_layer(module));
  y_ += 26 * u_;
}

void DiagramLayout::convolution(int taps) {
  wide_box(tr("Convolution along time, %n tap(s)", "", taps), "ssm.conv");
  arrow_to(y_ + gap_);
  y_ += gap_;
}

void DiagramLayout::state_mixer() {
  const auto size = [&](int64_t width, const char* module) { return sized(views::count(width), in_layer(module)); };
  const auto state = [](int64_t rows, int64_t columns) { return QStringLiteral("%1 × %2").arg(views::count(rows), views::count(columns)); };
  const auto in = [&](int64_t width) { return Lane{tr("In"), "ssm.in", size(width, "ssm.in")}; };
  const LayerSpec& l = *spec_;
  const char* out = "ssm.out";
  switch (l.mixer) {
    case Mixer::mamba:
      lanes({in(2 * int64_t(l.mamba.inner))});
      convolution(l.mamba.taps);
      wide_box(tr("Selective scan, state %1, gated").arg(state(l.mamba.state, l.mamba.inner)), "ssm");
      break;
    case Mixer::mamba2:
      lanes({in(2 * int64_t(l.mamba2.inner) + 2 * int64_t(l.mamba2.groups) * l.mamba2.state + l.mamba2.heads)});
      convolution(l.mamba2.taps);
      wide_box(tr("Selective scan, %n head(s), state %1, gated", "", l.mamba2.heads).arg(state(l.mamba2.state, l.mamba2.inner)), "ssm");
      break;
    case Mixer::rwkv: {
      const auto part = [&](const QString& title, const char* module) { return Lane{title, module, size(l.rwkv.width, module)}; };
      lanes({part(QStringLiteral("R"), "time.r"), part(QStringLiteral("K"), "time.k"), part(QStringLiteral("V"), "time.v")});
      wide_box(tr("Time mixing, decay a channel, state %1").arg(state(3, l.rwkv.width)), "time");
      out = "time.out";
      break;
    }
    case Mixer::rg_lru: {
      const auto part = [&](const QString& title, const char* module) { return Lane{title, module, size(l.rg_lru.width, module)}; };
      lanes({part(tr("In"), "lru.x"), part(tr("Gate"), "lru.y")});
      convolution(l.rg_lru.taps);
      wide_box(tr("Gated linear recurrence, state %1").arg(views::count(l.rg_lru.width)), "lru");
      out = "lru.out";
      break;
    }
    case Mixer::short_conv:
      lanes({in(3 * int64_t(facts_.spec.dim))});
      wide_box(tr("Gated convolution along time, %n tap(s)", "", l.short_conv.taps), "ssm.conv");
      break;
    case Mixer::gated_delta: {
      const GatedDeltaSpec& d = l.gated_delta;
      lanes({in(2 * int64_t(d.key_heads) * d.key_dim + 2 * int64_t(d.heads) * d.value_dim), {tr("Rates"), "ssm.rates", size(2 * int64_t(d.heads), "ssm.rates")}});
      convolution(d.taps);
      wide_box(tr("Gated delta rule, %n head(s), state %1 each", "", d.heads).arg(state(d.key_dim, d.value_dim)), "ssm");
      break;
    }
    default:
      return;
  }
  box(tr("Out"), in_layer(out), 116 * u_, false, bytes_of(in_layer(out)));
}

void DiagramLayout::latent() {
  const LatentSpec& l = spec_->latent;
  const bool low_rank = l.q_rank > 0;
  const int64_t queries = int64_t(spec_->heads) * (l.nope + l.rope);
  lanes({low_rank ? Lane{tr("Q, rank %1").arg(l.q_rank), "attn.q_a", sized(QStringLiteral("%1 × %2").arg(spec_->heads).arg(l.nope + l.rope), in_layer("attn.q_a"))}
                  : Lane{QStringLiteral("Q"), "attn.q", sized(views::count(queries), in_layer("attn.q"))},
         {tr("Latent of K and V"), "attn.kv_a", sized(tr("%1 + %2 RoPE").arg(l.kv_rank).arg(l.rope), in_layer("attn.kv_a"))}});
  wide_box(tr("Latent attention, %n head(s), cache %1", "", spec_->heads).arg(views::count(kv_entry(*spec_).values())), "attn");
  box(QStringLiteral("O"), in_layer("attn.o"), 116 * u_, false, bytes_of(in_layer("attn.o")));
}

void DiagramLayout::cross_attention() {
  const auto part = [&](const QString& title, const char* module, int heads) {
    return Lane{title, module, sized(QStringLiteral("%1 × %2").arg(heads).arg(spec_->head_dim), in_layer(module))};
  };
  lanes({part(QStringLiteral("Q"), "cross.q", spec_->heads), part(tr("K of the source"), "cross.k", spec_->kv_heads),
         part(tr("V of the source"), "cross.v", spec_->kv_heads)});
  wide_box(tr("Attention to the encoder's output"), "cross");
  box(QStringLiteral("O"), in_layer("cross.o"), 116 * u_, false, bytes_of(in_layer("cross.o")));
}

void DiagramLayout::experts() {
  const MoeSpec& moe = spec_->moe;
  const char* const rules[] = {QT_TR_NOOP("softmax"), QT_TR_NOOP("sigmoid"), QT_TR_NOOP("softmax of the chosen"), QT_TR_NOOP("sparse mixer")};
  box(tr("Router, %1").arg(tr(rules[size_t(moe.route.score)])), in_layer("router"), 190 * u_, true,
      sized(tr("%1 of %2 experts").arg(moe.route.used).arg(moe.experts), in_layer("router")));
  std::vector<Lane> parts = {{tr("Experts, %1").arg(activation_name(spec_->activation)), "experts", sized(QStringLiteral("%1 × %2").arg(moe.experts).arg(views::count(moe.hidden)), in_layer("experts"))}};
  if (moe.shared_hidden > 0) parts.push_back({moe.shared_gate ? tr("Shared expert, gated") : tr("Shared expert"), "shared", sized(views::count(moe.shared_hidden), in_layer("shared"))});
  lanes(parts);
  wide_box(moe.shared_hidden > 0 ? tr("Sum weighted by the router, and the shared expert") : tr("Sum weighted by the router"), "experts");
}

void DiagramLayout::channel_mix() {
  const auto part = [&](const QString& title, const char* module, int64_t width) { return Lane{title, module, sized(views::count(width), in_layer(module))}; };
  lanes({part(tr("R, sigmoid"), "channel.r", facts_.spec.dim), part(tr("K, ReLU²"), "channel.k", spec_->hidden)});
  wide_box(tr("Channel mixing: R × (V K)"), "channel.v");
}

}  // namespace vitrine
