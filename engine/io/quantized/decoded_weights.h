// SPDX-License-Identifier: Apache-2.0
// Memory for weights that are put together from stored groups: reserved when the folder is opened, filled when asked for,
// given back when a copy in another form exists. Listing the tensors of a folder costs nothing.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/core/thread_pool.h"
#include "engine/io/quantized/packed_weight.h"

namespace vitrine {

class DecodedWeights {
 public:
  /// Throws Error memory when the address space does not have room.
  DecodedWeights(std::vector<PackedWeight> weights, std::string path);
  ~DecodedWeights();
  DecodedWeights(const DecodedWeights&) = delete;
  DecodedWeights& operator=(const DecodedWeights&) = delete;

  std::span<const PackedWeight> weights() const noexcept { return weights_; }
  TensorInfo info(size_t index) const;
  /// Fills these bytes unless they are filled, for one more reader. False: they are none of the weights.
  bool decode(std::span<const std::byte> bytes);
  /// A reader needs them no more; after the last one their memory is given back, and decode() fills it again.
  void drop(std::span<const std::byte> bytes) noexcept;

 private:
  std::ptrdiff_t index_of(std::span<const std::byte> bytes) const noexcept;
  std::span<std::byte> place(size_t index) const noexcept { return area_.subspan(begin_[index], end_[index] - begin_[index]); }

  std::vector<PackedWeight> weights_;
  std::string path_;                 // of the folder, for errors
  std::vector<size_t> begin_, end_;  // whole pages lie between two weights
  std::vector<int> readers_;         // 0: not filled
  std::span<std::byte> area_;
  std::mutex mutex_;
  std::unique_ptr<ThreadPool> pool_;
};

}  // namespace vitrine
