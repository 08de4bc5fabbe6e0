// SPDX-License-Identifier: Apache-2.0
// Names of sites, and the text form of a watch.
#include "engine/exec/taps.h"

#include <charconv>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {

namespace {
struct SiteNames {
  std::string_view id, lens, shape;
};
constexpr SiteNames kSites[] = {
#define VT_SITE(id, lens_name, shape) {#id, lens_name, shape},
#include "engine/exec/sites.def"
#undef VT_SITE
};

std::string all_sites() {
  std::string list;
  for (const SiteNames& site : kSites) list += (list.empty() ? "" : ", ") + std::string(site.id);
  return list;
}

Error bad_watch(std::string_view text, std::string_view why) {
  return Error(ErrorKind::input, cat("watch \"", text, "\": ", why),
               "write SITE[@layers][:reduce], e.g. attn_probs@3,5-7:mean_heads; reductions: full, last_rows(n), mean_heads, topk(k), norms, stats, row_summary");
}

int number(std::string_view digits, std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) throw bad_watch(text, cat("\"", digits, "\" is not a number"));
  return value;
}

std::vector<int16_t> parse_layers(std::string_view list, std::string_view text) {
  std::vector<int16_t> layers;
  if (list.empty() || list == "*") return {kAllLayers};
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    const size_t dash = item.find('-');
    const int from = number(item.substr(0, dash), text);
    const int to = dash == std::string_view::npos ? from : number(item.substr(dash + 1), text);
    if (to < from || to > 4096) throw bad_watch(text, cat("layers ", item, " run backwards or too far"));
    for (int layer = from; layer <= to; ++layer) layers.push_back(int16_t(layer));
  }
  return layers;
}

Reduce parse_reduce(std::string_view name, std::string_view text) {
  int argument = -1;
  if (const size_t open = name.find('('); open != std::string_view::npos) {
    if (name.back() != ')') throw bad_watch(text, "a bracket is not closed");
    argument = number(name.substr(open + 1, name.size() - open - 2), text);
    name = name.substr(0, open);
  }
  if (name == "full") return Full{};
  if (name == "last_rows") return LastRows{argument < 0 ? 1 : argument};
  if (name == "mean_heads") return MeanHeads{};
  if (name == "topk") return TopK{argument < 0 ? 8 : argument};
  if (name == "norms") return Norms{};
  if (name == "stats") return Stats{};
  if (name == "row_summary") return RowSummary{};
  throw bad_watch(text, cat("no reduction is called \"", name, "\""));
}
}  // namespace

std::string_view site_name(Site site) noexcept { return kSites[size_t(site)].id; }
std::string_view site_shape(Site site) noexcept { return kSites[size_t(site)].shape; }

std::string address_name(const Address& at) {
  const std::string_view stack = at.stack == kEncoderStack ? "encoder." : "";
  return at.layer < 0 ? cat(stack, site_name(at.site)) : cat(stack, at.layer, ".", site_name(at.site));
}

std::string address_lens_name(const Address& at) {
  const std::string_view lens = kSites[size_t(at.site)].lens, stack = at.stack == kEncoderStack ? "encoder." : at.layer < 0 ? "" : "blocks.";
  return at.layer < 0 ? cat(stack, lens) : cat(stack, at.layer, ".", lens);
}

std::optional<Address> address_of_name(std::string_view name) noexcept {
  Address at;
  for (const std::string_view prefix : {"encoder_", "encoder."})
    if (name.starts_with(prefix)) {
      at.stack = kEncoderStack;
      name.remove_prefix(prefix.size());
      break;
    }
  const auto site = site_of_name(name);
  if (!site) return std::nullopt;
  at.site = *site;
  return at;
}

std::optional<Site> site_of_name(std::string_view name) noexcept {
  for (size_t i = 0; i < std::size(kSites); ++i)
    if (kSites[i].id == name || kSites[i].lens == name) return Site(i);
  return std::nullopt;
}

bool SiteCatalog::has(Site site) const noexcept {
  for (const auto& layers : stacks)
    for (const SiteMask& mask : layers)
      if (mask.has(site)) return true;
  return false;
}

std::string reduce_text(const Reduce& reduce) {
  if (const auto* rows = std::get_if<LastRows>(&reduce)) return cat("last_rows(", rows->count, ")");
  if (const auto* top = std::get_if<TopK>(&reduce)) return cat("topk(", top->k, ")");
  static constexpr std::string_view kNames[] = {"full", "last_rows", "mean_heads", "topk", "norms", "stats", "row_summary"};
  static_assert(std::size(kNames) == std::variant_size_v<Reduce>);
  return std::string(kNames[reduce.index()]);
}

std::vector<Watch> parse_watch(std::string_view text) {
  std::string_view rest = text;
  Reduce reduce = Full{};
  if (const size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    reduce = parse_reduce(rest.substr(colon + 1), text);
    rest = rest.substr(0, colon);
  }
  const size_t at = rest.find('@');
  const std::optional<Address> place = address_of_name(rest.substr(0, at));
  if (!place) throw Error(ErrorKind::input, cat("no site is called \"", rest.substr(0, at), "\""), cat("sites: ", all_sites(), "; each also with encoder_ in front"));
  std::vector<Watch> watches;
  for (int16_t layer : parse_layers(at == std::string_view::npos ? "" : rest.substr(at + 1), text))
    watches.push_back(Watch{.at = {.stack = place->stack, .layer = layer, .site = place->site}, .reduce = reduce});
  return watches;
}

}  // namespace vitrine
