// SPDX-License-Identifier: Apache-2.0
// Laws that hold for every registered sampler stage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "engine/decode/sampler.h"

using namespace vitrine;

namespace {

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

/// Rows that have upset samplers: spread, flat, all equal, one dominating, many ties, with -inf, large, tiny
/// vocabulary.
std::vector<std::vector<float>> rows() {
  std::vector<std::vector<float>> all;
  const auto row = [&](int n, auto value) {
    std::vector<float> r;
    for (int i = 0; i < n; ++i) r.push_back(float(value(i, uniform(11, uint64_t(i), uint32_t(all.size())))));
    all.push_back(r);
  };
  row(1000, [](int, double u) { return 12 * u - 6; });
  row(300, [](int, double u) { return 0.01 * u; });
  row(64, [](int, double) { return 0.0; });
  row(65, [](int i, double u) { return i == 17 ? 90.0 : u; });
  row(200, [](int i, double) { return double(i % 4); });
  row(500, [](int i, double u) { return i % 3 ? 8 * u : -std::numeric_limits<double>::infinity(); });
  row(5000, [](int, double u) { return std::log(u + 1e-9) * 3; });
  row(128, [](int i, double u) { return i % 2 ? 1e30 * u : -1e30 * u; });
  row(1, [](int, double) { return -3.0; });
  row(2, [](int i, double) { return i == 0 ? -std::numeric_limits<double>::infinity() : 1.0; });
  return all;
}

const std::vector<int32_t> kHistory{5, 9, 5, 1, 5, 9, 0, 0, 1, 5, 9};
DecodeView view() {
  return {.history = kHistory, .prompt_tokens = 4, .step = 7, .end_ids = std::span(kHistory).first(2)};
}

/// Every stage at its fallbacks, at its lowest and at its highest settings.
std::vector<StageSpec> settings(const StageInfo& info) {
  std::vector<StageSpec> all;
  for (int which = 0; which < 3; ++which) {
    StageSpec spec{.name = std::string(info.name)};
    for (const StageParameter& p : info.parameters)
      spec.parameters.emplace_back(p.name, which == 0 ? p.fallback : which == 1 ? p.lowest : p.highest);
    if (info.name == "logit_bias") spec.bias = {{0, kMinusInfinity}, {5, 3.5f}, {9, -3e38f}, {4999, 1}};
    if (info.name == "bad_words") spec.sequences = {{1}, {9, 0}, {5, 9, 2}, {0}};
    all.push_back(spec);
  }
  return all;
}

std::string message_of(const SamplerSpec& spec) {
  try {
    SamplerChain chain(spec);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

double probability(const std::vector<float>& logits, const std::set<int32_t>& ids) {
  double largest = -1e300, sum = 0, part = 0;
  for (const float l : logits) largest = std::max(largest, double(l));
  for (size_t i = 0; i < logits.size(); ++i) {
    const double e = std::exp(double(logits[i]) - largest);
    sum += e;
    if (ids.contains(int32_t(i))) part += e;
  }
  return part / sum;
}

}  // namespace

TEST(Stages, OutOfRangeIsNamed) {
  for (const StageInfo& info : sampler_stages())
    for (const StageParameter& p : info.parameters)
      for (const double wrong :
           {p.lowest - 1, p.highest * 2 + 1, std::nan(""), HUGE_VAL, p.integer ? p.lowest + 0.5 : p.lowest - 0.5}) {
        const std::string message =
            message_of({{{.name = std::string(info.name), .parameters = {{std::string(p.name), wrong}}}}});
        EXPECT_THAT(message, testing::AllOf(testing::HasSubstr(info.name), testing::HasSubstr(p.name),
                                            testing::HasSubstr("from")))
            << info.name << " " << p.name << " = " << wrong;
      }
}

TEST(Stages, UnknownNamesAreNamed) {
  EXPECT_THAT(message_of({{{.name = "top_q"}}}), testing::HasSubstr("top_q"));
  for (const StageInfo& info : sampler_stages())
    EXPECT_THAT(message_of({{{.name = std::string(info.name), .parameters = {{"colour", 1}}}}}),
                testing::HasSubstr("colour"));
}

TEST(Stages, OffSettingsChangeNothing) {
  for (const StageInfo& info : sampler_stages()) {
    StageSpec spec{.name = std::string(info.name)};
    bool has_off = false;
    for (const StageParameter& p : info.parameters) {
      has_off |= !std::isnan(p.off);
      if (!std::isnan(p.off)) spec.parameters.emplace_back(p.name, p.off);
    }
    if (!has_off && info.name != "bad_words" && info.name != "logit_bias") continue;
    const SamplerChain chain({{spec}});
    for (const auto& row : rows()) EXPECT_EQ(chain.process(row, view()), row) << info.name;
  }
}

TEST(Stages, DisabledStagesDoNotRun) {
  for (const StageInfo& info : sampler_stages())
    for (StageSpec spec : settings(info)) {
      spec.enabled = false;
      std::vector<StageTrace> trace;
      const auto row = rows().front();
      SamplerChain({{spec}}).shape(row, view(), &trace);
      EXPECT_TRUE(trace.empty());
      EXPECT_EQ(SamplerChain({{spec}}).process(row, view()), row);
    }
}

TEST(Stages, SomethingIsLeftAndAddsUp) {
  for (const StageInfo& info : sampler_stages())
    for (const StageSpec& spec : settings(info)) {
      const SamplerChain chain({{spec}});
      int index = 0;
      for (const auto& row : rows()) {
        SCOPED_TRACE(cat(info.name, " row ", index++, " ", sampler_to_json({{spec}})));
        std::vector<StageTrace> trace;
        const Distribution d = chain.shape(row, view(), &trace);
        ASSERT_FALSE(d.entries.empty());
        double sum = 0;
        for (size_t i = 0; i < d.entries.size(); ++i) {
          sum += d.entries[i].probability;
          if (i == 0) continue;
          const auto &a = d.entries[i - 1], &b = d.entries[i];
          EXPECT_GE(a.probability, b.probability) << i;
        }
        EXPECT_NEAR(sum, 1, 1e-6);
        // The trace against the processed row: what is missing there was removed, with its mass in the row that
        // entered.
        ASSERT_EQ(trace.size(), 1u);
        const std::vector<float> processed = chain.process(row, view());
        std::set<int32_t> removed;
        for (size_t i = 0; i < row.size(); ++i)
          if (std::isfinite(row[i]) && !std::isfinite(processed[i])) removed.insert(int32_t(i));
        EXPECT_EQ(size_t(trace[0].entered - trace[0].kept), removed.size());
        EXPECT_EQ(size_t(trace[0].kept), d.entries.size());
        EXPECT_NEAR(trace[0].removed_mass, probability(row, removed), 1e-6);
      }
    }
}

TEST(Stages, ChoosingEqualsDrawingFromTheWholeDistribution) {
  for (const StageInfo& info : sampler_stages())
    for (const StageSpec& stage : settings(info)) {
      SamplerSpec spec{{stage}, 5};
      const SamplerChain chain(spec);
      for (const auto& row : rows())
        for (uint64_t step = 0; step < 5; ++step) {
          DecodeView v = view();
          v.step = step;
          const Distribution d = chain.shape(row, v);
          const Choice choice = chain.choose(row, v);
          EXPECT_EQ(choice.id, SamplerChain::draw(d, spec.seed, step)) << info.name;
          EXPECT_EQ(choice.u, uniform(spec.seed, step));
          for (const auto& e : d.entries)
            if (e.id == choice.id) {
              EXPECT_EQ(e.probability, choice.probability);
            }
        }
    }
}

TEST(Stages, MinTokensToKeepIsKept) {
  for (const StageInfo& info : sampler_stages()) {
    StageSpec spec{.name = std::string(info.name)};
    bool has = false;
    for (const StageParameter& p : info.parameters) {
      has |= p.name == "min_tokens_to_keep";
      // The harshest setting of the stage: one token or nearly one.
      const double harsh = p.name == "min_tokens_to_keep"               ? 7
                           : p.name == "top_k"                          ? 1
                           : p.name == "top_p" || p.name == "typical_p" ? 0
                                                                        : p.highest;
      spec.parameters.emplace_back(p.name, harsh);
    }
    if (!has) continue;
    for (const auto& row : rows()) {
      const size_t finite = size_t(std::count_if(row.begin(), row.end(), [](float l) { return std::isfinite(l); }));
      EXPECT_GE(SamplerChain({{spec}}).shape(row, view()).entries.size(), std::min<size_t>(7, finite)) << info.name;
    }
  }
}
