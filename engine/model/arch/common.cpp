// SPDX-License-Identifier: Apache-2.0
// What decoder-only families share: key spellings, Llama's tensor names, the usual numbers, rotary schemes.
#include <algorithm>
#include <cmath>

#include "engine/core/text.h"
#include "engine/io/meta_value.h"
#include "engine/model/architecture.h"

namespace vitrine {

/// One value of a rotary scheme: in an object of its own, for all layers or the full ones of several kinds; in the older object beside
/// rope_theta; or bare.
#define VT_ROPE_KEY(name, gguf, hf) \
  {"rope." name, gguf, "rope_parameters.full_attention." hf "|rope_parameters." hf "|rope_scaling." hf}, \
      {"rope_local." name, "", "rope_parameters.sliding_attention." hf}

static constexpr KeyPair kDecoderKeys[] = {
    {"layers", "block_count", "num_hidden_layers|n_layer|n_layers|num_layers"},
    {"dim", "embedding_length", "hidden_size|n_embd|d_model"},
    {"heads", "attention.head_count", "num_attention_heads|n_head|n_heads|num_heads|attention_heads"},
    {"kv_heads", "attention.head_count_kv", "num_key_value_heads|attn_config.kv_n_heads"},
    {"head_dim", "attention.key_length", "head_dim"},
    {"hidden", "feed_forward_length", "intermediate_size|n_inner|ffn_dim|ffn_hidden_size"},
    {"context", "context_length", "max_position_embeddings|n_positions|n_ctx|max_seq_len|seq_length"},
    {"rms_eps", "attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    {"layer_eps", "attention.layer_norm_epsilon", "layer_norm_epsilon|layer_norm_eps|norm_epsilon|norm_eps"},
    {"activation", "", "hidden_act|hidden_activation|activation_function|activation"},
    {"tied", "", "tie_word_embeddings"},
    {"window", "attention.sliding_window", "sliding_window|window_size"},
    {"use_window", "", "use_sliding_window"},
    {"max_window_layers", "", "max_window_layers"},
    {"layer_types", "", "layer_types"},
    {"window_pattern", "attention.sliding_window_pattern", "sliding_window_pattern|_sliding_window_pattern"},
    {"score_softcap", "attn_logit_softcapping", "attn_logit_softcapping"},
    {"logit_softcap", "final_logit_softcapping", "final_logit_softcapping"},
    {"query_scalar", "", "query_pre_attn_scalar"},
    {"attention_bias", "", "attention_bias"},
    {"mlp_bias", "", "mlp_bias"},
    {"use_bias", "", "use_bias|bias|enable_bias"},
    {"qk_norm", "", "qk_layernorm|use_qk_norm"},
    {"qkv_clip", "attention.clamp_kqv", "clip_qkv|attn_config.clip_qkv"},
    {"parallel", "use_parallel_residual", "use_parallel_residual|parallel_attn"},
    {"embed_scale", "embedding_scale", "embedding_multiplier"},
    {"scale_embedding", "", "scale_embedding"},
    {"residual_scale", "residual_scale", "residual_multiplier"},
    {"score_scale", "attention.scale", "attention_multiplier|attn_config.softmax_scale"},
    {"scale_scores", "", "scale_attn_weights"},
    {"norm_before", "", "do_layer_norm_before"},
    {"norm_affine", "", "layer_norm_elementwise_affine"},
    {"no_final_norm", "", "_remove_final_layer_norm"},
    {"embed_dim", "", "word_embed_proj_dim"},
    {"rebased", "", "apply_residual_connection_post_layernorm"},
    {"grouped", "", "new_decoder_architecture"},
    {"parallel_norms", "", "num_ln_in_parallel_attn"},
    {"alibi", "", "alibi"},
    {"multi_query", "", "multi_query"},
    {"kv_groups", "", "num_kv_heads|n_head_kv"},
    {"attention_types", "", "attention_types"},
    {"attention_layers", "", "attention_layers"},
    {"attention_out_bias", "", "attention_out_bias"},
    {"use_qkv_bias", "", "use_qkv_bias"},
    {"no_rope_layers", "", "no_rope_layers"},
    {"no_rope_interval", "", "no_rope_layer_interval"},
    {"yarn_log_mul", "rope.scaling.yarn_log_multiplier", ""},
    {"model_type", "general.architecture", "model_type"},
    {"bidirectional", "", "use_bidirectional_attention"},
    {"scale_by_layer", "", "scale_attn_by_inverse_layer_idx"},
    {"logit_scale", "logit_scale", "logit_scale"},
    {"logits_scaling", "logit_scale", "logits_scaling"},
    {"alibi_max_bias", "attention.max_alibi_bias", ""},
    {"partial_rotary", "", "rope_parameters.partial_rotary_factor|partial_rotary_factor|rotary_pct"},
    {"rotary_dim", "rope.dimension_count", "rotary_dim"},
    {"rope.theta", "rope.freq_base", "rope_parameters.full_attention.rope_theta|rope_parameters.rope_theta|rope_theta|rotary_emb_base"},
    {"rope_local.theta", "rope.freq_base_swa", "rope_parameters.sliding_attention.rope_theta|rope_local_base_freq"},
    {"rope.type", "rope.scaling.type",
     "rope_parameters.full_attention.rope_type|rope_parameters.rope_type|rope_parameters.type|rope_scaling.rope_type|rope_scaling.type"},
    {"rope_local.type", "", "rope_parameters.sliding_attention.rope_type"},
    {"rope.original", "rope.scaling.original_context_length",
     "rope_parameters.full_attention.original_max_position_embeddings|rope_parameters.original_max_position_embeddings|"
     "rope_scaling.original_max_position_embeddings|original_max_position_embeddings"},
    {"rope_local.original", "", "rope_parameters.sliding_attention.original_max_position_embeddings"},
    VT_ROPE_KEY("factor", "rope.scaling.factor", "factor"),
    VT_ROPE_KEY("attention_factor", "rope.scaling.attn_factor|rope.scaling.yarn_attn_factor", "attention_factor"),
    VT_ROPE_KEY("beta_fast", "rope.scaling.yarn_beta_fast", "beta_fast"),
    VT_ROPE_KEY("beta_slow", "rope.scaling.yarn_beta_slow", "beta_slow"),
    {"rope.truncate", "", "rope_parameters.truncate|rope_scaling.truncate"},  // the library looks for it outside the kinds of layers only
    {"rope_local.truncate", "", "rope_parameters.truncate"},
    VT_ROPE_KEY("mscale", "", "mscale"),
    VT_ROPE_KEY("mscale_all_dim", "", "mscale_all_dim"),
    VT_ROPE_KEY("low_freq", "", "low_freq_factor"),
    VT_ROPE_KEY("high_freq", "", "high_freq_factor"),
    VT_ROPE_KEY("short", "", "short_factor"),
    VT_ROPE_KEY("long", "", "long_factor"),
    VT_ROPE_KEY("query_beta", "attention.temperature_scale", "llama_4_scaling_beta"),
    VT_ROPE_KEY("alpha", "", "alpha"),
};
#undef VT_ROPE_KEY

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
std::vector<KeyPair> joined_keys(std::span<const KeyPair> first, std::span<const KeyPair> second) {
  std::vector<KeyPair> keys(first.begin(), first.end());
  keys.insert(keys.end(), second.begin(), second.end());
  return keys;
}
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
  rope.original_context = int(config.i64_or(key("original"), rope.max_context));
  rope.attention_factor = config.f64_or(key("attention_factor"), 0);
  rope.beta_fast = config.f64_or(key("beta_fast"), 32);
  rope.beta_slow = config.f64_or(key("beta_slow"), 1);
  rope.truncate = config.boolean_or(key("truncate"), true);
  rope.mscale = config.f64_or(key("mscale"), 0);
  rope.mscale_all_dim = config.f64_or(key("mscale_all_dim"), 0);
  rope.low_freq_factor = config.f64_or(key("low_freq"), 1);
  rope.high_freq_factor = config.f64_or(key("high_freq"), 4);
  rope.short_factors = floats(config, key("short"), rotary_dim / 2);
  rope.long_factors = floats(config, key("long"), rotary_dim / 2);
  rope.query_beta = config.f64_or(key("query_beta"), 0);
  // HunYuan says "dynamic" and means a base stretched once and for all.
  if (const double alpha = config.f64_or(key("alpha"), 0); alpha > 0 && rope.kind == RopeSpec::Kind::dynamic) {
    rope.kind = RopeSpec::Kind::standard;
    rope.theta *= std::pow(alpha, double(rotary_dim) / (rotary_dim - 2));
  }
  if (rope.kind == RopeSpec::Kind::longrope && !config.has(key("factor")) && rope.original_context > 0)
    rope.factor = double(rope.max_context) / rope.original_context;
  return rope;
}

Activation activation_of(const ConfigView& config, std::string_view key, Activation fallback) {
  if (!config.has(key)) return fallback;
  const std::string name = config.str(key);
  if (name == "silu" || name == "swish" || name == "swiglu") return Activation::silu;
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

std::vector<bool> sliding_or_pattern(const ConfigView& config, int pattern) {
  std::vector<bool> sliding = sliding_layers(config);
  if (!sliding.empty()) return sliding;
  // A GGUF stores the pattern layer by layer, or as a period, or not at all.
  if (config.gguf() && config.has("window_pattern") && meta_array(config.find("window_pattern")))
    return config.booleans("window_pattern", config.i64("layers"));
  if (config.has("window_pattern")) pattern = int(config.count("window_pattern", 1, 4096));
  for (int64_t i = 0; i < config.i64("layers"); ++i) sliding.push_back((i + 1) % pattern != 0);
  return sliding;
}

std::vector<int32_t> llama_cpp_row_order(int heads, int head_dim) {
  std::vector<int32_t> order;
  for (int head = 0; head < heads; ++head)
    for (int half = 0; half < 2; ++half)
      for (int i = 0; i < head_dim / 2; ++i) order.push_back(head * head_dim + 2 * i + half);
  return order;
}

std::vector<NameRule> renamed(std::span<const NameRule> names, std::initializer_list<NameRule> changes) {
  std::vector<NameRule> list(changes);
  for (const NameRule& rule : names)
    if (std::none_of(changes.begin(), changes.end(), [&](const NameRule& change) { return change.canonical == rule.canonical; })) list.push_back(rule);
  return list;
}

void split_qkv(Recipe& recipe, const NameContext& name, const ModelSpec& spec, std::string_view source, FusedQkv form) {
  if (!name.canonical.starts_with("attn.") || name.canonical.size() != 8) return;
  const char part = name.canonical[5];
  const bool weight = name.canonical.ends_with(".w");
  if ((part != 'q' && part != 'k' && part != 'v') || !(weight || name.canonical.ends_with(".b"))) return;
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  const int64_t hd = layer.head_dim, q = layer.heads * hd, kv = layer.kv_heads * hd, group = layer.heads / layer.kv_heads;
  recipe.pieces = {{cat(at_layer(source, name.layer), weight ? ".weight" : ".bias")}};
  if (form == FusedQkv::stacked) {
    recipe.pieces[0].from = part == 'q' ? 0 : part == 'k' ? q : q + kv;
    recipe.pieces[0].to = recipe.pieces[0].from + (part == 'q' ? q : kv);
    return;
  }
  recipe.row_order.clear();
  const int64_t first = part == 'q' ? 0 : part == 'k' ? group : group + 1, count = part == 'q' ? group : 1;
  for (int64_t head = 0; head < layer.kv_heads; ++head)
    for (int64_t row = first * hd; row < (first + count) * hd; ++row) recipe.row_order.push_back(int32_t(head * (group + 2) * hd + row));
}

void split_gate_up(Recipe& recipe, const NameContext& name, const ModelSpec& spec, std::string_view source) {
  const bool gate = name.canonical == "mlp.gate.w";
  if (!gate && name.canonical != "mlp.up.w") return;
  const int64_t hidden = spec.layers()[size_t(name.layer)].hidden;
  recipe.pieces = {{at_layer(source, name.layer), 0, gate ? 0 : hidden, gate ? hidden : 2 * hidden}};
}

void use_layer_norm(const ConfigView& config, ModelSpec& spec) {
  spec.norm = NormKind::layer;
  spec.norm_eps = float(config.f64_or("layer_eps", 1e-5));
}

void set_biases(const ConfigView& config, ModelSpec& spec, bool fallback) {
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qkv_bias = layer.o_bias = config.boolean_or("attention_bias", fallback);
    layer.ffn_bias = config.boolean_or("mlp_bias", fallback);
  }
}

/// What a GGUF keeps as tensors: Llama 3's divisors, computed beforehand, and LongRoPE's factors; the length that those scale to is not stored.
static void read_stored_factors(const ConfigView& config, RopeSpec& rope) {
  const auto read = [&](const char* name) {
    const TensorInfo* info = config.source().find(name);
    if (info && info->shape.numel() != rope.rotary_dim / 2)
      throw Error(ErrorKind::format, cat("the tensor ", name, " ", info->shape.str(), " does not fit ", rope.rotary_dim, " rotary dimensions: expected [", rope.rotary_dim / 2, "]"),
                  "check that config and weights belong together and that the download is complete", config.source().path().string());
    return info ? tensor_values(*info) : std::vector<float>();
  };
  rope.freq_divisors = read("rope_freqs.weight");
  const std::vector<float> long_factors = read("rope_factors_long.weight"), short_factors = read("rope_factors_short.weight");
  if (long_factors.empty() || short_factors.empty()) return;
  rope.kind = RopeSpec::Kind::longrope;
  rope.long_factors = long_factors;
  rope.short_factors = short_factors;
  rope.factor = rope.original_context > 0 ? double(rope.max_context) / rope.original_context : 1;
}

static void read_rotary(const ConfigView& config, ModelSpec& spec, const DecoderDefaults& defaults) {
  const int head_dim = spec.layers()[0].head_dim;
  const int rotary = config.has("rotary_dim") ? int(config.count("rotary_dim", 2, head_dim))
                                              : int(head_dim * config.f64_or("partial_rotary", config.gguf() ? 1.0 : defaults.partial_rotary));
  if (rotary % 2 != 0 || rotary < 2 || rotary > head_dim) throw config.error("head_dim", "gives an odd or empty rotary dimension");
  spec.ropes.push_back(read_rope(config, "rope", rotary, defaults.theta));
  if (config.gguf()) read_stored_factors(config, spec.ropes[0]);
}

/// One number a layer, each within what any model has.
static std::vector<int64_t> layer_counts(const ConfigView& config, std::string_view name, int layers, int64_t least = 1) {
  const std::vector<int64_t> counts = config.i64s(name, layers);
  for (int64_t count : counts)
    if (count < least || count > int64_t(1) << 24) throw config.error(name, cat("is ", count, ", outside ", least, " to ", int64_t(1) << 24));
  return counts;
}

ModelSpec read_decoder(const ConfigView& config, const DecoderDefaults& defaults) {
  ModelSpec spec;
  spec.dim = int(config.count("dim"));
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
    layer.ffn = defaults.ffn;
    layer.activation = activation_of(config, "activation", defaults.activation);
    layer.rope = defaults.rotary ? 0 : -1;
    spec.stacks[0].layers.push_back(layer);
  }
  spec.tied_head = config.boolean_or("tied", false);
  if (defaults.rotary) read_rotary(config, spec, defaults);
  return spec;
}

}  // namespace vitrine
