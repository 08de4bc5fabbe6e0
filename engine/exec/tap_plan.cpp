// SPDX-License-Identifier: Apache-2.0
// Watches checked against the sites a model has, and indexed by layer. Entry `layers` of a stack holds the sites outside layers.
#include <bit>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/exec/taps.h"

namespace vitrine {

namespace {

uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15u + (hash << 6) + (hash >> 2);
  return hash * 0xBF58476D1CE4E5B9u;
}

uint64_t fingerprint_of(const Watch& watch) {
  uint64_t hash = mix(mix(watch.at.stack, uint64_t(watch.at.layer) & 0xFFFF), uint64_t(watch.at.site));
  hash = mix(mix(hash, watch.reduce.index()), watch.capture + 2 * watch.grad);
  if (const auto* top = std::get_if<TopK>(&watch.reduce)) hash = mix(hash, uint64_t(top->k));
  if (const auto* last = std::get_if<LastRows>(&watch.reduce)) hash = mix(hash, uint64_t(last->count));
  for (int head : watch.select.heads) hash = mix(hash, uint64_t(head) + 1);
  for (int64_t position : watch.select.positions) hash = mix(hash, uint64_t(position) + 2);
  for (int channel : watch.select.channels) hash = mix(hash, uint64_t(channel) + 3);
  const auto floats = [&](const std::vector<float>& values) {
    for (float value : values) hash = mix(hash, std::bit_cast<uint32_t>(value));
  };
  for (const Edit& edit : watch.edits) {
    hash = mix(hash, edit.index() + 11);
    if (const auto* e = std::get_if<Scale>(&edit)) floats({e->factor});
    if (const auto* e = std::get_if<AddVec>(&edit)) floats(e->vector), floats({e->factor});
    if (const auto* e = std::get_if<Replace>(&edit)) floats(e->values);
    if (const auto* e = std::get_if<Project>(&edit)) floats(e->vector), floats({e->factor});
  }
  return hash;
}

std::string sites_of(const SiteCatalog& catalog) {
  std::string list;
  for (int s = 0; s < int(Site::kCount); ++s)
    if (catalog.has(Site(s))) list += (list.empty() ? "" : ", ") + std::string(site_name(Site(s)));
  return list;
}

bool edits_attention(const Watch& watch) {
  return !watch.edits.empty() && (watch.at.site == Site::attn_scores || watch.at.site == Site::attn_probs);
}

/// Row summaries come out of the streaming kernel: of attention as the model has it, all keys of a row.
void check_row_summary(const Watch& watch, std::span<const Watch> all) {
  if (!std::holds_alternative<RowSummary>(watch.reduce)) return;
  if (watch.at.site != Site::attn_probs || !watch.select.channels.empty() || !watch.edits.empty())
    throw Error(ErrorKind::input, cat("row_summary at site ", site_name(watch.at.site)),
                "it belongs to whole rows of attn_probs, without edits; elsewhere choose stats");
  for (const Watch& other : all) {
    const bool meets = other.at.layer == watch.at.layer || other.at.layer == kAllLayers || watch.at.layer == kAllLayers;
    if (edits_attention(other) && other.at.stack == watch.at.stack && meets)
      throw Error(ErrorKind::input, "row_summary of a layer whose attention is edited", "watch attn_probs itself there");
  }
}

}  // namespace

std::shared_ptr<const TapPlan> TapPlan::compile(const SiteCatalog& catalog, std::vector<Watch> watches) {
  auto plan = std::make_shared<TapPlan>();
  for (const auto& layers : catalog.stacks) plan->masks_.emplace_back(layers.size());
  plan->fingerprint_ = 1;
  for (const Watch& watch : watches) {
    const std::string name(site_name(watch.at.site));
    if (watch.at.stack >= catalog.stacks.size())
      throw Error(ErrorKind::input, watch.at.stack == kEncoderStack ? cat("site ", name, " of an encoder beside the decoder, and the model has none")
                                                        : cat("site ", name, " of stack ", int(watch.at.stack), ", but the model has ", catalog.stacks.size()),
                  watch.at.stack == kEncoderStack ? "leave encoder_ out" : "count stacks from 0");
    const auto& layers = catalog.stacks[watch.at.stack];
    const int last = int(layers.size()) - 1;
    bool found = false;
    for (int layer = 0; layer <= last; ++layer) {
      const bool meant = watch.at.layer == kAllLayers || watch.at.layer == layer;
      if (!meant || !layers[size_t(layer)].has(watch.at.site)) continue;
      plan->masks_[watch.at.stack][size_t(layer)].set(watch.at.site);
      found = true;
    }
    if (!found && watch.at.layer >= last && catalog.has(watch.at.site))
      throw Error(ErrorKind::input, cat("site ", name, " of layer ", watch.at.layer, ", but the model has ", last, " layers"), "count layers from 0");
    if (!found) throw Error(ErrorKind::input, cat("this model has no site ", name), "it has: " + sites_of(catalog));
    check_row_summary(watch, watches);
    plan->edits_ |= !watch.edits.empty();
    plan->fingerprint_ = mix(plan->fingerprint_, fingerprint_of(watch));
  }
  plan->watches_ = std::move(watches);
  return plan;
}

SiteMask TapPlan::mask(int stack, int layer) const noexcept {
  if (size_t(stack) >= masks_.size() || size_t(layer) >= masks_[size_t(stack)].size()) return {};
  return masks_[size_t(stack)][size_t(layer)];
}

std::vector<int> TapPlan::at(int stack, int layer, Site site) const {
  std::vector<int> found;
  if (!mask(stack, layer).has(site)) return found;
  for (size_t i = 0; i < watches_.size(); ++i) {
    const Address& where = watches_[i].at;
    if (where.stack == stack && where.site == site && (where.layer == kAllLayers || where.layer == layer)) found.push_back(int(i));
  }
  return found;
}

}  // namespace vitrine
