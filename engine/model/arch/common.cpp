// SPDX-License-Identifier: Apache-2.0
// What decoder-only families share: key spellings, Llama's tensor names, the usual numbers, rotary schemes.
#include <algorithm>
#include <cmath>

#include "engine/core/text.h"
#include "engine/model/architecture.h"

namespace vitrine {

static constexpr KeyPair kDecoderKeys[] = {
    {"layers", "block_count", "num_hidden_layers|n_layer"},
    {"dim", "embedding_length", "hidden_size|n_embd"},
    {"heads", "attention.head_count", "num_attention_heads|n_head"},
    {"kv_heads", "attention.head_count_kv", "num_key_value_heads"},
    {"head_dim", "attention.key_length", "head_dim"},
    {"hidden", "feed_forward_length", "intermediate_size|n_inner"},
    {"context", "context_length", "max_position_embeddings|n_positions|n_ctx"},
    {"rms_eps", "attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    {"layer_eps", "attention.layer_norm_epsilon", "layer_norm_epsilon|layer_norm_eps"},
    {"activation", "", "hidden_act|hidden_activation|activation_function"},
    {"tied", "", "tie_word_embeddings"},
    {"window", "attention.sliding_window", "sliding_window"},
    {"use_window", "", "use_sliding_window"},
    {"max_window_layers", "", "max_window_layers"},
    {"layer_types", "", "layer_types"},
    {"window_pattern", "attention.sliding_window_pattern", "sliding_window_pattern|_sliding_window_pattern"},
    {"score_softcap", "attn_logit_softcapping", "attn_logit_softcapping"},
    {"logit_softcap", "final_logit_softcapping", "final_logit_softcapping"},
    {"query_scalar", "", "query_pre_attn_scalar"},
    {"partial_rotary", "", "rope_parameters.partial_rotary_factor|partial_rotary_factor"},
    {"rotary_dim", "rope.dimension_count", ""},
    {"rope.theta", "rope.freq_base", "rope_parameters.full_attention.rope_theta|rope_parameters.rope_theta|rope_theta"},
    {"rope.type", "rope.scaling.type",
     "rope_parameters.full_attention.rope_type|rope_parameters.rope_type|rope_scaling.rope_type|rope_scaling.type"},
    {"rope.factor", "rope.scaling.factor", "rope_parameters.full_attention.factor|rope_parameters.factor|rope_scaling.factor"},
    {"rope.original", "rope.scaling.original_context_length",
     "rope_parameters.original_max_position_embeddings|rope_scaling.original_max_position_embeddings|original_max_position_embeddings"},
    {"rope.attention_factor", "rope.scaling.attn_factor", "rope_parameters.attention_factor|rope_scaling.attention_factor"},
    {"rope.beta_fast", "rope.scaling.yarn_beta_fast", "rope_parameters.beta_fast|rope_scaling.beta_fast"},
    {"rope.beta_slow", "rope.scaling.yarn_beta_slow", "rope_parameters.beta_slow|rope_scaling.beta_slow"},
    {"rope.truncate", "", "rope_parameters.truncate|rope_scaling.truncate"},
    {"rope.mscale", "", "rope_parameters.mscale|rope_scaling.mscale"},
    {"rope.mscale_all_dim", "", "rope_parameters.mscale_all_dim|rope_scaling.mscale_all_dim"},
    {"rope.low_freq", "", "rope_parameters.low_freq_factor|rope_scaling.low_freq_factor"},
    {"rope.high_freq", "", "rope_parameters.high_freq_factor|rope_scaling.high_freq_factor"},
    {"rope.short", "", "rope_parameters.short_factor|rope_scaling.short_factor"},
    {"rope.long", "", "rope_parameters.long_factor|rope_scaling.long_factor"},
    {"rope_local.theta", "rope.freq_base_swa", "rope_parameters.sliding_attention.rope_theta|rope_local_base_freq"},
    {"rope_local.type", "", "rope_parameters.sliding_attention.rope_type"},
    {"rope_local.factor", "", "rope_parameters.sliding_attention.factor"},
};

static constexpr NameRule kHfLlamaNames[] = {
    {"embed.w", "model.embed_tokens.weight"},
    {"norm1.w", "model.layers.{}.input_layernorm.weight"},
    {"norm1.b", "model.layers.{}.input_layernorm.bias"},
    {"attn.q.w", "model.layers.{}.self_attn.q_proj.weight"},
    {"attn.q.b", "model.layers.{}.self_attn.q_proj.bias"},
    {"attn.k.w", "model.layers.{}.self_attn.k_proj.weight"},
    {"attn.k.b", "model.layers.{}.self_attn.k_proj.bias"},
    {"attn.v.w", "model.layers.{}.self_attn.v_proj.weight"},
    {"attn.v.b", "model.layers.{}.self_attn.v_proj.bias"},
    {"attn.o.w", "model.layers.{}.self_attn.o_proj.weight"},
    {"attn.o.b", "model.layers.{}.self_attn.o_proj.bias"},
    {"attn.q_norm.w", "model.layers.{}.self_attn.q_norm.weight"},
    {"attn.k_norm.w", "model.layers.{}.self_attn.k_norm.weight"},
    {"norm2.w", "model.layers.{}.post_attention_layernorm.weight"},
    {"norm2.b", "model.layers.{}.post_attention_layernorm.bias"},
    {"mlp.gate.w", "model.layers.{}.mlp.gate_proj.weight"},
    {"mlp.gate.b", "model.layers.{}.mlp.gate_proj.bias"},
    {"mlp.up.w", "model.layers.{}.mlp.up_proj.weight"},
    {"mlp.up.b", "model.layers.{}.mlp.up_proj.bias"},
    {"mlp.down.w", "model.layers.{}.mlp.down_proj.weight"},
    {"mlp.down.b", "model.layers.{}.mlp.down_proj.bias"},
    {"final_norm.w", "model.norm.weight"},
    {"final_norm.b", "model.norm.bias"},
    {"head.w", "lm_head.weight"},
    {"head.b", "lm_head.bias"},
};

std::span<const KeyPair> decoder_keys() { return kDecoderKeys; }
std::span<const NameRule> hf_llama_names() { return kHfLlamaNames; }

static RopeSpec::Kind rope_kind(const ConfigView& config, const std::string& key) {
  using Kind = RopeSpec::Kind;
  const std::string type = config.str_or(key, "default");
  if (type == "default" || type == "none") return Kind::standard;
  if (type == "linear") return Kind::linear;
  if (type == "dynamic") return Kind::dynamic;
  if (type == "yarn") return Kind::yarn;
  if (type == "llama3") return Kind::llama3;
  if (type == "longrope" || type == "su") return Kind::longrope;
  throw Error(ErrorKind::unsupported, cat("rotary scheme \"", type, "\" is not known"),
              "known: default, linear, dynamic, yarn, llama3, longrope", config.source().path().string());
}

static std::vector<float> floats(const ConfigView& config, const std::string& key, int count) {
  std::vector<float> values;
  if (config.has(key))
    for (double value : config.f64s(key, count)) values.push_back(float(value));
  return values;
}

RopeSpec read_rope(const ConfigView& config, std::string_view prefix, int rotary_dim, double default_theta) {
  const auto key = [&](std::string_view name) { return cat(prefix, ".", name); };
  RopeSpec rope;
  rope.kind = rope_kind(config, key("type"));
  rope.theta = config.f64_or(key("theta"), default_theta);
  rope.factor = config.f64_or(key("factor"), 1);
  rope.rotary_dim = rotary_dim;
  rope.max_context = int(config.i64_or("context", 2048));
  rope.original_context = rope.max_context;
  if (prefix != "rope") return rope;
  rope.original_context = int(config.i64_or("rope.original", rope.max_context));
  rope.attention_factor = config.f64_or("rope.attention_factor", 0);
  rope.beta_fast = config.f64_or("rope.beta_fast", 32);
  rope.beta_slow = config.f64_or("rope.beta_slow", 1);
  rope.truncate = config.boolean_or("rope.truncate", true);
  rope.mscale = config.f64_or("rope.mscale", 0);
  rope.mscale_all_dim = config.f64_or("rope.mscale_all_dim", 0);
  rope.low_freq_factor = config.f64_or("rope.low_freq", 1);
  rope.high_freq_factor = config.f64_or("rope.high_freq", 4);
  rope.short_factors = floats(config, "rope.short", rotary_dim / 2);
  rope.long_factors = floats(config, "rope.long", rotary_dim / 2);
  if (rope.kind == RopeSpec::Kind::longrope && !config.has("rope.factor") && rope.original_context > 0)
    rope.factor = double(rope.max_context) / rope.original_context;
  return rope;
}

Activation activation_of(const ConfigView& config, std::string_view key, Activation fallback) {
  if (!config.has(key)) return fallback;
  const std::string name = config.str(key);
  if (name == "silu" || name == "swish") return Activation::silu;
  if (name == "gelu" || name == "gelu_python") return Activation::gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast" || name == "gelu_accurate") return Activation::gelu_tanh;
  if (name == "quick_gelu") return Activation::gelu_quick;
  if (name == "relu") return Activation::relu;
  if (name == "relu2") return Activation::relu_squared;
  if (name == "tanh") return Activation::tanh;
  if (name == "sigmoid") return Activation::sigmoid;
  if (name == "linear" || name == "identity") return Activation::identity;
  throw Error(ErrorKind::unsupported, cat("activation \"", name, "\" is not known"),
              "known: silu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, tanh, sigmoid", config.source().path().string());
}

std::vector<bool> sliding_layers(const ConfigView& config) {
  std::vector<bool> sliding;
  if (!config.has("layer_types")) return sliding;
  for (const std::string& type : config.strs("layer_types")) {
    if (type != "sliding_attention" && type != "full_attention")
      throw Error(ErrorKind::unsupported, cat("layer type \"", type, "\" is not known"), "known: full_attention, sliding_attention",
                  config.source().path().string());
    sliding.push_back(type == "sliding_attention");
  }
  if (int64_t(sliding.size()) != config.i64("layers")) throw config.error("layer_types", "has not one entry a layer");
  return sliding;
}

std::vector<int32_t> llama_cpp_row_order(int heads, int head_dim) {
  std::vector<int32_t> order;
  for (int head = 0; head < heads; ++head)
    for (int half = 0; half < 2; ++half)
      for (int i = 0; i < head_dim / 2; ++i) order.push_back(head * head_dim + 2 * i + half);
  return order;
}

static int vocabulary_rows(const WeightSource& source) {
  for (const char* name : {"token_embd.weight", "model.embed_tokens.weight", "embed_tokens.weight", "transformer.wte.weight", "wte.weight",
                           "language_model.model.embed_tokens.weight", "model.language_model.embed_tokens.weight",
                           "bert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"})
    if (const TensorInfo* info = source.find(name); info && info->shape.rank() == 2) return int(info->shape[0]);
  throw Error(ErrorKind::format, "no token embedding among the tensors", "this is not a complete language model checkpoint", source.path().string());
}

/// One number a layer, each within what any model has.
static std::vector<int64_t> layer_counts(const ConfigView& config, std::string_view name, int layers, int64_t least = 1) {
  const std::vector<int64_t> counts = config.i64s(name, layers);
  for (int64_t count : counts)
    if (count < least || count > int64_t(1) << 24) throw config.error(name, cat("is ", count, ", outside ", least, " to ", int64_t(1) << 24));
  return counts;
}

ModelSpec read_decoder(const ConfigView& config) {
  ModelSpec spec;
  spec.dim = int(config.count("dim"));
  spec.vocab = vocabulary_rows(config.source());
  spec.context_length = config.has("context") ? int(config.count("context", 1, INT32_MAX)) : 2048;
  const int layers = int(config.count("layers", 1, 4096));
  const std::vector<int64_t> heads = layer_counts(config, "heads", layers);
  const std::vector<int64_t> kv_heads = config.has("kv_heads") ? layer_counts(config, "kv_heads", layers, config.gguf() ? 0 : 1) : heads;
  const std::vector<int64_t> hidden = config.has("hidden") ? layer_counts(config, "hidden", layers) : std::vector<int64_t>(size_t(layers), 4 * spec.dim);
  spec.norm_eps = float(config.f64_or("rms_eps", config.f64_or("layer_eps", 1e-5)));
  spec.logit_softcap = float(config.f64_or("logit_softcap", 0));
  spec.stacks.resize(1);
  for (int i = 0; i < layers; ++i) {
    LayerSpec layer;
    layer.heads = int(heads[size_t(i)]);
    layer.kv_heads = int(kv_heads[size_t(i)]);
    if (layer.kv_heads > 0 && layer.heads % layer.kv_heads != 0) throw config.error("kv_heads", "does not divide the number of heads");
    layer.head_dim = int(config.i64_or("head_dim", spec.dim / layer.heads));
    if (layer.head_dim < 1 || layer.head_dim > 4096) throw config.error("head_dim", "is outside 1..4096");
    layer.hidden = int(hidden[size_t(i)]);
    layer.score_scale = 1.0f / std::sqrt(float(layer.head_dim));
    layer.score_softcap = float(config.f64_or("score_softcap", 0));
    layer.activation = activation_of(config, "activation", Activation::silu);
    spec.stacks[0].layers.push_back(layer);
  }
  const int head_dim = spec.layers()[0].head_dim;
  const int rotary = config.has("rotary_dim") ? int(config.count("rotary_dim", 2, head_dim)) : int(head_dim * config.f64_or("partial_rotary", 1.0));
  if (rotary % 2 != 0 || rotary < 2 || rotary > head_dim) throw config.error("head_dim", "gives an odd or empty rotary dimension");
  spec.ropes.push_back(read_rope(config, "rope", rotary, 10000));
  if (const TensorInfo* divisors = config.gguf() ? config.source().find("rope_freqs.weight") : nullptr) {  // Llama 3 scaling, precomputed
    if (divisors->shape.numel() != rotary / 2) throw config.error("rotary_dim", "does not fit the tensor rope_freqs.weight " + divisors->shape.str());
    spec.ropes[0].freq_divisors = tensor_values(*divisors);
  }
  return spec;
}

}  // namespace vitrine
