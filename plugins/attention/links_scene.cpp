// SPDX-License-Identifier: Apache-2.0
// The same weights as cables from the rows at the left to the keys at the right; the strongest are drawn last.
#include <algorithm>

#include "plugins/attention/matrix_layout.h"
#include "views/numbers.h"
#include "views/theme.h"

namespace vitrine {
namespace {

constexpr size_t kMostLinks = 1500;

struct Link {
  int64_t row, key;  // key 0: sink; -1: the folded prompt
  float weight;
  bool chosen;
};

std::vector<Link> links_of(const AttentionModel& model, const AttentionRegion& region) {
  std::vector<Link> links;
  const int64_t chosen = model.row();
  for (int64_t r = region.row_from; r < region.row_to; ++r) {
    const std::span<const float> row = model.weights_of(r);
    if (row.empty()) continue;
    const auto add = [&](int64_t key, float weight) {
      if (weight >= kLowestLink) links.push_back({r, key, weight, r == chosen});
    };
    if (model.sink()) add(0, row[0]);
    float prompt = 0;
    for (int64_t k = model.causal() ? 1 : 0; k < int64_t(row.size()); ++k) {
      if (k < model.first_key())
        prompt += row[size_t(k)];
      else
        add(k, row[size_t(k)]);
    }
    if (model.folded()) add(-1, prompt);
  }
  std::sort(links.begin(), links.end(),
            [](const Link& a, const Link& b) { return a.chosen != b.chosen ? b.chosen : a.weight < b.weight; });
  if (links.size() > kMostLinks) links.erase(links.begin(), links.end() - ptrdiff_t(kMostLinks));
  return links;
}

QRgb faded(QRgb color, double alpha) { return qRgba(qRed(color), qGreen(color), qBlue(color), int(alpha * 255)); }

}  // namespace

Scene links_scene(const AttentionModel& model, const MatrixLayout& l, const MatrixMarks& marks) {
  const views::Theme& t = views::theme();
  const views::Colors& k = views::colors();
  Scene scene;
  scene.background = k.sunken.rgb();
  const AttentionRegion& r = l.region;
  const double small = t.px(16), pad = t.px(6), margin = t.px(4), head = t.px(28);
  const int right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;
  const auto text = [&](const QRectF& box, const QString& words, int align, Scene::Face face, const QColor& color) {
    scene.texts.push_back({box, words, align, face, color.rgb(), false});
  };
  text({margin, pad, l.gutter - t.px(10), small}, AttentionModel::tr("this token"), right, Scene::Face::small, k.t2);
  text({l.right + pad, pad, l.gutter - pad, small}, AttentionModel::tr("looks at"), left, Scene::Face::small, k.t2);
  double sink_y = 0, prompt_y = 0, y = t.px(28) + l.pixel / 2;
  const double key_width = l.gutter - pad - t.px(4);
  const auto key_label = [&](double middle, const QString& words, bool strong) {
    text({l.right + pad, middle - l.pixel / 2, key_width, l.pixel}, words, left,
         strong ? Scene::Face::mono_bold : Scene::Face::mono, strong ? k.accent_ink : k.t1);
  };
  if (model.sink()) {
    sink_y = y;
    key_label(y, model.key_token(0), marks.key == 0);
    y += l.pixel;
  }
  if (model.folded()) {
    prompt_y = y;
    key_label(y, AttentionModel::tr("prompt %1").arg(views::count(model.prompt() - 1)),
              marks.key > 0 && marks.key < model.first_key());
  }
  for (int i = 0; i < r.pixel_rows; ++i) {
    const int64_t position = r.row_from + i;
    const bool chosen = position == model.row();
    const QRectF box(t.px(4), l.y_of(i), l.gutter - t.px(10), l.pixel);
    if (chosen) scene.rects.push_back({{0, box.top(), l.gutter - 1, l.pixel}, k.sel.rgb()});
    text(box, model.token(position), right, chosen ? Scene::Face::mono_bold : Scene::Face::mono, k.t1);
  }
  for (int i = 0; i < r.pixel_cols; ++i) {
    const int64_t key = r.key_from + i;
    key_label(l.y_of(i) + l.pixel / 2, model.key_token(key), key == marks.key);
  }
  scene.lines.push_back({{l.gutter, head}, {l.gutter, l.bottom}, k.line.rgb()});
  scene.lines.push_back({{l.right, head}, {l.right, l.bottom}, k.line.rgb()});
  scene.curve_clip = QRectF(l.gutter, t.px(24), l.right - l.gutter, l.bottom - t.px(24) + t.px(4));
  const bool one_row = l.row_at(model.row()) >= 0;
  for (const Link& link : links_of(model, r)) {
    double to = l.top + (double(link.key - r.key_from) + 0.5) * l.pixel;
    if (link.key == 0 && model.sink()) to = sink_y;
    if (link.key == -1) to = prompt_y;
    if (!model.causal() && (link.key < r.key_from || link.key >= r.key_to)) continue;
    const QRgb color = weight_color(link.weight, model.settings().logarithmic);
    const double alpha = link.chosen ? 1 : one_row ? 0.16 : 0.6;
    scene.curves.push_back({{l.gutter + 1, l.y_of(int(link.row - r.row_from)) + l.pixel / 2},
                            {l.right, to},
                            faded(color, alpha),
                            (link.chosen ? 1.5 : 1) + 3 * double(link.weight)});
  }
  if (model.stale()) scene.veil = 0.55;
  return scene;
}

}  // namespace vitrine
