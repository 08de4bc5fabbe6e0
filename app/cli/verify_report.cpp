// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verify_report.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>

#include "engine/core/text.h"

namespace vitrine::cli {

double largest(std::span<const float> values) {
  double most = 0;
  for (float value : values) most = std::max(most, std::abs(double(value)));
  return most;
}

void VerifyReport::row(const std::string& tensor, double difference, double tolerance, bool ok) {
  ++checked_;
  if (!ok) {
    ++failed_;
    if (failure_.empty()) failure_ = cat(tensor, " differs by ", difference, ", tolerance ", tolerance);
  }
  if (!quiet_) std::printf("  %-40s max diff %-12.3g tolerance %-12.3g %s\n", tensor.c_str(), difference, tolerance, ok ? "ok" : "FAILED");
}

void VerifyReport::compare(const std::string& tensor, std::span<const float> got, std::span<const float> wanted, double tolerance,
                           const std::vector<bool>& keep) {
  if (got.size() != wanted.size()) {
    fail(cat(tensor, " has ", got.size(), " values, recorded are ", wanted.size()));
    return;
  }
  double difference = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    if (!keep.empty() && !keep[i]) continue;
    if (got[i] == wanted[i]) continue;
    const double d = std::abs(double(got[i]) - double(wanted[i]));
    difference = d <= difference ? difference : d;
    if (std::isnan(d)) difference = std::numeric_limits<double>::infinity();
  }
  row(tensor, difference, tolerance, difference <= tolerance);
}

void VerifyReport::compare_ids(const std::string& what, std::span<const int32_t> got, std::span<const int32_t> wanted) {
  const auto [a, b] = std::mismatch(got.begin(), got.end(), wanted.begin(), wanted.end());
  const bool same = a == got.end() && b == wanted.end();
  ++checked_;
  if (!same) {
    ++failed_;
    const auto at = a - got.begin();
    if (failure_.empty())
      failure_ = cat(what, " differ first at ", at, ": ", a == got.end() ? std::string("end") : std::to_string(*a), " instead of ",
                     b == wanted.end() ? std::string("end") : std::to_string(*b));
  }
  if (!quiet_) std::printf("  %-40s %-42s %s\n", what.c_str(), cat(wanted.size(), " ids").c_str(), same ? "ok" : "FAILED");
}

void VerifyReport::bound(const std::string& what, double value, double most) { row(what, value, most, value <= most); }

void VerifyReport::skip(const std::string& what, const std::string& why) {
  if (skip_reason_.empty()) skip_reason_ = why;
  if (!quiet_) std::printf("  %-40s skipped (%s)\n", what.c_str(), why.c_str());
}

void VerifyReport::fail(const std::string& why) {
  ++failed_;
  if (failure_.empty()) failure_ = why;
}

bool VerifyReport::finish() const {
  const bool ok = failed_ == 0 && checked_ > 0;
  if (failed_ > 0)
    std::printf("%s FAILED: %s\n", name_.c_str(), failure_.c_str());
  else if (ok)
    std::printf("%s ok\n", name_.c_str());
  else
    std::printf("%s skipped: %s\n", name_.c_str(), skip_reason_.empty() ? "nothing recorded that can be checked" : skip_reason_.c_str());
  std::fflush(stdout);
  return ok;
}

}  // namespace vitrine::cli
