// SPDX-License-Identifier: Apache-2.0
#include "engine/model/relative_buckets.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace vitrine {

int relative_bucket(const BucketSpec& spec, bool both_ways, int64_t distance) {
  const int count = both_ways ? spec.buckets / 2 : spec.buckets, single = count / 2;
  const int first = both_ways && distance > 0 ? count : 0;
  const int64_t away = both_ways ? std::abs(distance) : std::max<int64_t>(0, -distance);
  if (away < single) return first + int(away);
  const float octaves = std::log(float(away) / float(single)) / float(std::log(double(spec.max_distance) / single));
  return first + std::min(count - 1, single + int(octaves * float(count - single)));
}

std::vector<int32_t> entries_by_distance(const BucketSpec& spec, bool both_ways, int heads) {
  const int64_t reach = std::max(spec.max_distance, spec.buckets);
  std::vector<int32_t> entries;
  for (int head = 0; head < heads; ++head)
    for (int64_t distance = -reach; distance <= reach; ++distance)
      entries.push_back(int32_t(relative_bucket(spec, both_ways, distance) * heads + head));
  return entries;
}

}  // namespace vitrine
