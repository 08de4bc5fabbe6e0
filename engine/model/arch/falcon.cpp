// SPDX-License-Identifier: Apache-2.0
// Falcon (arXiv:2311.16867) in its three forms: RW with ALiBi, one after the other; 7B with one KV head, in parallel on one norm; 40B and
// 180B ("new decoder architecture") with KV groups, in parallel on two norms. ALiBi is rounded through bfloat16, scaled with the scores and
// added twice: the reference's attention that returns its probabilities adds it to the scores and to the mask.
#include "engine/model/arch/all.h"

namespace vitrine {

static constexpr NameRule kNames[] = {
    {"embed.w", "transformer.word_embeddings.weight"},
    {"norm1.w", "transformer.h.{}.ln_attn.weight|transformer.h.{}.input_layernorm.weight"},
    {"norm1.b", "transformer.h.{}.ln_attn.bias|transformer.h.{}.input_layernorm.bias"},
    {"attn.o.w", "transformer.h.{}.self_attention.dense.weight"},
    {"attn.o.b", "transformer.h.{}.self_attention.dense.bias"},
    {"norm2.w", "transformer.h.{}.ln_mlp.weight|transformer.h.{}.post_attention_layernorm.weight"},
    {"norm2.b", "transformer.h.{}.ln_mlp.bias|transformer.h.{}.post_attention_layernorm.bias"},
    {"mlp.up.w", "transformer.h.{}.mlp.dense_h_to_4h.weight"},
    {"mlp.up.b", "transformer.h.{}.mlp.dense_h_to_4h.bias"},
    {"mlp.down.w", "transformer.h.{}.mlp.dense_4h_to_h.weight"},
    {"mlp.down.b", "transformer.h.{}.mlp.dense_4h_to_h.bias"},
    {"final_norm.w", "transformer.ln_f.weight"},
    {"final_norm.b", "transformer.ln_f.bias"},
    {"head.w", "lm_head.weight"},
};

/// What the configuration (of a GGUF: the tensors it has) says of the form.
struct Form {
  bool grouped, parallel, two_norms, alibi, one_kv_head;
};

static Form form_of(const ConfigView& config) {
  if (config.gguf()) {  // of a GGUF the tensors say it
    const bool two = stored_in_layers(config, "attn_norm_2.weight"), sequential = stored_in_layers(config, "ffn_norm.weight");
    return {.grouped = two, .parallel = !sequential, .two_norms = two || sequential, .alibi = config.f64_or("alibi_max_bias", 0) > 0, .one_kv_head = false};
  }
  const bool grouped = config.boolean_or("grouped", false), parallel = grouped || config.boolean_or("parallel", true);
  return {.grouped = grouped, .parallel = parallel, .two_norms = !parallel || (grouped && config.i64_or("parallel_norms", 2) == 2),
          .alibi = config.boolean_or("alibi", false), .one_kv_head = !grouped && config.boolean_or("multi_query", true)};
}

static ModelSpec spec(const ConfigView& config) {
  const Form form = form_of(config);
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .rotary = !form.alibi});
  use_layer_norm(config, spec);
  const int64_t groups = config.i64_or("kv_groups", spec.layers()[0].heads);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    if (!config.gguf()) layer.kv_heads = form.grouped ? int(groups) : form.one_kv_head ? 1 : layer.heads;
    if (layer.kv_heads < 1 || layer.heads % layer.kv_heads != 0) throw config.error("kv_groups", "does not divide the number of heads");
    layer.parallel = form.parallel;
    layer.shared_norm = !form.two_norms;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = config.boolean_or("use_bias", false);
    if (form.alibi) layer.alibi = {.max_bias = 8, .scale = 2 * layer.score_scale, .bf16 = true};
  }
  return spec;
}

/// llama.cpp calls the norm of the attention attn_norm_2 where there are two, and that of the MLP attn_norm.
static void adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0) return;
  if (!name.gguf) return split_qkv(recipe, name, spec, "transformer.h.{}.self_attention.query_key_value", FusedQkv::grouped);
  const LayerSpec& layer = spec.layers()[size_t(name.layer)];
  if (!layer.parallel || layer.shared_norm) return;
  const std::string_view part = name.canonical.ends_with(".w") ? ".weight" : ".bias";
  if (name.canonical.starts_with("norm1.")) recipe.pieces = {{at_layer("blk.{}.attn_norm_2", name.layer).append(part)}};
  if (name.canonical.starts_with("norm2.")) recipe.pieces = {{at_layer("blk.{}.attn_norm", name.layer).append(part)}};
}

Architecture falcon() {
  return {.id = "falcon", .gguf_names = {"falcon"}, .hf_model_types = {"falcon"}, .keys = decoder_keys(), .hf_names = kNames, .spec = spec,
          .adjust = adjust, .tied_unless_said = true, .padding_row = {.declared = false}};
}

}  // namespace vitrine
