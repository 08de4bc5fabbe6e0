// SPDX-License-Identifier: Apache-2.0
// generate: text, token ids, per-token log-probabilities and timings, through the same engine door as the window. An encoder-decoder reads
// the prompt with its encoder and answers as its checkpoint asks for (generation_config.json), but for what flags say.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/listener.h"
#include "app/cli/run_flags.h"
#include "app/cli/sampler_flags.h"
#include "app/cli/variant_flags.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace vitrine::cli {

namespace {

struct Options {
  std::filesystem::path model;
  std::string prompt, system;
  bool chat = false, json = false, special = true, ignore_eos = false, capture = false;
  int max_tokens = 0, beams = 0;
  RunFlags run{"fast"};
  std::optional<double> length_penalty;
  std::string early_stopping, forced_bos;
  std::vector<std::string> stop;
  SamplerFlags sampler;
  VariantText variant;
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

/// A piece of the vocabulary, or an id.
int32_t token_of(const Tokenizer& tokenizer, const std::string& text) {
  if (const auto id = tokenizer.id(text)) return *id;
  if (!text.empty() && text.size() < 9 && text.find_first_not_of("0123456789") == std::string::npos) return std::stoi(text);
  throw Error(ErrorKind::input, cat("the vocabulary has no token \"", text, "\""), "give a piece such as de_DE, or an id", "--forced-bos");
}

BeamSpec beams_of(const Options& options, const GenerationDefaults& defaults, bool seq2seq) {
  BeamSpec beam = seq2seq ? defaults.beam : BeamSpec{};
  if (options.sampler.draws()) beam.beams = 1;
  if (options.beams > 0) beam.beams = options.beams;
  if (options.length_penalty) beam.length_penalty = *options.length_penalty;
  if (options.early_stopping == "yes") beam.early_stopping = EarlyStopping::yes;
  if (options.early_stopping == "no") beam.early_stopping = EarlyStopping::no;
  if (options.early_stopping == "never") beam.early_stopping = EarlyStopping::never;
  return beam;
}

Generate request_of(const Options& options, const ModelLoaded& loaded) {
  if (!loaded.tokenizer) throw Error(ErrorKind::input, "the checkpoint has no tokenizer", "add its tokenizer.json", options.model.string());
  const bool seq2seq = loaded.facts->spec.has_encoder();
  GenerationDefaults defaults = loaded.facts->generation;
  if (!options.forced_bos.empty()) defaults.forced_first = token_of(*loaded.tokenizer, options.forced_bos);
  Generate request{.lane = 1, .sampler = seq2seq ? options.sampler.over(defaults.sampler) : options.sampler.spec(), .beam = beams_of(options, defaults, seq2seq),
                   .max_tokens = options.max_tokens > 0 ? options.max_tokens : defaults.max_tokens > 0 ? defaults.max_tokens : 256,
                   .stop_strings = options.stop, .ignore_eos = options.ignore_eos,
                   .precision = options.run.precision_asked(), .capture = options.capture, .variant = options.variant};
  (seq2seq ? request.source : request.tokens) = prompt_tokens(options, loaded);
  request.sampler = with_forced_tokens(std::move(request.sampler), defaults, request.max_tokens);
  for (const std::string& field : defaults.not_applied)
    std::fprintf(stderr, "vitrine-cli: generation_config.json asks for %s, which is not applied\n", field.c_str());
  return request;
}

nlohmann::json beams_json(const BeamsOut& beams, const Tokenizer& tokenizer) {
  nlohmann::json list = nlohmann::json::array();
  for (const BeamsOut::Hypothesis& h : beams.hypotheses) list.push_back({{"tokens", h.tokens}, {"text", tokenizer.decode(h.tokens)}, {"score", h.score}});
  return list;
}

int generate(const Options& options) {
  Engine engine;
  Listener listener(engine);
  const auto loaded = ask<ModelLoaded>(engine, listener, LoadModel{.path = options.model, .threads = options.run.threads, .isa = options.run.isa});
  Generate request = request_of(options, loaded);
  const std::vector<int32_t> prompt = request.source.empty() ? request.tokens : request.source;
  nlohmann::json tokens = nlohmann::json::array(), logprobs = nlohmann::json::array();
  std::string text;
  Answered answered;
  BeamsOut beams;
  listener.wait(engine.submit(std::move(request)), [&](const EventBody& body) {
    if (const auto* token = std::get_if<TokenOut>(&body)) {
      tokens.push_back(token->id);
      logprobs.push_back(token->logprob);
      text += token->text;
      if (!options.json) std::fputs(token->text.c_str(), stdout), std::fflush(stdout);
    }
    if (const auto* event = std::get_if<Answered>(&body)) answered = *event;
    if (const auto* event = std::get_if<BeamsOut>(&body)) beams = *event;
  });
  text += answered.tail;
  if (!options.json) {
    std::printf("%s\n", answered.tail.c_str());
    std::fprintf(stderr, "[%zu prompt tokens, %lld answer tokens, TTFT %.0f ms, %.1f tok/s, %s]\n", prompt.size(), static_cast<long long>(answered.answer_tokens),
                 answered.ttft_ms, answered.tokens_per_s, loaded.facts->device.c_str());
    return kOk;
  }
  const char* const reasons[] = {"end_of_generation", "stop_string", "max_tokens", "context_full", "cancelled"};
  nlohmann::json out{{"tokens", tokens}, {"text", text}, {"logprobs", logprobs}, {"ttft_ms", answered.ttft_ms}, {"tokens_per_s", answered.tokens_per_s},
                     {"prompt_tokens", prompt}, {"prompt_tokens_per_s", answered.prompt_tokens_per_s}, {"stop_reason", reasons[size_t(answered.reason)]},
                     {"instruction_set", loaded.facts->instruction_set}, {"precision", options.run.precision}};
  if (!beams.hypotheses.empty()) out["beams"] = beams_json(beams, *loaded.tokenizer);
  std::printf("%s\n", out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return kOk;
}

}  // namespace

void register_generate(CLI::App& app, Runner& runner) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("generate", "Continue a text, answer a question, or with an encoder-decoder answer to a text");
  command->add_option("model", o->model, "GGUF file or Hugging Face folder")->required();
  command->add_option("--prompt", o->prompt, "The text, or with --chat the user's message")->required();
  command->add_flag("--chat", o->chat, "Render the prompt through the checkpoint's chat template");
  command->add_option("--system", o->system, "System message for --chat");
  command->add_option("--beams", o->beams, "Beam search with this many; 1: none. Default: none, for encoder-decoders as their checkpoint asks for")->check(CLI::Range(1, 4096));
  command->add_option("--length-penalty", o->length_penalty, "Beams are judged by log-probability / length^this");
  command->add_option("--early-stopping", o->early_stopping, "yes: stop when enough beams are complete; no; never")->check(CLI::IsMember({"yes", "no", "never"}));
  command->add_option("--forced-bos", o->forced_bos, "First token of the answer, such as the language of a translation: a piece or an id");
  command->add_option("--max-tokens", o->max_tokens, "At most this many new tokens; default: what the checkpoint of an encoder-decoder says, else 256")->check(CLI::Range(1, 1 << 24));
  command->add_option("--stop", o->stop, "Stop strings");
  command->add_flag("--ignore-eos", o->ignore_eos, "Go on after end-of-generation tokens");
  add_variant_flags(*command, o->variant);
  command->add_flag("--capture", o->capture, "Keep what the window keeps for looking at attention (for timing)");
  command->add_flag("!--no-special", o->special, "Do not add BOS and its like");
  add_run_flags(*command, o->run);
  command->add_flag("--json", o->json, "Everything as JSON");
  o->sampler.add_to(*command);
  command->callback([o, &runner] { runner.run = [o] { return generate(*o); }; });
}

}  // namespace vitrine::cli
