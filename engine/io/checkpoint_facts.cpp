// SPDX-License-Identifier: Apache-2.0
#include "engine/io/checkpoint_facts.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/config_view.h"
#include "engine/io/meta_value.h"
#include "engine/io/tokenizer_kind.h"

namespace vitrine {
namespace {

constexpr KeyPair kKeys[] = {
    {"layers", "block_count", "num_hidden_layers|n_layer|n_layers|num_layers"},
    {"dim", "embedding_length", "hidden_size|n_embd|d_model"},
    {"heads", "attention.head_count", "num_attention_heads|n_head|n_heads|num_heads|attention_heads"},
    {"kv_heads", "attention.head_count_kv", "num_key_value_heads|num_kv_heads|n_head_kv"},
    {"key_length", "attention.key_length", "head_dim"},
    {"value_length", "attention.value_length", "v_head_dim|head_dim"},
    {"latent", "attention.kv_lora_rank", "kv_lora_rank"},
    {"latent_rope", "rope.dimension_count", "qk_rope_head_dim"},
    {"context", "context_length", "max_position_embeddings|n_positions|n_ctx|max_seq_len"},
    {"vocab", "vocab_size", "vocab_size"},
    {"causal", "attention.causal", ""},
    {"layer_types", "", "layer_types|layers_block_type|block_types"},
    {"attention_layers", "", "attn_layer_indices"},
    {"attention_period", "", "attn_layer_period"},
    {"attention_offset", "", "attn_layer_offset"},
    {"multi_query", "", "multi_query"},
    {"grouped", "", "new_decoder_architecture"},
    {"name", "general.name", "_name_or_path"},
    {"licence", "general.license", "license"},
    {"file_type", "general.file_type", ""},
};

constexpr int64_t kLargest = int64_t(1) << 24;  // beyond any real head count, width or depth

std::optional<int64_t> sane(std::optional<int64_t> value) {
  return value && *value > 0 && *value <= kLargest ? value : std::nullopt;
}
std::optional<int64_t> number(const ConfigView& config, std::string_view name) {
  return sane(meta_i64(config.find(name)));
}
std::string text(const ConfigView& config, std::string_view name) {
  const std::string* value = meta_str(config.find(name));
  return value ? *value : std::string();
}

std::string architecture(const WeightSource& source) {
  const std::string* name = meta_str(source.meta(source.container() == "gguf" ? "general.architecture" : "model_type"));
  if (name) return *name;
  const MetaArray* classes = meta_array(source.meta("architectures"));
  const std::string* first = classes && !classes->empty() ? meta_str(&(*classes)[0]) : nullptr;
  return first ? *first : std::string();
}

/// Heads of layer `layer`: a list has an entry a layer, a number holds for all.
int64_t heads_of(const MetaValue* value, int64_t layer, int64_t fallback) {
  const MetaArray* list = meta_array(value);
  if (list) value = layer < int64_t(list->size()) ? &(*list)[size_t(layer)] : nullptr;
  const auto heads = meta_i64(value);
  return heads && *heads >= 0 && *heads <= kLargest ? *heads : fallback;
}

/// Hybrids name their attention layers by a list of types (repeated when it is short), by index, or by period and
/// offset.
bool has_attention(const ConfigView& config, int64_t layer) {
  if (const MetaArray* types = meta_array(config.find("layer_types")); types && !types->empty()) {
    const std::string* type = meta_str(&(*types)[size_t(layer) % types->size()]);
    if (!type || type->find("hybrid") != std::string::npos) return true;
    return type->find("attention") != std::string::npos && type->find("linear") == std::string::npos;
  }
  if (const MetaArray* indices = meta_array(config.find("attention_layers")))
    return std::any_of(indices->begin(), indices->end(), [&](auto& index) { return meta_i64(&index) == layer; });
  if (const auto period = number(config, "attention_period"))
    return layer % *period == meta_i64(config.find("attention_offset")).value_or(0);
  return true;
}

/// One head of keys and values for all (Falcon's first form).
bool is_multi_query(const ConfigView& config) {
  return meta_bool(config.find("multi_query")).value_or(false) && !meta_bool(config.find("grouped")).value_or(false);
}

/// Encoders read all tokens at once and keep no cache; state space models have heads, but no keys and values.
bool without_cache(const ConfigView& config, std::string_view architecture) {
  if (const auto causal = meta_bool(config.find("causal"))) return !*causal;
  static constexpr std::string_view kNames[] = {
      "bert",       "roberta",    "xlm-roberta", "distilbert", "albert", "electra", "modernbert", "mpnet",
      "deberta-v2", "nomic_bert", "vit",         "dinov2",     "clip",   "siglip",  "siglip2",    "mamba2"};
  return std::find(std::begin(kNames), std::end(kNames), architecture) != std::end(kNames);
}

std::optional<KvShape> kv_shape(const ConfigView& config) {
  constexpr int64_t kMostLayers = 4096;
  const auto layers = number(config, "layers"), dim = number(config, "dim");
  if (!layers || *layers > kMostLayers || !config.has("heads")) return std::nullopt;
  const auto latent = number(config, "latent");
  KvShape kv;
  for (int64_t layer = 0; layer < *layers; ++layer) {
    const int64_t heads = heads_of(config.find("heads"), layer, 0);
    const int64_t kv_heads = is_multi_query(config) ? 1 : heads_of(config.find("kv_heads"), layer, heads);
    if (kv_heads == 0 || !has_attention(config, layer)) continue;
    const int64_t usual = heads > 0 && dim ? *dim / heads : 0;
    const int64_t key = number(config, "key_length").value_or(usual),
                  value = number(config, "value_length").value_or(usual);
    kv.layers++;
    kv.values_per_token += latent ? *latent + number(config, "latent_rope").value_or(0) : kv_heads * (key + value);
  }
  return kv.values_per_token > 0 ? std::optional(kv) : std::nullopt;
}

std::vector<DTypeShare> shares(std::span<const TensorInfo> tensors) {
  std::map<std::string, DTypeShare> by_name;
  for (const TensorInfo& tensor : tensors) {
    const std::string name =
        tensor.foreign_dtype.empty() ? std::string(dtype_info(tensor.dtype).name) : tensor.foreign_dtype;
    DTypeShare& share = by_name[name];
    share.name = name;
    share.tensors++;
    share.elements += tensor.shape.numel();
    share.bytes += int64_t(tensor.bytes.size());
  }
  std::vector<DTypeShare> sorted;
  for (auto& [name, share] : by_name) sorted.push_back(share);
  std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.bytes > b.bytes; });
  return sorted;
}

bool counts_as_parameters(const TensorInfo& tensor) {
  switch (tensor.dtype) {
    case DType::i8:
    case DType::i16:
    case DType::i32:
    case DType::i64:
    case DType::boolean:
      return false;
    case DType::u8:
      return !tensor.foreign_dtype.empty();
    default:
      return true;
  }
}

std::string quantization(const ConfigView& config, const CheckpointFacts& facts) {
  if (const auto type = meta_i64(config.find("file_type"))) {
    const std::string_view name = gguf_file_type_name(*type);
    if (!name.empty()) return std::string(name);
  }
  return facts.dtypes.empty() ? std::string() : upper(facts.dtypes[0].name);
}

}  // namespace

CheckpointFacts checkpoint_facts(const WeightSource& source, bool with_tokenizer) {
  CheckpointFacts facts;
  facts.architecture = architecture(source);
  const ConfigView config(source, facts.architecture, kKeys, "text_config");
  facts.name = text(config, "name");
  facts.licence = text(config, "licence");
  for (const TensorInfo& tensor : source.tensors()) {
    facts.weight_bytes += int64_t(tensor.bytes.size());
    if (counts_as_parameters(tensor)) facts.parameters += tensor.shape.numel();
  }
  for (const auto& file : source.files()) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (!error) facts.file_bytes += int64_t(size);
  }
  facts.dtypes = shares(source.tensors());
  facts.quantization = quantization(config, facts);
  facts.layers = number(config, "layers");
  facts.dim = number(config, "dim");
  facts.heads = number(config, "heads");
  facts.context = number(config, "context");
  facts.vocab = number(config, "vocab");
  if (const MetaArray* tokens = meta_array(source.meta("tokenizer.ggml.tokens")); tokens && !facts.vocab)
    facts.vocab = int64_t(tokens->size());
  if (!without_cache(config, facts.architecture)) facts.kv = kv_shape(config);
  facts.chat_template = has_chat_template(source);
  if (with_tokenizer) facts.tokenizer = tokenizer_kind(source);
  return facts;
}

std::string_view gguf_file_type_name(int64_t file_type) noexcept {
  // llama.cpp, enum llama_ftype in include/llama.h
  static constexpr std::string_view kNames[] = {
      "F32",    "F16",     "Q4_0",   "Q4_1",   "",       "",          "",       "Q8_0",  "Q5_0",    "Q5_1",   "Q2_K",
      "Q3_K_S", "Q3_K_M",  "Q3_K_L", "Q4_K_S", "Q4_K_M", "Q5_K_S",    "Q5_K_M", "Q6_K",  "IQ2_XXS", "IQ2_XS", "Q2_K_S",
      "IQ3_XS", "IQ3_XXS", "IQ1_S",  "IQ4_NL", "IQ3_S",  "IQ3_M",     "IQ2_S",  "IQ2_M", "IQ4_XS",  "IQ1_M",  "BF16",
      "",       "",        "",       "TQ1_0",  "TQ2_0",  "MXFP4_MOE", "NVFP4",  "Q1_0"};
  return file_type >= 0 && file_type < int64_t(std::size(kNames)) ? kNames[file_type] : std::string_view();
}

std::string bytes_text(int64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = double(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, unit == 0 ? "%.0f %s" : "%.2f %s", value, kUnits[unit]);
  return buffer;
}

std::string count_text(int64_t count) {
  char buffer[48];
  if (count < 1'000'000) return std::to_string(count);
  const bool billions = count >= 1'000'000'000;
  std::snprintf(buffer, sizeof buffer, billions ? "%.2f B" : "%.1f M", double(count) / (billions ? 1e9 : 1e6));
  return buffer;
}

}  // namespace vitrine
