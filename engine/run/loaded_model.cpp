// SPDX-License-Identifier: Apache-2.0
#include "engine/run/loaded_model.h"

#include <algorithm>

#include "engine/core/text.h"
#include "engine/io/meta_value.h"
#include "engine/model/template_assets.h"
#include "engine/model/recurrent_state.h"
#include "engine/model/tensor_check.h"
#include "engine/model/text_assets.h"
#include "engine/model/variant.h"

namespace vitrine {

namespace {

/// "Q8_0 + Q5_0": formats that hold at least a twentieth of the bytes, most first.
std::string summary(std::span<const TensorInfo> tensors) {
  std::map<DType, int64_t> bytes;
  int64_t total = 0;
  for (const TensorInfo& info : tensors) bytes[info.dtype] += int64_t(info.bytes.size()), total += int64_t(info.bytes.size());
  std::vector<std::pair<int64_t, DType>> sorted;
  for (const auto& [dtype, count] : bytes) sorted.push_back({count, dtype});
  std::sort(sorted.rbegin(), sorted.rend());
  std::string text;
  for (const auto& [count, dtype] : sorted)
    if (count * 20 >= total) text += (text.empty() ? "" : " + ") + upper(std::string(dtype_info(dtype).name));
  return text;
}

std::string first_of(const WeightSource& source, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (const std::string* value = meta_str(source.meta(key))) return *value;
  return {};
}

bool has_tokenizer(const WeightSource& source) {
  return source.container() == "gguf" ? source.meta("tokenizer.ggml.model") != nullptr : source.companion("tokenizer.json").has_value();
}

std::shared_ptr<const ModelFacts> make_facts(const LoadedModel& loaded) {
  const WeightSource& source = *loaded.source;
  auto facts = std::make_shared<ModelFacts>();
  facts->path = source.path();
  facts->files = source.files();
  facts->container = std::string(source.container());
  facts->spec = loaded.model->spec();
  facts->sites = loaded.model->sites();
  std::map<std::string, std::string> canonical;
  for (const auto& [name, stored] : loaded.model->weights())
    for (const std::string& tensor : stored) canonical[tensor] += (canonical[tensor].empty() ? "" : " + ") + name;
  for (const TensorInfo& info : source.tensors()) {
    const auto found = canonical.find(info.name);
    facts->tensors.push_back({info.name, found == canonical.end() ? "" : found->second, info.shape, info.dtype, int64_t(info.bytes.size())});
    facts->parameters += info.shape.numel();
    facts->weight_bytes += int64_t(info.bytes.size());
  }
  facts->unused = unused_tensors(source, loaded.model->weights());
  facts->weight_summary = summary(source.tensors());
  const Backend& backend = *loaded.model->backend();
  facts->device = backend.description();
  facts->instruction_set = std::string(backend.instruction_set());
  facts->threads = backend.threads();
  facts->kv_dtype = loaded.kv_dtype;
  facts->kv_bytes_per_token = kv_bytes_per_token(facts->spec, loaded.kv_dtype);
  facts->state_bytes = state_bytes(facts->spec);
  for (const std::string& key : source.meta_keys()) facts->metadata.push_back({key, meta_text(*source.meta(key))});
  if (loaded.model->encoder()) {
    facts->generation = read_generation_defaults(source);
    if (facts->generation.decoder_start < 0) facts->generation.decoder_start = facts->spec.decoder_start;
  }
  facts->licence = first_of(source, {"general.license", "general.license.name", "license"});
  return facts;
}

/// The checkpoint's default template; null: it has none.
std::shared_ptr<const ChatTemplate> load_chat_template(const WeightSource& source) {
  const std::vector<NamedTemplate> found = find_chat_templates(source);
  return found.empty() ? nullptr : ChatTemplate::compile(found[0].source, found[0].origin);
}

}  // namespace

std::shared_ptr<KvPool> LoadedModel::pool(const std::shared_ptr<const Model>& of, Precision precision) {
  const DType dtype = cache_dtype(precision);
  std::shared_ptr<KvPool>& slot = pools_[{of.get(), dtype}];
  if (!slot) slot = of->make_pool(dtype);
  return slot;
}

std::shared_ptr<const Model> LoadedModel::variant(const VariantText& text) {
  if (text.empty()) return model;
  std::shared_ptr<const Model>& slot = variants_[text];
  if (!slot) slot = make_variant(model, text);
  return slot;
}

std::unique_ptr<LoadedModel> load(const LoadModel& command, ProgressFn progress) {
  if (command.kv_dtype != DType::f16 && command.kv_dtype != DType::f32)
    throw Error(ErrorKind::input, cat("a KV cache of ", dtype_info(command.kv_dtype).name, " is not supported"), "choose f16 or f32");
  auto loaded = std::make_unique<LoadedModel>();
  loaded->kv_dtype = command.kv_dtype;
  loaded->capture_budget_bytes = command.capture_budget_bytes;
  loaded->source = open_weights(command.path);
  const auto backend = make_backend({.threads = command.threads, .isa = command.isa});
  loaded->model = load_model(*loaded->source, backend, std::move(progress));
  if (has_tokenizer(*loaded->source)) {
    loaded->tokenizer = load_tokenizer(*loaded->source);
    loaded->end_ids = end_of_generation_ids(*loaded->source, *loaded->tokenizer);
  }
  loaded->chat_template = load_chat_template(*loaded->source);
  loaded->facts = make_facts(*loaded);
  return loaded;
}

}  // namespace vitrine
