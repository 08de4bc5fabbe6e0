// SPDX-License-Identifier: Apache-2.0
// The colour is the workbench's (setting "tokens/color"): the selection strip shows the same.
#include "plugins/chat/token_page.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "plugins/api/strip_source.h"
#include "views/numbers.h"
#include "views/segmented.h"
#include "views/theme.h"
#include "views/token_picture.h"

namespace vitrine {

TokenPage::TokenPage(PanelContext& context, QWidget* parent) : QWidget(parent), context_(context), scorer_(context) {
  color_ = new views::Segmented(tr("Colour"), {QString(), QString(), QString()}, this);
  score_ = new QPushButton(this);
  score_->setProperty("kind", "small");
  flow_ = new TokenFlow(context.transcript, context.selection, this);
  auto* row = new QHBoxLayout;
  row->addWidget(color_);
  row->addStretch();
  row->addWidget(score_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row);
  column->addWidget(flow_, 1);
  const auto follow = [this] {
    const int color = std::clamp(context_.workspace.setting("tokens/color", 0).toInt(), 0, 2);
    color_->set_current(color);
    flow_->set_color(TokenColor(color));
  };
  connect(&context.workspace, &Workspace::setting_changed, this, [follow](const QString& key) {
    if (key == "tokens/color") follow();
  });
  connect(color_, &views::Segmented::chosen, this, [this](int index) { context_.workspace.set_setting("tokens/color", index); });
  connect(score_, &QPushButton::clicked, this, &TokenPage::toggle_scoring);
  connect(&scorer_, &PromptScorer::changed, this, &TokenPage::show_state);
  connect(&context.selection, &Selection::lane_changed, this, &TokenPage::show_state);
  connect(&context.transcript, &Transcript::lane_began, this, &TokenPage::show_state);
  connect(&context.transcript, &Transcript::tokens_changed, this, &TokenPage::show_state);
  connect(&views::theme(), &views::Theme::changed, this, &TokenPage::restyle);
  follow();
  restyle();
  retranslate();
}

views::Exportable TokenPage::exportable() const {
  constexpr qint64 kMost = 2000;  // a picture that other programs still open
  const auto color = TokenColor(color_->current());
  StripSource source(context_.transcript);
  source.set_lane(context_.selection.lane());
  source.set_color(color);
  const qint64 count = source.count(), selected = context_.selection.position();
  const qint64 last = selected < 0 ? count : std::min(count, std::max(kMost, selected + kMost / 2)), first = std::max<qint64>(0, last - kMost);
  const QString colors[] = {tr("Probability"), tr("Entropy"), tr("Rank")};
  const QString caption = count == 0 ? tr("No tokens yet")
                                     : tr("Tokens %1 to %2 of %3; colour: %4")
                                           .arg(views::count(first + 1), views::count(last), views::count(count), colors[size_t(color)]);
  views::Exportable what = views::token_picture(source, first, last, caption, StripSource::level_names(color));
  what.title = tr("tokens");
  what.numbers = [numbers = source.numbers()] { return numbers; };
  return what;
}

void TokenPage::toggle_scoring() {
  if (scorer_.running())
    scorer_.stop();
  else
    scorer_.start(context_.selection.lane());
}

void TokenPage::show_state() {
  const bool possible = scorer_.can_score(context_.selection.lane());
  score_->setText(scorer_.running() ? tr("Stop scoring") : tr("Score the prompt"));
  score_->setVisible(scorer_.running() || possible);
}

void TokenPage::restyle() {
  const views::Theme& theme = views::theme();
  layout()->itemAt(0)->layout()->setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(4));
  layout()->itemAt(0)->layout()->setSpacing(theme.px(8));
}

void TokenPage::retranslate() {
  color_->setAccessibleName(tr("Colour of the chips"));
  color_->set_choices({tr("Probability"), tr("Entropy"), tr("Rank")});
  color_->set_tool_tips({tr("How probable the model held the token"), tr("How undecided the model was, in nats"),
                         tr("How many tokens the model held more probable, plus one")});
  score_->setToolTip(tr("Log-probability of each prompt token given the tokens before it: runs the prompt once more beside the answers"));
  show_state();
}

void TokenPage::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QWidget::changeEvent(event);
}

}  // namespace vitrine
