// SPDX-License-Identifier: Apache-2.0
// Would break: somebody stretches the context of an open model, takes its positions away or pools its heads, and sees numbers that are not
// those of the scheme named. Everything is compared with recorded references, with the model as loaded, or with plain sums.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/core/error.h"
#include "engine/io/safetensors.h"
#include "engine/model/attention_change.h"
#include "engine/model/positions.h"
#include "engine/model/probe.h"
#include "engine/model/variant.h"
#include "tests/support/tiny_models.h"
#include "tests/unit/model/changed_source.h"

namespace vitrine::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using ModelPtr = std::shared_ptr<const Model>;

std::vector<int32_t> some_tokens(int count, int seed = 3) {
  std::vector<int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * 37 + seed * 11 + 5) % 140);
  return ids;
}

ProbeResult run(const Model& model, const std::vector<int32_t>& ids, const std::vector<Watch>& watches = {}) {
  ProbeSequence sequence{ids};
  if (model.spec().has_encoder()) sequence.source = some_tokens(9, 5);
  return run_sequences(model, {&sequence, 1}, Precision::exact, watches);
}
std::vector<float> output(const Model& model, const std::vector<int32_t>& ids) {
  const ProbeResult result = run(model, ids);
  return result.logits.empty() ? result.hidden : result.logits;
}

double farthest(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) most = std::max(most, std::isfinite(a[i]) ? std::abs(double(a[i]) - double(b[i])) : INFINITY);
  return most;
}

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

const std::vector<std::string> kSchemes = {"none",          "learned",       "sinusoidal",       "sinusoidal:layout=halves", "alibi",
                                           "buckets",       "rope",          "rope:interleaved=on", "rope:dim=4",            "rope:theta=500",
                                           "linear:factor=4", "ntk:factor=4", "yarn:factor=4,original=16", "llama3:factor=8,original=16"};

}  // namespace

class Variants : public testing::TestWithParam<std::string> {};

TEST_P(Variants, ASchemeReplacedByItselfIsBitIdentical) {
  const ModelPtr model = open_tiny(GetParam());
  const ModelSpec& spec = model->spec();
  for (size_t layer = 0; layer < spec.layers().size(); ++layer) {
    if (!attends(spec.layers()[layer])) continue;
    PositionScheme own = position_scheme(spec, int(layer));
    const bool mixed = std::any_of(spec.layers().begin(), spec.layers().end(), [&](const LayerSpec& l) { return attends(l) && (l.window > 0) != (spec.layers()[0].window > 0); });
    const bool added = own.kind == PositionScheme::Kind::learned || own.kind == PositionScheme::Kind::sinusoidal;  // to the embedding: of all layers
    if (spec.learned_positions > 0 && !added) continue;  // MPNet has two schemes, and one would replace both
    if (mixed && !added) own.layers = spec.layers()[layer].window > 0 ? PositionScheme::Layers::sliding : PositionScheme::Layers::full;
    if (own.kind == PositionScheme::Kind::none && !mixed) continue;  // NoPE layers among rotated ones: "none" would be said of all
    SCOPED_TRACE(layer);
    const ModelPtr same = model->with_spec(replace_positions(spec, own), 0);
    EXPECT_EQ(output(*model, some_tokens(20)), output(*same, some_tokens(20)));
  }
}

TEST_P(Variants, EverySchemeGivesNumbersOrSaysWhyNotAndCopiesNoWeights) {
  const ModelPtr model = open_tiny(GetParam());
  const bool positionless = std::none_of(model->spec().layers().begin(), model->spec().layers().end(), attends);
  const std::vector<int32_t> ids = some_tokens(20);
  const std::vector<float> own = output(*model, ids);
  const int64_t before = model->backend()->bytes_in_use();
  int ran = 0, differed = 0;
  for (const std::string& scheme : kSchemes) {
    SCOPED_TRACE(scheme);
    ModelPtr variant;
    try {
      variant = make_variant(model, {scheme, ""});
    } catch (const Error& error) {
      EXPECT_THAT(error.kind(), testing::AnyOf(ErrorKind::unsupported, ErrorKind::input)) << error.what();
      EXPECT_NE(error.hint(), "") << error.what();
      continue;
    }
    EXPECT_LE(model->backend()->bytes_in_use() - before, 4096) << "slopes at most";
    const std::vector<float> changed = output(*variant, ids);
    const double distance = farthest(changed, own);
    EXPECT_TRUE(std::isfinite(distance));
    ++ran;
    differed += distance > 1e-3;
    if (!variant->spec().stacks[0].causal || variant->spec().has_encoder()) continue;
    ProbeLane lane(variant, Precision::exact);  // the cached path has the scheme as well
    std::vector<float> cached;
    for (const int32_t id : ids) {
      const std::vector<float> row = lane.feed({&id, 1}, true);
      cached.insert(cached.end(), row.begin(), row.end());
    }
    EXPECT_LT(farthest(cached, changed), 2e-3);
  }
  EXPECT_EQ(ran == 0, positionless);
  if (!positionless) {
    EXPECT_GE(differed, 2) << "of " << ran;
  }
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, Variants, testing::ValuesIn(tiny_models()), [](const auto& info) { return info.param; });

/// A checkpoint whose own scheme is taken out of its configuration, and what it is given back at run time.
struct Stripped {
  const char *name, *entry, *scheme;
};

TEST(Positions, ASchemeGivenAtRunTimeMeetsTheRecordedReference) {
  for (const Stripped& c : {Stripped{"llama_rope_linear", "rope_parameters.rope_type", "linear:factor=4"},
                            {"llama_rope_dynamic", "rope_parameters.rope_type", "dynamic:factor=2"},
                            {"llama_rope_llama3", "rope_parameters.rope_type", "llama3:factor=8,low=1,high=4,original=32"},
                            {"llama_rope_yarn", "rope_parameters.rope_type", "yarn:factor=4,original=16"},
                            {"gpt_oss", "rope_parameters.rope_type", "yarn:factor=4,original=32,truncate=off"},
                            {"ministral3", "rope_parameters.rope_type", "yarn:factor=4,original=16,mscale=1,mscale_all_dim=1"}}) {
    SCOPED_TRACE(c.name);
    const auto source = open_weights(tiny_folder(c.name));
    const auto reference = open_safetensors_file(tiny_folder(c.name) / "reference.safetensors");
    std::vector<int32_t> ids;
    for (float id : tensor_values(require_tensor(*reference, "input_ids"))) ids.push_back(int32_t(id));
    ids.resize(size_t(reference->find("input_ids")->shape[1]));
    std::vector<float> recorded = tensor_values(require_tensor(*reference, "logits"));
    recorded.resize(ids.size() * size_t(reference->find("logits")->shape[-1]));
    MetaValue plain;
    plain.value = std::string("default");
    ChangedSource stripped(*source);
    stripped.set(c.entry, plain);
    const ModelPtr model = load_model(stripped, make_backend({.threads = 1}));
    const ModelPtr variant = make_variant(model, {c.scheme, ""});
    EXPECT_GT(farthest(output(*model, ids), recorded), 1e-2);
    EXPECT_LT(farthest(output(*variant, ids), recorded), 3e-4);
    EXPECT_EQ(output(*variant, ids), output(*load_model(*source, make_backend({.threads = 1})), ids)) << "as if the file had said so";
  }
}

TEST(Positions, WhatAFileSaysCanBeSaidAsText) {
  for (const auto& [name, scheme] : std::vector<std::pair<std::string, std::string>>{
           {"llama", "rope"}, {"gptj", "rope"}, {"gpt_neox", "rope"}, {"bloom", "alibi"}, {"xglm", "sinusoidal:layout=halves"}, {"marian", "sinusoidal"},
           {"gpt2", "learned"}, {"bert", "learned"}, {"t5", "buckets"}, {"deepseek_v3", "rope"}}) {
    const ModelPtr model = open_tiny(name);
    EXPECT_EQ(output(*model, some_tokens(20)), output(*make_variant(model, {scheme, ""}), some_tokens(20))) << name << " " << scheme;
  }
}

TEST(Positions, LongRopeAtRunTimeIsLongRopeOfTheFile) {
  const auto source = open_weights(tiny_folder("phi3"));
  const int pairs = load_model(*source, make_backend({.threads = 1}))->spec().ropes[0].rotary_dim / 2;
  const auto list = [&](float first, float step) {
    auto values = std::make_shared<MetaArray>();
    for (int i = 0; i < pairs; ++i) values->emplace_back().value = double(first + step * float(i));
    MetaValue value;
    value.value = std::shared_ptr<const MetaArray>(values);
    return value;
  };
  const auto text = [&](float first, float step) {
    std::string joined;
    for (int i = 0; i < pairs; ++i) joined += (i ? "/" : "") + std::to_string(first + step * float(i));
    return joined;
  };
  MetaValue kind, original, factor;
  kind.value = std::string("longrope");
  original.value = int64_t(16);
  factor.value = 8.0;
  ChangedSource said(*source);
  said.set("rope_parameters.rope_type", kind).set("rope_parameters.short_factor", list(1, 0.5f)).set("rope_parameters.long_factor", list(2, 0.25f));
  said.set("rope_parameters.original_max_position_embeddings", original).set("rope_parameters.factor", factor);
  const ModelPtr file = load_model(said, make_backend({.threads = 1}));
  const ModelPtr variant = make_variant(open_tiny("phi3"), {"longrope:factor=8,original=16,short=" + text(1, 0.5f) + ",long=" + text(2, 0.25f), ""});
  for (int length : {12, 40}) EXPECT_EQ(output(*file, some_tokens(length)), output(*variant, some_tokens(length))) << length;
}

TEST(Positions, WithoutThemAnEncoderDoesNotSeeTheOrder) {
  const ModelPtr none = make_variant(open_tiny("bert"), {"none", ""});
  std::vector<int32_t> ids = some_tokens(12), turned(ids.rbegin(), ids.rend());
  const std::vector<float> there = run(*none, ids).hidden, back = run(*none, turned).hidden;
  const size_t dim = size_t(none->spec().dim);
  for (size_t row = 0; row < ids.size(); ++row)
    for (size_t i = 0; i < dim; ++i) ASSERT_NEAR(there[row * dim + i], back[(ids.size() - 1 - row) * dim + i], 1e-4);
}

TEST(Positions, AStretchedModelHasTheContextItWasStretchedTo) {
  const ModelPtr model = open_tiny("llama");
  EXPECT_EQ(make_variant(model, {"yarn:factor=4", ""})->spec().context_length, 4 * model->spec().context_length);
  EXPECT_EQ(make_variant(model, {"rope", ""})->spec().context_length, model->spec().context_length);
}

TEST(Positions, WhatCannotBeReadIsNamed) {
  const ModelPtr llama = open_tiny("llama");
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{{"spiral", "no scheme"}, {"yarn:factor", "no key=value"}, {"yarn:factor=x", "factor"},
                                                                                   {"yarn:factr=4", "factr"}, {"rope:dim=3", "channels"}, {"rope:dim=400", "channels"},
                                                                                   {"longrope:long=1/2", "long"}, {"learned", "no table"}, {"buckets", "no table"},
                                                                                   {"linear:factor=0", "factor"}, {"rope:theta=nan", "theta"}, {"rope:layers=odd", "layers"}})
    EXPECT_THAT(error_of([&] { make_variant(llama, {text, ""}); }), HasSubstr(says)) << text;
  EXPECT_THAT(error_of([] { make_variant(open_tiny("bert"), {"alibi", ""}); }), HasSubstr("both ways"));
  EXPECT_THAT(error_of([] { make_variant(open_tiny("deepseek_v2"), {"none", ""}); }), HasSubstr("latent"));
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{{"kv_heads=3", "3 key/value heads"}, {"kv_heads=0", "kv_heads"}, {"window=-1", "window"},
                                                                                   {"softcap=none", "softcap"}, {"sinks=high", "sinks"}, {"heads=2", "heads"}})
    EXPECT_THAT(error_of([&] { make_variant(llama, {"", text}); }), HasSubstr(says)) << text;
}

TEST(Attention, WhatAFileSaysCanBeSaidAsText) {
  for (const auto& [name, change] : std::vector<std::pair<std::string, std::string>>{
           {"llama", "kv_heads=2,window=off,softcap=off,sinks=off,qk_norm=off"}, {"mistral_swa", "window=6"}, {"gemma2", "softcap=4"}, {"qwen3", "qk_norm=on"},
           {"gpt_oss", "sinks=on"}, {"olmo2", "qk_norm=on"}}) {
    const ModelPtr model = open_tiny(name);
    EXPECT_EQ(output(*model, some_tokens(20)), output(*make_variant(model, {"", change}), some_tokens(20))) << name << " " << change;
  }
}

TEST(Attention, AWindowTakenAwayIsAFileWithoutOne) {
  const auto source = open_weights(tiny_folder("mistral_swa"));
  ChangedSource open(*source);
  open.set("sliding_window", {});
  const ModelPtr model = load_model(*source, make_backend({.threads = 1}));
  const std::vector<float> without = output(*load_model(open, make_backend({.threads = 1})), some_tokens(30));
  EXPECT_EQ(output(*make_variant(model, {"", "window=off"}), some_tokens(30)), without);
  EXPECT_NE(output(*model, some_tokens(30)), without);
}

TEST(Attention, PooledKeysAreTheMeansOfTheirGroups) {
  for (const std::string name : {"llama", "qwen2", "gpt2", "starcoder2", "stablelm_par_qk"}) {
    const ModelPtr model = open_tiny(name);
    const LayerSpec& layer = model->spec().layers()[0];
    const ModelPtr pooled = make_variant(model, {"", "kv_heads=1"});
    const std::vector<Watch> watches{{.at = {.layer = 0, .site = Site::k_pre}}, {.at = {.layer = 0, .site = Site::v}}};
    const ProbeResult before = run(*model, some_tokens(15), watches), after = run(*pooled, some_tokens(15), watches);
    for (const Site site : {Site::k_pre, Site::v}) {
      const std::vector<float>&all = before.find(site, 0, 0)->values, &one = after.find(site, 0, 0)->values;
      const size_t heads = size_t(layer.kv_heads), hd = size_t(layer.head_dim);
      ASSERT_EQ(one.size() * heads, all.size()) << name;
      for (size_t row = 0; row < 15; ++row)
        for (size_t i = 0; i < hd; ++i) {
          double mean = 0;
          for (size_t head = 0; head < heads; ++head) mean += double(all[(row * heads + head) * hd + i]) / double(heads);
          ASSERT_NEAR(one[row * hd + i], mean, 2e-5) << name << " " << site_name(site);
        }
    }
    const KvEntry entry = kv_entry(pooled->spec().layers()[0]);
    EXPECT_EQ(entry.heads, 1) << "the cache shrinks with them";
  }
}

TEST(Attention, PoolingHeadsThatWereEqualChangesNothing) {
  const auto source = open_weights(tiny_folder("llama"));
  ChangedSource equal(*source);
  std::vector<std::vector<std::byte>> owned;
  owned.reserve(source->tensors().size());
  for (const TensorInfo& info : source->tensors())
    if (info.name.find("k_proj") != std::string::npos || info.name.find("v_proj") != std::string::npos) {
      std::vector<std::byte>& bytes = owned.emplace_back(info.bytes.begin(), info.bytes.end());
      std::copy_n(bytes.begin(), bytes.size() / 2, bytes.begin() + std::ptrdiff_t(bytes.size() / 2));  // of two heads
      equal.replace(info.name, bytes);
    }
  const ModelPtr model = load_model(equal, make_backend({.threads = 1}));
  ASSERT_EQ(model->spec().layers()[0].kv_heads, 2);
  EXPECT_LT(farthest(output(*model, some_tokens(20)), output(*make_variant(model, {"", "kv_heads=1"}), some_tokens(20))), 1e-5);
}

}  // namespace vitrine::test
