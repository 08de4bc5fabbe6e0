// SPDX-License-Identifier: Apache-2.0
// Names, help and slider scales of sampler stages, as the panel shows them: translated, with formula, range and source.
#pragma once

#include <QString>
#include <span>

#include "engine/decode/sampler.h"

namespace vitrine {

/// The registered stage of that name; nullptr: there is none.
const StageInfo* stage_info(std::string_view name);
/// "Top-k"; the name itself for a stage that is not registered.
QString stage_title(std::string_view name);
/// Title, formula, parameters with ranges and defaults, source: for menus and tool tips.
QString stage_help(const StageInfo& info);
/// What one parameter means: help, unit, range, default.
QString parameter_help(const StageParameter& parameter);
/// "0.80", "40": exact enough to read, at least two decimals unless whole.
QString parameter_text(const StageParameter& parameter, double value);
/// Every text of sampler_stages() that is translated.
std::span<const char* const> stage_texts();

/// Where a value stands on a slider. The slider covers the range worth dragging through; the field takes all allowed
/// values.
struct SliderScale {
  double lowest = 0, highest = 1;
  double power = 1;  // position = share^(1/power); 0: logarithmic, log(1 + value)

  double position(double value) const;  // 0..1
  double value(double position, bool integer) const;
};
SliderScale slider_scale(const StageParameter& parameter);

}  // namespace vitrine
