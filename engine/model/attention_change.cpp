// SPDX-License-Identifier: Apache-2.0
#include "engine/model/attention_change.h"

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/model/option_list.h"

namespace vitrine {

/// A number, "off" as 0.
static std::optional<double> number_or_off(OptionList& options, const std::string& key, double least, double most) {
  const auto given = options.text(key);
  if (!given) return std::nullopt;
  if (*given == "off") return 0;
  OptionList one(cat(key, "=", *given), "attention");
  return one.number(key, least, most);
}

AttentionChange parse_attention(std::string_view text) {
  OptionList options(text, "attention");
  AttentionChange change;
  if (const auto layers = options.text("layers")) {
    if (*layers == "full") change.layers = AttentionChange::Layers::full;
    else if (*layers == "sliding") change.layers = AttentionChange::Layers::sliding;
    else if (*layers != "all") options.refuse("layers", *layers, "all, full or sliding");
  }
  change.kv_heads = options.count("kv_heads", 1, 1 << 16);
  if (const auto window = number_or_off(options, "window", 1, 1 << 30)) {
    if (*window != double(int(*window))) options.refuse("window", cat(*window), "a whole number of tokens, or off");
    change.window = int(*window);
  }
  if (const auto cap = number_or_off(options, "softcap", 1e-3, 1e6)) change.softcap = float(*cap);
  if (const auto sinks = options.text("sinks")) {
    change.sinks = *sinks != "off";
    OptionList logit(cat("sinks=", *sinks == "off" || *sinks == "on" ? "0" : *sinks), "attention");
    change.sink_logit = float(*logit.number("sinks", -1e4, 1e4));
  }
  change.qk_norm = options.flag("qk_norm");
  options.finish("layers, kv_heads, window, softcap, sinks, qk_norm");
  return change;
}

static void check_pooling(const ModelSpec& spec, const LayerSpec& layer, int kv_heads) {
  const auto refuse = [&](const std::string& why, const char* remedy) { throw Error(ErrorKind::unsupported, cat(spec.name, ": ", why), remedy); };
  if (layer.mixer == Mixer::latent) refuse("latent attention has one latent for all heads already", "leave kv_heads out");
  if (layer.shared.attention_rank > 0) refuse("its keys have low-rank additions of their own in each layer", "leave kv_heads out");
  if (kv_heads > layer.kv_heads || layer.kv_heads % kv_heads != 0)
    refuse(cat(kv_heads, " key/value heads cannot be made of ", layer.kv_heads, " by means over equal groups"), "give a divisor of them");
}

ModelSpec change_attention(ModelSpec spec, const AttentionChange& change) {
  bool any = false;
  for (StackSpec& stack : spec.stacks)
    for (LayerSpec& layer : stack.layers) {
      if (!attends(layer)) continue;
      if (change.layers != AttentionChange::Layers::all && (change.layers == AttentionChange::Layers::sliding) != (layer.window > 0)) continue;
      any = true;
      if (change.kv_heads && *change.kv_heads != layer.kv_heads) {
        check_pooling(spec, layer, *change.kv_heads);
        if (layer.cross) throw Error(ErrorKind::unsupported, cat(spec.name, ": layers that attend to a source keep their key/value heads"), "leave kv_heads out");
        layer.kv_heads = *change.kv_heads;
      }
      if (change.window) layer.window = *change.window;
      if (change.softcap) layer.score_softcap = *change.softcap;
      if (change.sinks) layer.sinks = *change.sinks;
      if (change.qk_norm && layer.mixer == Mixer::latent) throw Error(ErrorKind::unsupported, cat(spec.name, ": latent keys are normed as a latent"), "leave qk_norm out");
      if (change.qk_norm) layer.qk_norm = *change.qk_norm;
    }
  if (!any) throw Error(ErrorKind::unsupported, cat(spec.name, " has no such layers with attention"), "choose other layers, or a model that attends");
  return spec;
}

}  // namespace vitrine
