// SPDX-License-Identifier: Apache-2.0
// Laws of mixtures: the result is the weighted sum over the chosen experts, experts nobody chose are never read, choices can be forced,
// and 4-bit blocks in a Hugging Face folder mean what the same numbers mean as floats.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/core/error.h"
#include "engine/io/safetensors_writer.h"
#include "engine/model/probe.h"
#include "engine/nn/ops.h"
#include "tests/support/tiny_models.h"
#include "tests/unit/backend/levels.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

constexpr int64_t kRows = 7, kDim = 24, kHidden = 16, kExperts = 5;

/// A random mixture, and its weights on the host.
struct Mixture {
  std::shared_ptr<Backend> backend = backend_of("", 2);
  MoeWeights weights;
  std::vector<float> router = normal_values(kExperts * kDim, 1);
  std::vector<std::vector<float>> gate, up, down;

  explicit Mixture(int poisoned = -1) {
    weights.router.w = tensor_of(*backend, router, {kExperts, kDim});
    for (int e = 0; e < kExperts; ++e) {
      gate.push_back(normal_values(kHidden * kDim, uint32_t(10 + e), 0.3f));
      up.push_back(normal_values(kHidden * kDim, uint32_t(20 + e), 0.3f));
      down.push_back(normal_values(kDim * kHidden, uint32_t(30 + e), 0.3f));
      if (e == poisoned) gate.back().assign(gate.back().size(), NAN);
      weights.experts.push_back({{tensor_of(*backend, gate.back(), {kHidden, kDim}), {}}, {tensor_of(*backend, up.back(), {kHidden, kDim}), {}},
                                 {tensor_of(*backend, down.back(), {kDim, kHidden}), {}}});
    }
  }
  std::vector<float> run(const std::vector<float>& x, int used) const {
    Exec ex(*backend, Precision::exact);
    const nn::MoeRule rule{.route = {.used = used, .renormalize = true}};
    return floats_of(*backend, nn::moe(ex, tensor_of(*backend, x, {int64_t(x.size()) / kDim, kDim}), weights, rule));
  }
};

double dot(const float* a, const float* b, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += double(a[i]) * double(b[i]);
  return sum;
}

/// The same in double precision: every expert on every row, weighted by the renormalised softmax of the `used` largest logits.
std::vector<double> plain(const Mixture& m, const std::vector<float>& x, int used) {
  std::vector<double> out(x.size(), 0);
  for (size_t r = 0; r < x.size() / kDim; ++r) {
    const float* row = x.data() + r * kDim;
    std::vector<std::pair<double, int>> logits;
    for (int e = 0; e < kExperts; ++e) logits.push_back({dot(row, m.router.data() + e * kDim, kDim), e});
    std::sort(logits.rbegin(), logits.rend());
    double sum = 0;
    for (int j = 0; j < used; ++j) sum += std::exp(logits[size_t(j)].first);
    for (int j = 0; j < used; ++j) {
      const size_t e = size_t(logits[size_t(j)].second);
      std::vector<float> hidden;
      for (int64_t h = 0; h < kHidden; ++h) {
        const double g = dot(row, m.gate[e].data() + h * kDim, kDim);
        hidden.push_back(float(g / (1 + std::exp(-g)) * dot(row, m.up[e].data() + h * kDim, kDim)));
      }
      for (int64_t c = 0; c < kDim; ++c) out[r * kDim + size_t(c)] += std::exp(logits[size_t(j)].first) / sum * dot(hidden.data(), m.down[e].data() + c * kHidden, kHidden);
    }
  }
  return out;
}

}  // namespace

TEST(Mixtures, AreTheWeightedSumOfTheChosenExperts) {
  const Mixture mixture;
  const std::vector<float> x = normal_values(kRows * kDim, 2);
  for (int used : {1, 2, 5}) {
    const std::vector<float> got = mixture.run(x, used);
    const std::vector<double> wanted = plain(mixture, x, used);
    for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 2e-5) << used << " experts";
  }
}

TEST(Mixtures, ARowDoesNotFeelTheOthers) {
  const Mixture mixture;
  const std::vector<float> x = normal_values(kRows * kDim, 2), together = mixture.run(x, 2);
  for (int64_t r = 0; r < kRows; ++r) {
    const std::vector<float> alone = mixture.run({x.begin() + r * kDim, x.begin() + (r + 1) * kDim}, 2);
    EXPECT_EQ(alone, std::vector<float>(together.begin() + r * kDim, together.begin() + (r + 1) * kDim)) << "row " << r;
  }
}

TEST(Mixtures, NeverReadAnExpertNobodyChose) {
  const Mixture whole;
  std::vector<float> x = normal_values(kRows * kDim, 2);
  for (int poisoned = 0; poisoned < kExperts; ++poisoned) {
    std::vector<float> rows;
    for (int64_t r = 0; r < kRows; ++r) {
      const float* row = x.data() + r * kDim;
      int better = 0;
      for (int e = 0; e < kExperts; ++e) better += dot(row, whole.router.data() + e * kDim, kDim) > dot(row, whole.router.data() + poisoned * kDim, kDim);
      if (better >= 2) rows.insert(rows.end(), row, row + kDim);
    }
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(Mixture(poisoned).run(rows, 2), whole.run(rows, 2)) << "expert " << poisoned;
  }
}

TEST(Mixtures, ExpertsCanBeForcedAndTheirWeightsFollow) {
  const auto model = open_tiny("mixtral");
  const ProbeSequence sequence{{11, 42, 7, 99}};
  const Address ids{.layer = 0, .site = Site::expert_ids}, weights{.layer = 0, .site = Site::expert_weights}, logits{.layer = 0, .site = Site::router_logits};
  const ProbeResult forced = run_sequences(*model, {&sequence, 1}, Precision::exact, {{.at = ids, .edits = {Replace{{3, 1}}}}, {.at = weights}, {.at = logits}});
  const std::vector<float>& score = forced.find(Site::router_logits, 0, 0)->values;
  for (size_t row = 0; row < 4; ++row) {
    const double a = std::exp(double(score[row * 4 + 3])), b = std::exp(double(score[row * 4 + 1]));
    EXPECT_EQ(forced.find(Site::expert_ids, 0, 0)->values[row * 2], 3);
    EXPECT_NEAR(forced.find(Site::expert_weights, 0, 0)->values[row * 2], a / (a + b), 1e-5);
  }
  for (const std::vector<float>& bad : {std::vector<float>{0, 4}, {-1, 0}, {0.5f, 1}})
    EXPECT_THROW(run_sequences(*model, {&sequence, 1}, Precision::exact, {{.at = ids, .edits = {Replace{bad}}}}), Error);
}

namespace {

/// A GPT-OSS folder of two layers with random weights; its experts as MXFP4 blocks or as the floats these stand for.
class OssFolder {
 public:
  static constexpr int64_t kWidth = 64, kInner = 32, kCount = 3, kVocab = 20;

  OssFolder(const std::string& name, bool blocks) : path(std::filesystem::path(testing::TempDir()) / name), blocks_(blocks) {
    std::filesystem::create_directories(path);
    std::ofstream(path / "config.json") << R"({"model_type": "gpt_oss", "hidden_size": 64, "intermediate_size": 32, "num_hidden_layers": 1,
      "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32, "num_local_experts": 3, "num_experts_per_tok": 2, "vocab_size": 20,
      "max_position_embeddings": 64, "rope_theta": 10000, "sliding_window": 8, "layer_types": ["full_attention"]})";
    const std::string layer = "model.layers.0.";
    floats("model.embed_tokens.weight", {kVocab, kWidth});
    floats("lm_head.weight", {kVocab, kWidth});
    for (const char* norm : {"model.norm.weight", "model.layers.0.input_layernorm.weight", "model.layers.0.post_attention_layernorm.weight"}) floats(norm, {kWidth});
    for (const auto& [part, rows] : {std::pair("q", 64), std::pair("k", 32), std::pair("v", 32), std::pair("o", 64)}) {
      floats(layer + "self_attn." + part + "_proj.weight", {rows, 64});
      floats(layer + "self_attn." + part + "_proj.bias", {rows});
    }
    floats(layer + "self_attn.sinks", {2});
    floats(layer + "mlp.router.weight", {kCount, kWidth});
    floats(layer + "mlp.router.bias", {kCount});
    experts(layer + "mlp.experts.gate_up_proj", 2 * kInner, kWidth);
    experts(layer + "mlp.experts.down_proj", kWidth, kInner);
    std::vector<NamedTensorBytes> tensors;
    for (const Stored& s : stored_) tensors.push_back({s.name, s.shape, s.dtype, s.bytes});
    write_safetensors(path / "model.safetensors", tensors);
  }
  ~OssFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;

 private:
  struct Stored {
    std::string name;
    Shape shape;
    DType dtype;
    std::vector<std::byte> bytes;
  };
  void store(const std::string& name, Shape shape, DType dtype, std::span<const std::byte> bytes) { stored_.push_back({name, shape, dtype, {bytes.begin(), bytes.end()}}); }
  void floats(const std::string& name, Shape shape) {
    const std::vector<float> values = normal_values(shape.numel(), uint32_t(std::hash<std::string>()(name)), 0.3f);
    store(name, shape, DType::f32, std::as_bytes(std::span(values)));
  }

  /// rows x columns an expert. Codes of element 2i and 2i + 1 share byte i; element = value(code) * 2^(exponent - 127).
  void experts(const std::string& name, int64_t rows, int64_t columns) {
    floats(name + "_bias", {kCount, rows});
    static constexpr float kValue[16] = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0.0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};
    std::mt19937 random{uint32_t(rows)};
    std::vector<uint8_t> codes(size_t(kCount * rows * columns / 2)), exponents(size_t(kCount * rows * columns / 32));
    for (uint8_t& code : codes) code = uint8_t(random());
    for (uint8_t& exponent : exponents) exponent = uint8_t(122 + random() % 4);
    if (blocks_) {
      store(name + "_blocks", {kCount, rows, columns / 32, 16}, DType::u8, std::as_bytes(std::span(codes)));
      store(name + "_scales", {kCount, rows, columns / 32}, DType::u8, std::as_bytes(std::span(exponents)));
      return;
    }
    std::vector<float> turned(codes.size() * 2);  // [experts, columns, rows]
    for (int64_t i = 0; i < int64_t(turned.size()); ++i) {
      const int64_t expert = i / (rows * columns), row = i / columns % rows, column = i % columns;
      const uint8_t code = uint8_t(codes[size_t(i / 2)] >> (i % 2 * 4) & 15);
      turned[size_t((expert * columns + column) * rows + row)] = std::ldexp(kValue[code], exponents[size_t(i / 32)] - 127);
    }
    store(name, {kCount, columns, rows}, DType::f32, std::as_bytes(std::span(turned)));
  }

  bool blocks_;
  std::vector<Stored> stored_;
};

}  // namespace

TEST(Mxfp4Folder, MeansWhatTheSameNumbersMeanAsFloats) {
  const OssFolder blocks("oss_blocks", true), floats("oss_floats", false);
  const ProbeSequence sequence{{1, 5, 19, 7, 7, 2, 11}};
  std::vector<std::vector<float>> logits;
  for (const OssFolder* folder : {&blocks, &floats}) {
    const auto source = open_weights(folder->path);
    logits.push_back(run_sequences(*load_model(*source, backend_of("", 1)), {&sequence, 1}, Precision::exact).logits);
  }
  ASSERT_EQ(logits[0].size(), logits[1].size());
  for (size_t i = 0; i < logits[0].size(); ++i) EXPECT_NEAR(logits[0][i], logits[1][i], 1e-5);
}
