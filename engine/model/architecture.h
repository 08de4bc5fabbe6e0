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

/// A part of a stored tensor: entries [from, to) along axis; to -1: to its end.
struct Piece {
  std::string source;
  int axis = 0;
  int64_t from = 0, to = -1;
};

/// How a canonical weight comes out of the checkpoint: pieces one under the other, transposed, rows reordered, a constant added.
struct Recipe {
  std::vector<Piece> pieces;
  bool transpose = false;
  std::vector<int32_t> row_order = {};  // row i of the weight is stored row row_order[i]
  float add = 0;                        // Gemma stores norm weights minus one
};

/// Canonical names are "embed", "positions", "layers.3.attn.q", ... with ".w" or ".b". In the stored name "{}" is the layer.
struct NameRule {
  std::string_view canonical, stored;
};

struct NameContext {
  std::string_view canonical;           // "attn.q.w": without "layers.N."
  int layer = -1;
  bool gguf = false;
};

struct Architecture {
  std::string_view id;
  std::vector<std::string_view> gguf_names;      // general.architecture
  std::vector<std::string_view> hf_model_types;  // config.json: model_type
  std::span<const KeyPair> keys;
  std::span<const NameRule> hf_names;            // GGUF names are the same for all families: gguf_names.cpp
  ModelSpec (*spec)(const ConfigView&) = nullptr;
  /// Fused, transposed, permuted or shifted weights; null: every weight is stored as it is.
  void (*adjust)(Recipe&, const NameContext&, const ModelSpec&) = nullptr;
  std::string_view hf_scope = {};                // object of config.json that holds the text model, if nested
};

/// Every architecture, in order of trial.
std::span<const Architecture> architectures();
/// Throws Error unsupported that names the architecture found and the nearest known one.
const Architecture& match_architecture(const WeightSource& source);
ModelSpec read_spec(const Architecture& architecture, const WeightSource& source);
/// Where `canonical` is stored; no pieces: this container has no such weight.
Recipe find_recipe(const Architecture& architecture, const ModelSpec& spec, std::string_view canonical, const WeightSource& source);

// --- pieces that several families share (arch/common.cpp)

/// Llama's names in a Hugging Face folder.
std::span<const NameRule> hf_llama_names();
/// Keys of decoder-only models as most families spell them.
std::span<const KeyPair> decoder_keys();
/// dims, heads, context, vocabulary, norm epsilon, one LayerSpec a layer and the rotary scheme, read through decoder_keys().
ModelSpec read_decoder(const ConfigView& config);
/// The rotary scheme at `prefix` ("rope" or, for per-layer-type parameters, "rope_local").
RopeSpec read_rope(const ConfigView& config, std::string_view prefix, int rotary_dim, double default_theta);
/// llama.cpp stores q and k of Llama-like families with rows interleaved for its rotary kernel; this restores Hugging Face order.
std::vector<int32_t> llama_cpp_row_order(int heads, int head_dim);
/// "silu", "gelu_pytorch_tanh", "gelu_new", "relu", ... Throws Error unsupported naming it.
Activation activation_of(const ConfigView& config, std::string_view key, Activation fallback);
/// Layers whose type in "layer_types" is "sliding_attention"; empty when the configuration has no such list.
std::vector<bool> sliding_layers(const ConfigView& config);

}  // namespace vitrine
