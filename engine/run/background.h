// SPDX-License-Identifier: Apache-2.0
// Work on the model's files that must not hold up generation: hashes and statistics of stored tensors.
#pragma once

#include <stop_token>

#include "engine/backend/backend.h"
#include "engine/io/weight_source.h"
#include "engine/run/event.h"

namespace vitrine {

HashOut hash_files(const std::vector<std::filesystem::path>& files, std::stop_token stop, const ProgressFn& progress);
/// The first stored tensor with a value that is not finite; nullptr: all are. Reads every weight.
const TensorInfo* find_not_finite(const WeightSource& source, std::stop_token stop);
TensorStatisticsOut tensor_statistics(const WeightSource& source, const TensorStatistics& what, std::stop_token stop, const ProgressFn& progress);

}  // namespace vitrine
