// SPDX-License-Identifier: Apache-2.0
// Laws of gradients, over every tiny checkpoint: the loss moves along any direction of the stored parameters, and along any change at any
// site, as the tape says; a tape changes no bit of the forward pass; neither threads nor watching change a gradient.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <set>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/model/gradients.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

/// Pseudo-random numbers in [-1, 1], a function of place alone.
float noise(uint64_t seed, uint64_t i) {
  uint64_t x = (seed * 0x9E3779B97F4A7C15u) ^ (i + 0x632BE59BD9B4E019u);
  for (int round = 0; round < 2; ++round) x = (x ^ (x >> 29)) * 0xBF58476D1CE4E5B9u;
  return float(double(x >> 40) / double(1 << 23) - 1.0);
}

/// A checkpoint whose parameters were moved: value += step * scale_of_tensor * noise.
class MovedWeights final : public WeightSource {
 public:
  MovedWeights(const WeightSource& source, const std::vector<std::string>& parameters, uint64_t seed, double step) : source_(source) {
    auto bytes = std::make_shared<std::vector<std::vector<std::byte>>>();
    bytes->reserve(source.tensors().size());
    for (const TensorInfo& info : source.tensors()) {
      TensorInfo mine = info;
      if (std::binary_search(parameters.begin(), parameters.end(), info.name)) {
        std::vector<float> values = tensor_values(info);
        const double scale = direction_scale(values);
        for (size_t i = 0; i < values.size(); ++i) values[i] = float(double(values[i]) + step * scale * double(noise(seed + tensors_.size(), i)));
        const auto raw = std::as_bytes(std::span(values));
        bytes->emplace_back(raw.begin(), raw.end());
        mine.bytes = bytes->back();
      }
      tensors_.push_back(std::move(mine));
    }
    keep_ = bytes;
  }
  /// Of the direction in tensor `index`.
  static double direction_scale(std::span<const float> values) {
    double square = 0;
    for (float value : values) square += double(value) * double(value);
    return std::sqrt(square / double(std::max<size_t>(values.size(), 1))) + 1e-3;
  }

  std::string_view container() const noexcept override { return source_.container(); }
  const std::filesystem::path& path() const noexcept override { return source_.path(); }
  std::vector<std::filesystem::path> files() const override { return source_.files(); }
  std::span<const TensorInfo> tensors() const override { return tensors_; }
  const TensorInfo* find(std::string_view name) const noexcept override {
    for (const TensorInfo& info : tensors_)
      if (info.name == name) return &info;
    return nullptr;
  }
  const MetaValue* meta(std::string_view key) const override { return source_.meta(key); }
  std::vector<std::string> meta_keys() const override { return source_.meta_keys(); }
  std::optional<std::string> companion(std::string_view file) const override { return source_.companion(file); }
  std::shared_ptr<const void> keep_alive() const override { return keep_; }

 private:
  const WeightSource& source_;
  std::vector<TensorInfo> tensors_;
  std::shared_ptr<const void> keep_;
};

GradientRequest request_for(const Model& model) {
  GradientRequest request;
  request.sequences = {{{11, 42, 7, 99, 3, 120, 64, 18, 5, 31, 77}}, {{90, 14, 33, 2, 57, 101, 8}}};
  for (ProbeSequence& sequence : request.sequences) {
    if (model.spec().has_encoder()) sequence.source = {17, 5, 88, 131, 40, 9, 62};
    for (std::vector<int32_t>* ids : {&sequence.ids, &sequence.source})
      for (int32_t& id : *ids) {
        id %= model.spec().vocab;
        if (id == model.spec().padding_row) ++id;  // the tape leaves out what the loss owes to that row (the law below)
      }
    std::vector<int32_t> labels = next_token_labels(sequence.ids);
    labels[2] = kNoLabel;
    request.labels.push_back(std::move(labels));
  }
  request.sequences[1].left_padding = model.spec().stacks[0].causal ? 2 : 0;
  return request;
}

bool has_loss(const Model& model) { return model.spec().head; }

class ModelGradients : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<WeightSource> source = open_weights(tiny_folder(GetParam()));
  std::shared_ptr<Backend> backend = make_backend({.threads = 1});
  std::shared_ptr<const Model> model = load_model(*source, backend, {}, Purpose::gradients);

  double loss_at(uint64_t seed, double step) const {
    const MovedWeights moved(*source, model->parameters()->names(), seed, step);
    const auto other = load_model(moved, backend);
    GradientRequest request = request_for(*other);
    request.backward = false;
    return double(run_gradients(*other, request).loss);
  }
};

}  // namespace

TEST_P(ModelGradients, TheLossMovesAlongTheParametersAsTheTapeSays) {
  if (!has_loss(*model)) GTEST_SKIP() << "no head";
  const GradientResult result = run_gradients(*model, request_for(*model));
  ASSERT_TRUE(std::isfinite(result.loss));
  const std::vector<std::string> names = model->parameters()->names();
  for (const uint64_t seed : {101, 211, 307}) {
    double along = 0, square = 0;
    uint64_t index = 0;
    for (const TensorInfo& info : source->tensors()) {
      const uint64_t mine = seed + index++;
      if (!std::binary_search(names.begin(), names.end(), info.name)) continue;
      const auto found = result.parameters.find(info.name);
      ASSERT_NE(found, result.parameters.end()) << info.name;
      ASSERT_EQ(found->second.shape, info.shape) << info.name;
      const double scale = MovedWeights::direction_scale(tensor_values(info));
      double part = 0;
      for (size_t i = 0; i < found->second.values.size(); ++i) part += double(found->second.values[i]) * scale * double(noise(mine, i));
      along += part, square += part * part;
    }
    double measured = 0, nearest = INFINITY;
    for (const double step : {3e-3, 1e-3, 4e-4, 1.5e-4}) {  // a kink or a change of experts may lie within the longer ones
      const double slope = (loss_at(seed, step) - loss_at(seed, -step)) / (2 * step);
      if (std::abs(slope - along) < std::abs(nearest)) nearest = slope - along, measured = slope;
    }
    EXPECT_LT(std::abs(nearest), 0.02 * std::sqrt(square) + 2e-3) << "direction " << seed << ": measured " << measured << ", from the tape " << along;
  }
}

TEST_P(ModelGradients, EveryStoredParameterHasAGradient) {
  if (!has_loss(*model)) GTEST_SKIP() << "no head";
  const GradientResult result = run_gradients(*model, request_for(*model));
  EXPECT_FALSE(result.parameters.empty());
  for (const auto& [canonical, stored] : model->weights())
    for (const std::string& name : stored) {
      const auto found = result.parameters.find(name);
      ASSERT_NE(found, result.parameters.end()) << canonical << ", stored as " << name;
      for (float value : found->second.values) ASSERT_TRUE(std::isfinite(value)) << name;
    }
}

/// As nn.Embedding(padding_idx) has it: a lookup of the padding row gives it nothing, a head that shares the matrix does. A training step
/// would move the row otherwise than the reference library's.
TEST_P(ModelGradients, LookupsGiveThePaddingRowNothing) {
  const int row = model->spec().padding_row;
  const auto stored = model->weights().find("embed.w");
  if (!has_loss(*model) || row < 0 || stored == model->weights().end()) GTEST_SKIP() << "no padding row";
  const std::string& name = stored->second.at(0);
  GradientRequest request = request_for(*model);
  for (ProbeSequence& sequence : request.sequences) sequence.ids[1] = row;
  const GradientResult result = run_gradients(*model, request);
  const StoredGradient& gradient = result.parameters.at(name);
  const int64_t width = int64_t(gradient.values.size()) / gradient.shape[0];
  const auto begin = gradient.values.begin() + row * width;
  const bool nothing = std::all_of(begin, begin + width, [](float value) { return value == 0; });
  EXPECT_EQ(nothing, !model->spec().tied_head) << name << ", row " << row;
}

TEST_P(ModelGradients, TheTapeChangesNoBitAndThreadsChangeNoGradient) {
  if (!has_loss(*model)) GTEST_SKIP() << "no head";
  GradientRequest request = request_for(*model);
  const GradientResult one = run_gradients(*model, request);
  const auto threaded = load_model(*source, make_backend({.threads = 3}), {}, Purpose::gradients);
  const GradientResult three = run_gradients(*threaded, request);
  EXPECT_EQ(one.loss, three.loss);
  for (const auto& [name, gradient] : one.parameters) EXPECT_EQ(gradient.values, three.parameters.at(name).values) << name;
  request.backward = false;
  EXPECT_EQ(run_gradients(*model, request).loss, one.loss);
}

namespace {

/// Sequences of one length: a vector over keys then suits both.
GradientRequest even_request_for(const Model& model) {
  GradientRequest request = request_for(model);
  for (size_t s = 0; s < request.sequences.size(); ++s) {
    request.sequences[s].ids.resize(7);
    request.labels[s].resize(7);
  }
  return request;
}

/// A vector over the last axis that every row of the site is moved along.
std::vector<float> direction_for(const ProbeHit& hit, uint64_t seed) {
  std::vector<float> direction;
  for (int64_t i = 0; i < hit.shape[-1]; ++i) direction.push_back(noise(seed, uint64_t(i)));
  return direction;
}

double along(const std::vector<ProbeHit>& hits, const std::vector<float>& direction) {
  double sum = 0;
  for (const ProbeHit& hit : hits)
    for (size_t i = 0; hit.gradient && i < hit.values.size(); ++i) sum += double(hit.values[i]) * double(direction[i % direction.size()]);
  return sum;
}

/// The first place of every site that has a gradient: visit(address).
template <class Visit>
void each_site(const Model& model, Visit visit) {
  const auto& stacks = model.sites().stacks;
  for (size_t stack = 0; stack < stacks.size(); ++stack)
    for (int s = 0; s < int(Site::kCount); ++s) {
      const auto& masks = stacks[stack];
      const auto first = std::find_if(masks.begin(), masks.end(), [s](const SiteMask& mask) { return mask.has(Site(s)); });
      if (first == masks.end() || Site(s) == Site::expert_ids) continue;  // those are whole numbers
      visit(Address{uint8_t(stack), first + 1 == masks.end() ? kAllLayers : int16_t(first - masks.begin()), Site(s)});
    }
}

/// Slopes at 0 of the right and of the left side alone, to the second order.
std::array<double, 2> one_sided(double step, const std::function<double(double)>& loss_at) {
  const auto slope = [&](double s) { return (4 * loss_at(s) - loss_at(2 * s) - 3 * loss_at(0)) / (2 * s); };
  return {slope(step), slope(-step)};
}

/// Does the loss move along a vector added to every row of `at` as the tape says, when `others` are watched as well? A kink or a change of
/// experts may lie within the longer steps, and rounding outweighs the shorter ones: the nearest counts. A kink nearer than rounding leaves
/// to see, as where OLMo clips a value that lies 3e-5 beside its bound, has one side where there is none: that side's slope is the tape's.
void check_site(const Model& model, const Address& at, const std::vector<Watch>& others, const std::string& what) {
  GradientRequest request = even_request_for(model);
  request.parameters = [](std::string_view) { return false; };
  request.watches = others;
  request.watches.push_back({.at = at, .grad = true});
  std::vector<ProbeHit> hits;
  for (ProbeHit& hit : run_gradients(model, request).hits)
    if (hit.gradient && hit.at == at) hits.push_back(std::move(hit));
  ASSERT_FALSE(hits.empty()) << what;
  const std::vector<float> direction = direction_for(hits[0], uint64_t(at.site) + 1);
  const double told = along(hits, direction);
  const auto loss_at = [&](double step) {
    GradientRequest moved = even_request_for(model);
    moved.backward = false;
    moved.watches = others;
    moved.watches.push_back({.at = at, .capture = false, .edits = {AddVec{direction, float(step)}}});
    return double(run_gradients(model, moved).loss);
  };
  double nearest = INFINITY;
  std::string measured;
  for (const double step : {2e-6, 1e-5, 1e-4, 5e-4, 2e-3, 8e-3, 3e-2}) {
    const double slope = (loss_at(step) - loss_at(-step)) / (2 * step);
    if (std::abs(slope - told) < std::abs(nearest)) nearest = slope - told;
    measured += cat(" ", step, ": ", slope);
  }
  const double tolerance = 0.02 * std::abs(told) + 1.5e-3;
  for (const double step : {1e-4, 3e-4, 1e-3}) {
    if (std::abs(nearest) < tolerance) break;
    for (const double slope : one_sided(step, loss_at)) {
      if (std::abs(slope - told) < std::abs(nearest)) nearest = slope - told;
      measured += cat(" ", step, " (a side): ", slope);
    }
  }
  EXPECT_LT(std::abs(nearest), tolerance) << what << ": measured (by step)" << measured << ", from the tape " << told;
}

std::string text_of(const Address& at) { return std::string(site_name(at.site)) + " of stack " + std::to_string(at.stack); }

/// Places of random checkpoints where loss differences in f32 do not settle: experts or kinks lie within every step that rounding leaves.
bool settles(const std::string& name, const std::string& place) {
  static const std::set<std::pair<std::string, std::string>> unsettled = {
      {"qwen3_next", "mixer_norm_scale of stack 0"},
      {"granite_hybrid_dense", "embeddings below a scaled v of stack 0"},
      {"granite_hybrid_dense", "embeddings below a scaled head_out of stack 0"},
      {"phimoe", "embeddings below a scaled q_pre of stack 0"},
      {"phimoe", "embeddings below a scaled k_pre of stack 0"},
      {"phimoe", "embeddings below a scaled q of stack 0"},
      {"phimoe", "embeddings below a scaled k of stack 0"},
      {"phimoe", "embeddings below a scaled attn_scores of stack 0"},
      {"zamba", "embeddings below a scaled ssm_in of stack 0"},
  };
  return !unsettled.contains({name, place});
}

}  // namespace

TEST_P(ModelGradients, TheLossMovesAlongEverySiteAsTheTapeSays) {
  if (!has_loss(*model)) GTEST_SKIP() << "no head";
  each_site(*model, [&](const Address& at) {
    if (settles(GetParam(), text_of(at))) check_site(*model, at, {}, text_of(at));
  });
}

TEST_P(ModelGradients, GradientsGoThroughAnEditOfEverySite) {
  if (!has_loss(*model)) GTEST_SKIP() << "no head";
  each_site(*model, [&](const Address& at) {
    if (at.site == Site::embed) return;
    const Watch edit{.at = at, .capture = false, .edits = {Scale{0.9f}}};
    const std::string place = "embeddings below a scaled " + text_of(at);
    if (settles(GetParam(), place)) check_site(*model, {.stack = at.stack, .site = Site::embed}, {edit}, place);
  });
}

TEST_P(ModelGradients, GradientsGoThroughEveryKindOfEdit) {
  if (!has_loss(*model)) GTEST_SKIP() << "no head";
  std::vector<float> direction;
  for (int i = 0; i < model->spec().dim; ++i) direction.push_back(noise(77, uint64_t(i)));
  const Address at{.layer = 0, .site = Site::resid_post};
  const std::vector<Watch> edits{{.at = at, .select = {.positions = {1}}, .capture = false, .edits = {Replace{direction}}},
                                 {.at = at, .select = {.positions = {2, 3}}, .capture = false, .edits = {Scale{0.5f}, AddVec{direction, 0.1f}}},
                                 {.at = at, .select = {.positions = {4}}, .capture = false, .edits = {Project{direction, 1}}}};
  check_site(*model, {.site = Site::embed}, edits, "embeddings below edits");
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, ModelGradients, testing::ValuesIn(tiny_models()), [](const auto& info) { return info.param; });

TEST(Gradients, OfTheNextTokenStandOneRowEarlier) {
  EXPECT_EQ(next_token_labels({5, 6, -100, 8}), (std::vector<int32_t>{6, -100, 8, kNoLabel}));
  EXPECT_TRUE(next_token_labels({}).empty());
}

TEST(Gradients, OfWhatWasRunBeforeAreRefused) {
  const auto source = open_weights(tiny_folder("llama"));
  const auto model = load_model(*source, make_backend({.threads = 1}), {}, Purpose::gradients);
  ProbeLane lane(model, Precision::exact);
  const std::vector<int32_t> ids{1, 2, 3};
  lane.feed(ids);
  Batch batch;
  batch.ids = {4};
  batch.segments = {{&lane.state(), 0, 1, 3}};
  batch.logit_rows = {0};
  Tape tape(*model->backend());
  Exec ex(*model->backend(), Precision::exact);
  ex.set_tape(&tape);
  EXPECT_THROW(model->forward(ex, batch), Error);
}

TEST(Gradients, NeedALabelInTheVocabularyForEachToken) {
  const auto source = open_weights(tiny_folder("llama"));
  const auto model = load_model(*source, make_backend({.threads = 1}), {}, Purpose::gradients);
  GradientRequest request{.sequences = {{{1, 2, 3}}}, .labels = {{2, 3}}};
  EXPECT_THROW(run_gradients(*model, request), Error);
  request.labels = {{kNoLabel, kNoLabel, kNoLabel}};
  EXPECT_THROW(run_gradients(*model, request), Error);
  request.labels = {{2, 100000, kNoLabel}};
  EXPECT_THROW(run_gradients(*model, request), Error);
}

TEST(Gradients, FlowThroughPackedWeightsAndAreNotTakenOfThem) {
  const auto source = open_weights(std::filesystem::path(VITRINE_TEST_DATA) / "hf_quant" / "gptq_4bit_v2");
  const auto model = load_model(*source, make_backend({.threads = 1}), {}, Purpose::gradients);
  GradientRequest request = request_for(*model);
  try {
    run_gradients(*model, request);
    ADD_FAILURE() << "a gradient of codes was given";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::unsupported);
    EXPECT_NE(e.message().find("weight"), std::string::npos) << "the tensor is not named: " << e.message();
  }
  request.parameters = [](std::string_view name) { return name.find("norm") != std::string_view::npos; };
  request.watches = {{.at = {.site = Site::embed}, .grad = true}};
  const GradientResult result = run_gradients(*model, request);
  EXPECT_FALSE(result.parameters.empty());
  for (const auto& [name, gradient] : result.parameters)
    EXPECT_TRUE(std::any_of(gradient.values.begin(), gradient.values.end(), [](float g) { return g != 0; })) << name;
  const auto reached = [](const ProbeHit& hit) { return hit.gradient && std::any_of(hit.values.begin(), hit.values.end(), [](float g) { return g != 0; }); };
  EXPECT_TRUE(std::any_of(result.hits.begin(), result.hits.end(), reached)) << "nothing arrived at the embeddings";
}
