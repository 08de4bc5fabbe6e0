// SPDX-License-Identifier: Apache-2.0
// generate: text, token ids, per-token log-probabilities and timings, through the same engine door as the window.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/sampler_flags.h"
#include "engine/core/error.h"
#include "engine/run/engine.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace vitrine::cli {

namespace {

struct Options {
  std::filesystem::path model;
  std::string prompt, system, precision = "fast", isa;
  bool chat = false, json = false, special = true, ignore_eos = false, capture = false;
  int max_tokens = 256, threads = 0;
  std::vector<std::string> stop;
  SamplerFlags sampler;
};

/// Waits for an engine's events on this thread.
class Listener {
 public:
  explicit Listener(Engine& engine) : stream_(engine.subscribe(Engine::Policy::lossless)) {
    stream_->set_wakeup([this] {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      ready_.notify_one();
    });
  }

  /// Hands every event of the job to `visit` until it ended. Throws its error.
  void wait(JobId job, const std::function<void(const EventBody&)>& visit) {
    while (true) {
      std::vector<Event> events;
      while (stream_->poll(events)) {
      }
      for (const Event& event : events) {
        if (event.job != job) continue;
        if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
          if (ended->error) throw *ended->error;
          return;
        }
        visit(event.body);
      }
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [&] { return woken_; });
      woken_ = false;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  bool woken_ = false;
  std::unique_ptr<EventStream> stream_;
};

std::string special_text(const Tokenizer& tokenizer, std::optional<int32_t> id) { return id ? std::string(tokenizer.piece(*id)) : std::string(); }

std::vector<int32_t> prompt_tokens(const Options& options, const ModelLoaded& loaded) {
  if (!options.chat) return loaded.tokenizer->encode_ids(options.prompt, {.add_special = options.special});
  if (!loaded.chat_template)
    throw Error(ErrorKind::input, "this checkpoint has no chat template", "leave --chat out to complete raw text", options.model.string());
  ChatRequest request;
  if (!options.system.empty()) request.messages.push_back({"system", options.system});
  request.messages.push_back({"user", options.prompt});
  request.add_generation_prompt = true;
  request.special_tokens = {{"bos_token", special_text(*loaded.tokenizer, loaded.tokenizer->bos_id())},
                            {"eos_token", special_text(*loaded.tokenizer, loaded.tokenizer->eos_id())}};
  return loaded.tokenizer->encode_ids(loaded.chat_template->render(request).text, {.add_special = false});
}

int generate(const Options& options) {
  Engine engine;
  Listener listener(engine);
  ModelLoaded loaded;
  listener.wait(engine.submit(LoadModel{.path = options.model, .threads = options.threads, .isa = options.isa}), [&](const EventBody& body) {
    if (const auto* event = std::get_if<ModelLoaded>(&body)) loaded = *event;
  });
  Generate request{.lane = 1, .tokens = prompt_tokens(options, loaded), .sampler = options.sampler.spec(), .max_tokens = options.max_tokens,
                   .stop_strings = options.stop, .ignore_eos = options.ignore_eos,
                   .precision = options.precision == "exact" ? Precision::exact : Precision::fast, .capture = options.capture};
  const std::vector<int32_t> prompt = request.tokens;
  nlohmann::json tokens = nlohmann::json::array(), logprobs = nlohmann::json::array();
  std::string text;
  Answered answered;
  listener.wait(engine.submit(std::move(request)), [&](const EventBody& body) {
    if (const auto* token = std::get_if<TokenOut>(&body)) {
      tokens.push_back(token->id);
      logprobs.push_back(token->logprob);
      text += token->text;
      if (!options.json) std::fputs(token->text.c_str(), stdout), std::fflush(stdout);
    }
    if (const auto* event = std::get_if<Answered>(&body)) answered = *event;
  });
  text += answered.tail;
  if (!options.json) {
    std::printf("%s\n", answered.tail.c_str());
    std::fprintf(stderr, "[%zu prompt tokens, %lld answer tokens, TTFT %.0f ms, %.1f tok/s, %s]\n", prompt.size(), static_cast<long long>(answered.answer_tokens),
                 answered.ttft_ms, answered.tokens_per_s, loaded.facts->device.c_str());
    return kOk;
  }
  const char* const reasons[] = {"end_of_generation", "stop_string", "max_tokens", "context_full", "cancelled"};
  const nlohmann::json out{{"tokens", tokens}, {"text", text}, {"logprobs", logprobs}, {"ttft_ms", answered.ttft_ms}, {"tokens_per_s", answered.tokens_per_s},
                           {"prompt_tokens", prompt}, {"prompt_tokens_per_s", answered.prompt_tokens_per_s}, {"stop_reason", reasons[size_t(answered.reason)]},
                           {"instruction_set", loaded.facts->instruction_set}, {"precision", options.precision}};
  std::printf("%s\n", out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return kOk;
}

}  // namespace

void register_generate(CLI::App& app, Runner& runner) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("generate", "Continue a text or answer a question");
  command->add_option("model", o->model, "GGUF file or Hugging Face folder")->required();
  command->add_option("--prompt", o->prompt, "The text, or with --chat the user's message")->required();
  command->add_flag("--chat", o->chat, "Render the prompt through the checkpoint's chat template");
  command->add_option("--system", o->system, "System message for --chat");
  command->add_option("--max-tokens", o->max_tokens, "At most this many new tokens")->check(CLI::Range(1, 1 << 24));
  command->add_option("--stop", o->stop, "Stop strings");
  command->add_flag("--ignore-eos", o->ignore_eos, "Go on after end-of-generation tokens");
  command->add_flag("--capture", o->capture, "Keep what the window keeps for looking at attention (for timing)");
  command->add_flag("!--no-special", o->special, "Do not add BOS and its like");
  command->add_option("--precision", o->precision, "fast or exact")->check(CLI::IsMember({"fast", "exact"}));
  command->add_option("--isa", o->isa, "Highest instruction set: scalar, avx2, avx512, amx");
  command->add_option("-t,--threads", o->threads, "Threads; 0: one per core");
  command->add_flag("--json", o->json, "Everything as JSON");
  o->sampler.add_to(*command);
  command->callback([o, &runner] { runner.run = [o] { return generate(*o); }; });
}

}  // namespace vitrine::cli
