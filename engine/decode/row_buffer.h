// SPDX-License-Identifier: Apache-2.0
// A row-sized scratch buffer that a thread keeps for its next token: fresh megabytes from the system cost more than the
// work on them. Holds no state between uses.
#pragma once

#include <utility>
#include <vector>

namespace vitrine {

class RowBuffer {
 public:
  RowBuffer() {
    if (spare().empty()) return;
    values_ = std::move(spare().back());
    spare().pop_back();
  }
  ~RowBuffer() {
    if (values_.capacity() > 0 && spare().size() < kKept) spare().push_back(std::move(values_));
  }
  RowBuffer(const RowBuffer&) = delete;
  RowBuffer& operator=(const RowBuffer&) = delete;

  /// Content left from earlier uses until assigned.
  std::vector<float>& values() noexcept { return values_; }

 private:
  static constexpr size_t kKept = 2;
  static std::vector<std::vector<float>>& spare() {
    static thread_local std::vector<std::vector<float>> buffers;
    return buffers;
  }
  std::vector<float> values_;
};

}  // namespace vitrine
