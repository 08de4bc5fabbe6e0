// SPDX-License-Identifier: Apache-2.0
// Law of the attention variants: for every combination of key/value groups, window, ALiBi, soft-cap, sinks, norms of q and k and direction,
// the streaming kernel, the materialised form and plain double loops over the same q, k and v give one result.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/model/alibi.h"
#include "engine/model/probe.h"
#include "engine/model/variant.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;

namespace {

std::vector<int32_t> tokens(int count) {
  std::vector<int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * 37 + 16) % 140);
  return ids;
}

struct Combination {
  std::string model, positions, attention;
};

std::vector<Combination> combinations() {
  std::vector<Combination> all;
  for (const char* model : {"llama", "bert"})
    for (const char* heads : {"4", "2", "1"})
      for (const char* window : {"off", "5"})
        for (const char* positions : {"", "alibi", "none"})
          for (const char* cap : {"off", "2"})
            for (const char* sinks : {"off", "0.7"})
              for (const char* norm : {"off", "on"}) {
                const bool both_ways = std::string(model) == "bert";
                if ((both_ways && std::string(positions) == "alibi") || (!both_ways && std::string(heads) == "4")) continue;  // llama has two
                all.push_back({model, positions,
                               std::string("kv_heads=") + heads + ",window=" + window + ",softcap=" + cap + ",sinks=" + sinks + ",qk_norm=" + norm});
              }
  return all;
}

/// head_out [rows, heads, hd] in double, as ScoreRule says.
std::vector<double> plain_attention(const LayerSpec& layer, bool causal, const std::vector<float>& q, const std::vector<float>& k, const std::vector<float>& v, int rows) {
  const int heads = layer.heads, kv = layer.kv_heads, hd = layer.head_dim;
  const std::vector<float> slopes = layer.alibi.max_bias > 0 ? alibi_slopes(layer.alibi, heads) : std::vector<float>(size_t(heads), 0);
  std::vector<double> out(size_t(rows * heads * hd));
  for (int row = 0; row < rows; ++row)
    for (int head = 0; head < heads; ++head) {
      const int kv_head = head / (heads / kv);
      std::vector<double> weight(size_t(rows), 0);
      double sum = layer.sinks ? std::exp(0.7) : 0;
      for (int j = 0; j < rows; ++j) {
        const bool seen = causal ? j <= row && (layer.window == 0 || row - j < layer.window) : layer.window == 0 || std::abs(row - j) <= layer.window;
        if (!seen) continue;
        double score = 0;
        for (int d = 0; d < hd; ++d) score += double(q[size_t((row * heads + head) * hd + d)]) * double(k[size_t((j * kv + kv_head) * hd + d)]);
        score *= double(layer.score_scale);
        if (layer.score_softcap > 0) score = double(layer.score_softcap) * std::tanh(score / double(layer.score_softcap));
        score += double(slopes[size_t(head)]) * (j - row);
        weight[size_t(j)] = std::exp(score);
        sum += weight[size_t(j)];
      }
      for (int j = 0; j < rows; ++j)
        for (int d = 0; d < hd; ++d) out[size_t((row * heads + head) * hd + d)] += weight[size_t(j)] / sum * double(v[size_t((j * kv + kv_head) * hd + d)]);
    }
  return out;
}

}  // namespace

TEST(AttentionVariants, StreamingMaterialisedAndPlainLoopsAgree) {
  const int rows = 23;
  for (const std::string isa : {"scalar", ""}) {
    const auto backend = make_backend({.threads = 1, .isa = isa});
    std::map<std::string, std::shared_ptr<const Model>> models;
    for (const Combination& c : combinations()) {
      SCOPED_TRACE(isa + " " + c.model + " " + c.positions + " " + c.attention);
      if (!models[c.model]) models[c.model] = load_model(*open_weights(test::tiny_folder(c.model)), backend);
      const auto variant = make_variant(models[c.model], {c.positions, c.attention});
      const std::vector<Watch> streaming{{.at = {.layer = 0, .site = Site::q}}, {.at = {.layer = 0, .site = Site::k}}, {.at = {.layer = 0, .site = Site::v}},
                                         {.at = {.layer = 0, .site = Site::head_out}}};
      std::vector<Watch> open = streaming;
      open.push_back({.at = {.layer = kAllLayers, .site = Site::attn_probs}});
      const ProbeSequence sequence{tokens(rows)};
      const ProbeResult fast = run_sequences(*variant, {&sequence, 1}, Precision::exact, streaming), slow = run_sequences(*variant, {&sequence, 1}, Precision::exact, open);
      const auto values = [&](Site site) -> const std::vector<float>& { return fast.find(site, 0, 0)->values; };
      const LayerSpec& layer = variant->spec().layers()[0];
      const std::vector<double> plain = plain_attention(layer, variant->spec().stacks[0].causal, values(Site::q), values(Site::k), values(Site::v), rows);
      const std::vector<float>&streamed = values(Site::head_out), &materialised = slow.find(Site::head_out, 0, 0)->values;
      ASSERT_EQ(streamed.size(), plain.size());
      for (size_t i = 0; i < plain.size(); ++i) {
        ASSERT_NEAR(streamed[i], plain[i], 2e-5);
        ASSERT_NEAR(materialised[i], plain[i], 2e-5);
      }
      for (size_t i = 0; i < fast.hidden.size(); ++i) ASSERT_NEAR(fast.hidden[i], slow.hidden[i], 2e-4);
    }
  }
}
