// SPDX-License-Identifier: Apache-2.0
// The relative positions of T5 (Raffel et al. 2019, arXiv:1910.10683) as a table by distance.
#pragma once

#include <vector>

#include "engine/model/spec.h"

namespace vitrine {

/// The bucket of distance = key - query. Within each direction the first half of the buckets has one distance each, the others share
/// what is left up to max_distance evenly on a logarithmic scale. Without `both_ways` keys behind the query have all buckets.
VT_API int relative_bucket(const BucketSpec& spec, bool both_ways, int64_t distance);

/// Which entry of a table [buckets, heads] is the bias of a distance: [heads, 2 n + 1] for distances -n .. n; beyond n it does not change.
VT_API std::vector<int32_t> entries_by_distance(const BucketSpec& spec, bool both_ways, int heads);

}  // namespace vitrine
