// SPDX-License-Identifier: Apache-2.0
// A model's architecture as data: one DecoderModel reads it; a new family is new data or a new LayerSpec field, not a new forward.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/args.h"
#include "engine/exec/taps.h"
#include "engine/model/position_spec.h"
#include "engine/model/state_spec.h"

namespace vitrine {

/// latent: multi-head latent attention, see LatentSpec. From mamba on: mixers that carry a state, see state_spec.h.
enum class Mixer : uint8_t { none, attention, latent, mamba, mamba2, rwkv, rg_lru, short_conv, gated_delta };
/// mlp: act(x Wu) Wd; glu: (act(x Wg) * x Wu) Wd; channel_mix: sigmoid(r) * relu(k)^2 Wv of this token and the one before (RWKV);
/// moe: see MoeSpec.
enum class Ffn : uint8_t { none, mlp, glu, channel_mix, moe };
enum class NormKind : uint8_t { rms, layer };
/// pre: x + f(norm(x)). post: norm(x + f(x)) (BERT). sandwich: x + norm(f(norm(x))) (Gemma 2 and 3).
/// output: x + norm(f(x)) (OLMo 2). rebased: n + f(n), n = norm(x) (BLOOM's apply_residual_connection_post_layernorm).
enum class NormPlacement : uint8_t { pre, post, sandwich, output, rebased };
/// What one norm of q (or k) spans: head: each head, all with one weight [head_dim]; heads: each head with a weight of its own
/// [heads, head_dim]; width: all heads together, weight [heads * head_dim].
enum class QkNormSpan : uint8_t { head, heads, width };

/// A mixture of experts, each a gated feed-forward of width `hidden`.
struct MoeSpec {
  int experts = 0, hidden = 0;
  RouteRule route = {};
  int shared_hidden = 0;                 // width of the expert that every token goes to, 0: none
  bool shared_gate = false;              // its share is the sigmoid of a projection of x
  bool correction = false;               // a bias that takes part in the choice only
  bool router_bias = false, expert_bias = false;
  float glu_alpha = 0, glu_limit = 0;    // glu_alpha > 0: GPT-OSS' clamped SwiGLU
  bool operator==(const MoeSpec&) const = default;
};

/// Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434): keys of `nope` channels and values of `v` channels come out of a latent of
/// kv_rank channels; `rope` more key channels carry the position and are shared by all heads. Queries come out of q_rank, 0: out of x.
/// absorbed: the cache holds latent and rotary key, kv_rank + rope values a token; else the keys and values of every head.
struct LatentSpec {
  int q_rank = 0, kv_rank = 0, nope = 0, rope = 0, v = 0;
  float norm_eps = 1e-6f;
  bool absorbed = true;
  bool operator==(const LatentSpec&) const = default;
};

struct LayerSpec {
  Mixer mixer = Mixer::attention;
  Ffn ffn = Ffn::glu;
  NormPlacement placement = NormPlacement::pre;
  bool parallel = false;                 // x + mixer(norm1(x)) + ffn(norm2(x)); placement pre only
  bool shared_norm = false;              // parallel: the feed-forward reads norm1 as well
  bool attn_norm = true;                 // false: the mixer reads x as it is (ModernBERT's first layer)
  int shared_with = -1;                  // the layer whose weights it has (ALBERT), -1: its own
  bool cross = false;                    // between attention and feed-forward it attends to what the encoder made of the source
  float residual_scale = 1;              // what both branches are multiplied with before they are added
  int heads = 0, kv_heads = 0, head_dim = 0, hidden = 0;
  int window = 0;                        // sliding attention window in tokens, 0: full
  int rope = 0;                          // index into ModelSpec::ropes, -1: no rotary embedding
  float score_scale = 0;                 // what q.k is multiplied with
  float score_softcap = 0;
  AlibiSpec alibi = {};
  BucketSpec buckets = {};
  float qkv_clip = 0;                    // q, k, v clamped to +-clip, 0: not
  bool qk_norm = false;                  // norm of q and k
  QkNormSpan qk_norm_span = QkNormSpan::head;
  NormKind qk_norm_kind = NormKind::rms;
  bool qk_norm_after_rope = false;
  bool qk_norm_bias = false;             // layer norms of q and k: a bias must be there; one that is stored is used in any case
  bool qkv_bias = false, o_bias = false, ffn_bias = false;  // must be there; a bias that is stored is used in any case
  Activation activation = Activation::silu;
  bool sinks = false;                    // each head has a logit beside its keys that takes probability and gives nothing (GPT-OSS)
  MoeSpec moe = {};
  LatentSpec latent = {};
  bool attention_gate = false;           // the heads' outputs times the sigmoid of a projection of x (Qwen3-Next)
  bool attention_beside = false;         // attention runs beside a mixer that carries a state, their outputs are added (Falcon-H1)
  float attn_in_scale = 1, attn_out_scale = 1, ffn_gate_scale = 1, ffn_out_scale = 1;  // Falcon-H1's multipliers
  float output_scale = 1;                // what leaves the layer is multiplied with (RWKV-4 halves it now and then)
  MambaSpec mamba = {};
  Mamba2Spec mamba2 = {};
  RwkvSpec rwkv = {};
  RgLruSpec rg_lru = {};
  ShortConvSpec short_conv = {};
  GatedDeltaSpec gated_delta = {};
  SharedBlockSpec shared = {};
  bool operator==(const LayerSpec&) const = default;
};

inline bool carries_state(const LayerSpec& layer) { return layer.mixer >= Mixer::mamba && layer.mixer <= Mixer::gated_delta; }
/// True when the layer has keys and values.
inline bool attends(const LayerSpec& layer) {
  return layer.mixer == Mixer::attention || layer.mixer == Mixer::latent || layer.attention_beside || layer.shared.stored_in >= 0;
}

/// What a layer's cache holds of one token: k_dim + v_dim values a head, or k_dim where the values lie in the keys. heads 0: nothing.
struct KvEntry {
  int heads = 0, k_dim = 0, v_dim = 0;
  bool values_in_keys = false;
  int64_t values() const { return int64_t(heads) * (k_dim + (values_in_keys ? 0 : v_dim)); }
};
VT_API KvEntry kv_entry(const LayerSpec& layer);

/// One column of layers: "text", "encoder", later "vision", "draft".
struct StackSpec {
  std::string name = "text";
  bool causal = true;
  std::vector<LayerSpec> layers;
};

struct ModelSpec {
  std::string arch;          // our id: "llama", "qwen3", ...
  std::string name;          // as the checkpoint calls itself, or its file name
  int dim = 0, vocab = 0, context_length = 0;
  NormKind norm = NormKind::rms;
  float norm_eps = 1e-5f;
  bool norm_weight = true;   // false: norms without weight and bias (OLMo 1)
  bool norm_bias = true;     // layer norm: whether a bias must be there; one that is stored is used in any case
  std::vector<RopeSpec> ropes;
  std::vector<StackSpec> stacks;
  int embed_dim = 0;         // width of the embedding and the head where it is not dim (OPT-350M), 0: dim
  float embed_scale = 1;     // Gemma: sqrt(dim)
  int learned_positions = 0; // rows of the position embedding, 0: none
  bool late_projection = false;  // positions, types and norm are embed_dim wide as well, the projection comes after them (ALBERT, ELECTRA)
  bool sinusoidal_positions = false;  // added to the embedding: sin | cos of position * 10000^(-i / (dim / 2 - 1)) (XGLM)
  bool sinusoids_by_width = false;    // with frequencies 10000^(-2i / dim) instead (Marian, Pegasus)
  int position_offset = 0;   // OPT, XGLM: row of position 0
  int padding_id = -1;       // RoBERTa: a token that takes no position, it has the row of its id; -1: none
  int padding_row = -1;      // row of the embedding that lookups give no gradient; -1: none
  int token_types = 0;       // rows of the segment embedding (BERT), 0: none
  bool embed_norm = false;   // a norm right after the embeddings (BERT)
  bool final_norm = true;
  float final_norm_eps = 0;  // 0: norm_eps
  bool head = true;          // has an LM head (else hidden states are the output)
  bool head_transform = false;  // BERT: dense + activation + norm before the decoder
  bool head_dense_bias = true, head_bias = false;  // of head_transform and of the head: must be there; one that is stored is used in any case
  bool tied_head = false;
  int head_rows = 0;         // what the head says of each token where that is no row of the vocabulary: 1 for ELECTRA's discriminator; 0: vocab
  int encoder_vocab = 0;     // rows of an encoder's own embedding, 0: it has the decoder's
  int inner_layers = 1;      // ALBERT: layers in a group that shares its weights
  int decoder_start = -1;    // the token an encoder-decoder begins its answer with
  float logit_scale = 1, logit_softcap = 0;
  int pooler_dim = 0;        // BERT pooler, 0: none
  Activation head_activation = Activation::gelu;

  /// Channels of a row of the embedding.
  int embed_width() const noexcept { return embed_dim ? embed_dim : dim; }
  /// An encoder alone: it reads both ways and writes nothing.
  bool only_reads() const { return !has_encoder() && !stacks.empty() && !stacks[0].causal; }
  /// Predicts masked tokens from both sides.
  bool fills_masks() const { return head && head_rows == 0 && !stacks[0].causal; }
  /// Says of each token whether it was replaced.
  bool finds_replaced() const { return head && head_rows == 1 && !stacks[0].causal; }
  bool has_encoder() const { return stacks.size() > size_t(kEncoderStack); }
  const std::vector<LayerSpec>& layers(int stack = 0) const { return stacks.at(size_t(stack)).layers; }
};

/// Bytes that one token occupies in the KV cache over all layers.
VT_API int64_t kv_bytes_per_token(const ModelSpec& spec, DType cache_dtype);
/// Bytes of the pages that a sequence of so many tokens needs to go on: layers with a window keep no more than that (kv_cache.h).
VT_API int64_t kv_bytes(const ModelSpec& spec, DType cache_dtype, int64_t tokens);

}  // namespace vitrine
