// SPDX-License-Identifier: Apache-2.0
// Labels stand beside input_ids: decoders should say the next one, encoders their own; the decoder of an encoder-decoder reads them shifted
// right behind its start token. The loss is the mean over labels other than -100. Tolerance of a gradient: max(2e-6, 1e-4 max|grad|).
#include "app/cli/verify_gradients.h"

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/meta_value.h"
#include "engine/io/safetensors.h"
#include "engine/model/gradients.h"

namespace vitrine::cli {

namespace {

constexpr std::string_view kPrefix = "grad.";

/// Rows of an integer matrix [batch, length]; empty when it is not there.
std::vector<std::vector<int32_t>> rows_of(const WeightSource& file, std::string_view name) {
  const TensorInfo* info = file.find(name);
  if (!info) return {};
  if (info->shape.rank() != 2) throw Error(ErrorKind::format, cat(name, " has shape ", info->shape.str(), ", wanted [batch, length]"), "", file.path().string());
  const std::vector<float> values = tensor_values(*info);
  std::vector<std::vector<int32_t>> rows;
  const int64_t length = info->shape[1];
  for (int64_t row = 0; row < info->shape[0]; ++row) rows.emplace_back(values.begin() + row * length, values.begin() + (row + 1) * length);
  return rows;
}

std::vector<int32_t> without_padding(const std::vector<int32_t>& row, const std::vector<int32_t>& mask) {
  std::vector<int32_t> kept;
  for (size_t i = 0; i < row.size(); ++i)
    if (mask.empty() || mask[i]) kept.push_back(row[i]);
  return kept;
}

int32_t number_of(const WeightSource& source, std::string_view key, int32_t fallback) {
  const auto number = meta_i64(source.meta(key));
  return number ? int32_t(*number) : fallback;
}

/// What the decoder reads so as to say `labels`: the start token, then each label but the last; mBART begins with the last one.
std::vector<int32_t> shifted_right(const std::vector<int32_t>& labels, const Model& model, const WeightSource& config) {
  const int32_t padding = number_of(config, "pad_token_id", 0);
  std::vector<int32_t> ids{model.spec().decoder_start};
  for (size_t i = 0; i + 1 < labels.size(); ++i) ids.push_back(labels[i] < 0 ? padding : labels[i]);
  if (const std::string* type = meta_str(config.meta("model_type")); type && *type == "mbart")
    for (int32_t label : labels)
      if (label >= 0 && label != padding) ids[0] = label;
  return ids;
}

GradientRequest request_of(const WeightSource& file, const WeightSource& config, const Model& model) {
  GradientRequest request;
  const auto ids = rows_of(file, "input_ids"), labels = rows_of(file, "labels"), masks = rows_of(file, "attention_mask"),
             types = rows_of(file, "token_type_ids"), decoder_ids = rows_of(file, "decoder_input_ids");
  if (ids.empty() || labels.size() != ids.size()) throw Error(ErrorKind::format, "no input_ids with labels", "", file.path().string());
  for (size_t s = 0; s < ids.size(); ++s) {
    const std::vector<int32_t> mask = masks.empty() ? std::vector<int32_t>() : masks[s];
    ProbeSequence sequence{without_padding(ids[s], mask)};
    if (model.spec().has_encoder()) {
      sequence.source = std::move(sequence.ids);
      sequence.ids = decoder_ids.empty() ? shifted_right(labels[s], model, config) : decoder_ids[s];
      request.labels.push_back(labels[s]);
    } else {
      if (!mask.empty()) request.frequency_length = int64_t(mask.size());  // of a padded batch, the longest counts
      if (!types.empty()) sequence.token_types = without_padding(types[s], mask);
      while (size_t(sequence.left_padding) < mask.size() && !mask[size_t(sequence.left_padding)]) ++sequence.left_padding;
      const std::vector<int32_t> mine = without_padding(labels[s], mask);
      request.labels.push_back(model.spec().stacks[0].causal ? next_token_labels(mine) : mine);
    }
    request.sequences.push_back(std::move(sequence));
  }
  return request;
}

}  // namespace

void verify_gradients(const std::filesystem::path& folder, const Model& model, VerifyReport& report) {
  const auto file = open_safetensors_file(folder / kGradientFile);
  const auto config = open_weights(folder);
  const GradientResult result = run_gradients(model, request_of(*file, *config, model));
  const std::vector<float> loss = tensor_values(require_tensor(*file, "loss"));
  report.bound("grad.loss", std::abs(double(result.loss) - double(loss.at(0))), std::max(2e-5, 2e-5 * std::abs(double(loss[0]))));
  for (const TensorInfo& info : file->tensors()) {
    if (!info.name.starts_with(kPrefix)) continue;
    const std::string name = info.name.substr(kPrefix.size());
    const auto found = result.parameters.find(name);
    const std::vector<float> wanted = tensor_values(info);
    if (found == result.parameters.end() && !config->find(name)) {
      report.fail(cat(info.name, " is recorded, and the checkpoint has no such parameter"));
      continue;
    }
    const std::vector<float> none(wanted.size());  // what the model does not read, the loss does not depend on
    report.compare(info.name, found == result.parameters.end() ? none : found->second.values, wanted, std::max(2e-6, 1e-4 * largest(wanted)));
  }
}

}  // namespace vitrine::cli
