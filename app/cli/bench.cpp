// SPDX-License-Identifier: Apache-2.0
// bench: prefill and decode speed as llama-bench reports them: random tokens, logits of the last position only, mean over repeats.
// Besides: how long loading and the very first run took, memory, and what watching costs.
// Encoder-decoders: prefill encodes the tokens and gives the first answer's logits, decode answers to a source of `depth` tokens.
// Encoders: prefill runs whole sequences; they decode nothing.
#include <chrono>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"
#include "app/cli/run_flags.h"
#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "engine/model/probe.h"
#include "engine/run/loaded_model.h"

namespace vitrine::cli {

namespace {

struct Options {
  std::filesystem::path model;
  std::vector<int> prompt{512}, generate{64}, threads, depth{0};
  int repeats = 3, sequences = 1;
  RunFlags run{"fast"};
  std::vector<std::string> watch;
  bool json = false;
};

struct Row {
  int n_prompt = 0, n_gen = 0, threads = 0, depth = 0;
  double tokens_per_s = 0, stddev = 0;
  double first_s = 0;                // the first run, which warms up
};

/// Memory of this process that is in main memory now.
int64_t resident_bytes() {
  int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::vector<int32_t> random_tokens(int count, int vocab, uint64_t seed) {
  std::vector<int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back(int32_t(uniform(seed, uint64_t(i)) * vocab));
  return ids;
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// What is measured: one sequence, beginning after `depth` tokens each time.
class Subject {
 public:
  Subject(std::shared_ptr<const Model> model, const Options& options, int depth)
      : model_(std::move(model)), precision_(options.run.precision_asked()), depth_(depth), sequences_(options.sequences) {
    for (const std::string& text : options.watch)
      for (Watch& watch : parse_watch(text)) watches_.push_back(std::move(watch));
  }

  std::vector<int32_t> tokens(int count, uint64_t seed) const { return random_tokens(count, model_->spec().vocab, seed); }
  void begin() {
    if (model_->spec().only_reads()) return;
    if (lane_ && depth_ > 0 && !model_->spec().has_encoder() && lane_->state().truncate(depth_) == depth_) return;
    lane_ = std::make_unique<ProbeLane>(model_, precision_, precision_ == Precision::exact ? DType::f32 : DType::f16);
    lane_->watches = watches_;
    if (depth_ > 0) read(tokens(depth_, 7));
    lane_->state().mark();
  }
  /// A prompt: chunks of 512, as one of that many tokens is fed; a source is encoded, and the answer begun; an encoder reads all at once,
  /// one sequence or several whose lengths lie evenly spread up to the prompt's. Returns the tokens read.
  int64_t read(const std::vector<int32_t>& ids) {
    const std::span<const int32_t> all = ids;
    if (model_->spec().only_reads()) {
      std::vector<ProbeSequence> sequences;
      int64_t tokens = 0;
      for (int i = 1; i <= sequences_; ++i) {
        const std::span<const int32_t> mine = all.first(std::max<size_t>(1, ids.size() * size_t(i) / size_t(sequences_)));
        sequences.push_back({.ids = {mine.begin(), mine.end()}});
        tokens += int64_t(mine.size());
      }
      run_sequences(*model_, sequences, precision_, watches_, false);
      return tokens;
    }
    if (model_->spec().has_encoder()) {
      lane_->encode(all);
      lane_->feed(all.first(1));
    } else {
      for (size_t at = 0; at < ids.size(); at += 512) lane_->feed(all.subspan(at, std::min<size_t>(512, ids.size() - at)));
    }
    return int64_t(ids.size());
  }
  int64_t decode(const std::vector<int32_t>& ids) {
    for (const int32_t& id : ids) lane_->feed({&id, 1});
    return int64_t(ids.size());
  }

 private:
  std::shared_ptr<const Model> model_;
  Precision precision_;
  int depth_, sequences_;
  std::vector<Watch> watches_;
  std::unique_ptr<ProbeLane> lane_;
};

Row measure(const std::shared_ptr<const Model>& model, Row row, const Options& options) {
  // An answer is to something: without -d, to a source of 512 tokens.
  Subject subject(model, options, model->spec().has_encoder() && row.n_gen > 0 && row.depth == 0 ? 512 : row.depth);
  const std::vector<int32_t> ids = subject.tokens(row.n_prompt > 0 ? row.n_prompt : row.n_gen, 11);
  int64_t count = 0;
  std::vector<double> rates;
  for (int repeat = -1; repeat < options.repeats; ++repeat) {  // the first run warms up
    subject.begin();
    const double seconds = seconds_of([&] { count = row.n_prompt > 0 ? subject.read(ids) : subject.decode(ids); });
    if (repeat >= 0)
      rates.push_back(double(count) / seconds);
    else
      row.first_s = seconds;
  }
  for (double rate : rates) row.tokens_per_s += rate / double(rates.size());
  for (double rate : rates) row.stddev += (rate - row.tokens_per_s) * (rate - row.tokens_per_s) / double(std::max<size_t>(rates.size() - 1, 1));
  row.stddev = std::sqrt(row.stddev);
  return row;
}

int bench(const Options& options) {
  nlohmann::json rows = nlohmann::json::array();
  std::vector<int> threads = options.threads;
  if (threads.empty()) threads.push_back(0);
  for (int count : threads) {
    const int64_t before = resident_bytes();
    std::unique_ptr<LoadedModel> loaded;
    const double load_s = seconds_of([&] { loaded = load({.path = options.model, .threads = count, .isa = options.run.isa}, {}); });
    const std::shared_ptr<const Model> model = loaded->model;
    Backend* const backend = model->backend().get();
    if (!options.json)
      std::printf("%s, %s, loaded in %.3f s\n", model->spec().name.c_str(), backend->description().c_str(), load_s);
    std::vector<Row> wanted;
    for (int depth : options.depth) {
      for (int n : options.prompt)
        if (n > 0) wanted.push_back({n, 0, backend->threads(), depth});
      for (int n : options.generate)
        if (n > 0 && !model->spec().only_reads()) wanted.push_back({0, n, backend->threads(), depth});
    }
    if (wanted.empty()) throw Error(ErrorKind::input, "nothing to measure", "ask for a prompt with -p; an encoder generates nothing", options.model.string());
    for (const Row& want : wanted) {
      const Row row = measure(model, want, options);
      rows.push_back({{"n_prompt", row.n_prompt}, {"n_gen", row.n_gen}, {"threads", row.threads}, {"depth", row.depth},
                      {"tokens_per_s", row.tokens_per_s}, {"stddev", row.stddev}, {"instruction_set", backend->instruction_set()},
                      {"precision", options.run.precision}, {"load_s", load_s}, {"first_s", row.first_s},
                      {"resident_bytes", resident_bytes()}, {"resident_bytes_before", before}});
      if (options.json) continue;
      std::printf("  %s%-6d depth %-6d threads %d   %10.2f +- %.2f tok/s\n", row.n_prompt ? "pp" : "tg", row.n_prompt ? row.n_prompt : row.n_gen, row.depth,
                  row.threads, row.tokens_per_s, row.stddev);
      std::fflush(stdout);
    }
  }
  if (options.json) std::printf("%s\n", rows.dump(1).c_str());
  return kOk;
}

}  // namespace

void register_bench(CLI::App& app, Runner& runner) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("bench", "Prefill and decode tokens per second");
  command->add_option("model", o->model, "GGUF file or Hugging Face folder")->required();
  command->add_option("-p,--n-prompt", o->prompt, "Prompt lengths; 0: none")->delimiter(',');
  command->add_option("-n,--n-gen", o->generate, "Numbers of generated tokens; 0: none")->delimiter(',');
  command->add_option("-t,--threads", o->threads, "Thread counts")->delimiter(',');
  command->add_option("-d,--depth", o->depth, "Tokens already in the cache")->delimiter(',');
  command->add_option("-r,--repetitions", o->repeats, "Measured runs after one warm-up")->check(CLI::Range(1, 1000));
  command->add_option("--sequences", o->sequences, "Encoders: sequences of one step, of lengths evenly spread up to -p")->check(CLI::Range(1, 4096));
  add_isa_flag(*command, o->run.isa);
  add_precision_flag(*command, o->run.precision);
  command->add_option("--watch", o->watch, "SITE[@layers][:reduce], repeatable: run with these watches");
  command->add_flag("--json", o->json, "A list of rows");
  command->callback([o, &runner] { runner.run = [o] { return bench(*o); }; });
}

}  // namespace vitrine::cli
