// SPDX-License-Identifier: Apache-2.0
// Reading a mapped page that the file no longer has (another program cut it short, or its disk is gone) raises SIGBUS,
// which ends a program. With a guard such a page and all after it read as zeros instead, and the guard remembers: who
// read them asks it and reports an error, and the rest of the program goes on.
#pragma once

#include <cstddef>

namespace vitrine {

class MappingGuard {
 public:
  /// Watches [begin, begin + bytes), which must start at a page. The first one installs the signal's handler; faults
  /// elsewhere go to the handler that was there before.
  MappingGuard(void* begin, size_t bytes);
  ~MappingGuard();
  MappingGuard(const MappingGuard&) = delete;
  MappingGuard& operator=(const MappingGuard&) = delete;

  /// True once a page could not be read.
  bool broken() const noexcept;

 private:
  struct Place;
  Place* place_;
  friend struct GuardHandler;
};

}  // namespace vitrine
