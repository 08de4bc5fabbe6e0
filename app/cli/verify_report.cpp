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
  if (show_ == VerifyShow::tensors) std::printf("  %-40s max diff %-12.3g tolerance %-12.3g %s\n", tensor.c_str(), difference, tolerance, ok ? "ok" : "FAILED");
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
  if (show_ == VerifyShow::tensors) std::printf("  %-40s %-42s %s\n", what.c_str(), cat(wanted.size(), " ids").c_str(), same ? "ok" : "FAILED");
}

void VerifyReport::bound(const std::string& what, double value, double most) { row(what, value, most, value <= most); }

void VerifyReport::skip(const std::string& what, const std::string& why) {
  if (skip_reason_.empty()) skip_reason_ = why;
  if (show_ == VerifyShow::tensors) std::printf("  %-40s skipped (%s)\n", what.c_str(), why.c_str());
}

void VerifyReport::fail(const std::string& why) {
  ++failed_;
  if (failure_.empty()) failure_ = why;
}

VerifyOutcome VerifyReport::outcome() const {
  if (failed_ > 0) return {name_, "FAILED", failure_, checked_};
  if (checked_ > 0) return {name_, "ok", "", checked_};
  return {name_, "skipped", skip_reason_.empty() ? "nothing recorded that can be checked" : skip_reason_, 0};
}

bool VerifyReport::finish() const {
  const VerifyOutcome found = outcome();
  if (show_ != VerifyShow::nothing) std::printf("%s %s%s%s\n", name_.c_str(), found.result.c_str(), found.why.empty() ? "" : ": ", found.why.c_str());
  std::fflush(stdout);
  return found.result == "ok";
}

}  // namespace vitrine::cli
