// SPDX-License-Identifier: Apache-2.0
// Watching and changing a running model, as data: hence it can be saved, replayed and compared.
// A Watch names a site, what of it, how it is reduced on the device, and the edits applied to it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/api.h"
#include "engine/tensor/tensor.h"

namespace vitrine {

enum class Site : uint8_t {
#define VT_SITE(id, lens_name, shape) id,
#include "engine/exec/sites.def"
#undef VT_SITE
  kCount
};
inline constexpr int kSiteWords = 2;  // the mask of a layer: two 64-bit words
static_assert(int(Site::kCount) <= 64 * kSiteWords);

VT_API std::string_view site_name(Site site) noexcept;
VT_API std::string_view site_shape(Site site) noexcept;
/// By our name ("attn_probs") or TransformerLens' part ("attn.hook_pattern").
VT_API std::optional<Site> site_of_name(std::string_view name) noexcept;

inline constexpr int16_t kAllLayers = -1;

/// Where: stack (index into ModelSpec::stacks), layer, site. Sites outside layers (embed, final_norm, logits) take layer kAllLayers.
struct Address {
  uint8_t stack = 0;
  int16_t layer = kAllLayers;
  Site site = Site::resid_post;
  bool operator==(const Address&) const = default;
};

/// The stack of an encoder-decoder's encoder; stack 0 is the one that writes.
inline constexpr uint8_t kEncoderStack = 1;

/// Our name of a place: "3.attn_probs", "final_norm"; of an encoder-decoder's encoder "encoder.3.attn_probs", "encoder.embed".
VT_API std::string address_name(const Address& at);
/// TransformerLens' name: "blocks.3.attn.hook_pattern", "ln_final.hook_normalized", "hook_embed"; "encoder.3.attn.hook_pattern".
VT_API std::string address_lens_name(const Address& at);
/// A site by name, with "encoder_" or "encoder." in front one of the encoder; the layer is not part of it.
VT_API std::optional<Address> address_of_name(std::string_view name) noexcept;

/// Which entries; empty = all. Positions are token positions of the sequence, not rows of a step.
struct Select {
  std::vector<int> heads = {}, channels = {};
  std::vector<int64_t> positions = {};
};

/// Reductions run on the device, before anything is copied.
struct Full {};
struct LastRows { int count = 1; };
struct MeanHeads {};                      // mean over the heads axis
struct TopK { int k = 8; };               // values and ids of the last axis; attn_probs: 0 and -1 where fewer keys are visible
struct Norms {};                          // l2 norm of each row
struct Stats {};                          // mean, std, min, max, l2 of each row
struct RowSummary {};                     // attn_probs: [heads, rows, 3] largest probability, entropy (nats), log-sum-exp of the scores
using Reduce = std::variant<Full, LastRows, MeanHeads, TopK, Norms, Stats, RowSummary>;

/// x <- factor * x
struct Scale { float factor = 1; };
/// x <- x + factor * vector; vector over the selected channels (per head: head_dim values).
struct AddVec { std::vector<float> vector = {}; float factor = 1; };
/// x <- values: one row for all selected positions, or one row a position in the order of Select::positions.
struct Replace { std::vector<float> values = {}; };
/// x <- x - factor * (x.v / v.v) v : removes (factor 1) or flips (factor 2) the part along v.
struct Project { std::vector<float> vector = {}; float factor = 1; };
using Edit = std::variant<Scale, AddVec, Replace, Project>;

struct Watch {
  Address at = {};
  Select select = {};
  Reduce reduce = Full{};
  bool capture = true;
  std::vector<Edit> edits = {};
  bool grad = false;                 // under a tape, d(loss)/d(site) is delivered as well, behind the edits, selected and reduced alike
};

/// Which sites a model has: a mask per stack and layer; entry `layers` of each stack holds the sites outside layers.
struct SiteMask {
  std::array<uint64_t, kSiteWords> words = {};
  bool has(Site s) const noexcept { return words[size_t(s) / 64] >> (size_t(s) % 64) & 1u; }
  void set(Site s) noexcept { words[size_t(s) / 64] |= uint64_t(1) << (size_t(s) % 64); }
  bool any() const noexcept { return (words[0] | words[1]) != 0; }
};
struct VT_API SiteCatalog {
  std::vector<std::vector<SiteMask>> stacks = {};
  bool has(Site site) const noexcept;
};

/// Watches checked against a model and indexed by place. Immutable; swapped only between steps.
class VT_API TapPlan {
 public:
  /// Throws Error input naming the site and the model's nearest ones when this model has no such site.
  static std::shared_ptr<const TapPlan> compile(const SiteCatalog& catalog, std::vector<Watch> watches);

  SiteMask mask(int stack, int layer) const noexcept;
  /// Indices into watches() that fire at this place.
  std::vector<int> at(int stack, int layer, Site site) const;
  std::span<const Watch> watches() const noexcept { return watches_; }
  /// Equal plans have equal fingerprints.
  uint64_t fingerprint() const noexcept { return fingerprint_; }
  bool edits() const noexcept { return edits_; }

 private:
  std::vector<Watch> watches_;
  std::vector<std::vector<SiteMask>> masks_;
  uint64_t fingerprint_ = 0;
  bool edits_ = false;
};

/// As parse_watch() reads it: "topk(8)", "full".
VT_API std::string reduce_text(const Reduce& reduce);
/// "SITE[@layers][:reduce]" as the command line takes it: "attn_probs@3,5-7:mean_heads", "resid_post@*:norms", "logits:topk(10)",
/// "encoder_attn_probs@0".
/// Layers absent or * : all. Throws Error input that lists the sites.
VT_API std::vector<Watch> parse_watch(std::string_view text);

}  // namespace vitrine
