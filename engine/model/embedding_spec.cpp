// SPDX-License-Identifier: Apache-2.0
#include "engine/model/embedding_spec.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/json_text.h"
#include "engine/io/mapped_file.h"
#include "engine/io/meta_value.h"
#include "engine/io/safetensors.h"

namespace vitrine {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kMostBytes = size_t(16) << 20;

struct PoolingName {
  std::string_view name, legacy, text;
};
/// In the order of Pooling, which is that in which several are put side by side.
constexpr PoolingName kPoolings[] = {{"cls", "pooling_mode_cls_token", "cls"},
                                     {"max", "pooling_mode_max_tokens", "max"},
                                     {"mean", "pooling_mode_mean_tokens", "mean"},
                                     {"mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", "sum / sqrt(n)"},
                                     {"weightedmean", "pooling_mode_weightedmean_tokens", "weighted mean"},
                                     {"lasttoken", "pooling_mode_lasttoken", "last token"}};

/// A JSON file that may be missing; wrong types are errors that name it.
class ModuleFile {
 public:
  explicit ModuleFile(fs::path path) : path_(std::move(path)) {
    std::error_code ignored;
    if (fs::is_regular_file(path_, ignored)) values_ = parse_json(read_text_file(path_, kMostBytes), path_.string());
  }

  bool there() const { return !values_.is_null(); }
  const json& values() const { return values_; }
  const json* find(const char* key) const {
    if (!values_.is_object()) return nullptr;
    const auto at = values_.find(key);
    return at == values_.end() || at->is_null() ? nullptr : &*at;
  }
  bool flag(const char* key, bool fallback) const {
    const json* value = find(key);
    if (value && !value->is_boolean()) throw wrong(key, "true or false");
    return value ? value->get<bool>() : fallback;
  }
  int count(const char* key, int fallback) const {
    const json* value = find(key);
    if (value && (!value->is_number_integer() || *value < 1 || *value > 1 << 24)) throw wrong(key, "a positive whole number");
    return value ? value->get<int>() : fallback;
  }
  std::string text(const char* key, const char* fallback) const {
    const json* value = find(key);
    if (value && !value->is_string()) throw wrong(key, "text");
    return value ? value->get<std::string>() : fallback;
  }
  Error wrong(const char* key, const char* expected) const {
    return Error(ErrorKind::format, cat("\"", key, "\" should hold ", expected), "correct the field", path_.string());
  }

 private:
  fs::path path_;
  json values_;
};

std::vector<Pooling> read_pooling(const ModuleFile& file) {
  std::vector<Pooling> found;
  if (const json* mode = file.find("pooling_mode")) {
    const json list = mode->is_array() ? *mode : json::array({*mode});
    for (const json& entry : list) {
      const auto at = std::find_if(std::begin(kPoolings), std::end(kPoolings),
                                   [&](const PoolingName& p) { return entry.is_string() && entry.get<std::string>() == p.name; });
      if (at == std::end(kPoolings)) throw file.wrong("pooling_mode", "cls, max, mean, mean_sqrt_len_tokens, weightedmean or lasttoken");
      found.push_back(Pooling(at - std::begin(kPoolings)));
    }
  } else {
    for (size_t i = 0; i < std::size(kPoolings); ++i)
      if (file.flag(std::string(kPoolings[i].legacy).c_str(), false)) found.push_back(Pooling(i));
  }
  return found.empty() ? std::vector{Pooling::mean} : found;
}

/// Tensors of a module's folder by name.
std::unique_ptr<WeightSource> module_weights(const fs::path& folder) {
  const fs::path file = folder / "model.safetensors";
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) return open_safetensors_file(file);
  throw Error(ErrorKind::unsupported, "the module's weights are not there as safetensors",
              "write model.safetensors with sentence-transformers: SentenceTransformer(...).save(...)", folder.string());
}

std::vector<float> module_tensor(const WeightSource& weights, const char* name, Shape shape) {
  const TensorInfo& info = require_tensor(weights, name);
  if (info.shape != shape)
    throw Error(ErrorKind::format, cat("tensor \"", name, "\" is ", info.shape.str(), ", its config.json says ", shape.str()), "get the folder again",
                weights.path().string());
  return tensor_values(info);
}

Activation activation_of(const ModuleFile& config) {
  std::string name = config.text("activation_function", "torch.nn.modules.activation.Tanh");
  name.erase(0, name.rfind('.') + 1);
  constexpr std::pair<std::string_view, Activation> kKnown[] = {{"Identity", Activation::identity}, {"Tanh", Activation::tanh}, {"ReLU", Activation::relu},
                                                                {"GELU", Activation::gelu},         {"SiLU", Activation::silu}, {"Sigmoid", Activation::sigmoid}};
  for (const auto& [known, activation] : kKnown)
    if (name == known) return activation;
  throw config.wrong("activation_function", "Identity, Tanh, ReLU, GELU, SiLU or Sigmoid of torch.nn");
}

EmbeddingStep read_dense(const fs::path& folder) {
  const ModuleFile config(folder / "config.json");
  EmbeddingStep step{.kind = EmbeddingStep::Kind::dense, .in = config.count("in_features", 0), .out = config.count("out_features", 0)};
  if (step.in == 0) throw config.wrong("in_features", "the width that goes in");
  if (step.out == 0) throw config.wrong("out_features", "the width that comes out");
  if (config.text("module_input_name", "sentence_embedding") != "sentence_embedding") throw config.wrong("module_input_name", "\"sentence_embedding\"");
  const auto weights = module_weights(folder);
  step.weight = module_tensor(*weights, "linear.weight", {step.out, step.in});
  if (config.flag("bias", true)) step.bias = module_tensor(*weights, "linear.bias", {step.out});
  step.activation = activation_of(config);
  step.residual = config.flag("use_residual", false);
  if (step.residual && step.in != step.out) step.residual_weight = module_tensor(*weights, "residual.weight", {step.out, step.in});
  return step;
}

EmbeddingStep read_layer_norm(const fs::path& folder) {
  const ModuleFile config(folder / "config.json");
  const int dim = config.count("dimension", 0);
  if (dim == 0) throw config.wrong("dimension", "the width");
  const auto weights = module_weights(folder);
  return {.kind = EmbeddingStep::Kind::layer_norm, .in = dim, .out = dim, .weight = module_tensor(*weights, "norm.weight", {dim}),
          .bias = module_tensor(*weights, "norm.bias", {dim})};
}

/// A folder below the checkpoint's own.
fs::path module_folder(const fs::path& root, const json& entry, const ModuleFile& modules) {
  if (!entry.is_object() || !entry.contains("type") || !entry["type"].is_string() || (entry.contains("path") && !entry["path"].is_string()))
    throw modules.wrong("path", "a folder, and \"type\" a class, in each entry");
  const fs::path path = entry.value("path", "");
  for (const fs::path& part : path)
    if (part == ".." || path.is_absolute()) throw modules.wrong("path", "a folder below this one");
  return root / path;
}

void read_modules(const ModuleFile& modules, const fs::path& root, EmbeddingSpec& spec) {
  if (!modules.values().is_array()) throw modules.wrong("modules", "a list");
  for (const json& entry : modules.values()) {
    const fs::path folder = module_folder(root, entry, modules);
    std::string type = entry["type"].get<std::string>();
    type.erase(0, type.rfind('.') + 1);
    if (type == "Transformer") continue;
    if (type == "Pooling") {
      const ModuleFile config(folder / "config.json");
      spec.pooling = read_pooling(config);
      spec.include_prompt = config.flag("include_prompt", true);
    } else if (type == "Dense") {
      spec.steps.push_back(read_dense(folder));
    } else if (type == "LayerNorm") {
      spec.steps.push_back(read_layer_norm(folder));
    } else if (type == "Normalize") {
      spec.steps.push_back({});
    } else if (type != "Dropout") {
      throw Error(ErrorKind::unsupported, cat("the sentence-transformers module ", type, " is not known here"),
                  "known are Transformer, Pooling, Dense, LayerNorm, Normalize", (root / "modules.json").string());
    }
  }
}

void read_folder(const fs::path& root, EmbeddingSpec& spec) {
  const ModuleFile modules(root / "modules.json"), transformer(root / "sentence_bert_config.json"), tokenizer(root / "tokenizer_config.json"),
      whole(root / "config_sentence_transformers.json");
  spec.origin = modules.there() ? "modules.json" : "no modules.json: the mean, as sentence-transformers takes";
  if (modules.there()) read_modules(modules, root, spec);
  // Some configurations of tokenizers hold 1e30 for "no limit".
  const json* longest = transformer.find("max_seq_length") ? transformer.find("max_seq_length") : tokenizer.find("model_max_length");
  if (longest && longest->is_number() && longest->get<double>() >= 1) spec.max_tokens = int(std::min<double>(spec.max_tokens, longest->get<double>()));
  spec.lower_case = transformer.flag("do_lower_case", false);
  spec.similarity = whole.text("similarity_fn_name", "cosine");
  spec.default_prompt = whole.text("default_prompt_name", "");
  if (const json* prompts = whole.find("prompts"); prompts && prompts->is_object())
    for (const auto& [name, text] : prompts->items())
      if (text.is_string()) spec.prompts.push_back({name, text.get<std::string>()});
  const std::string_view known[] = {"cosine", "dot", "euclidean", "manhattan"};
  if (std::find(std::begin(known), std::end(known), spec.similarity) == std::end(known))
    throw whole.wrong("similarity_fn_name", "cosine, dot, euclidean or manhattan");
}

/// llama.cpp, enum llama_pooling_type in include/llama.h.
void read_gguf(const WeightSource& source, EmbeddingSpec& spec) {
  const std::string* architecture = meta_str(source.meta("general.architecture"));
  const std::string key = cat(architecture ? *architecture : std::string(), ".pooling_type");
  const auto type = meta_i64(source.meta(key));
  spec.steps.push_back({});
  spec.origin = type && *type > 0 ? key : cat("no ", key, ": the mean");
  switch (type.value_or(0)) {
    case 0: return;
    case 1: spec.pooling = {Pooling::mean}; return;
    case 2: spec.pooling = {Pooling::cls}; return;
    case 3: spec.pooling = {Pooling::last}; return;
    default:
      throw Error(ErrorKind::unsupported, cat("pooling type ", *type, " (a reranker's) gives no vector of a text"), "open an embedding model",
                  cat(source.path().string(), ": ", key));
  }
}

}  // namespace

std::string_view pooling_name(Pooling pooling) noexcept { return kPoolings[size_t(pooling)].text; }

bool EmbeddingSpec::normalized() const { return !steps.empty() && steps.back().kind == EmbeddingStep::Kind::normalize; }

std::string EmbeddingSpec::pooling_text() const {
  std::string text;
  for (Pooling one : pooling) text += cat(text.empty() ? "" : " + ", pooling_name(one));
  return text;
}

EmbeddingSpec read_embedding_spec(const WeightSource& source, const ModelSpec& model) {
  EmbeddingSpec spec;
  spec.max_tokens = model.context_length;
  if (source.container() == "gguf") {
    read_gguf(source, spec);
    return spec;
  }
  std::error_code ignored;
  read_folder(std::filesystem::is_directory(source.path(), ignored) ? source.path() : source.path().parent_path(), spec);
  return spec;
}

}  // namespace vitrine
