// SPDX-License-Identifier: Apache-2.0
#include "views/token_picture.h"

#include <QPainter>
#include <algorithm>
#include <memory>

#include "views/theme.h"

namespace vitrine::views {
namespace {

constexpr int kWidth = 900, kMargin = 16, kHead = 64;

struct Placed {
  Chip chip;
  QRect box;
};

struct Page {
  std::vector<Placed> chips;
  bool marks = false;
  int height = 0;
};

Page lay_out(const TokenStripSource& source, qint64 first, qint64 last) {
  const Theme& t = theme();
  const ChipRuler ruler;
  Page page;
  bool below = false;  // brackets and marks need room below the bars
  for (qint64 i = first; i < last; ++i) {
    page.chips.push_back({source.chip(i), {}});
    page.marks = page.marks || page.chips.back().chip.marked;
    below = below || page.marks || page.chips.back().chip.bracket != 0;
  }
  const int margin = t.px(kMargin), right = t.px(kWidth) - margin, line = t.px(below ? 62 : 42);
  int x = margin, y = t.px(kHead);
  for (Placed& placed : page.chips) {
    const int advance = ruler.advance(placed.chip.text);
    if (x + advance - ruler.gap() > right && x > margin) x = margin, y += line;
    placed.box = QRect(x, y, advance - ruler.gap(), ruler.height());
    x += advance;
    if (placed.chip.text.contains(QChar(0x21B5))) x = margin, y += line;  // a line of the text ends
  }
  page.height = y + line + margin;
  return page;
}

void paint_head(QPainter& p, const QRectF& area, const QString& caption, const QStringList& levels) {
  const Theme& t = theme();
  const Colors& k = colors();
  const double margin = t.px(kMargin), width = t.px(56);
  p.setFont(t.font(Type::base, true));
  p.setPen(k.t1);
  p.drawText(QRectF(margin, t.px(6), area.width() - 2 * margin, t.px(22)), Qt::AlignVCenter, caption);
  p.setFont(t.font(Type::small));
  for (int i = 0; i < int(std::min<qsizetype>(levels.size(), 5)); ++i) {
    const QRectF box(margin + i * width, t.px(32), width, t.px(20));
    p.fillRect(box, k.chip[size_t(i)]);
    p.setPen(t.chip_text(i));
    p.drawText(box, Qt::AlignCenter, levels[i]);
  }
}

}  // namespace

Exportable token_picture(const TokenStripSource& source, qint64 first, qint64 last, const QString& caption,
                         const QStringList& levels) {
  const auto page = std::make_shared<const Page>(lay_out(source, first, last));
  Exportable what;
  what.size = QSizeF(theme().px(kWidth), page->height);
  what.paint = [page, caption, levels](QPainter& p, const QRectF& area) {
    p.save();
    p.translate(area.topLeft());
    paint_head(p, area, caption, levels);
    for (const Placed& placed : page->chips) paint_chip(p, placed.chip, placed.box, false, page->marks);
    p.restore();
  };
  return what;
}

}  // namespace vitrine::views
