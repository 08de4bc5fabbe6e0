// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/diagram_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "views/theme.h"

namespace vitrine {

class DiagramView::Canvas : public QWidget {
 public:
  explicit Canvas(DiagramView* view) : view_(view) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), views::colors().sunken);
    paint_diagram(painter, view_->diagram_, view_->selected_, hasFocus() ? view_->focused_ : -1);
  }
  void mousePressEvent(QMouseEvent* event) override {
    if (event->button() == Qt::LeftButton) view_->choose(view_->diagram_.box_at(event->position()));
  }
  void mouseMoveEvent(QMouseEvent* event) override {
    const int box = view_->diagram_.box_at(event->position());
    setCursor(box >= 0 && !view_->diagram_.boxes[size_t(box)].module.isEmpty() ? Qt::PointingHandCursor
                                                                               : Qt::ArrowCursor);
  }
  void keyPressEvent(QKeyEvent* event) override {
    const int count = int(view_->diagram_.boxes.size());
    int& at = view_->focused_;
    switch (event->key()) {
      case Qt::Key_Down:
        at = std::min(at + 1, count - 1);
        break;
      case Qt::Key_Up:
        at = std::max(at - 1, 0);
        break;
      case Qt::Key_Home:
        at = 0;
        break;
      case Qt::Key_End:
        at = count - 1;
        break;
      case Qt::Key_Return:
      case Qt::Key_Enter:
      case Qt::Key_Space:
        view_->choose(at);
        return;
      default:
        QWidget::keyPressEvent(event);
        return;
    }
    if (at >= 0 && at < count) {
      const DiagramBox& box = view_->diagram_.boxes[size_t(at)];
      setAccessibleDescription(QStringList({box.title, box.detail, box.side}).join(' '));
      view_->ensureVisible(int(box.rect.center().x()), int(box.rect.center().y()), 40, 40);
    }
    update();
  }
  bool event(QEvent* event) override {
    if (event->type() == QEvent::ToolTip) {
      const auto* help = static_cast<QHelpEvent*>(event);
      const int box = view_->diagram_.box_at(help->pos());
      if (box >= 0 && !view_->diagram_.boxes[size_t(box)].tip.isEmpty())
        QToolTip::showText(help->globalPos(), view_->diagram_.boxes[size_t(box)].tip, this);
      else
        QToolTip::hideText();
      return true;
    }
    return QWidget::event(event);
  }

 private:
  DiagramView* view_;
};

DiagramView::DiagramView(QWidget* parent) : QScrollArea(parent), canvas_(new Canvas(this)) {
  setWidget(canvas_);
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFocusProxy(canvas_);
  setMinimumSize(views::theme().px(220), views::theme().px(120));
  connect(&views::theme(), &views::Theme::changed, this, [this] { rebuild(); });
  retranslate();
}

void DiagramView::retranslate() {
  setAccessibleName(tr("Architecture diagram"));
  canvas_->setAccessibleName(tr("Architecture diagram"));
  rebuild();
}

void DiagramView::show_model(std::shared_ptr<const ModelFacts> facts, int layer) {
  facts_ = std::move(facts);
  layer_ = layer;
  rebuild();
}

void DiagramView::rebuild() {
  diagram_ = facts_ ? DiagramLayout::make(*facts_, layer_, viewport()->size(), views::theme().scale()) : Diagram();
  selected_ = diagram_.box_of(key_);
  canvas_->setMinimumHeight(std::max(0, int(diagram_.size.height())));
  canvas_->update();
}

void DiagramView::select(const QString& key) {
  key_ = key;
  selected_ = diagram_.box_of(key);
  if (selected_ >= 0) {
    focused_ = selected_;
    const QPointF center = diagram_.boxes[size_t(selected_)].rect.center();
    ensureVisible(int(center.x()), int(center.y()), 40, 40);
  }
  canvas_->update();
}

void DiagramView::choose(int box) {
  if (box < 0 || box >= int(diagram_.boxes.size()) || diagram_.boxes[size_t(box)].module.isEmpty()) return;
  focused_ = box;
  emit chosen(diagram_.boxes[size_t(box)].module);
}

void DiagramView::resizeEvent(QResizeEvent* event) {
  QScrollArea::resizeEvent(event);
  rebuild();
}

}  // namespace vitrine
