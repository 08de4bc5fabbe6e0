// SPDX-License-Identifier: Apache-2.0
// The sketches are drawn from a fixed rule, not from data.
#include "views/empty_state.h"

#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QVBoxLayout>
#include <cmath>

#include "views/theme.h"

namespace vitrine::views {

class EmptyState::Drawing : public QWidget {
 public:
  Drawing(Sketch sketch, QWidget* parent) : QWidget(parent), sketch_(sketch) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setVisible(sketch != Sketch::none);
  }
  QSize sizeHint() const override { return {theme().px(380), theme().px(200)}; }
  QSize minimumSizeHint() const override { return {theme().px(120), theme().px(60)}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    const double side = std::min({double(width()), height() * 1.2, double(theme().px(380))});
    p.translate((width() - side) / 2, std::max(0.0, (height() - side / 1.2)));
    p.scale(side / 360, side / 360);
    switch (sketch_) {
      case Sketch::matrix:
        matrix(p);
        break;
      case Sketch::bars:
        bars(p);
        break;
      case Sketch::list:
        list(p);
        break;
      case Sketch::funnel:
        funnel(p);
        break;
      case Sketch::curve:
        curve(p);
        break;
      case Sketch::diagram:
        diagram(p);
        break;
      case Sketch::none:
        break;
    }
  }

 private:
  QColor faint() const { return colors().hover; }
  QColor strong() const { return colors().track; }
  void box(QPainter& p, const QColor& color, QRectF r) const {
    p.setBrush(color);
    p.drawRoundedRect(r, 2, 2);
  }
  void matrix(QPainter& p) const {
    for (int i = 0; i < 13; ++i) {
      const double label = i == 12 ? 30 : 28 + i * 2.6;
      box(p, strong(), {62 - label, 43 + i * 20.0, label, 7});
      box(p, strong(), {79 + i * 20.0, 26 - 4 - i * 1.2 * (i % 5), 7, 10 + i * 1.2 * (i % 5)});
      for (int j = 0; j <= i; ++j) {
        const bool on = j == 0 || j == i || (i * 7 + j * 3) % 11 == 0;
        box(p, on ? strong() : faint(), {73 + j * 20.0, 38 + i * 20.0, 18, 18});
      }
    }
  }
  void bars(QPainter& p) const {
    for (int i = 0; i < 9; ++i) {
      box(p, strong(), {30, 30 + i * 28.0, 46, 8});
      box(p, i == 0 ? strong() : faint(), {92, 26 + i * 28.0, 220 * std::exp(-0.45 * i) + 8, 16});
    }
  }
  void list(QPainter& p) const {
    for (int i = 0; i < 8; ++i) {
      const double indent = 18.0 * (i % 4);
      box(p, strong(), {40 + indent, 30 + i * 32.0, 120, 9});
      box(p, faint(), {230, 30 + i * 32.0, 90 - indent, 9});
    }
  }
  void funnel(QPainter& p) const {
    const double widths[] = {260, 260, 260, 130, 90, 60};
    for (int i = 0; i < 6; ++i) {
      box(p, strong(), {180 - widths[i] / 2, 26 + i * 46.0, widths[i], 22});
      if (i == 5) break;
      p.setBrush(faint());
      const double y = 48 + i * 46.0;
      p.drawPolygon(QPolygonF({{180 - widths[i] / 2, y},
                               {180 + widths[i] / 2, y},
                               {180 + widths[i + 1] / 2, y + 24},
                               {180 - widths[i + 1] / 2, y + 24}}));
    }
  }
  void curve(QPainter& p) const {
    QPainterPath path;
    for (int i = 0; i <= 60; ++i) {
      const QPointF at(30 + i * 5, 240 - 170 * (1 - std::exp(-i / 18.0)) + 8 * std::sin(i * 0.7));
      i ? path.lineTo(at) : path.moveTo(at);
    }
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(strong(), 4));
    p.drawPath(path);
  }
  void diagram(QPainter& p) const {
    for (int i = 0; i < 5; ++i) {
      box(p, i % 2 ? faint() : strong(), {110, 24 + i * 56.0, 140, 30});
      if (i < 4) box(p, strong(), {178, 54 + i * 56.0, 4, 26});
    }
  }
  Sketch sketch_;
};

EmptyState::EmptyState(Sketch sketch, QWidget* parent)
    : QWidget(parent),
      drawing_(new Drawing(sketch, this)),
      title_(new QLabel(this)),
      how_(new QLabel(this)),
      action_(new QPushButton(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 24, 12, 24);
  column->setSpacing(8);
  column->addStretch(1);
  column->addWidget(drawing_, 6);
  column->addSpacing(16);
  for (QLabel* label : {title_, how_}) {
    label->setAlignment(Qt::AlignHCenter);
    label->setWordWrap(true);
    column->addWidget(label);
  }
  how_->setProperty("role", "t2");
  column->addWidget(action_, 0, Qt::AlignHCenter);
  column->addStretch(1);
  action_->hide();
  connect(action_, &QPushButton::clicked, this, &EmptyState::action_triggered);
  const auto restyle = [this] { title_->setFont(theme().font(Type::title, true)); };
  restyle();
  connect(&theme(), &Theme::changed, this, restyle);
}

void EmptyState::set_texts(const QString& title, const QString& how) {
  title_->setText(title);
  how_->setText(how);
  setAccessibleName(title);
  setAccessibleDescription(how);
}

void EmptyState::set_action(const QString& text) {
  action_->setText(text);
  action_->setEnabled(!text.isEmpty());
  action_->setFocusPolicy(text.isEmpty() ? Qt::NoFocus : Qt::StrongFocus);
  action_->setVisible(!text.isEmpty());
}

}  // namespace vitrine::views
