// SPDX-License-Identifier: Apache-2.0
// What a sampler stage's file defines: its facts for menus and checks, and how it is made. Registered by a line in
// stages.def.
#pragma once

#include <algorithm>
#include <memory>

#include "engine/decode/candidates.h"
#include "engine/decode/sampler.h"

namespace vitrine {

/// The parameters of one stage: checked against its StageInfo before the stage is made.
class StageArguments {
 public:
  StageArguments(const StageInfo& info, const StageSpec& spec) : info_(info), spec_(spec) {}
  /// As given, else the stage's fallback.
  double number(std::string_view key) const {
    const auto at = std::find_if(info_.parameters.begin(), info_.parameters.end(),
                                 [&](const StageParameter& p) { return p.name == key; });
    return spec_.parameter(key, at == info_.parameters.end() ? 0 : at->fallback);
  }
  int64_t count(std::string_view key) const { return int64_t(number(key)); }
  const StageSpec& spec() const noexcept { return spec_; }

 private:
  const StageInfo& info_;
  const StageSpec& spec_;
};

struct StageDefinition {
  StageInfo info;
  std::unique_ptr<SamplerStage> (*make)(const StageArguments&);
};

/// A stage that is one function of its parameters.
template <class Stage>
std::unique_ptr<SamplerStage> make_stage(const StageArguments& arguments) {
  return std::make_unique<Stage>(arguments);
}

inline constexpr double kMostTokens = 2147483647;

/// What the truncating stages share: they keep at least so many of the most probable.
inline StageParameter min_tokens_to_keep() {
  return {"min_tokens_to_keep", "tokens", "keeps at least this many", 1, kMostTokens, 1, true};
}

#define VT_STAGE(name) const StageDefinition& name##_stage();
#include "engine/decode/stages.def"
#undef VT_STAGE

}  // namespace vitrine
