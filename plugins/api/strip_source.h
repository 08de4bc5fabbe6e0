// SPDX-License-Identifier: Apache-2.0
// A lane of the transcript as chips: text, level by probability, entropy or rank, split characters, marks.
#pragma once

#include <QCoreApplication>
#include <map>

#include "plugins/api/transcript.h"
#include "views/plot_export.h"
#include "views/token_strip.h"

namespace vitrine {

class VT_API StripSource final : public views::TokenStripSource {
  Q_DECLARE_TR_FUNCTIONS(StripSource)
 public:
  explicit StripSource(const Transcript& transcript) : transcript_(transcript) {}
  void set_lane(LaneId lane);
  void set_color(TokenColor color) { color_ = color; }
  /// Tokens from `first` on are new or different.
  void update_from(qint64 first);

  qint64 count() const override;
  views::Chip chip(qint64 index) const override;
  QString text(qint64 index) const override;
  QString tool_tip(qint64 index) const override;
  /// What each token is and how the model judged it, one row a token; NaN where it did not.
  std::vector<views::NumberArray> numbers() const;
  /// What the five levels of `color` stand for, from sure to surprised.
  static QStringList level_names(TokenColor color);

 private:
  const Transcript& transcript_;
  LaneId lane_ = 0;
  TokenColor color_ = TokenColor::probability;
  struct Bracket {
    int part = 0;
    QString character;
  };
  std::map<qint64, Bracket> brackets_;
};

}  // namespace vitrine
