// SPDX-License-Identifier: Apache-2.0
// On demand: what the model held of every prompt token given the tokens before it. The prompt is run once more beside the answers, as
// a job with progress that can be stopped; what is known so far is shown.
#pragma once

#include <QObject>
#include <span>

#include "plugins/api/panel.h"

namespace vitrine {

class PromptScorer : public QObject {
  Q_OBJECT
 public:
  explicit PromptScorer(PanelContext& context, QObject* parent = nullptr);
  /// The prompt of this lane has tokens that can be scored and are not.
  bool can_score(LaneId lane) const;
  bool running() const noexcept { return job_ != 0; }
  void start(LaneId lane);
  void stop();
  void on_events(std::span<const Event> events);

 signals:
  void changed();
  /// What a piece of the prompt was judged to be.
  void scored(LaneId lane, const std::vector<TokenOut>& tokens);

 private:
  void end();

  PanelContext& context_;
  LaneId lane_ = 0;
  JobId job_ = 0;
  int line_ = 0;
};

}  // namespace vitrine
