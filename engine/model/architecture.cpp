// SPDX-License-Identifier: Apache-2.0
// Finding the architecture of a checkpoint, and where each canonical weight is stored in it.
#include "engine/model/architecture.h"

#include <algorithm>
#include <regex>

#include "engine/core/text.h"
#include "engine/io/meta_value.h"
#include "engine/model/arch/all.h"

namespace vitrine {

/// llama.cpp's names, the same for all families.
static constexpr NameRule kGgufNames[] = {
    {"embed.w", "token_embd.weight"},
    {"positions.w", "position_embd.weight"},
    {"token_types.w", "token_types.weight"},
    {"embed_norm.w", "token_embd_norm.weight"},
    {"embed_norm.b", "token_embd_norm.bias"},
    {"norm1.w", "blk.{}.attn_norm.weight|blk.{}.attn_output_norm.weight"},
    {"norm1.b", "blk.{}.attn_norm.bias|blk.{}.attn_output_norm.bias"},
    {"attn.q.w", "blk.{}.attn_q.weight"},
    {"attn.q.b", "blk.{}.attn_q.bias"},
    {"attn.k.w", "blk.{}.attn_k.weight"},
    {"attn.k.b", "blk.{}.attn_k.bias"},
    {"attn.v.w", "blk.{}.attn_v.weight"},
    {"attn.v.b", "blk.{}.attn_v.bias"},
    {"attn.o.w", "blk.{}.attn_output.weight"},
    {"attn.o.b", "blk.{}.attn_output.bias"},
    {"attn.q_norm.w", "blk.{}.attn_q_norm.weight"},
    {"attn.q_norm.b", "blk.{}.attn_q_norm.bias"},
    {"attn.k_norm.w", "blk.{}.attn_k_norm.weight"},
    {"attn.k_norm.b", "blk.{}.attn_k_norm.bias"},
    {"post_attn_norm.w", "blk.{}.post_attention_norm.weight"},
    {"norm2.w", "blk.{}.ffn_norm.weight|blk.{}.ffn_norm|blk.{}.layer_output_norm.weight|blk.{}.post_attention_norm.weight"},
    {"norm2.b", "blk.{}.ffn_norm.bias|blk.{}.layer_output_norm.bias|blk.{}.post_attention_norm.bias"},
    {"mlp.gate.w", "blk.{}.ffn_gate.weight"},
    {"mlp.gate.b", "blk.{}.ffn_gate.bias"},
    {"mlp.up.w", "blk.{}.ffn_up.weight"},
    {"mlp.up.b", "blk.{}.ffn_up.bias"},
    {"mlp.down.w", "blk.{}.ffn_down.weight"},
    {"mlp.down.b", "blk.{}.ffn_down.bias"},
    {"post_mlp_norm.w", "blk.{}.post_ffw_norm.weight"},
    {"attn.sinks", "blk.{}.attn_sinks.weight"},
    {"attn.q_a.w", "blk.{}.attn_q_a.weight"},
    {"attn.q_a.b", "blk.{}.attn_q_a.bias"},
    {"attn.q_a_norm.w", "blk.{}.attn_q_a_norm.weight"},
    {"attn.q_b.w", "blk.{}.attn_q_b.weight"},
    {"attn.kv_a.w", "blk.{}.attn_kv_a_mqa.weight"},
    {"attn.kv_a.b", "blk.{}.attn_kv_a_mqa.bias"},
    {"attn.kv_a_norm.w", "blk.{}.attn_kv_a_norm.weight"},
    {"attn.k_up.w", "blk.{}.attn_k_b.weight|blk.{}.attn_kv_b.weight"},
    {"attn.v_up.w", "blk.{}.attn_v_b.weight|blk.{}.attn_kv_b.weight"},
    {"router.w", "blk.{}.ffn_gate_inp.weight"},
    {"router.b", "blk.{}.ffn_gate_inp.bias"},
    {"router.correction", "blk.{}.exp_probs_b.bias|blk.{}.exp_probs_b"},
    {"experts.gate.w", "blk.{}.ffn_gate_exps.weight|blk.{}.ffn_gate.{}.weight|blk.{}.ffn_gate_up_exps.weight"},
    {"experts.gate.b", "blk.{}.ffn_gate_exps.bias"},
    {"experts.up.w", "blk.{}.ffn_up_exps.weight|blk.{}.ffn_up.{}.weight|blk.{}.ffn_gate_up_exps.weight"},
    {"experts.up.b", "blk.{}.ffn_up_exps.bias"},
    {"experts.down.w", "blk.{}.ffn_down_exps.weight|blk.{}.ffn_down.{}.weight"},
    {"experts.down.b", "blk.{}.ffn_down_exps.bias"},
    {"shared.gate.w", "blk.{}.ffn_gate_shexp.weight"},
    {"shared.gate.b", "blk.{}.ffn_gate_shexp.bias"},
    {"shared.up.w", "blk.{}.ffn_up_shexp.weight"},
    {"shared.up.b", "blk.{}.ffn_up_shexp.bias"},
    {"shared.down.w", "blk.{}.ffn_down_shexp.weight"},
    {"shared.down.b", "blk.{}.ffn_down_shexp.bias"},
    {"shared_gate.w", "blk.{}.ffn_gate_inp_shexp.weight"},
    {"ssm.in.w", "blk.{}.ssm_in.weight|blk.{}.shortconv.in_proj.weight|blk.{}.attn_qkv.weight"},
    {"ssm.rates.w", "blk.{}.ssm_ba.weight"},
    {"ssm.conv.w", "blk.{}.ssm_conv1d.weight|blk.{}.shortconv.conv.weight"},
    {"ssm.conv.b", "blk.{}.ssm_conv1d.bias"},
    {"ssm.to_rank.w", "blk.{}.ssm_x.weight"},
    {"ssm.to_b.w", "blk.{}.ssm_x.weight"},
    {"ssm.to_c.w", "blk.{}.ssm_x.weight"},
    {"ssm.dt.w", "blk.{}.ssm_dt.weight"},
    {"ssm.dt.b", "blk.{}.ssm_dt.bias"},
    {"ssm.dt_norm.w", "blk.{}.ssm_dt_norm.weight"},
    {"ssm.b_norm.w", "blk.{}.ssm_b_norm.weight"},
    {"ssm.c_norm.w", "blk.{}.ssm_c_norm.weight"},
    {"ssm.a", "blk.{}.ssm_a"},
    {"ssm.d", "blk.{}.ssm_d"},
    {"ssm.norm.w", "blk.{}.ssm_norm.weight"},
    {"ssm.out.w", "blk.{}.ssm_out.weight|blk.{}.shortconv.out_proj.weight"},
    {"final_norm.w", "output_norm.weight|token_embd_norm.weight"},
    {"final_norm.b", "output_norm.bias"},
    {"head.w", "output.weight"},
    {"head.b", "output.bias"},
};

std::span<const Architecture> architectures() {
  static const Architecture all[] = {
#define VT_ARCHITECTURE(name) name(),
#include "engine/model/architectures.def"
#undef VT_ARCHITECTURE
  };
  return all;
}

namespace {

/// Edit distance, to suggest the nearest family for an unknown name.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t up = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = up;
    }
  }
  return row[b.size()];
}

std::string_view names_of(const Architecture& architecture, bool gguf, size_t index) {
  return gguf ? architecture.gguf_names[index] : architecture.hf_model_types[index];
}

/// nullptr: this container has no such weight.
const NameRule* rule_of(const Architecture& architecture, const NameContext& context) {
  const std::span<const NameRule> common = kGgufNames;
  for (const std::span<const NameRule> rules : {context.gguf ? architecture.gguf_rules : architecture.hf_names, context.gguf ? common : std::span<const NameRule>()})
    for (const NameRule& rule : rules)
      if (rule.canonical == context.canonical) return &rule;
  return nullptr;
}

/// The first "{}" becomes the layer, the second the expert.
Piece named_piece(std::string_view pattern, const NameContext& context) {
  std::string name = at_layer(pattern, context.layer);
  if (context.expert < 0) return {name};
  const size_t at = name.find("{}");
  if (at == std::string::npos) return {.source = name, .index = context.expert};
  return {name.replace(at, 2, std::to_string(context.expert))};
}

/// The stored spelling: as ruled, without its first component ("model.", "bert."), or inside a multimodal checkpoint.
std::string stored_name(const WeightSource& source, const std::string& name) {
  if (source.find(name)) return name;
  std::vector<std::string> others{"language_model." + name};
  if (const size_t dot = name.find('.'); dot != std::string::npos) {
    others.push_back(name.substr(dot + 1));
    others.push_back("model.language_model." + name.substr(dot + 1));
  }
  for (const std::string& other : others)
    if (source.find(other)) return other;
  return name;
}

/// What the user knows the checkpoint as: its file name without the format ("SmolLM2-135M-Instruct.Q4_1.gguf"), its folder, or for a
/// snapshot in the Hugging Face cache the repository. Names inside the file are often those of a training run.
std::string display_name(std::filesystem::path path) {
  if (!path.has_filename()) path = path.parent_path();
  static const std::regex format(R"([-._](i?q\d\w*|[tm]q\d\w*|mxfp4\w*|nvfp4|bf16|f16|f32|fp16|fp32)$)", std::regex::icase);
  static const std::regex shard(R"(-\d{5}-of-\d{5}$)");
  if (path.extension() == ".gguf" || path.extension() == ".safetensors") {
    const std::string stem = std::regex_replace(path.stem().string(), shard, "");
    const std::string name = std::regex_replace(stem, format, "");
    return name.empty() ? stem : name;
  }
  for (std::filesystem::path up = path; up.has_relative_path(); up = up.parent_path()) {
    const std::string folder = up.filename().string();
    if (folder.starts_with("models--")) return folder.substr(folder.rfind("--") + 2);
  }
  return path.filename().string();
}

}  // namespace

std::string at_layer(std::string_view pattern, int layer) {
  std::string name(pattern);
  if (const size_t at = name.find("{}"); at != std::string::npos) name.replace(at, 2, std::to_string(layer));
  return name;
}

const Architecture& match_architecture(const WeightSource& source) {
  const bool gguf = source.container() == "gguf";
  const std::string* name = meta_str(source.meta(gguf ? "general.architecture" : "model_type"));
  if (!name)
    throw Error(ErrorKind::format, cat("the checkpoint does not say which architecture it is (no ", gguf ? "general.architecture" : "model_type", ")"),
                gguf ? "convert it again with a current llama.cpp" : "open a folder with the config.json that belongs to the weights", source.path().string());
  std::string_view nearest;
  size_t least = SIZE_MAX;
  for (const Architecture& architecture : architectures()) {
    const size_t count = gguf ? architecture.gguf_names.size() : architecture.hf_model_types.size();
    for (size_t i = 0; i < count; ++i) {
      const std::string_view known = names_of(architecture, gguf, i);
      if (known == *name) return architecture;
      if (const size_t d = distance(known, *name); d < least) least = d, nearest = known;
    }
  }
  throw Error(ErrorKind::unsupported, cat("architecture \"", *name, "\" is not supported; the nearest that is: \"", nearest, "\""),
              "open a checkpoint of a supported family", source.path().string());
}

bool stored_in_layers(const ConfigView& config, std::string_view name) {
  const std::span<const TensorInfo> tensors = config.source().tensors();
  return std::any_of(tensors.begin(), tensors.end(), [&](const TensorInfo& info) {
    const std::string_view stored = info.name;
    const size_t dot = stored.starts_with("blk.") ? stored.find('.', 4) : std::string_view::npos;
    return dot != std::string_view::npos && stored.substr(dot + 1) == name;
  });
}

static constexpr KeyPair kVocabulary[] = {{"vocab", "vocab_size", "vocab_size|n_vocab"}};

std::string vocabulary_key(const ConfigView& config) {
  const std::string* gguf_name = meta_str(config.source().meta("general.architecture"));
  return ConfigView(config.source(), gguf_name ? *gguf_name : "", kVocabulary, config.scope()).key_of("vocab");
}

/// As many as the configuration or the tokenizer of a GGUF counts, else the rows of the embedding.
static int vocabulary_rows(const Architecture& architecture, const ModelSpec& spec, const ConfigView& config) {
  const WeightSource& source = config.source();
  if (const MetaArray* tokens = meta_array(source.meta("tokenizer.ggml.tokens"))) return int(tokens->size());
  if (const std::string key = vocabulary_key(config); !key.empty()) {
    const auto rows = meta_i64(source.meta(key));
    if (!rows || *rows < 1 || *rows > (1 << 24)) throw Error(ErrorKind::format, cat(key, " is ", meta_text(*source.meta(key)), ", outside 1 to ", 1 << 24),
                                                             "convert or download the checkpoint again", source.path().string());
    return int(*rows);
  }
  std::string sought;
  for (const Piece& piece : find_recipe(architecture, spec, "embed.w", source).pieces) {
    if (const TensorInfo* info = source.find(piece.source); info && info->shape.rank() == 2) return int(info->shape[0]);
    sought = piece.source;
  }
  throw Error(ErrorKind::format, cat("no token embedding among the tensors: ", sought, " is missing, expected [vocabulary, ", spec.dim, "]"),
              "this is not a complete language model checkpoint: get it again",
              source.path().string());
}

/// A GGUF says by its tensors whether linear layers have biases: what all of its layers leave out is asked of none.
static void require_stored_biases(ModelSpec& spec, const ConfigView& config) {
  const auto stored = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return stored_in_layers(config, name); });
  };
  const bool qkv = stored({"attn_q.bias", "attn_k.bias", "attn_v.bias", "attn_qkv.bias"}), o = stored({"attn_output.bias"});
  const bool ffn = stored({"ffn_gate.bias", "ffn_up.bias", "ffn_down.bias"});
  for (LayerSpec& layer : spec.stacks[0].layers) {
    layer.qkv_bias = layer.qkv_bias && qkv;
    layer.o_bias = layer.o_bias && o;
    layer.ffn_bias = layer.ffn_bias && ffn;
  }
}

/// A GGUF without output matrix has the embedding for one; a folder says so, or its family does.
static void decide_head(const Architecture& architecture, ModelSpec& spec, const ConfigView& config) {
  if (!spec.head) return;
  if (config.gguf()) spec.tied_head = !config.source().find("output.weight");
  else if (architecture.tied_unless_said && !config.has("tied")) spec.tied_head = true;
}

/// Counted from the end where it is negative, as torch does; -1: none.
static int padding_row(const Architecture& architecture, const ModelSpec& spec, const ConfigView& config) {
  if (config.gguf() || !architecture.padding_row.declared) return -1;
  static constexpr KeyPair kKeys[] = {{"padding_row", "", "pad_token_id"}};
  const ConfigView named(config.source(), "", kKeys, config.scope());
  const int64_t rows = std::max(spec.vocab, spec.encoder_vocab), row = named.i64_or("padding_row", architecture.padding_row.otherwise);
  if (row < 0) return named.has("padding_row") && row >= -rows ? int(row + rows) : -1;
  return row < rows ? int(row) : -1;
}

ModelSpec read_spec(const Architecture& architecture, const WeightSource& source) {
  const std::string* gguf_name = meta_str(source.meta("general.architecture"));
  const ConfigView config(source, gguf_name ? *gguf_name : "", architecture.keys, architecture.hf_scope);
  ModelSpec spec = architecture.spec(config);
  for (const LayerSpec& layer : spec.layers())
    if (attends(layer) && layer.kv_heads < 1) throw config.error("kv_heads", "is 0 for a layer with attention");
  if (spec.vocab == 0) spec.vocab = vocabulary_rows(architecture, spec, config);  // else the decoder's, apart from the encoder's
  if (config.gguf()) require_stored_biases(spec, config);
  decide_head(architecture, spec, config);
  spec.padding_row = padding_row(architecture, spec, config);
  spec.arch = std::string(architecture.id);
  spec.name = display_name(source.path());
  return spec;
}

namespace {

/// A canonical name taken apart: "layers.3.experts.7.up.w" is "experts.up.w" of layer 3 and expert 7.
struct CanonicalName {
  NameContext context;
  std::string text;  // what context.canonical points to where it is not part of the whole name

  CanonicalName(std::string_view canonical, bool gguf) : context{canonical, -1, gguf} {
    const std::string_view encoder = "encoder.";
    const size_t start = canonical.starts_with(encoder) ? encoder.size() : 0;
    if (canonical.substr(start).starts_with("layers.")) {
      const size_t dot = canonical.find('.', start + 7);
      context.layer = std::stoi(std::string(canonical.substr(start + 7, dot - start - 7)));
      text = cat(start ? encoder : "", canonical.substr(dot + 1));
    } else {
      text = canonical;
    }
    for (const std::string_view part : {"experts.", "attn.k_up.", "attn.v_up."})
      if (text.starts_with(part)) {
        const std::string rest = text.substr(part.size());
        context.expert = std::stoi(rest);
        text = cat(part, rest.substr(rest.find('.') + 1));
      }
    context.canonical = text;
  }
  CanonicalName(const CanonicalName&) = delete;
};

}  // namespace

/// A name that is not stored, spelled like those that are.
static std::string spelled_alike(const WeightSource& source, const std::string& name) {
  const auto begins = [&](const std::string& text) {
    const std::span<const TensorInfo> tensors = source.tensors();
    const std::string folder = text.substr(0, text.find('.') + 1);
    return std::any_of(tensors.begin(), tensors.end(), [&](const TensorInfo& info) { return info.name.starts_with(folder); });
  };
  const std::string inner = "model.language_model.";
  for (const TensorInfo& info : source.tensors())
    if (info.name.starts_with(inner) && name.starts_with("model.")) return inner + name.substr(6);
  if (begins(name)) return name;
  if (begins("language_model.")) return "language_model." + name;
  const std::string stripped = name.substr(name.find('.') + 1);
  return stripped.find('.') != std::string::npos && begins(stripped) ? stripped : name;
}

std::vector<std::string> possible_names(const Architecture& architecture, std::string_view canonical, const WeightSource& source) {
  const CanonicalName name(canonical, source.container() == "gguf");
  const NameRule* rule = rule_of(architecture, name.context);
  std::vector<std::string> list;
  for (std::string_view rest = rule ? rule->stored : std::string_view(); !rest.empty();) {
    const std::string_view pattern = rest.substr(0, rest.find('|'));
    list.push_back(spelled_alike(source, named_piece(pattern, name.context).source));
    rest.remove_prefix(std::min(rest.size(), pattern.size() + 1));
  }
  return list;
}

/// A spelling of another family by which this model has another weight: a final norm that is missing is not the norm of the embedding.
static bool means_another(std::string_view pattern, const ModelSpec& spec, const NameContext& context) {
  if (!context.gguf) return false;
  if (pattern.starts_with("token_embd_norm.")) return context.canonical.starts_with("final_norm.") && spec.embed_norm;
  if (!pattern.starts_with("blk.{}.post_attention_norm.") || !context.canonical.starts_with("norm2.")) return false;
  const NormPlacement placement = spec.layers()[size_t(context.layer)].placement;
  return placement == NormPlacement::sandwich || placement == NormPlacement::output;
}

Recipe find_recipe(const Architecture& architecture, const ModelSpec& spec, std::string_view canonical, const WeightSource& source) {
  const CanonicalName name(canonical, source.container() == "gguf");
  const NameContext& context = name.context;
  Recipe recipe;
  if (const NameRule* rule = rule_of(architecture, context)) {
    std::string_view patterns = rule->stored;
    const Piece first = named_piece(patterns.substr(0, patterns.find('|')), context);
    Piece chosen = first;
    for (size_t bar; (bar = patterns.find('|')) != std::string_view::npos && !source.find(stored_name(source, chosen.source));) {
      patterns = patterns.substr(bar + 1);
      const std::string_view pattern = patterns.substr(0, patterns.find('|'));
      if (!means_another(pattern, spec, context)) chosen = named_piece(pattern, context);
    }
    recipe.pieces = {source.find(stored_name(source, chosen.source)) ? chosen : first};
  }
  if (context.gguf && context.layer >= 0 &&
      (source.find(at_layer("blk.{}.attn_qkv.weight", context.layer)) || source.find(at_layer("blk.{}.attn_qkv.bias", context.layer))))
    split_qkv(recipe, context, spec, "blk.{}.attn_qkv", FusedQkv::stacked);
  recipe.frozen = context.canonical == "router.correction";  // balanced by hand while training (DeepSeek-V3, section 2.1.2)
  if (architecture.adjust) architecture.adjust(recipe, context, spec);
  for (Piece& piece : recipe.pieces) piece.source = stored_name(source, piece.source);
  if (!recipe.block_scales.empty()) recipe.block_scales = stored_name(source, recipe.block_scales);
  return recipe;
}

}  // namespace vitrine
