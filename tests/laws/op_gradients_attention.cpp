// SPDX-License-Identifier: Apache-2.0
// Attention of every kind.
#include "tests/laws/op_gradients.h"

namespace vitrine::op_gradients {

namespace {

/// A cache for the keys and values of a step; must live as long as its place is used.
struct Cache {
  ModelSpec spec;
  std::shared_ptr<KvPool> pool;
  std::vector<std::unique_ptr<SeqState>> states;
  SequenceTable table;
  nn::AttentionPlace place;

  Cache(Exec& ex, const LayerSpec& layer) {
    spec.stacks = {{.layers = {layer}}};
    pool = std::make_shared<KvPool>(std::shared_ptr<Backend>(std::shared_ptr<void>(), &ex.backend()), spec, DType::f32);
    std::vector<int32_t> seq_of_row, index_of_row;
    std::vector<SeqState*> all;
    for (int rows : {kFirst, kSecond}) {
      states.push_back(std::make_unique<SeqState>(pool));
      states.back()->reserve(rows);
      for (int row = 0; row < rows; ++row) seq_of_row.push_back(int32_t(all.size())), index_of_row.push_back(row);
      all.push_back(states.back().get());
    }
    const std::vector<int64_t> rows{kFirst, kSecond};
    table = sequence_table(all, rows);
    place = {.kv = pool->view(0, table), .seq_of_row = ex.upload_i32(seq_of_row), .index_of_row = ex.upload_i32(index_of_row),
             .first_index = {0, 0}};
  }
};

const LayerSpec kTwoHeads{.heads = 2, .kv_heads = 2, .head_dim = 6};

Tensor slopes_of(Exec& ex, int heads) {
  std::vector<float> slopes;
  for (int h = 0; h < heads; ++h) slopes.push_back(0.5f / float(h + 1));
  return ex.upload_f32(slopes, {heads});
}

/// q [rows, 4, 6], k and v [rows, 2, 6], and where asked for sinks [4] and biases by distance [4, 7].
Tensor attended(Exec& ex, const Inputs& in, ScoreRule rule) {
  Step step(ex);
  Cache cache(ex, kTwoHeads);
  ex.backend().kv_write({in[1], in[2], cache.place.kv, cache.place.seq_of_row, cache.place.index_of_row});
  return nn::attend(ex, in[0], in[1], in[2], step.batch, rule, cache.place, nullptr);
}

}  // namespace

std::vector<Case> attention_cases() {
  const std::vector<Shape> qkv{{kRows, 4, 6}, {kRows, 2, 6}, {kRows, 2, 6}};
  std::vector<Case> all;
  const auto add = [&](std::string name, const ScoreRule& rule, std::function<void(Exec&, ScoreRule&, const Inputs&)> more = {}, std::vector<Shape> extra = {}) {
    std::vector<Shape> shapes = qkv;
    shapes.insert(shapes.end(), extra.begin(), extra.end());
    all.push_back({"attend, " + name, shapes, [=](Exec& ex, const Inputs& in) {
                     ScoreRule mine = rule;
                     if (more) more(ex, mine, in);
                     return attended(ex, in, mine);
                   }});
  };
  add("causal", {.scale = 0.5f});
  add("bidirectional", {.scale = 0.5f, .mask = {MaskRule::Kind::bidirectional, 0}});
  add("window", {.scale = 0.5f, .mask = {MaskRule::Kind::causal, 3}});
  add("local, both ways", {.scale = 0.5f, .mask = {MaskRule::Kind::bidirectional, 2}});
  add("softcap", {.scale = 0.7f, .softcap = 1.2f});
  add("alibi", {.scale = 0.5f}, [](Exec& ex, ScoreRule& rule, const Inputs&) { rule.alibi_slopes = slopes_of(ex, 4); });
  add("alibi in bfloat16", {.scale = 0.5f, .bf16_alibi_scale = 0.4f}, [](Exec& ex, ScoreRule& rule, const Inputs&) { rule.alibi_slopes = slopes_of(ex, 4); });
  add("sinks", {.scale = 0.5f}, [](Exec&, ScoreRule& rule, const Inputs& in) { rule.sinks = in[3]; }, {{4}});
  add("bias by distance", {.scale = 0.5f, .mask = {MaskRule::Kind::bidirectional, 0}}, [](Exec&, ScoreRule& rule, const Inputs& in) { rule.distance_bias = in[3]; }, {{4, 5}});
  const std::vector<Shape> weights{{kRows, 8}, {24, 8}, {12, 8}, {12, 8}, {8, 24}};
  const auto projected = [](const Inputs& in) {
    return AttentionWeights{.q = {in[1], {}}, .k = {in[2], {}}, .v = {in[3], {}}, .o = {in[4], {}}, .gate = {}, .q_norm = {}, .k_norm = {}};
  };
  const auto whole = [&](std::string name, std::vector<Shape> extra, std::function<void(Exec&, AttentionWeights&, nn::AttentionRule&, const Inputs&)> more) {
    std::vector<Shape> shapes = weights;
    shapes.insert(shapes.end(), extra.begin(), extra.end());
    all.push_back({"attention, " + name, shapes, [=](Exec& ex, const Inputs& in) {
                     Step step(ex);
                     Cache cache(ex, kTwoHeads);
                     AttentionWeights w = projected(in);
                     nn::AttentionRule rule{.heads = 4, .kv_heads = 2, .head_dim = 6, .score = {.scale = 0.4f}};
                     more(ex, w, rule, in);
                     return nn::attention(ex, in[0], step.batch, w, rule, cache.place);
                   }, 0.8f});
  };
  whole("rotated, clipped, gated", {{24, 8}}, [](Exec& ex, AttentionWeights& w, nn::AttentionRule& rule, const Inputs& in) {
    w.gate = {in[5], {}};
    rule.clip = 1.3f;
    rule.cos = rotary_table(ex, 2, false), rule.sin = rotary_table(ex, 2, true);
    rule.query_factors = ex.upload_f32({1, 1, 1.1f, 1.2f, 1.3f, 1, 1, 1.1f, 1.2f}, {kRows});
  });
  whole("normed heads", {{6}, {6}}, [](Exec& ex, AttentionWeights& w, nn::AttentionRule& rule, const Inputs& in) {
    w.q_norm.w = in[5], w.k_norm.w = in[6];
    rule.qk_norm = {.norm = {.eps = 0.1f}, .over_width = false, .after_rope = true};
    rule.cos = rotary_table(ex, 3, false), rule.sin = rotary_table(ex, 3, true), rule.interleaved = true;
  });
  whole("normed width", {{24}, {12}}, [](Exec&, AttentionWeights& w, nn::AttentionRule& rule, const Inputs& in) {
    w.q_norm.w = in[5], w.k_norm.w = in[6];
    rule.qk_norm = {.norm = {.eps = 0.1f}, .over_width = true, .after_rope = false};
  });
  whole("each head its own norm", {{24}, {12}}, [](Exec&, AttentionWeights& w, nn::AttentionRule& rule, const Inputs& in) {
    w.q_norm.w = in[5], w.k_norm.w = in[6];
    rule.qk_norm = {.norm = {.center = true, .eps = 0.1f}, .over_width = false, .after_rope = false};
  });
  all.push_back({"cross_attention", {{kRows, 8}, {12, 8}, {8, 12}, {kRows, 2, 6}, {kRows, 2, 6}}, [](Exec& ex, const Inputs& in) {
                   Step step(ex);
                   Cache cache(ex, kTwoHeads);
                   ex.backend().kv_write({in[3], in[4], cache.place.kv, cache.place.seq_of_row, cache.place.index_of_row});
                   nn::SourcePlace source{.kv = cache.place.kv, .keys = {kFirst, kSecond}, .k = {}, .v = {}};
                   for (const Segment& s : step.batch.segments) {
                     source.k.push_back(in[3].slice(0, s.first_row, s.first_row + s.rows));
                     source.v.push_back(in[4].slice(0, s.first_row, s.first_row + s.rows));
                   }
                   const nn::AttentionRule rule{.heads = 2, .kv_heads = 2, .head_dim = 6, .score = {.scale = 0.4f, .mask = {MaskRule::Kind::bidirectional, 0}}};
                   AttentionWeights w{.q = {in[1], {}}, .k = {}, .v = {}, .o = {in[2], {}}, .gate = {}, .q_norm = {}, .k_norm = {}};
                   return nn::cross_attention(ex, in[0], step.batch, w, rule, cache.place, source);
                 }});
  for (bool absorbed : {true, false}) {
    // x, q_a, q_norm, q_b, kv_a, kv_norm, k_up of two heads, v_up of two heads, o
    const Shape k_up = absorbed ? Shape{10, 4} : Shape{8, 5};
    all.push_back({absorbed ? "latent_attention, absorbed" : "latent_attention, expanded",
                   {{kRows, 8}, {7, 8}, {7}, {12, 7}, {7, 8}, {5}, k_up, {6, 5}, {8, 6}},
                   [absorbed](Exec& ex, const Inputs& in) {
                     Step step(ex);
                     LayerSpec layer{.mixer = Mixer::latent, .heads = 2};
                     layer.latent = {.kv_rank = 5, .nope = 4, .rope = 2, .v = 3, .absorbed = absorbed};
                     Cache cache(ex, layer);
                     LatentWeights w{.q = {}, .q_a = {in[1], {}}, .q_b = {in[3], {}}, .kv_a = {in[4], {}}, .o = {in[8], {}}, .q_norm = {in[2], {}},
                                     .kv_norm = {in[5], {}}, .k_up = {}, .v_up = {}};
                     for (const Linear& head : rows_as_heads(in[6], 2)) w.k_up.push_back(head.w);
                     for (const Linear& head : rows_as_heads(in[7], 2)) w.v_up.push_back(head.w);
                     const nn::LatentRule rule{.heads = 2, .nope = 4, .rope = 2, .v = 3, .kv_rank = 5, .score = {.scale = 0.4f}, .norm = {.eps = 0.1f},
                                               .cos = rotary_table(ex, 1, false), .sin = rotary_table(ex, 1, true), .interleaved = true, .absorbed = absorbed};
                     return nn::latent_attention(ex, in[0], step.batch, w, rule, cache.place);
                   }});
  }
  return all;
}

}  // namespace vitrine::op_gradients
