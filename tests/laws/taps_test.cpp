// SPDX-License-Identifier: Apache-2.0
// Laws of watching and changing: every site an architecture has fires on every layer; looking changes nothing; patching A into B gives B.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/core/error.h"
#include "engine/model/probe.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

const std::vector<int32_t> kA{11, 42, 7, 69, 3, 83, 64, 18, 5}, kB{80, 14, 33, 2, 57, 71, 8, 62, 77};

/// What encoder-decoders answer to.
const std::vector<int32_t> kSource{17, 5, 88, 81, 40, 9, 62};

ProbeResult run(const Model& model, const std::vector<int32_t>& ids, const std::vector<Watch>& watches = {}) {
  ProbeSequence sequence{ids};
  if (model.spec().has_encoder()) sequence.source = kSource;
  return run_sequences(model, {&sequence, 1}, Precision::exact, watches);
}

bool interior(Site s) { return s == Site::attn_scores || s == Site::attn_probs || s == Site::cross_scores || s == Site::cross_probs; }
bool is_scale(Site s) {
  return s == Site::attn_norm_scale || s == Site::mixer_norm_scale || s == Site::mlp_norm_scale || s == Site::cross_norm_scale || s == Site::final_norm_scale;
}

/// What the model delivers in the end: logits, or hidden states where it has no head.
const std::vector<float>& outcome(const ProbeResult& result) { return result.logits.empty() ? result.hidden : result.logits; }

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) most = std::max(most, std::abs(double(a[i]) - b[i]));
  return most;
}

class Taps : public testing::TestWithParam<std::string> {
 protected:
  std::shared_ptr<const Model> model = open_tiny(GetParam());
  int layers() const { return int(model->spec().layers().size()); }
  /// The first layer that has the site; layers(): none.
  int first_with(Site s) const {
    int layer = 0;
    while (layer < layers() && !model->sites().stacks[0][size_t(layer)].has(s)) ++layer;
    return layer;
  }
  template <class Visit>
  void each_site(Visit visit) const {
    const auto& stacks = model->sites().stacks;
    for (size_t stack = 0; stack < stacks.size(); ++stack)
      for (int s = 0; s < int(Site::kCount); ++s)
        if (std::any_of(stacks[stack].begin(), stacks[stack].end(), [s](const SiteMask& mask) { return mask.has(Site(s)); }))
          visit(Address{.stack = uint8_t(stack), .site = Site(s)});
  }
  bool outside(Site s) const { return model->sites().stacks[0].back().has(s); }
};

}  // namespace

TEST_P(Taps, EverySiteFiresOnEveryLayerThatHasIt) {
  each_site([&](const Address& at) {
    const Site s = at.site;
    const ProbeResult result = run(*model, kA, {{.at = at}});
    const std::vector<SiteMask>& masks = model->sites().stacks[at.stack];
    for (int layer = 0; layer < int(masks.size()); ++layer) {
      if (!masks[size_t(layer)].has(s)) continue;
      const ProbeHit* hit = result.find(s, layer + 1 == int(masks.size()) ? kAllLayers : layer, 0, at.stack);
      ASSERT_NE(hit, nullptr) << site_name(s) << " of layer " << layer << ", stack " << int(at.stack);
      EXPECT_FALSE(hit->values.empty()) << site_name(s);
      if (s == Site::attn_scores) continue;  // masked scores are -inf
      for (float value : hit->values) ASSERT_TRUE(std::isfinite(value)) << site_name(s);
    }
  });
}

TEST_P(Taps, LookingChangesNothing) {
  const std::vector<float> alone = outcome(run(*model, kA));
  each_site([&](const Address& at) {
    const Site s = at.site;
    const std::vector<float> watched = outcome(run(*model, kA, {{.at = at}}));
    if (interior(s))
      EXPECT_LT(largest_difference(alone, watched), 1e-4) << site_name(s);
    else
      EXPECT_EQ(alone, watched) << site_name(s);
  });
}

TEST_P(Taps, AnEditThatChangesNothingChangesNothing) {
  const std::vector<float> alone = outcome(run(*model, kA));
  each_site([&](const Address& at) {
    const Site s = at.site;
    const std::vector<float> edited = outcome(run(*model, kA, {{.at = at, .edits = {Scale{1}}}}));
    if (interior(s) || is_scale(s))
      EXPECT_LT(largest_difference(alone, edited), 1e-4) << site_name(s);
    else
      EXPECT_EQ(alone, edited) << site_name(s);
  });
}

/// An edit the site cannot ignore. Half an expert's number is none, and a choice may hold when all logits shrink alike.
static Edit edit_of(Site s) {
  if (s == Site::expert_ids) return Replace{{0, 1}};
  if (s == Site::router_logits) return AddVec{{9}};
  return Scale{0.5f};
}

TEST_P(Taps, EveryEditAtEverySiteReachesTheOutcome) {
  const std::vector<float> alone = outcome(run(*model, kA));
  each_site([&](const Address& at) {
    const Site s = at.site;
    Watch watch{.at = at, .edits = {edit_of(s)}};
    if (s == Site::router_logits) watch.select.channels = {1};
    const std::vector<float> edited = outcome(run(*model, kA, {watch}));
    EXPECT_GT(largest_difference(alone, edited), 1e-6) << site_name(s);
  });
}

TEST_P(Taps, PuttingTheResidualOfBIntoAGivesB) {
  const std::vector<float> wanted = outcome(run(*model, kB));
  const std::vector<float> embedding = run(*model, kB, {{.at = {.site = Site::embed}}}).find(Site::embed, kAllLayers, 0)->values;
  const auto shares = [](const LayerSpec& layer) { return layer.shared.stored_in >= 0; };
  const bool looks_back_at_embedding = std::any_of(model->spec().layers().begin(), model->spec().layers().end(), shares);
  for (int layer = 0; layer < layers(); ++layer) {
    const Watch look{.at = {.layer = int16_t(layer), .site = Site::resid_pre}};
    const std::vector<float> residual = run(*model, kB, {look}).find(Site::resid_pre, layer, 0)->values;
    std::vector<Watch> patches{look};
    patches[0].edits = {Replace{residual}};
    if (looks_back_at_embedding) patches.push_back({.at = {.site = Site::embed}, .edits = {Replace{embedding}}});
    EXPECT_EQ(outcome(run(*model, kA, patches)), wanted) << "layer " << layer;
  }
}

TEST_P(Taps, ScalingOneHeadTouchesOnlyThatHead) {
  const int16_t layer = int16_t(first_with(Site::head_out));
  if (layer == layers()) GTEST_SKIP() << "no layer has attention";
  const Address at{.layer = layer, .site = Site::head_out};
  const ProbeResult before = run(*model, kA, {{.at = at}});
  const ProbeResult after = run(*model, kA, {{.at = at, .select = {.heads = {1}}, .edits = {Scale{0}}}, {.at = at}});
  const ProbeHit* all = nullptr;
  for (const ProbeHit& hit : after.hits)
    if (hit.shape[1] > 1) all = &hit;
  ASSERT_NE(all, nullptr);
  const ProbeHit& old = *before.find(Site::head_out, layer, 0);
  const int64_t heads = old.shape[1], width = old.shape[2];
  for (size_t i = 0; i < old.values.size(); ++i) {
    const bool mine = int64_t(i) / width % heads == 1;
    EXPECT_EQ(all->values[i], mine ? 0 : old.values[i]);
  }
}

TEST_P(Taps, AProjectedDirectionIsGone) {
  std::vector<float> direction(size_t(model->spec().dim));
  for (size_t i = 0; i < direction.size(); ++i) direction[i] = std::sin(float(i) + 1);
  const Watch watch{.at = {.layer = 1, .site = Site::resid_post}, .edits = {Project{direction, 1}}};
  const ProbeHit hit = *run(*model, kA, {watch}).find(Site::resid_post, 1, 0);
  for (size_t row = 0; row < kA.size(); ++row) {
    double dot = 0, length = 0;
    for (size_t i = 0; i < direction.size(); ++i) {
      dot += double(direction[i]) * hit.values[row * direction.size() + i];
      length += double(hit.values[row * direction.size() + i]) * hit.values[row * direction.size() + i];
    }
    EXPECT_LT(std::abs(dot), 1e-4 * std::sqrt(length) * direction.size()) << row;
  }
}

TEST_P(Taps, ReductionsSayWhatTheFullTensorSays) {
  const Address at{.layer = 0, .site = Site::resid_post};
  const ProbeHit full = *run(*model, kA, {{.at = at}}).find(Site::resid_post, 0, 0);
  const ProbeHit norms = *run(*model, kA, {{.at = at, .reduce = Norms{}}}).find(Site::resid_post, 0, 0);
  const ProbeHit last = *run(*model, kA, {{.at = at, .reduce = LastRows{2}}}).find(Site::resid_post, 0, 0);
  const ProbeHit top = *run(*model, kA, {{.at = at, .reduce = TopK{3}}}).find(Site::resid_post, 0, 0);
  const size_t width = size_t(full.shape[1]);
  for (size_t row = 0; row < kA.size(); ++row) {
    double sum = 0;
    for (size_t i = 0; i < width; ++i) sum += double(full.values[row * width + i]) * full.values[row * width + i];
    EXPECT_NEAR(norms.values[row], std::sqrt(sum), 1e-4 * std::sqrt(sum) + 1e-6);
    EXPECT_EQ(top.values[row * 3], *std::max_element(full.values.begin() + int64_t(row * width), full.values.begin() + int64_t((row + 1) * width)));
    EXPECT_EQ(full.values[row * width + size_t(top.ids[row * 3])], top.values[row * 3]);
  }
  EXPECT_EQ(last.positions, (std::vector<int64_t>{int64_t(kA.size()) - 2, int64_t(kA.size()) - 1}));
  EXPECT_EQ(last.values, std::vector<float>(full.values.end() - int64_t(2 * width), full.values.end()));
}

TEST_P(Taps, RowSummariesAndLargestKeysSayWhatTheAttentionSays) {
  const int layer = first_with(Site::attn_probs);
  if (layer == layers()) GTEST_SKIP() << "no layer has attention";
  const Address at{.layer = int16_t(layer), .site = Site::attn_probs};
  const auto hit = [&](const Watch& watch) { return *run(*model, kA, {watch}).find(watch.at.site, layer, 0); };
  const ProbeHit full = hit({.at = at}), scores = hit({.at = {.layer = int16_t(layer), .site = Site::attn_scores}});
  const ProbeHit summary = hit({.at = at, .reduce = RowSummary{}}), top = hit({.at = at, .reduce = TopK{4}});
  const int64_t heads = full.shape[0], rows = full.shape[1], keys = full.shape[2];
  ASSERT_EQ(summary.shape, Shape({heads, rows, 3}));
  ASSERT_EQ(top.shape, Shape({heads, rows, 4}));
  for (int64_t row = 0; row < heads * rows; ++row) {
    const float *p = full.values.data() + row * keys, *s = scores.values.data() + row * keys, *got = summary.values.data() + 3 * row;
    const int64_t most = std::max_element(p, p + keys) - p;
    double entropy = 0;
    for (int64_t j = 0; j < keys; ++j) entropy -= p[j] > 0 ? p[j] * std::log(double(p[j])) : 0;
    EXPECT_NEAR(got[0], p[most], 1e-5);
    EXPECT_NEAR(got[1], entropy, 1e-4);
    EXPECT_NEAR(got[2], s[most] - std::log(double(p[most])), 1e-4);
    for (int i = 0; i < 4; ++i) {
      const int32_t id = top.ids[size_t(4 * row + i)];
      ASSERT_LT(id, keys);
      EXPECT_NEAR(top.values[size_t(4 * row + i)], id < 0 ? 0 : p[id], 1e-5) << "key " << id;
      if (id < 0) {
        EXPECT_LE(std::count_if(p, p + keys, [](float value) { return value > 0; }), i) << "a visible key is missing";
      } else if (i > 0) {
        EXPECT_GE(top.values[size_t(4 * row + i - 1)], top.values[size_t(4 * row + i)]);
      }
    }
  }
  const ProbeHit some = hit({.at = at, .select = {.heads = {int(heads) - 1}, .positions = {2, 5}}, .reduce = RowSummary{}});
  ASSERT_EQ(some.shape, Shape({1, 2, 3}));
  EXPECT_EQ(some.positions, (std::vector<int64_t>{2, 5}));
  for (size_t i = 0; i < 2; ++i)
    for (size_t part = 0; part < 3; ++part)
      EXPECT_EQ(some.values[3 * i + part], summary.values[3 * size_t((heads - 1) * rows + some.positions[i]) + part]);
}

TEST_P(Taps, LookingAtRowsOfAttentionChangesNothing) {
  if (first_with(Site::attn_probs) == layers()) GTEST_SKIP() << "no layer has attention";
  const Watch summary{.at = {.site = Site::attn_probs}, .reduce = RowSummary{}}, top{.at = {.site = Site::attn_probs}, .reduce = TopK{8}};
  EXPECT_EQ(outcome(run(*model, kA, {summary, top})), outcome(run(*model, kA)));
}

TEST_P(Taps, RowSummariesOfWhatTheStreamDoesNotHoldAreRefused) {
  const int layer = first_with(Site::attn_probs);
  if (layer == layers()) GTEST_SKIP() << "no layer has attention";
  const Watch summary{.at = {.site = Site::attn_probs}, .reduce = RowSummary{}};
  Watch elsewhere = summary, edited = summary, some_keys = summary;
  elsewhere.at.site = Site::attn_scores;
  edited = {.at = {.layer = int16_t(layer), .site = Site::attn_scores}, .edits = {Scale{0.5f}}};
  some_keys.select.channels = {0};
  for (const std::vector<Watch>& watches : {std::vector<Watch>{elsewhere}, {edited, summary}, {some_keys}})
    EXPECT_THROW(TapPlan::compile(model->sites(), watches), Error);
  EXPECT_NO_THROW(TapPlan::compile(model->sites(), {summary}));
}

TEST_P(Taps, WhatTheModelDoesNotHaveIsAnErrorThatSaysWhatItHas) {
  try {
    TapPlan::compile(model->sites(), {{.at = {.layer = 999, .site = Site::resid_post}}});
    FAIL() << "layer 999 was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::input);
    EXPECT_NE(std::string(e.what()).find(std::to_string(layers()) + " layers"), std::string::npos) << e.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, Taps, testing::ValuesIn(tiny_models()), [](const auto& info) { return info.param; });

TEST(TapCost, ASiteNobodyWatchesCostsATestOfItsBit) {
  const auto backend = make_backend({.threads = 1});
  Exec ex(*backend);
  ex.begin(Batch{}, open_tiny("llama")->sites());
  Tensor t = ex.alloc({4, 4});
  const int64_t before = backend->bytes_in_use();
  constexpr int kTaps = 1000000;
  double fastest = 1e9;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kTaps; ++i) ex.tap(Site(i % int(Site::kCount)), t);
    fastest = std::min(fastest, std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / kTaps);
  }
  EXPECT_LT(fastest, 20) << "nanoseconds; an allocation, a lock or a text would take more";
  EXPECT_EQ(backend->bytes_in_use(), before);
}

TEST(WatchText, ReadsSitesLayersAndReductions) {
  const std::vector<Watch> watches = parse_watch("attn_probs@3,5-7:mean_heads");
  ASSERT_EQ(watches.size(), 4u);
  EXPECT_EQ(watches[3].at.layer, 7);
  EXPECT_TRUE(std::holds_alternative<MeanHeads>(watches[0].reduce));
  EXPECT_EQ(parse_watch("hook_resid_post:topk(4)")[0].at.site, Site::resid_post);
  for (const char* encoder : {"encoder_attn_probs@1", "encoder.attn_probs@1", "encoder_attn.hook_pattern@1"}) {
    const Address at = parse_watch(encoder).at(0).at;
    EXPECT_EQ(at, (Address{kEncoderStack, 1, Site::attn_probs})) << encoder;
    EXPECT_EQ(address_name(at), "encoder.1.attn_probs");
    EXPECT_EQ(address_lens_name(at), "encoder.1.attn.hook_pattern");
  }
  for (const char* bad : {"nowhere", "encoder_nowhere", "attn_probs@x", "attn_probs@5-3", "resid_post:sum", "resid_post:topk(", "logits:topk(a)"})
    EXPECT_THROW(parse_watch(bad), Error) << bad;
}
