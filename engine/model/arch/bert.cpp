// SPDX-License-Identifier: Apache-2.0
// BERT (arXiv:1810.04805): bidirectional encoder, norms after each sum, learned positions and segments, masked-language head
// (dense, activation, norm, tied decoder) or pooler. With is_decoder it looks back only.
#include <algorithm>
#include <deque>

#include "engine/core/text.h"
#include "engine/model/arch/all.h"
#include "engine/model/arch/bert_family.h"

namespace vitrine {

static constexpr KeyPair kExtraKeys[] = {
    {"is_decoder", "", "is_decoder"},
    {"cross_attention", "", "add_cross_attention"},
    {"padding_id", "", "pad_token_id"},
    {"token_types", "tokenizer.ggml.token_type_count", "type_vocab_size"},
    {"embedding_size", "", "embedding_size"},
    {"groups", "", "num_hidden_groups"},
    {"inner_layers", "", "inner_group_num"},
};

static constexpr NameRule kNames[] = {
    {"embed.w", "embeddings.word_embeddings.weight"},
    {"positions.w", "embeddings.position_embeddings.weight"},
    {"token_types.w", "embeddings.token_type_embeddings.weight"},
    {"embed_norm.w", "embeddings.LayerNorm.weight"},
    {"embed_norm.b", "embeddings.LayerNorm.bias"},
    {"embed_in.w", "embeddings_project.weight"},
    {"embed_in.b", "embeddings_project.bias"},
    {"attn.q.w", "encoder.layer.{}.attention.self.query.weight"},
    {"attn.q.b", "encoder.layer.{}.attention.self.query.bias"},
    {"attn.k.w", "encoder.layer.{}.attention.self.key.weight"},
    {"attn.k.b", "encoder.layer.{}.attention.self.key.bias"},
    {"attn.v.w", "encoder.layer.{}.attention.self.value.weight"},
    {"attn.v.b", "encoder.layer.{}.attention.self.value.bias"},
    {"attn.o.w", "encoder.layer.{}.attention.output.dense.weight"},
    {"attn.o.b", "encoder.layer.{}.attention.output.dense.bias"},
    {"norm1.w", "encoder.layer.{}.attention.output.LayerNorm.weight"},
    {"norm1.b", "encoder.layer.{}.attention.output.LayerNorm.bias"},
    {"mlp.up.w", "encoder.layer.{}.intermediate.dense.weight"},
    {"mlp.up.b", "encoder.layer.{}.intermediate.dense.bias"},
    {"mlp.down.w", "encoder.layer.{}.output.dense.weight"},
    {"mlp.down.b", "encoder.layer.{}.output.dense.bias"},
    {"norm2.w", "encoder.layer.{}.output.LayerNorm.weight"},
    {"norm2.b", "encoder.layer.{}.output.LayerNorm.bias"},
    {"pooler.w", "pooler.dense.weight"},
    {"pooler.b", "pooler.dense.bias"},
};

std::span<const KeyPair> encoder_keys() {
  static const std::vector<KeyPair> all = joined_keys(decoder_keys(), kExtraKeys);
  return all;
}

std::vector<NameRule> bert_names(std::string_view prefix, std::initializer_list<NameRule> head) {
  static std::deque<std::string> spelled;  // what the rules point to
  std::vector<NameRule> list(head);
  for (const NameRule& rule : kNames) list.push_back({rule.canonical, spelled.emplace_back(cat(prefix, rule.stored))});
  return list;
}

const TensorInfo* find_stored(const WeightSource& source, std::span<const NameRule> names, std::string_view canonical) {
  for (const NameRule& rule : names) {
    if (rule.canonical != canonical) continue;
    for (std::string_view rest = rule.stored; !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find('|'));
      for (const std::string_view spelled : {name, name.substr(name.find('.') + 1)})
        if (const TensorInfo* info = source.find(std::string(spelled))) return info;
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    }
  }
  return nullptr;
}

ModelSpec read_bert(const ConfigView& config, std::span<const NameRule> names) {
  ModelSpec spec = read_decoder(config, {.ffn = Ffn::mlp, .activation = Activation::gelu, .rotary = false});
  const auto stored = [&](std::string_view canonical) { return find_stored(config.source(), names, canonical); };
  if (config.boolean_or("cross_attention", false))
    throw Error(ErrorKind::unsupported, "a BERT decoder with cross-attention needs an encoder beside it", "open an encoder-decoder such as T5 or BART",
                config.source().path().string());
  spec.norm = NormKind::layer;
  spec.norm_eps = float(config.f64_or("layer_eps", 1e-12));
  spec.learned_positions = spec.context_length;
  if (config.gguf() && config.has("token_types")) spec.token_types = int(config.count("token_types", 0, 1 << 16));
  else if (const TensorInfo* types = config.gguf() ? config.source().find("token_types.weight") : nullptr; types && types->shape.rank() == 2)
    spec.token_types = int(types->shape[0]);
  if (!config.gguf() && std::any_of(names.begin(), names.end(), [](const NameRule& rule) { return rule.canonical == "token_types.w"; }))
    spec.token_types = config.has("token_types") ? int(config.count("token_types", 0, 1 << 16)) : 2;
  spec.embed_norm = true;
  spec.final_norm = false;
  spec.head = spec.head_transform = stored("head.b") || stored("head_dense.w") || stored("head_norm.w");
  spec.head_bias = true;
  spec.tied_head = config.boolean_or("tied", true);
  spec.pooler_dim = stored("pooler.w") || stored("pooler.b") ? spec.dim : 0;
  spec.stacks[0].causal = config.boolean_or("is_decoder", false);
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.placement = NormPlacement::post;
    layer.qkv_bias = layer.o_bias = layer.ffn_bias = true;
  }
  spec.head_activation = spec.layers()[0].activation;
  return spec;
}

void project_embeddings(const ConfigView& config, ModelSpec& spec) {
  spec.embed_dim = config.has("embedding_size") ? int(config.count("embedding_size")) : 128;
  spec.late_projection = spec.embed_dim != spec.dim;
}

static std::span<const NameRule> names() {
  static const std::vector<NameRule> list = bert_names("bert.", {{"head_dense.w", "cls.predictions.transform.dense.weight"},
                                                                 {"head_dense.b", "cls.predictions.transform.dense.bias"},
                                                                 {"head_norm.w", "cls.predictions.transform.LayerNorm.weight"},
                                                                 {"head_norm.b", "cls.predictions.transform.LayerNorm.bias"},
                                                                 {"head.w", "cls.predictions.decoder.weight"},
                                                                 {"head.b", "cls.predictions.bias|cls.predictions.decoder.bias"}});
  return list;
}

void own_head_bias(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.gguf || name.canonical != "head.b" || spec.tied_head) return;
  for (Piece& piece : recipe.pieces)
    if (const size_t at = piece.source.rfind(".bias"); !piece.source.ends_with(".decoder.bias")) piece.source.insert(at, ".decoder");
}

static ModelSpec spec(const ConfigView& config) { return read_bert(config, names()); }

Architecture bert() {
  return {.id = "bert", .gguf_names = {"bert"}, .hf_model_types = {"bert"}, .keys = encoder_keys(), .hf_names = names(), .spec = spec,
          .adjust = own_head_bias, .padding_row = {.otherwise = 0}};
}

}  // namespace vitrine
