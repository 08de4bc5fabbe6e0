// SPDX-License-Identifier: Apache-2.0
// What the engine tells: values only. Every job ends with exactly one JobEnded, its last event.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/error.h"
#include "engine/decode/logprobs.h"
#include "engine/decode/sampler.h"
#include "engine/model/spec.h"
#include "engine/run/command.h"
#include "engine/run/generation_defaults.h"

namespace vitrine {

class Tokenizer;
class ChatTemplate;

/// A stored tensor as the model panel lists it.
struct TensorFact {
  std::string name = {};        // as in the checkpoint
  std::string canonical = {};   // "layers.3.attn.wq"; empty: not used by this architecture
  Shape shape = {};
  DType dtype = DType::f32;
  int64_t bytes = 0;
};

struct ModelFacts {
  std::filesystem::path path = {};
  std::vector<std::filesystem::path> files = {};
  std::string container = {};                    // "gguf", "safetensors"
  ModelSpec spec = {};
  SiteCatalog sites = {};
  std::vector<TensorFact> tensors = {};
  std::vector<std::string> unused = {};          // tensors that are stored and that this architecture does not ask for
  int64_t parameters = 0, weight_bytes = 0;
  std::string weight_summary = {};               // "Q4_1", "Q8_0 + Q5_0 + Q4_K": what most bytes are stored as, most first
  std::string device = {}, instruction_set = {};
  int threads = 0;
  DType kv_dtype = DType::f16;
  int64_t kv_bytes_per_token = 0;
  int64_t state_bytes = 0;                       // that one sequence carries in mixers with a state, whatever its length
  std::vector<std::pair<std::string, std::string>> metadata = {};  // key and short value, as stored
  std::string licence = {};
  GenerationDefaults generation = {};
};

struct ModelLoaded {
  std::shared_ptr<const ModelFacts> facts = {};
  std::shared_ptr<const Tokenizer> tokenizer = {};        // null: the checkpoint has none
  std::shared_ptr<const ChatTemplate> chat_template = {};  // null: completion only
};

struct Progress {
  std::string what = {};        // "Reading weights", "Prompt"
  int64_t done = 0, total = 0;
  std::string unit = {};        // "B", "tokens", "layers"
};

/// One token of a sequence became known (generated, or prompt when it was asked to be scored).
struct TokenOut {
  LaneId lane = 0;
  int64_t position = 0;    // index in the lane's tokens
  uint64_t step = 0;       // sampler step (answer tokens)
  bool prompt = false;
  int32_t id = 0;
  std::string text = {};        // what the stream decoder released: complete UTF-8, possibly empty
  float logprob = 0, entropy = 0;  // of the raw distribution; nats
  int32_t rank = 0;        // 0: the model's first choice
  std::vector<TokenAlternative> top = {};
  float rest_mass = 0;     // probability of everything not in `top`
  double sampled_probability = 1;  // after the sampler's stages
  std::vector<StageTrace> stages = {};
  double elapsed_ms = 0;   // since the job started
};

/// The complete continuations that beam search kept, best first; the tokens of the first one follow as TokenOut.
struct BeamsOut {
  struct Hypothesis {
    std::vector<int32_t> tokens = {};  // of the answer alone, its end token included
    double score = 0;                  // log-probability / length^length_penalty, nats
  };
  LaneId lane = 0;
  std::vector<Hypothesis> hypotheses = {};
};

/// The prompt is in the cache.
struct PromptDone {
  LaneId lane = 0;
  int64_t tokens = 0, reused = 0;  // reused: already in the cache, not computed again
  double elapsed_ms = 0;
};

enum class StopReason : uint8_t { end_of_generation, stop_string, max_tokens, context_full, cancelled };

/// The answer is complete.
struct Answered {
  LaneId lane = 0;
  StopReason reason = StopReason::max_tokens;
  std::string tail = {};        // text the stream decoder still held back
  int64_t answer_tokens = 0;
  double ttft_ms = 0, prompt_tokens_per_s = 0, tokens_per_s = 0;
  int64_t kv_bytes = 0, capture_bytes = 0;
};

/// A reduced site of one step, or the answer to an Inspect.
struct TapOut {
  LaneId lane = 0;
  Address at = {};
  int watch = -1;                         // index in Generate::watches, -1: answers an Inspect
  int64_t first_position = 0;             // token position of the first row
  std::shared_ptr<const HostBlock> values = {}, ids = {};
  Inspect asked = {};
  bool recomputed = false;                // layers were run again, teacher-forced
};

/// Resample's verdict on one step.
struct Rejudged {
  uint64_t step = 0;
  int32_t was = 0, now = 0;
  double probability_was = 0, probability_now = 0;  // of the recorded token and of the new pick, under the new chain
};
struct ResampleOut {
  LaneId lane = 0;
  std::vector<Rejudged> steps = {};
  int trace_step = -1;
  std::vector<TokenAlternative> before = {};    // top of the raw distribution of trace_step
  Distribution after = {};
  std::vector<StageTrace> stages = {};
  double u = 0;                            // the random number of trace_step
};

struct TensorStatisticsOut {
  std::string tensor = {};
  double mean = 0, stddev = 0, minimum = 0, maximum = 0, l2 = 0;
  int64_t zeros = 0, not_finite = 0, count = 0;
  std::vector<int64_t> histogram = {};          // equal bins over [minimum, maximum]
};

struct HashOut {
  std::vector<std::pair<std::filesystem::path, std::string>> sha256 = {};
};

struct ScoreOut {
  LaneId lane = 0;
  std::vector<float> nll = {};                  // nll[i] of tokens[i + 1]; nats
};

struct EmbedOut {
  std::shared_ptr<const HostBlock> values = {};      // [texts, width] f32
  std::shared_ptr<const HostBlock> similarity = {};  // [texts, texts] f32, when asked for
  std::string measure = {};                          // of the similarity: "cosine", "dot", "euclidean", "manhattan" (the last two negative distances)
  std::string pooling = {};                          // "mean", "cls", "max + mean"
  std::string origin = {};                           // where that stands: "modules.json", "bert.pooling_type", or that nothing says so
  bool normalized = false;                           // vectors have length 1
  int max_tokens = 0;                                // longer texts were cut
  std::vector<int32_t> tokens = {}, left_out = {};   // of each text: tokens read, and cut off
  std::vector<std::vector<int32_t>> ids = {};        // of each text: the tokens as they were read, prompt and special ones included
};

struct MaskGuess {
  int64_t position = 0;                              // in FillMask::tokens
  std::vector<TokenAlternative> top = {};
  float entropy = 0, rest_mass = 0;                  // nats; probability of everything not in `top`
};
struct FillMaskOut {
  std::vector<MaskGuess> masks = {};
};

struct ReplacedOut {
  std::vector<float> probability = {};               // of each token: that it was replaced
};

/// A live listener was too slow; this many events of the kind were left out.
struct Dropped {
  std::string what = {};
  int64_t count = 0;
};

struct JobEnded {
  enum class Outcome : uint8_t { done, cancelled, failed } outcome = Outcome::done;
  std::shared_ptr<const Error> error = {};      // failed
};

using EventBody = std::variant<ModelLoaded, Progress, TokenOut, PromptDone, Answered, TapOut, ResampleOut, TensorStatisticsOut,
                               HashOut, ScoreOut, BeamsOut, EmbedOut, FillMaskOut, ReplacedOut, Dropped, JobEnded>;
struct Event {
  JobId job = 0;
  EventBody body;
};

}  // namespace vitrine
