// SPDX-License-Identifier: Apache-2.0
// Laws of latent attention: absorbed and expanded agree, the cache holds one latent a token, and values read out of the keys are the same
// bits as values that lie beside them.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/model/architecture.h"
#include "engine/model/probe.h"
#include "tests/support/tiny_models.h"
#include "tests/unit/backend/levels.h"

using namespace vitrine;

namespace {

std::shared_ptr<const Model> open_latent(const std::string& name, bool absorbed) {
  const auto source = open_weights(test::tiny_folder(name));
  ModelSpec spec = read_spec(match_architecture(*source), *source);
  for (LayerSpec& layer : spec.stacks[0].layers) layer.latent.absorbed = absorbed;
  return load_model(*source, spec, make_backend({.threads = 1}));
}

std::vector<int32_t> tokens(int count) {
  std::vector<int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * 37 + 5) % 90);
  return ids;
}

void expect_near(const std::vector<float>& a, const std::vector<float>& b, double tolerance, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) most = std::max(most, std::abs(double(a[i]) - double(b[i])));
  EXPECT_LE(most, tolerance) << what;
}

class Latent : public testing::TestWithParam<std::string> {};

}  // namespace

TEST_P(Latent, AbsorbedAndExpandedAgree) {
  const auto absorbed = open_latent(GetParam(), true), expanded = open_latent(GetParam(), false);
  const std::vector<Watch> watches{{.at = {.site = Site::attn_probs}}, {.at = {.site = Site::head_out}}, {.at = {.site = Site::q}}};
  const ProbeSequence sequence{tokens(70)};
  const ProbeResult a = run_sequences(*absorbed, {&sequence, 1}, Precision::exact, watches), b = run_sequences(*expanded, {&sequence, 1}, Precision::exact, watches);
  expect_near(a.logits, b.logits, 1e-4, "logits");
  for (int layer = 0; layer < int(absorbed->spec().layers().size()); ++layer)
    for (Site site : {Site::attn_probs, Site::head_out, Site::q})
      expect_near(a.find(site, layer, 0)->values, b.find(site, layer, 0)->values, 1e-4, std::string(site_name(site)));
  ProbeLane lane(absorbed, Precision::exact), wide(expanded, Precision::exact);
  for (int32_t id : tokens(9)) expect_near(lane.feed({&id, 1}), wide.feed({&id, 1}), 1e-4, "decoding");
}

TEST_P(Latent, TheCacheHoldsOneLatentAndOneRotaryKeyAToken) {
  const auto absorbed = open_latent(GetParam(), true), expanded = open_latent(GetParam(), false);
  const LayerSpec& layer = absorbed->spec().layers()[0];
  const int64_t layers = int64_t(absorbed->spec().layers().size()), a_token = layer.latent.kv_rank + layer.latent.rope;
  EXPECT_EQ(kv_bytes_per_token(absorbed->spec(), DType::f32), layers * a_token * 4);
  EXPECT_EQ(kv_bytes_per_token(expanded->spec(), DType::f32), layers * layer.heads * (layer.latent.nope + layer.latent.rope + layer.latent.v) * 4);
  for (const auto& model : {absorbed, expanded}) {
    const int64_t before = model->backend()->bytes_in_use();
    const auto pool = model->make_pool(DType::f32);
    const int page = pool->acquire(0);
    EXPECT_GE(model->backend()->bytes_in_use() - before, 4 * pool->group(0).bytes_per_page);
    EXPECT_LE(model->backend()->bytes_in_use() - before, 4 * pool->group(0).bytes_per_page + 64 * 1024) << "more than the pages of one slab";
    pool->release(0, page);
  }
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, Latent, testing::Values("deepseek_v2", "deepseek_v3"), [](const auto& info) { return info.param; });

TEST(ValuesInKeys, GiveTheBitsOfValuesBesideThem) {
  using namespace vitrine::test;
  constexpr int kDim = 23, kValues = 13, kHeads = 5, kTokens = 300;
  const std::vector<float> keys = normal_values(kTokens * kDim, 1), queries = normal_values(int64_t(kTokens) * kHeads * kDim, 2);
  std::vector<float> values;
  std::vector<int32_t> seq(kTokens, 0), index(kTokens), table;
  for (int t = 0; t < kTokens; ++t) {
    index[size_t(t)] = t;
    values.insert(values.end(), keys.begin() + t * kDim, keys.begin() + t * kDim + kValues);
  }
  for (const std::string& isa : isa_levels())
    for (DType dtype : {DType::f32, DType::f16})
      for (int page : {64, 24}) {
        SCOPED_TRACE(cat(isa, ", ", dtype_info(dtype).name, ", pages of ", page));
        const auto backend = backend_of(isa);
        const int pages = (kTokens + page - 1) / page;
        table.clear();
        for (int i = 0; i < pages; ++i) table.push_back(i);
        std::vector<std::vector<float>> results;
        for (bool inside : {false, true}) {
          const KvSizes sizes[] = {{1, kDim, inside ? 0 : kValues}};
          const KvSlab slab = backend->alloc_kv_slabs(pages, page, sizes, dtype)[0];
          KvView view{.k_slabs = {&slab.k, 1}, .block_table = tensor_of(*backend, table, {1, pages}), .lengths = tensor_of(*backend, std::vector<int32_t>{kTokens}, {1}),
                      .pages_per_slab = pages, .page_tokens = page, .kv_heads = 1, .k_dim = kDim, .v_dim = kValues, .dtype = dtype, .values_in_keys = inside};
          if (!inside) view.v_slabs = {&slab.v, 1};
          const Tensor rows = tensor_of(*backend, seq, {kTokens}), at = tensor_of(*backend, index, {kTokens});
          KvWriteArgs write{.k = tensor_of(*backend, keys, {kTokens, 1, kDim}), .kv = view, .seq_of_row = rows, .index_of_row = at};
          if (!inside) write.v = tensor_of(*backend, values, {kTokens, 1, kValues});
          backend->kv_write(write);
          const Tensor out = backend->alloc({kTokens, kHeads, kValues}, DType::f32), read = backend->alloc({kTokens, 1, kValues}, DType::f32);
          backend->attend({.q = tensor_of(*backend, queries, {kTokens, kHeads, kDim}), .kv = view, .out = out, .seq_of_row = rows, .index_of_row = at, .rule = {.scale = 0.2f}});
          backend->kv_read({.kv = view, .values = true, .seq = 0, .from = 0, .to = kTokens, .out = read});
          results.push_back(floats_of(*backend, out));
          results.push_back(floats_of(*backend, read));
        }
        EXPECT_EQ(results[0], results[2]);
        EXPECT_EQ(results[1], results[3]);
      }
}
