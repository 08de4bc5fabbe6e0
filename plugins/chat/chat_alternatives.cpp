// SPDX-License-Identifier: Apache-2.0
// The candidates of the selected token, below the conversation.
#include <QLabel>
#include <QLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <algorithm>
#include <cmath>

#include "plugins/chat/chat_panel.h"
#include "views/distribution_bars.h"
#include "views/numbers.h"
#include "views/panel_frame.h"
#include "views/theme.h"
#include "views/token_text.h"

namespace vitrine {

void ChatPanel::show_alternatives() {
  const qint64 position = context_.selection.position();
  const TranscriptToken* token = context_.transcript.token(context_.selection.lane(), position);
  const bool known = token && token->known;
  alternatives_box_->setVisible(known);
  if (!known) return;
  const TranscriptLane* lane = context_.transcript.lane(context_.selection.lane());
  alternatives_title_->setFont(views::theme().font(views::Type::small, true));
  alternatives_title_->setText(position >= lane->prompt_tokens
                                   ? tr("Alternatives at answer token %1: double-click or Enter continues from there").arg(position - lane->prompt_tokens + 1)
                                   : tr("What the model expected at prompt token %1").arg(position + 1));
  std::vector<views::BarRow> rows;
  alternative_ids_.clear();
  double rest = 1;
  for (size_t i = 0; i < token->top.size() && i < 7; ++i) {
    const double p = std::exp(double(token->top[i].logprob));
    rest -= p;
    rows.push_back({.label = views::token_text(context_.transcript.face(token->top[i].id).bytes), .value = p, .highlighted = token->top[i].id == token->id});
    alternative_ids_.push_back(token->top[i].id);
  }
  const auto model = context_.workspace.model();
  if (model) rows.push_back({.label = tr("%1 other tokens").arg(views::count(model->facts->spec.vocab - int(alternative_ids_.size()))), .value = std::max(rest, 0.0)});
  alternatives_->set_rows(std::move(rows));
  fit_alternatives();
}

/// At most half of the room, a third of a low one: the conversation stays in sight.
void ChatPanel::fit_alternatives() {
  QWidget* box = alternatives_box_->widget();
  const int width = std::max(1, frame_->room().width());
  const int wanted = box->layout()->hasHeightForWidth() ? box->layout()->totalHeightForWidth(width) : box->sizeHint().height();
  const int height = frame_->room().height(), share = height < views::theme().px(320) ? 35 : 50;
  alternatives_box_->setFixedHeight(std::min(wanted, height * share / 100));
  pages_->setMinimumSize(views::theme().px(160), views::theme().px(60));
}

}  // namespace vitrine
