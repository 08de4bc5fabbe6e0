// SPDX-License-Identifier: Apache-2.0
#include "engine/run/background.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text.h"
#include "engine/io/checkpoint.h"
#include "engine/io/file_hash.h"

namespace vitrine {

HashOut hash_files(const std::vector<std::filesystem::path>& files, std::stop_token stop, const ProgressFn& progress) {
  HashOut out;
  int64_t total = 0, before = 0;
  for (const auto& file : files) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(file, ignored);
    total += ignored ? 0 : int64_t(size);
  }
  for (const auto& file : files) {
    const auto report = [&](int64_t done, int64_t) {
      if (progress) progress(before + done, total);
    };
    out.sha256.push_back({file, sha256_of_file(file, report, stop)});
    std::error_code ignored;
    const auto size = std::filesystem::file_size(file, ignored);
    before += ignored ? 0 : int64_t(size);
  }
  return out;
}

namespace {

constexpr int64_t kChunkElements = int64_t(1) << 18;

/// The values of a quantized folder's weight, decoded for as long as this lives.
class Decoded {
 public:
  Decoded(const WeightSource& source, const TensorInfo& info) : source_(source), info_(info), own_(source.decode(info)) {}
  ~Decoded() {
    if (own_) source_.drop_pages(info_.bytes);
  }
  Decoded(const Decoded&) = delete;
  Decoded& operator=(const Decoded&) = delete;

 private:
  const WeightSource& source_;
  const TensorInfo& info_;
  const bool own_;
};

/// Calls visit(values, count, first) over the whole tensor, decoded piece by piece.
template <class Visit>
void for_each_chunk(const TensorInfo& info, std::stop_token stop, Visit visit) {
  const DTypeInfo& format = dtype_info(info.dtype);
  const int64_t total = info.shape.numel(), step = kChunkElements / format.block_elements * format.block_elements;
  std::vector<float> values(size_t(std::min(step, total)));
  for (int64_t at = 0; at < total; at += step) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped");
    const int64_t count = std::min(step, total - at);
    decode_to_f32(info.dtype, info.bytes.data() + dtype_bytes(info.dtype, at), count, values.data());
    visit(values.data(), count, at);
  }
}

}  // namespace

const TensorInfo* find_not_finite(const WeightSource& source, std::stop_token stop) {
  for (const TensorInfo& info : source.tensors()) {
    bool finite = true;
    if (info.foreign_dtype.empty()) {
      const Decoded decoded(source, info);
      for_each_chunk(info, stop, [&](const float* values, int64_t count, int64_t) {
        finite = finite && std::all_of(values, values + count, [](float value) { return std::isfinite(value); });
      });
    }
    if (!finite) return &info;
  }
  return nullptr;
}

TensorStatisticsOut tensor_statistics(const WeightSource& source, const TensorStatistics& what, std::stop_token stop, const ProgressFn& progress) {
  const TensorInfo* info = source.find(what.tensor);
  if (!info) throw Error(ErrorKind::input, cat("the checkpoint has no tensor \"", what.tensor, "\""), "choose one from the list", source.path().string());
  if (what.bins < 1 || what.bins > 4096) throw Error(ErrorKind::input, cat(what.bins, " histogram bins"), "choose 1 to 4096");
  TensorStatisticsOut out{.tensor = what.tensor};
  out.count = info->shape.numel();
  out.minimum = INFINITY;
  out.maximum = -INFINITY;
  double sum = 0, squares = 0;
  const Decoded decoded(source, *info);
  for_each_chunk(*info, stop, [&](const float* values, int64_t count, int64_t at) {
    for (int64_t i = 0; i < count; ++i) {
      const double v = values[i];
      if (!std::isfinite(v)) {
        ++out.not_finite;
        continue;
      }
      out.zeros += v == 0;
      sum += v;
      squares += v * v;
      out.minimum = std::min(out.minimum, v);
      out.maximum = std::max(out.maximum, v);
    }
    if (progress && !progress((at + count) / 2, out.count)) throw Error(ErrorKind::cancelled, "stopped");
  });
  const double finite = double(out.count - out.not_finite);
  if (finite == 0) out.minimum = out.maximum = 0;
  out.mean = finite > 0 ? sum / finite : 0;
  out.l2 = std::sqrt(squares);
  out.histogram.assign(size_t(what.bins), 0);
  const double width = out.maximum > out.minimum ? (out.maximum - out.minimum) / what.bins : 1;
  double deviations = 0;
  for_each_chunk(*info, stop, [&](const float* values, int64_t count, int64_t at) {
    for (int64_t i = 0; i < count; ++i) {
      const double v = values[i];
      if (!std::isfinite(v)) continue;
      deviations += (v - out.mean) * (v - out.mean);
      ++out.histogram[size_t(std::clamp(int64_t((v - out.minimum) / width), int64_t(0), int64_t(what.bins) - 1))];
    }
    if (progress && !progress((out.count + at + count) / 2, out.count)) throw Error(ErrorKind::cancelled, "stopped");
  });
  out.stddev = finite > 0 ? std::sqrt(deviations / finite) : 0;
  source.check_intact();
  return out;
}

}  // namespace vitrine
