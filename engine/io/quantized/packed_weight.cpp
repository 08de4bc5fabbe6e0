// SPDX-License-Identifier: Apache-2.0
#include "engine/io/quantized/packed_weight.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/error_text.h"

namespace vitrine {

PackedFolder::PackedFolder(const std::vector<TensorInfo>& tensors, const MetaTable& config, std::string path)
    : config_(config), path_(std::move(path)) {
  for (const TensorInfo& tensor : tensors) index_.emplace(tensor.name, &tensor);
}

const MetaValue* PackedFolder::setting(std::string_view key) const {
  for (std::string_view place : {"quantization_config.", "text_config.quantization_config."})
    if (const MetaValue* value = config_.find(cat(place, key)); !meta_absent(value)) return value;
  return nullptr;
}

std::vector<const MetaValue*> PackedFolder::group_settings(std::string_view key) const {
  std::vector<const MetaValue*> values;
  for (const std::string& name : config_.keys())
    if (name.find("quantization_config.config_groups.") != std::string::npos && name.ends_with(cat(".weights.", key)))
      if (const MetaValue* value = config_.find(name); !meta_absent(value)) values.push_back(value);
  return values;
}

const TensorInfo* PackedFolder::find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : found->second;
}

std::vector<std::string> PackedFolder::with_suffix(std::string_view suffix) const {
  std::vector<std::string> modules;
  for (const auto& [name, info] : index_)
    if (name.ends_with(suffix)) modules.push_back(name.substr(0, name.size() - suffix.size()));
  return modules;
}

const TensorInfo& PackedFolder::require(const std::string& name, std::initializer_list<DType> dtypes,
                                        const Shape& shape) const {
  const TensorInfo* info = find(name);
  if (!info) fail(ErrorKind::format, cat("tensor ", in_quotes(name), " of a quantized weight is missing"));
  if (!info->foreign_dtype.empty() || std::find(dtypes.begin(), dtypes.end(), info->dtype) == dtypes.end())
    fail(ErrorKind::format, cat("tensor ", in_quotes(name), " of a quantized weight has elements of type ",
                                info->foreign_dtype.empty() ? dtype_info(info->dtype).name : info->foreign_dtype));
  if (!(info->shape == shape))
    fail(ErrorKind::format, cat("tensor ", in_quotes(name), " of a quantized weight has shape ", info->shape.str(),
                                ", expected ", shape.str()));
  return *info;
}

void PackedFolder::fail(ErrorKind kind, std::string message) const {
  throw Error(kind, std::move(message),
              kind == ErrorKind::unsupported
                  ? "use a checkpoint in BF16 or F16, or a GGUF file"
                  : "check that config.json belongs to the weights and that the download is complete",
              path_);
}

std::vector<PackedWeight> packed_weights(const PackedFolder& folder) {
  struct Method {
    std::string_view name;
    std::vector<PackedWeight> (*weights)(const PackedFolder&);
  };
  static constexpr Method kMethods[] = {
#define VT_QUANT_METHOD(name, function) {name, function},
#include "engine/io/quantized/methods.def"
#undef VT_QUANT_METHOD
  };
  const std::string* name = meta_str(folder.setting("quant_method"));
  static const std::string kUnnamed = "bitsandbytes";  // older folders of this method name none
  if (!name && meta_bool(folder.setting("load_in_4bit")).value_or(false)) name = &kUnnamed;
  if (!name) return {};
  if (*name == "mxfp4") return {};  // stacks of experts, which the architecture reads as they are
  std::string known;
  for (const Method& method : kMethods) {
    if (method.name == *name) return method.weights(folder);
    known += cat(known.empty() ? "" : ", ", method.name);
  }
  folder.fail(ErrorKind::unsupported, cat("quantization_config names the quant_method ", in_quotes(*name),
                                          ", which is not supported; known are ", known, ", mxfp4"));
}

}  // namespace vitrine
