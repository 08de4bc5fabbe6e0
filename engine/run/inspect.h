// SPDX-License-Identifier: Apache-2.0
// Answers to questions about what a lane holds, from kept queries and log-sum-exp; layers run again only when nothing was kept.
#pragma once

#include "engine/run/lane.h"

namespace vitrine {

/// Throws Error input when the question does not fit the lane.
TapOut inspect(LoadedModel& loaded, Lane& lane, const Inspect& what, std::stop_token stop, const ProgressFn& progress);

/// Every answer token judged again by another chain on the text as it was; only the LM head runs.
ResampleOut resample(LoadedModel& loaded, Lane& lane, const Resample& what, std::stop_token stop, const ProgressFn& progress);

/// -log p of each token given its prefix, through a cache of its own.
ScoreOut score(LoadedModel& loaded, const Score& what, std::stop_token stop, const ProgressFn& progress);

}  // namespace vitrine
