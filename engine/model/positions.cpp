// SPDX-License-Identifier: Apache-2.0
#include "engine/model/positions.h"

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/model/option_list.h"

namespace vitrine {

namespace {

using Kind = PositionScheme::Kind;
using Rope = RopeSpec::Kind;

bool selected(const LayerSpec& layer, PositionScheme::Layers layers) {
  if (!attends(layer)) return false;
  return layers == PositionScheme::Layers::all || (layers == PositionScheme::Layers::sliding) == (layer.window > 0);
}

/// Channels a rotary scheme can turn.
int rotary_room(const LayerSpec& layer) { return layer.mixer == Mixer::latent ? layer.latent.rope : layer.head_dim; }

/// What a scheme starts from: the base and shape of the model's own rotation, unscaled, or the usual one.
RopeSpec plain_rope(const ModelSpec& spec, PositionScheme::Layers layers) {
  RopeSpec rope{.kind = Rope::standard};
  rope.original_context = rope.max_context = spec.context_length;
  for (const LayerSpec& layer : spec.layers()) {
    if (!selected(layer, layers)) continue;
    if (rope.rotary_dim == 0) rope.rotary_dim = rotary_room(layer) / 2 * 2;
    if (layer.rope < 0) continue;
    const RopeSpec& own = spec.ropes[size_t(layer.rope)];
    rope.theta = own.theta;
    rope.rotary_dim = own.rotary_dim;
    rope.interleaved = own.interleaved;
    rope.original_context = own.original_context > 0 ? own.original_context : spec.context_length;
    rope.max_context = own.max_context > 0 ? own.max_context : spec.context_length;
    rope.query_beta = own.query_beta;
    break;
  }
  return rope;
}

void read_rope(OptionList& options, std::string_view kind, RopeSpec& rope) {
  rope.theta = options.number("theta", 1.001, 1e12).value_or(rope.theta);
  rope.rotary_dim = options.count("dim", 2, 4096).value_or(rope.rotary_dim);
  rope.interleaved = options.flag("interleaved").value_or(rope.interleaved);
  if (const auto original = options.count("original", 1, 1 << 30)) rope.original_context = rope.max_context = *original;
  if (kind == "rope") return;
  rope.factor = options.number("factor", 1e-3, 1e6).value_or(kind == "longrope" ? 1 : 2);
  if (kind == "linear") rope.kind = Rope::linear;
  if (kind == "dynamic") rope.kind = Rope::dynamic;
  if (kind == "ntk") rope.theta *= std::pow(rope.factor, double(rope.rotary_dim) / std::max(rope.rotary_dim - 2, 1));
  if (kind == "dynamic" || kind == "ntk") {
    if (rope.rotary_dim < 4) options.refuse("dim", std::to_string(rope.rotary_dim), "at least 4 channels to a scheme that stretches the base");
  }
  if (kind == "yarn") {
    rope.kind = Rope::yarn;
    rope.beta_fast = options.number("beta_fast", 1e-3, 1e6).value_or(32);
    rope.beta_slow = options.number("beta_slow", 1e-3, rope.beta_fast).value_or(1);
    rope.truncate = options.flag("truncate").value_or(true);
    rope.attention_factor = options.number("attention_factor", 0, 1e3).value_or(0);
    rope.mscale = options.number("mscale", 0, 1e3).value_or(0);
    rope.mscale_all_dim = options.number("mscale_all_dim", 0, 1e3).value_or(0);
  }
  if (kind == "llama3") {
    rope.kind = Rope::llama3;
    rope.low_freq_factor = options.number("low", 1e-3, 1e6).value_or(1);
    rope.high_freq_factor = options.number("high", rope.low_freq_factor, 1e6).value_or(4);
    if (rope.high_freq_factor <= rope.low_freq_factor) options.refuse("high", std::to_string(rope.high_freq_factor), "more than low");
  }
  if (kind == "longrope") {
    rope.kind = Rope::longrope;
    rope.short_factors = options.numbers("short", 1e-6, 1e6);
    rope.long_factors = options.numbers("long", 1e-6, 1e6);
    rope.attention_factor = options.number("attention_factor", 0, 1e3).value_or(0);
    rope.short_magnitude = options.number("short_magnitude", 0, 1e3).value_or(0);
    rope.long_magnitude = options.number("long_magnitude", 0, 1e3).value_or(0);
    const size_t wanted = size_t(rope.rotary_dim / 2);
    if (rope.short_factors.empty()) rope.short_factors.assign(wanted, 1);
    if (rope.long_factors.size() != wanted) options.refuse("long", cat(rope.long_factors.size(), " numbers"), cat(wanted, " numbers with / between them, one a pair of channels"));
    if (rope.short_factors.size() != wanted) options.refuse("short", cat(rope.short_factors.size(), " numbers"), cat(wanted, " numbers with / between them, one a pair of channels"));
  }
}

Error refuse(const ModelSpec& spec, const std::string& why, const char* remedy) { return Error(ErrorKind::unsupported, cat(spec.name, " ", why), remedy); }

/// YaRN as DeepSeek scales it: scores are multiplied with the square of 0.1 mscale_all_dim ln(factor) + 1 (arXiv:2405.04434, section 3.1.4).
float latent_scale(const LayerSpec& layer, const RopeSpec& rope) {
  const double plain = 1 / std::sqrt(double(layer.latent.nope + layer.latent.rope));
  if (rope.kind == Rope::standard || rope.mscale_all_dim == 0 || rope.factor <= 1) return float(plain);
  return float(plain * std::pow(0.1 * rope.mscale_all_dim * std::log(rope.factor) + 1, 2));
}

void set_rope(ModelSpec& spec, LayerSpec& layer, const PositionScheme& scheme, int index) {
  const int room = rotary_room(layer);
  if (scheme.rope.rotary_dim < 2 || scheme.rope.rotary_dim % 2 != 0 || scheme.rope.rotary_dim > room)
    throw Error(ErrorKind::input, cat("a rotation of ", scheme.rope.rotary_dim, " channels, a head of ", spec.name, " has ", room), "give an even number of channels with dim=");
  if (layer.mixer == Mixer::latent && scheme.rope.rotary_dim != room)
    throw Error(ErrorKind::input, cat("a rotation of ", scheme.rope.rotary_dim, " channels, the latent keys of ", spec.name, " have ", room, " of them"), "leave dim= out");
  if (layer.mixer == Mixer::latent && !(layer.rope >= 0 && spec.ropes[size_t(layer.rope)] == scheme.rope)) layer.score_scale = latent_scale(layer, scheme.rope);
  layer.rope = index;
}

/// Only the rotary schemes that some layer has, in the order of their first use.
void drop_unused_ropes(ModelSpec& spec) {
  std::vector<RopeSpec> kept;
  for (StackSpec& stack : spec.stacks)
    for (LayerSpec& layer : stack.layers) {
      if (layer.rope < 0) continue;
      const RopeSpec& rope = spec.ropes[size_t(layer.rope)];
      const auto found = std::find(kept.begin(), kept.end(), rope);
      layer.rope = int(found - kept.begin());
      if (found == kept.end()) kept.push_back(rope);
    }
  spec.ropes = std::move(kept);
}

/// Throws where the model cannot have the scheme.
void check(const ModelSpec& spec, const PositionScheme& scheme, const std::vector<LayerSpec*>& layers, bool causal) {
  if (layers.empty()) throw refuse(spec, "has no such layers with attention", "choose other layers, or a model that attends");
  const bool latent = std::any_of(layers.begin(), layers.end(), [](const LayerSpec* l) { return l->mixer == Mixer::latent; });
  if (latent && scheme.kind != Kind::rope) throw refuse(spec, "has latent keys, of which some channels are there to be rotated", "choose a rotary scheme");
  if (scheme.kind == Kind::learned && spec.learned_positions == 0) throw refuse(spec, "has no table of learned positions", "choose another scheme");
  if (scheme.kind == Kind::alibi && !causal) throw refuse(spec, "looks both ways, and ALiBi is a bias on what lies behind", "choose another scheme");
  if (scheme.kind == Kind::alibi && scheme.alibi.max_bias <= 0) throw Error(ErrorKind::input, "ALiBi without slopes", "give max_bias= more than 0");
  for (const LayerSpec* layer : layers)
    if (scheme.kind == Kind::buckets && layer->buckets.buckets == 0) throw refuse(spec, "has no table of relative positions", "choose another scheme");
  if (scheme.layers != PositionScheme::Layers::all && (scheme.kind == Kind::learned || scheme.kind == Kind::sinusoidal))
    throw Error(ErrorKind::input, "positions that are added to the embedding belong to all layers", "leave layers= out");
}

}  // namespace

PositionScheme position_scheme(const ModelSpec& spec, int index) {
  const LayerSpec& layer = spec.layers()[size_t(index)];
  PositionScheme scheme;
  if (layer.rope >= 0) {
    scheme.kind = Kind::rope;
    scheme.rope = spec.ropes[size_t(layer.rope)];
  } else if (layer.alibi.max_bias > 0) {
    scheme.kind = Kind::alibi;
    scheme.alibi = layer.alibi;
  } else if (layer.buckets.buckets > 0) {
    scheme.kind = Kind::buckets;
  } else if (spec.learned_positions > 0) {
    scheme.kind = Kind::learned;
  } else if (spec.sinusoidal_positions) {
    scheme.kind = Kind::sinusoidal;
    scheme.sinusoids_by_width = spec.sinusoids_by_width;
  }
  return scheme;
}

PositionScheme parse_positions(std::string_view text, const ModelSpec& spec) {
  const std::string_view kind = text.substr(0, text.find(':'));
  OptionList options(kind.size() < text.size() ? text.substr(kind.size() + 1) : std::string_view(), "positions");
  PositionScheme scheme;
  if (const auto layers = options.text("layers")) {
    if (*layers == "full") scheme.layers = PositionScheme::Layers::full;
    else if (*layers == "sliding") scheme.layers = PositionScheme::Layers::sliding;
    else if (*layers != "all") options.refuse("layers", *layers, "all, full or sliding");
  }
  std::string known = "layers";
  if (kind == "none" || kind == "learned" || kind == "buckets") {
    scheme.kind = kind == "none" ? Kind::none : kind == "learned" ? Kind::learned : Kind::buckets;
  } else if (kind == "sinusoidal") {
    scheme.kind = Kind::sinusoidal;
    const std::string layout = options.text("layout").value_or("width");
    if (layout != "width" && layout != "halves") options.refuse("layout", layout, "width or halves");
    scheme.sinusoids_by_width = layout == "width";
    known += ", layout";
  } else if (kind == "alibi") {
    scheme.kind = Kind::alibi;
    scheme.alibi.max_bias = float(options.number("max_bias", 1e-3, 1e3).value_or(8));
    known += ", max_bias";
  } else if (kind == "rope" || kind == "linear" || kind == "ntk" || kind == "dynamic" || kind == "yarn" || kind == "llama3" || kind == "longrope") {
    scheme.kind = Kind::rope;
    scheme.rope = plain_rope(spec, scheme.layers);
    read_rope(options, kind, scheme.rope);
    known += ", theta, dim, interleaved, original";
    if (kind != "rope") known += ", factor";
    if (kind == "yarn") known += ", beta_fast, beta_slow, truncate, attention_factor, mscale, mscale_all_dim";
    if (kind == "llama3") known += ", low, high";
    if (kind == "longrope") known += ", short, long, attention_factor, short_magnitude, long_magnitude";
  } else {
    throw Error(ErrorKind::input, cat("positions: \"", kind, "\" is no scheme"),
                "known: none, learned, sinusoidal, alibi, buckets, rope, linear, ntk, dynamic, yarn, llama3, longrope");
  }
  options.finish(known);
  return scheme;
}

ModelSpec replace_positions(ModelSpec spec, const PositionScheme& scheme) {
  std::vector<LayerSpec*> layers;
  bool causal = true;
  for (StackSpec& stack : spec.stacks)
    for (LayerSpec& layer : stack.layers)
      if (selected(layer, scheme.layers)) {
        layers.push_back(&layer);
        causal = causal && stack.causal;
      }
  check(spec, scheme, layers, causal);
  const bool rotates = std::any_of(layers.begin(), layers.end(), [](const LayerSpec* l) { return l->rope >= 0; });
  if (scheme.kind == Kind::rope) spec.ropes.push_back(scheme.rope);
  for (LayerSpec* layer : layers) {
    if (scheme.kind == Kind::rope && rotates && layer->rope < 0) continue;
    if (scheme.kind == Kind::rope) set_rope(spec, *layer, scheme, int(spec.ropes.size()) - 1);
    else layer->rope = -1;
    layer->alibi = scheme.kind == Kind::alibi ? scheme.alibi : AlibiSpec{};
    if (scheme.kind != Kind::buckets) layer->buckets = {};
  }
  drop_unused_ropes(spec);
  if (scheme.layers == PositionScheme::Layers::all) {
    if (scheme.kind != Kind::learned) spec.learned_positions = 0;
    spec.sinusoidal_positions = scheme.kind == Kind::sinusoidal;
    if (spec.sinusoidal_positions) spec.sinusoids_by_width = scheme.sinusoids_by_width;
  }
  if (scheme.kind == Kind::rope && scheme.rope.kind != Rope::standard && scheme.rope.factor > 1)
    spec.context_length = int(std::max<double>(spec.context_length, std::min(double(scheme.rope.original_context) * scheme.rope.factor, double(1 << 30))));
  return spec;
}

}  // namespace vitrine
