// SPDX-License-Identifier: Apache-2.0
// Where a run of a model can be watched and changed, as `inspect --sites` lists it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/io/weight_source.h"

namespace vitrine::cli {

/// A list of {site, transformer_lens, shape, layers}: the names as --watch takes them, an encoder-decoder's encoder last. Loads the model.
nlohmann::ordered_json site_list(const WeightSource& source);
void print_sites(const nlohmann::ordered_json& sites);

}  // namespace vitrine::cli
