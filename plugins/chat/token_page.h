// SPDX-License-Identifier: Apache-2.0
// The conversation as tokens: what their colour says, the chips, and scoring the prompt on demand.
#pragma once

#include <QWidget>

#include "plugins/chat/prompt_scorer.h"
#include "plugins/chat/token_flow.h"
#include "views/plot_export.h"

class QPushButton;

namespace vitrine {

namespace views {
class Segmented;
}

class TokenPage : public QWidget {
  Q_OBJECT
 public:
  explicit TokenPage(PanelContext& context, QWidget* parent = nullptr);
  TokenFlow& flow() noexcept { return *flow_; }
  PromptScorer& scorer() noexcept { return scorer_; }
  /// The selected lane's tokens as a picture, the last 2,000 or those around the selected one, and the numbers of all.
  views::Exportable exportable() const;
  void on_events(std::span<const Event> events) { scorer_.on_events(events); }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void restyle();
  void retranslate();
  void show_state();
  void toggle_scoring();

  PanelContext& context_;
  PromptScorer scorer_;
  views::Segmented* color_;
  QPushButton* score_;
  TokenFlow* flow_;
};

}  // namespace vitrine
