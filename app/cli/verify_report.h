// SPDX-License-Identifier: Apache-2.0
// What `verify` found in one fixture folder: a row a tensor, printed as it goes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vitrine::cli {

/// What is printed as it is found: every tensor, a line a folder, or nothing.
enum class VerifyShow : uint8_t { tensors, folders, nothing };

/// result: "ok", "FAILED" or "skipped"; why: of the last two.
struct VerifyOutcome {
  std::string name, result, why;
  int checked = 0;             // tensors and lists of ids that were compared
};

class VerifyReport {
 public:
  VerifyReport(std::string name, VerifyShow show) : name_(std::move(name)), show_(show) {}

  /// Compares element by element where keep[i] (all when empty); NaN never passes.
  void compare(const std::string& tensor, std::span<const float> got, std::span<const float> wanted, double tolerance,
               const std::vector<bool>& keep = {});
  void compare_ids(const std::string& what, std::span<const int32_t> got, std::span<const int32_t> wanted);
  /// A quantity that must not exceed a bound.
  void bound(const std::string& what, double value, double most);
  void skip(const std::string& what, const std::string& why);
  void fail(const std::string& why);

  VerifyOutcome outcome() const;
  /// "NAME ok", "NAME FAILED: why" or "NAME skipped: why"; true when ok.
  bool finish() const;
  bool skipped() const noexcept { return checked_ == 0 && failure_.empty(); }

 private:
  void row(const std::string& tensor, double difference, double tolerance, bool ok);

  std::string name_, failure_, skip_reason_;
  VerifyShow show_;
  int checked_ = 0, failed_ = 0;
};

/// max |t| of the entries that count.
double largest(std::span<const float> values);

}  // namespace vitrine::cli
