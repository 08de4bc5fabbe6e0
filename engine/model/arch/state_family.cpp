// SPDX-License-Identifier: Apache-2.0
#include "engine/model/arch/state_family.h"

#include <cmath>
#include <deque>

#include "engine/core/text.h"
#include "engine/io/meta_value.h"

namespace vitrine {

static constexpr KeyPair kStateKeys[] = {
    {"ssm.inner", "ssm.inner_size", "mamba_d_ssm"},
    {"ssm.expand", "", "expand|mamba_expand"},
    {"ssm.state", "ssm.state_size", "state_size|mamba_d_state"},
    {"ssm.taps", "ssm.conv_kernel", "conv_kernel|mamba_d_conv"},
    {"ssm.rank", "ssm.time_step_rank", "time_step_rank|mamba_dt_rank"},
    {"ssm.heads", "ssm.time_step_rank", "mamba_n_heads|n_mamba_heads|num_heads"},
    {"ssm.groups", "ssm.group_count", "n_groups|mamba_n_groups|mamba_ngroups"},
    {"ssm.bias", "", "use_bias|mamba_proj_bias|add_bias_linear"},
    {"ssm.conv_bias", "", "use_conv_bias|mamba_conv_bias"},
    {"ssm.norms", "ssm.dt_b_c_rms", ""},
    {"ssm.norm_eps", "", "mixer_rms_eps"},
    {"ssm.step_limit", "", "time_step_limit"},
    {"block_types", "", "layers_block_type"},
    {"rotary_part", "", "rope_parameters.partial_rotary_factor|partial_rotary_factor"},
};

/// Below the place of the mixer.
static constexpr NameRule kMixerNames[] = {
    {"ssm.in.w", "in_proj.weight"},
    {"ssm.in.b", "in_proj.bias"},
    {"ssm.conv.w", "conv1d.weight"},
    {"ssm.conv.b", "conv1d.bias"},
    {"ssm.x.w", "x_proj_weight"},
    {"ssm.to_rank.w", "x_proj.weight"},
    {"ssm.to_b.w", "x_proj.weight"},
    {"ssm.to_c.w", "x_proj.weight"},
    {"ssm.dt.w", "dt_proj.weight"},
    {"ssm.dt.w", "dt_proj_weight"},
    {"ssm.dt.b", "dt_proj.bias"},
    {"ssm.dt.b", "dt_proj_bias"},
    {"ssm.dt.b", "dt_bias"},
    {"ssm.dt_norm.w", "dt_layernorm.weight"},
    {"ssm.b_norm.w", "b_layernorm.weight"},
    {"ssm.c_norm.w", "c_layernorm.weight"},
    {"ssm.a_log", "A_log"},
    {"ssm.d", "D"},
    {"ssm.norm.w", "norm.weight"},
    {"ssm.out.w", "out_proj.weight"},
    {"ssm.out.b", "out_proj.bias"},
};

std::vector<KeyPair> state_keys(std::initializer_list<KeyPair> extra, std::span<const KeyPair> base) {
  return joined_keys(std::span(extra.begin(), extra.size()), joined_keys(kStateKeys, base));
}

std::span<const NameRule> state_names(std::span<const NameRule> rules, std::initializer_list<std::string_view> mixers) {
  struct Table {
    std::deque<std::string> texts;
    std::vector<NameRule> rules;
  };
  static std::deque<Table> tables;   // one a family, for the life of the program
  Table& table = tables.emplace_back();
  table.rules.assign(rules.begin(), rules.end());
  std::vector<std::pair<std::string_view, std::string>> joined;
  for (const NameRule& rule : kMixerNames) {
    std::string places;
    for (std::string_view mixer : mixers) places += cat(places.empty() ? "" : "|", mixer, rule.stored);
    if (!joined.empty() && joined.back().first == rule.canonical)
      joined.back().second += "|" + places;
    else
      joined.push_back({rule.canonical, places});
  }
  for (auto& [canonical, stored] : joined) table.rules.push_back({canonical, table.texts.emplace_back(std::move(stored))});
  return table.rules;
}

ModelSpec read_stateful(const ConfigView& config) {
  ModelSpec spec;
  spec.dim = int(config.count("dim"));
  spec.context_length = int(config.i64_or("context", 1 << 20));        // nothing in these families depends on it
  spec.norm_eps = float(config.f64_or("rms_eps", config.f64_or("layer_eps", 1e-5)));
  LayerSpec layer;
  layer.ffn = Ffn::none;
  layer.rope = -1;
  spec.stacks.resize(1);
  spec.stacks[0].layers.assign(size_t(config.count("layers", 1, 4096)), layer);
  return spec;
}

MambaSpec read_mamba(const ConfigView& config, int dim) {
  MambaSpec m;
  m.inner = int(config.gguf() ? config.count("ssm.inner") : int64_t(config.f64_or("ssm.expand", 2) * dim));
  m.state = int(config.i64_or("ssm.state", 16));
  m.taps = int(config.i64_or("ssm.taps", 4));
  const std::string* word = meta_str(config.find("ssm.rank"));         // "auto"
  m.rank = int(word || !config.has("ssm.rank") ? (dim + 15) / 16 : config.count("ssm.rank"));
  m.bias = config.boolean_or("ssm.bias", false);
  m.conv_bias = config.boolean_or("ssm.conv_bias", true);
  m.activation = activation_of(config, "activation", Activation::silu);
  if (m.inner < 1 || m.state < 1 || m.taps < 1 || m.taps > 64 || m.state > 4096) throw config.error("ssm.state", "gives a mixer of no sense");
  return m;
}

Mamba2Spec read_mamba2(const ConfigView& config, int dim, int inner) {
  Mamba2Spec m;
  m.inner = inner > 0 ? inner : int(config.gguf() ? config.count("ssm.inner") : int64_t(config.f64_or("ssm.expand", 2) * dim));
  m.state = int(config.count("ssm.state", 1, 4096));
  m.taps = int(config.i64_or("ssm.taps", 4));
  m.heads = int(config.count("ssm.heads", 1, m.inner));
  m.groups = int(config.i64_or("ssm.groups", 1));
  if (m.taps < 1 || m.taps > 64) throw config.error("ssm.taps", "is outside 1..64");
  if (m.groups < 1 || m.heads % m.groups != 0 || m.inner % m.heads != 0) throw config.error("ssm.heads", "does not divide the mixer's channels, or its groups not the heads");
  m.norm_eps = float(config.f64_or("rms_eps", config.f64_or("layer_eps", 1e-5)));
  m.in_bias = m.out_bias = config.boolean_or("ssm.bias", false);
  m.conv_bias = config.boolean_or("ssm.conv_bias", true);
  m.activation = activation_of(config, "activation", Activation::silu);
  if (config.has("ssm.step_limit")) {
    const std::vector<double> limit = config.f64s("ssm.step_limit", 2);
    m.least_step = float(limit[0]);
    m.most_step = float(limit[1]);
  }
  return m;
}

void mamba_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec) {
  if (name.layer < 0 || recipe.pieces.empty()) return;
  const MambaSpec& m = spec.layers()[size_t(name.layer)].mamba;
  const auto rows = [&](int64_t from, int64_t count) {
    recipe.pieces[0].from = from;
    recipe.pieces[0].to = from + count;
  };
  if (name.canonical == "ssm.to_rank.w") rows(0, m.rank);
  if (name.canonical == "ssm.to_b.w") rows(m.rank, m.state);
  if (name.canonical == "ssm.to_c.w") rows(m.rank + m.state, m.state);
}

RopeSpec read_partial_rope(const ConfigView& config, int head_dim, double part, double default_theta) {
  const int width = config.has("rotary_dim") ? int(config.count("rotary_dim", 1, head_dim)) : int(head_dim * part);
  if (width < 1 || width > head_dim) throw config.error("rotary_part", "leaves no channel to rotate");
  RopeSpec rope = read_rope(config, "rope", width + width % 2, default_theta);
  rope.theta = std::pow(rope.theta, double(rope.rotary_dim) / width);
  return rope;
}

void without_attention(LayerSpec& layer, Mixer mixer) {
  layer.mixer = mixer;
  layer.heads = layer.kv_heads = layer.head_dim = 0;
  layer.rope = -1;
}

std::vector<std::string> layer_types(const ConfigView& config) {
  for (const char* name : {"layer_types", "block_types"})
    if (config.has(name)) {
      std::vector<std::string> types = config.strs(name);
      if (int64_t(types.size()) != config.i64("layers")) throw config.error(name, "has not one entry a layer");
      return types;
    }
  return {};
}

}  // namespace vitrine
