// SPDX-License-Identifier: Apache-2.0
// One or more examples of every command and every event, no field left at its default, for tests that iterate over all
// kinds.
#pragma once

#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "engine/run/command.h"
#include "engine/run/event.h"

namespace vitrine {

inline SamplerSpec example_sampler() {
  return {.stages = {{.name = "repetition_penalty", .parameters = {{"repetition_penalty", 1.1}, {"last_n", 64}}},
                     {.name = "logit_bias", .bias = {{42, -1.5f}, {7, -std::numeric_limits<float>::infinity()}}},
                     {.name = "temperature", .parameters = {{"temperature", 0.7}}, .enabled = false}},
          .seed = 0xFEDCBA9876543210u};
}

inline Watch example_watch(Reduce reduce) {
  return {.at = {.stack = 1, .layer = 3, .site = Site::attn_probs},
          .select = {.heads = {0, 2}, .channels = {5}, .positions = {1, int64_t(1) << 40}},
          .reduce = reduce,
          .capture = false,
          .edits = {Scale{0.5f}, AddVec{{0.1f, -0.2f}, 3}, Replace{{1, 2, 3}}, Project{{1, 0}, 2}},
          .grad = true};
}

inline Inspect example_inspect() {
  return {.what = Inspect::What::attention_heads,
          .attention = Inspect::Attention::cross,
          .lane = 9,
          .layer = 1,
          .layer_to = 4,
          .head = 2,
          .row_from = 3,
          .row_to = 40,
          .key_from = 5,
          .key_to = 60,
          .pixel_rows = 7,
          .pixel_cols = 8,
          .mean = true};
}

inline std::vector<Command> every_command() {
  return {LoadModel{"/models/한글 \xff.gguf", 3, "avx2", DType::q8_0, 12345},
          UnloadModel{},
          Generate{.lane = 2,
                   .tokens = {1, 2, 3},
                   .source = {4, 5},
                   .fork_of = 1,
                   .sampler = example_sampler(),
                   .beam = {4, 0.6, EarlyStopping::never},
                   .first_step = 5,
                   .prompt_tokens = 2,
                   .max_tokens = 9,
                   .stop_strings = {"끝", "\n\n"},
                   .stop_ids = {0, 7},
                   .ignore_eos = true,
                   .precision = Precision::exact,
                   .capture = false,
                   .score_prompt = true,
                   .top_n = 3,
                   .watches = {example_watch(Full{}), example_watch(LastRows{2}), example_watch(MeanHeads{}),
                               example_watch(TopK{4}), example_watch(Norms{}), example_watch(Stats{}),
                               example_watch(RowSummary{})}},
          DropLane{4},
          example_inspect(),
          Resample{3, example_sampler(), 11},
          TensorStatistics{"blk.0.attn_q.weight", 64},
          HashModel{},
          Score{5, {9, 8, 7}, Precision::exact},
          Read{6, {7, 8}, {0, 1}, Precision::exact, {"none", "window=4"}},
          Embed{{"하나", "two"}, "query", Precision::exact, {"none", ""}, false},
          FillMask{{1, 2}, 5, Precision::exact, {"none", ""}},
          FindReplaced{{3, 4}, Precision::exact, {"", "window=4"}}};
}

inline std::shared_ptr<const HostBlock> example_block() {
  const std::vector<float> values = {0.25f, -1, 1e-40f, 3, 4, 5};
  std::vector<std::byte> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return std::make_shared<HostBlock>(Shape{2, 3}, DType::f32, std::move(bytes));
}

inline std::shared_ptr<const ModelFacts> example_facts() {
  ModelFacts facts{.path = "/models/m.gguf",
                   .files = {"/models/m.gguf"},
                   .container = "gguf",
                   .spec = {},
                   .sites = {},
                   .tensors = {{"token_embd.weight", "embed", Shape{8, 4}, DType::q4_1, 20}},
                   .parameters = 32,
                   .weight_bytes = 20,
                   .weight_summary = "Q4_1",
                   .device = "CPU",
                   .instruction_set = "avx512",
                   .threads = 2,
                   .kv_dtype = DType::f16,
                   .kv_bytes_per_token = 64,
                   .metadata = {{"general.name", "m"}},
                   .licence = "mit",
                   .generation = {2, 3, 4, example_sampler(), {5, 2, EarlyStopping::yes}, 64, {"penalty_alpha"}}};
  facts.spec.arch = "llama";
  facts.spec.name = "Tiny";
  facts.spec.dim = 4;
  facts.spec.vocab = 8;
  facts.spec.ropes = {{.kind = RopeSpec::Kind::yarn, .theta = 1e6, .short_factors = {1.5f}}};
  facts.spec.stacks = {
      {.name = "text", .causal = true, .layers = {LayerSpec{.heads = 2, .kv_heads = 1, .head_dim = 2}}}};
  facts.sites.stacks = {{SiteMask{{3, uint64_t(1) << 63}}}};
  return std::make_shared<const ModelFacts>(std::move(facts));
}

inline TokenOut example_token(int64_t position = 12, int32_t id = 77, std::string text = "컵") {
  return {.lane = 2,
          .position = position,
          .step = 3,
          .prompt = false,
          .id = id,
          .text = std::move(text),
          .logprob = -0.25f,
          .entropy = 1.5f,
          .rank = 1,
          .top = {{5, -0.125f}, {id, -0.25f}},
          .rest_mass = 0.125f,
          .sampled_probability = 0.1 + 0.2,
          .stages = {{0, 100, 40, 0.25, 2.5, 1.5}, {2, 40, 7, 1e-300, 1.5, 1}},
          .elapsed_ms = 17.25};
}

inline std::vector<Event> every_event() {
  return {
      {1, ModelLoaded{example_facts(), nullptr, nullptr}},
      {2, Progress{"Reading weights", 5, 10, "B"}},
      {~JobId(0) >> 1, example_token()},
      {3, PromptDone{2, 12, 4, 3.5}},
      {3, TapOut{2, {0, 1, Site::resid_post}, 3, 4, example_block(), nullptr, {}, true}},
      {3, TapOut{2, {0, 1, Site::attn_probs}, -1, 0, example_block(), example_block(), example_inspect(), false}},
      {3,
       ResampleOut{2, {{1, 2, 3, 0.25, 0.5}}, 1, {{4, -1}}, {{{4, 0.75}, {5, 0.25}}}, {{0, 9, 8, 0.1, 0.2, 0.3}}, 0.5}},
      {3, TensorStatisticsOut{"w", 1, 2, -3, std::numeric_limits<double>::quiet_NaN(), 5, 6, 7, 8, {1, 2}}},
      {3, HashOut{{{"/models/m.gguf", std::string(64, 'a')}}}},
      {3, ScoreOut{2, {0.5f, 1.5f}}},
      {3, BeamsOut{2, {{{1, 2}, -0.5}}}},
      {3, EmbedOut{example_block(), example_block(), "cosine", "mean", "modules.json", true, 256, {5, 6}, {0, 7}, {{1, 2}, {3}}}},
      {3, FillMaskOut{{{4, {{5, -0.125f}}, 1.5f, 0.25f}}}},
      {3, ReplacedOut{{0.25f, 0.75f}}},
      {3, Dropped{"tap", 4}},
      {3, Answered{2, StopReason::stop_string, "tail", 30, 41.5, 1500, 86.1, 1000, 2000}},
      {3, JobEnded{JobEnded::Outcome::failed,
                   std::make_shared<const Error>(ErrorKind::memory, "does not fit", "use a shorter context", "kv")}}};
}

}  // namespace vitrine
