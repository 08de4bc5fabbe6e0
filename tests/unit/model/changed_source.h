// SPDX-License-Identifier: Apache-2.0
// A checkpoint with one tensor lost, cut or added, in memory: what a damaged download or a foreign configuration looks like to the loader.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/io/weight_source.h"

namespace vitrine::test {

class ChangedSource final : public WeightSource {
 public:
  explicit ChangedSource(const WeightSource& base) : base_(base), tensors_(base.tensors().begin(), base.tensors().end()) { index(); }

  ChangedSource& lose(size_t tensor) {
    tensors_.erase(tensors_.begin() + std::ptrdiff_t(tensor));
    index();
    return *this;
  }
  /// One entry less along `axis`; the bytes are those of the smaller tensor.
  ChangedSource& cut(size_t tensor, int axis) {
    TensorInfo& info = tensors_[tensor];
    const int64_t before = info.shape.numel();
    info.shape[axis] -= 1;
    info.bytes = info.bytes.first(info.bytes.size() / size_t(before) * size_t(info.shape.numel()));
    return *this;
  }
  ChangedSource& add(std::string name, size_t like) {
    tensors_.push_back(tensors_[like]);
    tensors_.back().name = std::move(name);
    index();
    return *this;
  }
  /// Other bytes for a tensor; they must outlive the source and what is loaded from it.
  ChangedSource& replace(const std::string& name, std::span<const std::byte> bytes) {
    tensors_[by_name_.at(name)].bytes = bytes;
    return *this;
  }
  ChangedSource& set(const std::string& key, MetaValue value) {
    meta_[key] = std::move(value);
    return *this;
  }

  std::string_view container() const noexcept override { return base_.container(); }
  const std::filesystem::path& path() const noexcept override { return base_.path(); }
  std::vector<std::filesystem::path> files() const override { return base_.files(); }
  std::span<const TensorInfo> tensors() const override { return tensors_; }
  const TensorInfo* find(std::string_view name) const noexcept override {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &tensors_[found->second];
  }
  const MetaValue* meta(std::string_view key) const override {
    const auto found = meta_.find(key);
    return found == meta_.end() ? base_.meta(key) : &found->second;
  }
  std::vector<std::string> meta_keys() const override { return base_.meta_keys(); }
  std::optional<std::string> companion(std::string_view file_name) const override { return base_.companion(file_name); }
  std::shared_ptr<const void> keep_alive() const override { return base_.keep_alive(); }

 private:
  void index() {
    by_name_.clear();
    for (size_t i = 0; i < tensors_.size(); ++i) by_name_[tensors_[i].name] = i;
  }

  const WeightSource& base_;
  std::vector<TensorInfo> tensors_;
  std::map<std::string, size_t, std::less<>> by_name_;
  std::map<std::string, MetaValue, std::less<>> meta_;
};

}  // namespace vitrine::test
