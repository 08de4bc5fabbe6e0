// SPDX-License-Identifier: Apache-2.0
// Follows selection and transcript; never asks the engine anything.
#include "app/strip_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "views/segmented.h"
#include "views/theme.h"
#include "views/token_strip.h"

namespace vitrine {

/// Five fields with the limits of the levels.
class StripLegend : public QWidget {
 public:
  explicit StripLegend(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed); }
  void set_color(TokenColor color) {
    texts_ = StripSource::level_names(color);
    setAccessibleName(texts_.join(", "));
    updateGeometry();
    update();
  }
  QSize sizeHint() const override { return {views::theme().px(56) * 5, views::theme().px(20)}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter p(this);
    p.setFont(views::theme().font(views::Type::small));
    const double w = width() / 5.0;
    for (int i = 0; i < 5; ++i) {
      const QRectF box(i * w, 0, w, height());
      p.fillRect(box, views::colors().chip[size_t(i)]);
      p.setPen(views::theme().chip_text(i));
      p.drawText(box, Qt::AlignCenter, texts_.value(i));
    }
  }

 private:
  QStringList texts_;
};

StripBar::StripBar(Selection& selection, Transcript& transcript, QWidget* parent)
    : QFrame(parent), selection_(selection), transcript_(transcript), source_(transcript) {
  setProperty("surface", "chrome");
  setProperty("rule", "top");
  auto* column = new QVBoxLayout(this);
  head_ = new QHBoxLayout;
  const auto word = [this](const char* role = nullptr) {
    auto* label = new QLabel(this);
    if (role) label->setProperty("role", role);
    head_->addWidget(label);
    return label;
  };
  const auto key = [&](const QString& text) {
    QLabel* label = word("key");
    label->setText(text);
    keys_ << label;
  };
  title_ = word();
  detail_ = word("t2");
  detail_->setMinimumWidth(0);
  layer_ = word("t2");
  layer_number_ = word();
  key("[");
  key("]");
  head_word_ = word("t2");
  head_number_ = word();
  key("{");
  key("}");
  marks_ = word("warn");
  head_->addStretch(1);
  color_word_ = word("t2");
  color_ = new views::Segmented("", {"", "", ""}, this);
  head_->addWidget(color_);
  legend_ = new StripLegend(this);
  legend_->set_color(TokenColor::probability);
  head_->addWidget(legend_);
  strip_ = new views::TokenStrip(this);
  strip_->set_source(&source_);
  column->addLayout(head_);
  column->addWidget(strip_);
  connect(color_, &views::Segmented::chosen, this, [this](int index) {
    set_color(index);
    emit color_chosen(index);
  });
  connect(strip_, &views::TokenStrip::token_clicked, &selection_, &Selection::set_position);
  connect(strip_, &views::TokenStrip::moved, &selection_, &Selection::move_position);
  connect(strip_, &views::TokenStrip::menu_requested, this, &StripBar::menu_requested);
  connect(&selection_, &Selection::changed, this, &StripBar::update_words);
  connect(&selection_, &Selection::lane_changed, this, [this](LaneId lane) {
    source_.set_lane(lane);
    strip_->reset();
    update_marks();
  });
  connect(&views::theme(), &views::Theme::changed, this, &StripBar::restyle);
  connect_transcript();
  restyle();
  retranslate();
}

void StripBar::set_color(int color) {
  const int chosen = std::clamp(color, 0, 2);
  color_->set_current(chosen);
  source_.set_color(TokenColor(chosen));
  legend_->set_color(TokenColor(chosen));
  strip_->repaint_chips();
}

void StripBar::connect_transcript() {
  const auto mine = [this](LaneId lane) { return lane == selection_.lane(); };
  connect(&transcript_, &Transcript::lane_began, this, [this, mine](LaneId lane, qint64 kept) {
    if (!mine(lane)) return;
    source_.update_from(kept);
    strip_->reset();
    update_words();
  });
  connect(&transcript_, &Transcript::tokens_appended, this, [this, mine](LaneId lane, qint64 first) {
    if (!mine(lane)) return;
    source_.update_from(first);
    strip_->appended();
    update_words();
  });
  connect(&transcript_, &Transcript::tokens_changed, this, [this, mine](LaneId lane) {
    if (mine(lane)) strip_->repaint_chips();
  });
  connect(&transcript_, &Transcript::lane_dropped, this, [this, mine](LaneId lane) {
    if (!mine(lane)) return;
    source_.update_from(0);
    strip_->reset();
    update_words();
  });
  connect(&transcript_, &Transcript::marks_changed, this, [this, mine](LaneId lane) {
    if (mine(lane)) update_marks();
  });
}

void StripBar::update_marks() {
  const std::vector<TokenMark>& marks = transcript_.marks(selection_.lane());
  strip_->set_marks_shown(!marks.empty());
  strip_->repaint_chips();
  const TranscriptLane* lane = transcript_.lane(selection_.lane());
  QStringList places;
  for (size_t i = 0; lane && i < std::min<size_t>(marks.size(), 3); ++i)
    places << QString::number(marks[i].position - lane->prompt_tokens + 1);
  if (marks.size() > 3) places << QStringLiteral("…");
  marks_->setText(places.isEmpty() ? QString() : tr("would change at %1").arg(places.join(QStringLiteral(", "))));
  marks_->setVisible(!places.isEmpty());
  fit();
}

void StripBar::update_words() {
  strip_->set_selected(selection_.position());
  const TranscriptLane* lane = transcript_.lane(selection_.lane());
  const bool empty = !lane || lane->tokens.empty();
  if (empty) {
    title_->setText(tr("No token selected"));
    detail_->setText(tr("tokens of a text appear here, a chip each; arrow keys move through them"));
  } else if (!selection_.has_token()) {
    title_->setText(tr("%n token(s)", nullptr, int(lane->tokens.size())));
    detail_->setText(tr("click one, or use the arrow keys"));
  } else {
    const TranscriptToken& token = lane->tokens[size_t(selection_.position())];
    const bool answer = selection_.position() >= lane->prompt_tokens;
    const bool read = lane->id == kReadLane;
    title_->setText((answer ? tr("Answer token %1 of %2") : read ? tr("Token %1 of %2") : tr("Prompt token %1 of %2"))
                        .arg(selection_.position() - (answer ? lane->prompt_tokens : 0) + 1)
                        .arg(answer ? lane->answer_tokens() : lane->prompt_tokens));
    detail_->setText(token.prompt ? (token.role == TokenRole::template_text ? tr("chat template") : read ? tr("the text that the encoder read") : tr("prompt"))
                                  : tr("step %1").arg(token.step));
  }
  layer_number_->setText(QString::number(selection_.layer()));
  head_number_->setText(QString::number(selection_.head()));
  fit();
  setAccessibleDescription(title_->text() + ", " + detail_->text());
}

QSize StripBar::minimumSizeHint() const { return {views::theme().px(440), layout()->minimumSize().height()}; }

/// Words that give way first have the lowest level. Decided by sizes alone: nothing is shown and hidden again with every token.
void StripBar::fit() {
  const TranscriptLane* lane = transcript_.lane(selection_.lane());
  const bool full = lane && !lane->tokens.empty(), has_layers = full && selection_.layers() > 0;
  const bool judged = full && lane->id != kReadLane;  // an encoder gives the tokens it reads no probabilities
  const auto shown = [&](QWidget* w, int level) {
    if (keys_.contains(w)) return has_layers && level < 1;
    if (w == color_word_) return judged && level < 2;
    if (w == legend_) return judged && level < 3;
    if (w == detail_) return level < 4 || !full;
    if (w == color_) return judged && level < 5;
    if (w == layer_ || w == layer_number_ || w == head_word_ || w == head_number_) return has_layers;
    return w->isVisibleTo(this);
  };
  const auto least = [](const QWidget& w) {
    const bool shrinks = w.sizePolicy().horizontalPolicy() & QSizePolicy::ShrinkFlag;
    return std::max(shrinks ? w.minimumSizeHint().width() : w.sizeHint().width(), w.minimumWidth());
  };
  const QMargins margins = layout()->contentsMargins();
  int level = 0;
  for (; level < 5; ++level) {
    int wanted = margins.left() + margins.right() - head_->spacing();
    for (int i = 0; i < head_->count(); ++i)
      if (QWidget* w = head_->itemAt(i)->widget(); w && shown(w, level))
        wanted += least(*w) + head_->spacing();
    if (wanted <= width()) break;
  }
  for (int i = 0; i < head_->count(); ++i)
    if (QWidget* w = head_->itemAt(i)->widget()) w->setVisible(shown(w, level));
}

void StripBar::resizeEvent(QResizeEvent* event) {
  QFrame::resizeEvent(event);
  fit();
}

void StripBar::restyle() {
  const views::Theme& t = views::theme();
  layout()->setContentsMargins(t.px(16), t.px(6), t.px(16), t.px(4));
  layout()->setSpacing(t.px(4));
  head_->setSpacing(t.px(8));
  title_->setFont(t.font(views::Type::base, true));
  for (QLabel* label : {detail_, layer_, head_word_, color_word_, marks_}) label->setFont(t.font(views::Type::small));
  for (QLabel* label : {layer_number_, head_number_}) label->setFont(t.font(views::Type::base, true));
  for (QWidget* label : keys_) {
    label->setFont(t.mono(views::Type::small));
    label->setFixedHeight(t.px(20));
  }
  update_words();
}

void StripBar::retranslate() {
  setAccessibleName(tr("Selection"));
  strip_->setAccessibleName(tr("Tokens of the answer"));
  layer_->setText(tr("Layer"));
  head_word_->setText(tr("Head"));
  color_word_->setText(tr("Colour"));
  color_->setAccessibleName(tr("Colour of the chips"));
  color_->set_choices({tr("Probability"), tr("Entropy"), tr("Rank")});
  color_->set_tool_tips({tr("How probable the model held the token"), tr("How undecided the model was, in nats"),
                         tr("How many tokens the model held more probable, plus one")});
  update_words();
  update_marks();
}

void StripBar::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QFrame::changeEvent(event);
}

}  // namespace vitrine
