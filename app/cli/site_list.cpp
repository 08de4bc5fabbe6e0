// SPDX-License-Identifier: Apache-2.0
#include "app/cli/site_list.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/core/text.h"
#include "engine/model/model.h"

namespace vitrine::cli {

using nlohmann::ordered_json;

namespace {

/// "0-3,5", as --watch takes it.
std::string ranges_text(const std::vector<int>& layers) {
  std::string text = layers.empty() ? "-" : "";
  for (size_t i = 0; i < layers.size();) {
    size_t last = i;
    while (last + 1 < layers.size() && layers[last + 1] == layers[last] + 1) ++last;
    text += cat(i == 0 ? "" : ",", layers[i]);
    if (last > i) text += cat("-", layers[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace

ordered_json site_list(const WeightSource& source) {
  const auto model = load_model(source, make_backend({.threads = 1}));
  ordered_json list = ordered_json::array();
  const auto& stacks = model->sites().stacks;
  for (size_t stack = 0; stack < stacks.size(); ++stack)
    for (int s = 0; s < int(Site::kCount); ++s) {
      const Site site = Site(s);
      std::vector<int> layers;
      for (size_t layer = 0; layer + 1 < stacks[stack].size(); ++layer)
        if (stacks[stack][layer].has(site)) layers.push_back(int(layer));
      if (layers.empty() && !stacks[stack].back().has(site)) continue;
      list.push_back({{"site", cat(stack == kEncoderStack ? "encoder_" : "", site_name(site))},
                      {"transformer_lens", address_lens_name({.stack = uint8_t(stack), .site = site})},
                      {"shape", site_shape(site)},
                      {"layers", layers}});
    }
  return list;
}

void print_sites(const ordered_json& sites) {
  std::printf("\n%-26s %-34s %-34s %s\n", "site", "TransformerLens", "shape of a step", "layers");
  for (const ordered_json& row : sites)
    std::printf("%-26s %-34s %-34s %s\n", row["site"].get<std::string>().c_str(), row["transformer_lens"].get<std::string>().c_str(),
                row["shape"].get<std::string>().c_str(), ranges_text(row["layers"]).c_str());
  std::printf("%zu sites\n", sites.size());
}

}  // namespace vitrine::cli
