// SPDX-License-Identifier: Apache-2.0
// Encoder-decoders: beam search gives the sequences and scores of transformers 5.23.0 (generate, four beams, three returned), and an answer
// without a source is refused.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/decode/cached_step_model.h"
#include "engine/io/safetensors.h"
#include "engine/model/probe.h"
#include "tests/support/tiny_models.h"

using namespace vitrine;
using namespace vitrine::test;

namespace {

struct Beams {
  std::string checkpoint;
  int32_t end;
  std::vector<std::vector<int32_t>> sequences;
  std::vector<double> scores;
};

const Beams kRecorded[] = {
    {"t5",
     1,
     {{0, 69, 69, 91, 91, 91, 91, 91, 108, 108, 108, 108, 108},
      {0, 69, 69, 91, 91, 91, 91, 108, 108, 108, 108, 108, 108},
      {0, 69, 69, 91, 91, 91, 108, 108, 108, 108, 91, 91, 91}},
     {-2.1700737476348877, -2.191551923751831, -2.2077796459198}},
    {"bart",
     2,
     {{2, 112, 89, 0, 0, 0, 0, 94, 94, 0, 89, 0, 0},
      {2, 112, 89, 0, 0, 0, 0, 94, 94, 0, 0, 0, 0},
      {2, 112, 89, 0, 0, 0, 0, 94, 94, 0, 89, 89, 0}},
     {-2.0997354984283447, -2.1049132347106934, -2.106799840927124}},
    {"marian",
     0,
     {{3, 4, 4, 130, 130, 130, 4, 4, 4, 4, 4, 4, 4},
      {3, 4, 4, 130, 130, 130, 130, 4, 4, 4, 4, 4, 4},
      {3, 4, 4, 130, 130, 130, 4, 4, 4, 4, 4, 4, 130}},
     {-1.9354901313781738, -1.9360419511795044, -1.943668007850647}},
};

std::vector<int32_t> recorded_source(const std::string& name) {
  const auto recorded = open_safetensors_file(tiny_folder(name) / "reference.safetensors");
  const std::vector<float> ids = tensor_values(*recorded->find("input_ids"));
  return {ids.begin(), ids.end()};
}

}  // namespace

TEST(EncoderDecoder, BeamSearchGivesWhatTheReferenceGives) {
  for (const Beams& wanted : kRecorded) {
    const auto model = open_tiny(wanted.checkpoint, 2);
    CachedStepModel stepper(model, Precision::exact, DType::f32);
    stepper.encode(recorded_source(wanted.checkpoint));
    const std::vector<int32_t> start{model->spec().decoder_start};
    const auto found = beam_search(stepper, start, {.beams = 4, .return_sequences = 3, .max_new_tokens = 12, .end_ids = {wanted.end}});
    ASSERT_EQ(found.size(), wanted.sequences.size()) << wanted.checkpoint;
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].tokens, wanted.sequences[i]) << wanted.checkpoint << ", sequence " << i;
      EXPECT_NEAR(found[i].score, wanted.scores[i], 2e-5 * std::abs(wanted.scores[i])) << wanted.checkpoint << ", sequence " << i;
    }
  }
}

TEST(EncoderDecoder, AnAnswerWithoutASourceIsRefused) {
  for (const Beams& recorded : kRecorded) {
    ProbeLane lane(open_tiny(recorded.checkpoint), Precision::exact);
    const int32_t start = recorded.sequences[0][0];
    EXPECT_THROW(lane.feed({&start, 1}), Error) << recorded.checkpoint;
  }
  ProbeLane decoder(open_tiny("llama"), Precision::exact);
  EXPECT_THROW(decoder.encode(std::vector<int32_t>{1, 2}), Error);
}
