// SPDX-License-Identifier: Apache-2.0
// What a family of checkpoints needs to be loaded: which files it recognises, its spec, and where each canonical weight is stored.
// One file per family under arch/, one line in registry.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/config_view.h"
#include "engine/model/spec.h"

namespace vitrine {

/// A part of a stored tensor: entries [from, to) along axis; to -1: to its end. index >= 0: of a stack of matrices (or vectors), this one.
struct Piece {
  std::string source;
  int axis = 0;
  int64_t from = 0, to = -1;
  int64_t index = -1;
};

/// How a canonical weight comes out of the checkpoint: pieces one under the other, transposed, rows picked, a constant added.
struct Recipe {
  std::vector<Piece> pieces;
  bool transpose = false;
  std::vector<int32_t> row_order = {};  // row i of the weight is stored row row_order[i]; rows not named are left out
  bool flat = false;                    // read as a vector, whatever the stored shape
  float add = 0;                        // Gemma stores norm weights minus one
  bool frozen = false;                  // a constant that is stored, not a parameter: it has no gradient
  std::string block_scales = {};        // the piece holds pairs of 4-bit codes, this tensor one exponent for 32 of them (MXFP4 in safetensors)
};

/// Canonical names are "embed", "positions", "layers.3.attn.q", "layers.3.experts.7.up", ... with ".w" or ".b". In the stored name the
/// first "{}" is the layer, the second the expert; an expert's name without a second "{}" is a stack of all of them.
struct NameRule {
  std::string_view canonical, stored;
};

struct NameContext {
  std::string_view canonical;           // "attn.q.w", "experts.up.w": without layer and expert
  int layer = -1;
  bool gguf = false;
  int expert = -1;                      // also the head of "attn.k_up" and "attn.v_up"
};

/// The row of the embedding that lookups give no gradient in the reference library (nn.Embedding's padding_idx): the configuration's
/// pad_token_id.
struct PaddingRow {
  bool declared = true;                 // false: the family's embedding has none
  int otherwise = -1;                   // where the configuration names no pad_token_id; -1: there is none then
};

struct Architecture {
  std::string_view id;
  std::vector<std::string_view> gguf_names;      // general.architecture; empty: llama.cpp has no such family
  std::vector<std::string_view> hf_model_types;  // config.json: model_type
  std::span<const KeyPair> keys;
  std::span<const NameRule> hf_names;            // GGUF names are the same for all families: gguf_names.cpp
  ModelSpec (*spec)(const ConfigView&) = nullptr;
  /// Fused, transposed, permuted or shifted weights; null: every weight is stored as it is.
  void (*adjust)(Recipe&, const NameContext&, const ModelSpec&) = nullptr;
  std::span<const NameRule> gguf_rules = {};     // names in a GGUF that only this family has; they come before those all have
  std::string_view hf_scope = {};                // object of config.json that holds the text model, if nested
  bool tied_unless_said = false;                 // config.json without tie_word_embeddings means a tied head
  PaddingRow padding_row = {};                   // of a folder; a GGUF has none
};

/// Every architecture, in order of trial.
std::span<const Architecture> architectures();
/// Throws Error unsupported that names the architecture found and the nearest known one.
const Architecture& match_architecture(const WeightSource& source);
ModelSpec read_spec(const Architecture& architecture, const WeightSource& source);
/// Where `canonical` is stored; no pieces: this container has no such weight.
Recipe find_recipe(const Architecture& architecture, const ModelSpec& spec, std::string_view canonical, const WeightSource& source);
/// Every way the family spells `canonical` where it is stored as it is.
std::vector<std::string> possible_names(const Architecture& architecture, std::string_view canonical, const WeightSource& source);
/// The configuration's entry that counts the vocabulary; empty: it has none.
std::string vocabulary_key(const ConfigView& config);

// --- pieces that several families share (arch/common.cpp)

/// Llama's names in a Hugging Face folder.
std::span<const NameRule> hf_llama_names();
/// GPT-2's, which StarCoder has as well (arch/gpt2.cpp).
std::span<const NameRule> hf_gpt2_names();
/// `names` with some spelled otherwise, or added.
std::vector<NameRule> renamed(std::span<const NameRule> names, std::initializer_list<NameRule> changes);
/// Whether any layer of a GGUF has the tensor "blk.N." + name: what its metadata leave unsaid.
bool stored_in_layers(const ConfigView& config, std::string_view name);
/// "{}" replaced by the layer.
std::string at_layer(std::string_view pattern, int layer);
/// Keys of decoder-only models as most families spell them.
std::span<const KeyPair> decoder_keys();
/// Two tables as one; of two entries with one canonical name the first counts.
std::vector<KeyPair> joined_keys(std::span<const KeyPair> first, std::span<const KeyPair> second);
/// What a family means where its configuration says nothing.
struct DecoderDefaults {
  Ffn ffn = Ffn::glu;
  Activation activation = Activation::silu;
  bool rotary = true;                   // false: layers without rotary embedding
  double theta = 10000, partial_rotary = 1;
};
/// dims, heads, context, norm epsilon, one LayerSpec a layer and the rotary scheme, read through decoder_keys().
ModelSpec read_decoder(const ConfigView& config, const DecoderDefaults& defaults = {});
/// Layer norm with its epsilon.
void use_layer_norm(const ConfigView& config, ModelSpec& spec);
/// Biases as "attention_bias" and "mlp_bias" say.
void set_biases(const ConfigView& config, ModelSpec& spec, bool fallback = false);
/// How one stored matrix holds q, k and v. stacked: all of q, then k, then v. grouped: per KV head its query heads, its key, its value.
enum class FusedQkv { stacked, grouped };
/// Takes attn.q, attn.k, attn.v (.w and .b) out of `source` + ".weight" or ".bias"; "{}" in it is the layer.
void split_qkv(Recipe& recipe, const NameContext& name, const ModelSpec& spec, std::string_view source, FusedQkv form);
/// Takes mlp.gate and mlp.up out of one matrix, the gate first.
void split_gate_up(Recipe& recipe, const NameContext& name, const ModelSpec& spec, std::string_view source);
/// The rotary scheme at `prefix` ("rope" or, for per-layer-type parameters, "rope_local").
RopeSpec read_rope(const ConfigView& config, std::string_view prefix, int rotary_dim, double default_theta);
/// Restores q and k of a GGUF in llama_cpp_row_order; an `adjust`.
void llama_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec);
/// llama.cpp stores q and k of Llama-like families with rows interleaved for its rotary kernel; this restores Hugging Face order.
std::vector<int32_t> llama_cpp_row_order(int heads, int head_dim);
/// "silu", "gelu_pytorch_tanh", "gelu_new", "relu", ... Throws Error unsupported naming it.
Activation activation_of(const ConfigView& config, std::string_view key, Activation fallback);
/// Layers whose type in "layer_types" is "sliding_attention"; empty when the configuration has no such list.
std::vector<bool> sliding_layers(const ConfigView& config);
/// The same; without a list all but every pattern-th layer, `pattern` as configured or as given.
std::vector<bool> sliding_or_pattern(const ConfigView& config, int pattern);
/// Llama's names with the norms behind the branches (OLMo 2, EXAONE 4).
std::span<const NameRule> hf_output_norm_names();
/// GLM's gate and up in one matrix; an `adjust`.
void glm_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec);
/// Granite's multipliers of embeddings, scores, branches and logits.
void granite_multipliers(const ConfigView& config, ModelSpec& spec);

}  // namespace vitrine
