// SPDX-License-Identifier: Apache-2.0
#include "engine/io/quantized/decoded_weights.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {

namespace {

/// Nearest f16, ties to even; beyond the largest one infinity.
uint16_t to_f16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = uint16_t(bits >> 16 & 0x8000);
  if (std::isnan(value)) return uint16_t(sign | 0x7e00);
  const float size = std::abs(value);
  if (size >= 65520.0f) return uint16_t(sign | 0x7c00);
  if (size < 0x1p-14f) return uint16_t(sign | uint16_t(std::nearbyint(size * 0x1p24f)));  // multiples of 2^-24
  const uint32_t magnitude = bits & 0x7fffffff, rounded = (magnitude + 0xfff + (magnitude >> 13 & 1)) >> 13;
  return uint16_t(sign | (rounded - (112u << 10)));
}

uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return uint16_t(bits >> 16 | 0x40);
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void store(DType dtype, std::span<const float> values, std::byte* out) {
  if (dtype == DType::f32) {
    std::memcpy(out, values.data(), values.size_bytes());
    return;
  }
  auto* halves = reinterpret_cast<uint16_t*>(out);
  for (size_t i = 0; i < values.size(); ++i) halves[i] = dtype == DType::f16 ? to_f16(values[i]) : to_bf16(values[i]);
}

}  // namespace

DecodedWeights::DecodedWeights(std::vector<PackedWeight> weights, std::string path) : weights_(std::move(weights)), path_(std::move(path)) {
  const auto page = size_t(::sysconf(_SC_PAGESIZE));
  size_t total = 0;
  for (const PackedWeight& weight : weights_) {
    begin_.push_back(total);
    end_.push_back(total + size_t(dtype_bytes(weight.dtype, weight.shape.numel())));
    total = (end_.back() + page - 1) / page * page;
  }
  readers_.resize(weights_.size());
  void* area = ::mmap(nullptr, std::max(total, page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED)
    throw Error(ErrorKind::memory, cat("no room for ", total >> 20, " MiB of decoded weights"), "close other models, or open a smaller one", path_);
  area_ = {static_cast<std::byte*>(area), std::max(total, page)};
}

DecodedWeights::~DecodedWeights() { ::munmap(area_.data(), area_.size()); }

TensorInfo DecodedWeights::info(size_t index) const {
  return {.name = weights_[index].name, .shape = weights_[index].shape, .dtype = weights_[index].dtype, .bytes = place(index)};
}

std::ptrdiff_t DecodedWeights::index_of(std::span<const std::byte> bytes) const noexcept {
  if (bytes.empty() || bytes.data() < area_.data() || bytes.data() >= area_.data() + area_.size()) return -1;
  return std::upper_bound(begin_.begin(), begin_.end(), size_t(bytes.data() - area_.data())) - begin_.begin() - 1;
}

bool DecodedWeights::decode(std::span<const std::byte> bytes) {
  const std::ptrdiff_t found = index_of(bytes);
  if (found < 0) return false;
  const auto index = size_t(found);
  const std::lock_guard lock(mutex_);
  if (readers_[index] > 0) {
    ++readers_[index];
    return true;
  }
  if (!pool_) pool_ = std::make_unique<ThreadPool>(std::min(usable_cores(), ThreadPool::kMaxThreads));
  const PackedWeight& weight = weights_[index];
  const DecodeRows rows = [&] {
    try {
      return weight.open();
    } catch (const Error& error) {
      throw error.within(path_);
    }
  }();
  const int64_t columns = weight.shape[1], step = 32;  // rows at a time: a cache line of what lies column by column
  std::vector<std::vector<float>> scratch(size_t(pool_->size()));
  for (auto& values : scratch) values.resize(size_t(step * columns));
  pool_->split((weight.shape[0] + step - 1) / step, [&](int64_t first, int64_t last, int part) {
    for (int64_t from = first * step; from < std::min(last * step, weight.shape[0]); from += step) {
      const int64_t to = std::min(from + step, weight.shape[0]);
      const std::span<float> values(scratch[size_t(part)].data(), size_t((to - from) * columns));
      rows(from, to, values.data());
      store(weight.dtype, values, place(index).data() + dtype_bytes(weight.dtype, from * columns));
    }
  });
  readers_[index] = 1;
  return true;
}

void DecodedWeights::drop(std::span<const std::byte> bytes) noexcept {
  const std::ptrdiff_t found = index_of(bytes);
  if (found < 0) return;
  const std::lock_guard lock(mutex_);
  const size_t index = size_t(found), next = index + 1 < begin_.size() ? begin_[index + 1] : area_.size();
  if (readers_[index] == 0 || --readers_[index] > 0) return;
  ::madvise(area_.data() + begin_[index], next - begin_[index], MADV_DONTNEED);
}

}  // namespace vitrine
