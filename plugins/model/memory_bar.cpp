// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/memory_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>

#include "views/elided_label.h"
#include "views/numbers.h"
#include "views/reset.h"
#include "views/segmented.h"
#include "views/theme.h"

namespace vitrine {
namespace {

constexpr int kSliderSteps = 1000, kShortest = 64;

/// The slider is logarithmic: from 64 tokens to the whole context.
int tokens_at(int step, int longest) {
  if (longest <= kShortest) return longest;
  const double tokens = kShortest * std::pow(double(longest) / kShortest, double(step) / kSliderSteps);
  return step >= kSliderSteps ? longest
                              : std::clamp(int(std::lround(tokens / kShortest)) * kShortest, kShortest, longest);
}

int step_of(int tokens, int longest) {
  if (longest <= kShortest || tokens <= kShortest) return longest <= kShortest ? kSliderSteps : 0;
  return int(std::lround(std::log(double(tokens) / kShortest) / std::log(double(longest) / kShortest) * kSliderSteps));
}

struct Part {
  int64_t bytes;
  QColor color;
  Qt::BrushStyle hatch;
};

std::array<Part, 5> parts_of(const MemoryPlan& plan) {
  const views::Colors& k = views::colors();
  return {{{plan.weights, k.accent, Qt::SolidPattern},
           {plan.kv, k.accent, Qt::BDiagPattern},
           {plan.state, k.accent, Qt::DiagCrossPattern},
           {plan.kept, k.t2, Qt::FDiagPattern},
           {plan.working, k.t2, Qt::SolidPattern}}};
}

void fill(QPainter& p, const QRectF& rect, const Part& part) {
  if (part.hatch != Qt::SolidPattern)
    p.fillRect(rect, part.color == views::colors().accent ? views::colors().sel_soft : views::colors().raised);
  p.fillRect(rect, QBrush(part.color, part.hatch));
}

}  // namespace

class MemoryBar::Bar : public QWidget {
 public:
  explicit Bar(MemoryBar* owner) : QWidget(owner), owner_(owner) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  }
  QSize sizeHint() const override {
    const views::Theme& t = views::theme();
    return {t.px(300), t.px(20 + 6) + t.px(18) * (wraps(width()) ? 2 : 1)};
  }
  QSize minimumSizeHint() const override { return {views::theme().px(200), sizeHint().height()}; }
  bool wraps(double room) const {
    const QFontMetricsF metrics(views::theme().font(views::Type::small));
    double all = 0;
    for (const QString& part : owner_->parts()) all += metrics.horizontalAdvance(part) + views::theme().px(32);
    return all > room;
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    owner_->paint(painter, rect());
  }
  void resizeEvent(QResizeEvent*) override { updateGeometry(); }

 private:
  MemoryBar* owner_;
};

MemoryBar::MemoryBar(QWidget* parent) : QWidget(parent) {
  setProperty("surface", "panel");
  setAttribute(Qt::WA_StyledBackground);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(views::theme().px(16), views::theme().px(6), views::theme().px(16), views::theme().px(6));
  column->setSpacing(views::theme().px(4));
  title_ = new QLabel;
  total_ = new views::ElidedLabel;
  kv_label_ = new QLabel;
  context_label_ = new QLabel;
  rate_ = new QLabel;
  for (QLabel* label : std::initializer_list<QLabel*>{total_, kv_label_, rate_}) label->setProperty("role", "t2");
  format_ = new views::Segmented(QString(), {QStringLiteral("F16"), QStringLiteral("F32")});
  slider_ = new QSlider(Qt::Horizontal);
  slider_->setRange(0, kSliderSteps);
  slider_->setPageStep(kSliderSteps / 10);
  field_ = new QSpinBox;
  field_->setGroupSeparatorShown(true);
  field_->setAlignment(Qt::AlignRight);
  field_->setKeyboardTracking(false);
  bar_ = new Bar(this);
  auto* top = new QHBoxLayout;
  top->addWidget(title_);
  top->addWidget(total_, 1);
  top->addWidget(kv_label_);
  top->addWidget(format_);
  auto* bottom = new QHBoxLayout;
  bottom->addWidget(context_label_);
  bottom->addWidget(slider_, 1);
  bottom->addWidget(field_);
  bottom->addWidget(rate_);
  for (QHBoxLayout* row : {top, bottom}) row->setSpacing(views::theme().px(8));
  column->addLayout(top);
  column->addWidget(bar_);
  column->addLayout(bottom);
  connect(slider_, &QSlider::valueChanged, this, [this](int step) {
    if (!moving_ && facts_) field_->setValue(tokens_at(step, field_->maximum()));
  });
  connect(field_, &QSpinBox::valueChanged, this, [this](int tokens) {
    moving_ = true;
    slider_->setValue(step_of(tokens, field_->maximum()));
    moving_ = false;
    update_texts();
    emit changed();
  });
  for (QWidget* w : {static_cast<QWidget*>(slider_), static_cast<QWidget*>(field_)})
    views::reset_on_double_click(w, [this] { field_->setValue(field_->maximum()); });
  connect(format_, &views::Segmented::chosen, this, [this] {
    update_texts();
    emit changed();
  });
  connect(&views::theme(), &views::Theme::changed, this, [this] { update_texts(); });
  retranslate();
}

void MemoryBar::retranslate() {
  title_->setText(tr("Memory"));
  kv_label_->setText(tr("KV format"));
  context_label_->setText(tr("Context"));
  format_->setAccessibleName(tr("KV format"));
  format_->set_tool_tips(
      {tr("Two bytes a value: the usual cache"), tr("Four bytes a value: the cache of exact precision")});
  const QString context =
      tr("Tokens that the cache holds, 64 to the length the model was trained for (logarithmic). Weights + KV a token "
         "× context + working. Double click: the whole length.");
  for (QWidget* w : {static_cast<QWidget*>(slider_), static_cast<QWidget*>(field_)}) {
    w->setToolTip(context);
    w->setAccessibleName(tr("Context length in tokens"));
  }
  rate_->setToolTip(
      tr("Keys and values of one token: sum over the layers of 2 × KV heads × head size × bytes a value"));
  bar_->setToolTip(tr(
      "Weights: the tensors as stored in the file.\n"
      "KV: keys and values of the context, in pages of 64 tokens; layers with a sliding window keep what it sees.\n"
      "State: what one sequence carries in layers without keys and values, whatever its length.\n"
      "Kept for looking: queries (F16) and log-sum-exp (F32) of every layer, from which attention pictures are made.\n"
      "Working: estimate for a piece of 512 prompt tokens in F32, and one row of logits."));
  update_texts();
}

void MemoryBar::show_model(std::shared_ptr<const ModelFacts> facts) {
  facts_ = std::move(facts);
  if (facts_) {
    const int longest = std::max(1, facts_->spec.context_length);
    const int wanted = field_->value() > 1 ? field_->value() : longest;
    field_->setRange(std::min(kShortest, longest), longest);
    field_->setSingleStep(kShortest);
    field_->setValue(std::min(wanted, longest));
    slider_->setValue(step_of(field_->value(), longest));
    set_kv_format(facts_->kv_dtype);
  }
  update_texts();
}

int MemoryBar::context() const { return field_->value(); }

void MemoryBar::set_context(int tokens) {
  if (!facts_) field_->setMaximum(std::max(field_->maximum(), tokens));
  field_->setValue(tokens);
}

DType MemoryBar::kv_format() const { return format_->current() == 1 ? DType::f32 : DType::f16; }
void MemoryBar::set_kv_format(DType format) { format_->set_current(format == DType::f32 ? 1 : 0); }

MemoryPlan MemoryBar::plan() const { return facts_ ? plan_memory(*facts_, context(), kv_format()) : MemoryPlan(); }

QStringList MemoryBar::parts() const {
  const MemoryPlan p = plan();
  return {tr("Weights %1").arg(views::memory(p.weights)), tr("KV %1").arg(views::memory(p.kv)), tr("State %1").arg(views::memory(p.state)),
          tr("Kept for looking %1").arg(views::memory(p.kept)), tr("Working, about %1").arg(views::memory(p.working))};
}

void MemoryBar::update_texts() {
  const views::Theme& t = views::theme();
  title_->setFont(t.font(views::Type::base, true));
  context_label_->setFont(t.font(views::Type::small, true));
  for (QLabel* label : std::initializer_list<QLabel*>{total_, kv_label_}) label->setFont(t.font(views::Type::small));
  rate_->setFont(t.mono(views::Type::small));
  field_->setFont(t.mono(views::Type::small));
  field_->setFixedWidth(t.px(86));
  if (facts_) {
    const MemoryPlan whole = plan_memory(*facts_, facts_->spec.context_length, kv_format());
    total_->set_text(
        context() >= facts_->spec.context_length
            ? views::memory(plan().total())
            : tr("%1, %2 at full context").arg(views::memory(plan().total()), views::memory(whole.total())));
    rate_->setText(tr("× %1/token").arg(views::memory(plan().kv_per_token)));
  }
  bar_->setAccessibleName(tr("Memory"));
  bar_->setAccessibleDescription(parts().join(QStringLiteral(", ")));
  bar_->updateGeometry();
  bar_->update();
}

void MemoryBar::paint(QPainter& p, const QRectF& area) const {
  if (!facts_) return;
  const views::Theme& t = views::theme();
  const MemoryPlan now = plan(), whole = plan_memory(*facts_, facts_->spec.context_length, kv_format());
  const QRectF track(area.left(), area.top(), area.width(), t.px(20));
  p.fillRect(track, views::colors().track);
  const double all = double(std::max<int64_t>(1, whole.total()));
  double x = track.left();
  const QStringList names = parts();
  p.setFont(t.font(views::Type::small));
  const QFontMetricsF metrics(p.font());
  double legend_x = area.left(), legend_y = track.bottom() + t.px(6);
  int at = 0;
  for (const Part& part : parts_of(now)) {
    if (part.bytes == 0 && now.weights > 0) {  // a model without a state, or without keys, says nothing of it
      ++at;
      continue;
    }
    const double width = part.bytes > 0 ? std::max(1.0, track.width() * double(part.bytes) / all) : 0;
    fill(p, QRectF(x, track.top(), std::min(width, track.right() - x), track.height()), part);
    x = std::min(x + width, track.right());
    const QString& name = names[at++];
    const double wide = metrics.horizontalAdvance(name) + t.px(32);
    if (legend_x > area.left() && legend_x + wide - t.px(14) > area.right())
      legend_x = area.left(), legend_y += t.px(18);
    fill(p, QRectF(legend_x, legend_y + t.px(4), t.px(10), t.px(10)), part);
    p.setPen(views::colors().t1);
    p.drawText(QRectF(legend_x + t.px(15), legend_y, wide, t.px(18)), Qt::AlignLeft | Qt::AlignVCenter, name);
    legend_x += wide;
  }
}

}  // namespace vitrine
