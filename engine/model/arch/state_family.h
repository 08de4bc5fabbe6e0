// SPDX-License-Identifier: Apache-2.0
// What families share whose layers carry a state: key spellings, names of a mixer's tensors, sizes of Mamba and Mamba-2 mixers.
#pragma once

#include <initializer_list>
#include <string_view>

#include "engine/model/architecture.h"

namespace vitrine {

/// `extra`, then what all these families may have, then `base`. Of two equal names the first counts.
std::vector<KeyPair> state_keys(std::initializer_list<KeyPair> extra = {}, std::span<const KeyPair> base = decoder_keys());

/// `rules`, then the tensors of a Mamba or Mamba-2 mixer, which lie at one of the places `mixers` ("model.layers.{}.mamba.").
std::span<const NameRule> state_names(std::span<const NameRule> rules, std::initializer_list<std::string_view> mixers);

/// dim, norm and `layers` layers without attention and feed-forward, each to be given its mixer.
ModelSpec read_stateful(const ConfigView& config);

MambaSpec read_mamba(const ConfigView& config, int dim);
/// `inner` 0: expand * dim.
Mamba2Spec read_mamba2(const ConfigView& config, int dim, int inner = 0);
/// The projections to rank, b and c are stored one under the other.
void mamba_adjust(Recipe& recipe, const NameContext& name, const ModelSpec& spec);

/// A rotary scheme over the first `part` of a head's channels; an odd number of them rounds up, the frequencies staying those of the odd one.
RopeSpec read_partial_rope(const ConfigView& config, int head_dim, double part, double default_theta);

/// Makes the layer carry a state instead of attending.
void without_attention(LayerSpec& layer, Mixer mixer);

/// Layer types as "layer_types" or "layers_block_type" list them; empty when there is no such list.
std::vector<std::string> layer_types(const ConfigView& config);

}  // namespace vitrine
