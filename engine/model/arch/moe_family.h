// SPDX-License-Identifier: Apache-2.0
// What the families with mixtures of experts share: key spellings, tensor names, the usual numbers.
#pragma once

#include <functional>

#include "engine/model/arch/all.h"

namespace vitrine {

/// decoder_keys() and those of mixtures.
std::span<const KeyPair> moe_keys();
/// Llama's names and every spelling of routers and experts: one tensor an expert, or stacks, gate and up apart or in one.
std::span<const NameRule> hf_moe_names();
/// Experts, how many are chosen and how, widths. Renormalisation is left to the family, for its default differs.
/// used_a_layer: the number chosen is a list with an entry a layer, which the family reads.
MoeSpec read_moe(const ConfigView& config, bool used_a_layer = false);
/// DeepSeek-V3's rule: sigmoid scores, corrected for the choice alone, two of each group for the group.
MoeSpec read_sigmoid_moe(const ConfigView& config);
/// Turns layers into mixtures: those for which `sparse` says so, all without it, in a GGUF file those that have a router.
void set_sparse(ModelSpec& spec, const MoeSpec& moe, const ConfigView& config, const std::function<bool(int)>& sparse = {});
/// Qwen's rule: layers not in "mlp_only_layers" whose number, from 1, decoder_sparse_step divides.
std::function<bool(int)> sparse_by_step(const ConfigView& config);
/// DeepSeek's rule: from layer first_k_dense_replace on.
std::function<bool(int)> sparse_from(const ConfigView& config, int64_t fallback);
/// The window of every layer, where the family has one.
void set_window(ModelSpec& spec, const ConfigView& config);
/// Cuts gate and up out of a stack that holds both.
void adjust_experts(Recipe& recipe, const NameContext& name, const ModelSpec& spec);
/// llama.cpp's order of q and k rows, and adjust_experts.
void adjust_llama_experts(Recipe& recipe, const NameContext& name, const ModelSpec& spec);

}  // namespace vitrine
