// SPDX-License-Identifier: Apache-2.0
// fill-mask: what a masked-language model would put at each mask token; with ELECTRA's discriminator, which tokens look replaced.
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/listener.h"
#include "app/cli/run_flags.h"
#include "app/cli/variant_flags.h"
#include "engine/core/error.h"
#include "engine/text/tokenizer.h"

namespace vitrine::cli {

namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path model;
  std::string text;
  int top = 10;
  RunFlags run{"fast"};
  bool as_json = false;
  VariantText variant;
};

/// The text with one mask filled in, as transformers' pipeline gives it.
std::string filled(const Tokenizer& tokenizer, std::vector<int32_t> ids, int64_t position, int32_t id) {
  ids[size_t(position)] = id;
  return tokenizer.decode(ids);
}

int replaced(Engine& engine, Listener& listener, const Options& options, const Tokenizer& tokenizer, const std::vector<int32_t>& ids) {
  const auto found = ask<ReplacedOut>(engine, listener, FindReplaced{.tokens = ids, .precision = options.run.precision_asked(), .variant = options.variant});
  json rows = json::array();
  for (size_t i = 0; i < ids.size(); ++i) {
    const std::string piece(tokenizer.piece(ids[i]));
    rows.push_back({{"position", i}, {"id", ids[i]}, {"token", piece}, {"replaced", found.probability[i]}});
    if (!options.as_json) std::printf("%4zu  %-20s %8.4f %s\n", i, piece.c_str(), found.probability[i], found.probability[i] > 0.5f ? "replaced" : "");
  }
  if (options.as_json) std::printf("%s\n", json{{"tokens", rows}}.dump(1, ' ', false, json::error_handler_t::replace).c_str());
  return kOk;
}

int fill_mask(const Options& options) {
  Engine engine;
  Listener listener(engine);
  const auto loaded = ask<ModelLoaded>(engine, listener, LoadModel{.path = options.model, .threads = options.run.threads, .isa = options.run.isa});
  if (!loaded.tokenizer) throw Error(ErrorKind::input, "the checkpoint has no tokenizer", "add its tokenizer.json", options.model.string());
  const Tokenizer& tokenizer = *loaded.tokenizer;
  const std::vector<int32_t> ids = tokenizer.encode_ids(options.text);
  if (loaded.facts->spec.finds_replaced()) return replaced(engine, listener, options, tokenizer, ids);
  const auto found = ask<FillMaskOut>(engine, listener, FillMask{.tokens = ids, .top_n = options.top, .precision = options.run.precision_asked(), .variant = options.variant});
  json masks = json::array();
  for (const MaskGuess& guess : found.masks) {
    json candidates = json::array();
    if (!options.as_json) std::printf("token %lld, entropy %.3f nats\n", static_cast<long long>(guess.position), guess.entropy);
    for (const TokenAlternative& candidate : guess.top) {
      const std::string piece(tokenizer.piece(candidate.id)), text = filled(tokenizer, ids, guess.position, candidate.id);
      candidates.push_back({{"id", candidate.id}, {"token", piece}, {"probability", std::exp(double(candidate.logprob))}, {"logprob", candidate.logprob}, {"text", text}});
      if (!options.as_json) std::printf("  %8.4f  %-20s %s\n", std::exp(double(candidate.logprob)), piece.c_str(), text.c_str());
    }
    masks.push_back({{"position", guess.position}, {"entropy", guess.entropy}, {"rest", guess.rest_mass}, {"candidates", candidates}});
  }
  if (options.as_json)
    std::printf("%s\n", json{{"text", options.text}, {"ids", ids}, {"masks", masks}}.dump(1, ' ', false, json::error_handler_t::replace).c_str());
  return kOk;
}

}  // namespace

void register_fill_mask(CLI::App& app, Runner& runner) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("fill-mask", "Candidates for the masked tokens of a text; for ELECTRA's discriminator the tokens that look replaced");
  command->add_option("model", o->model, "Hugging Face folder or GGUF file")->required();
  command->add_option("text", o->text, "Text with the tokenizer's mask token, such as [MASK] or <mask>")->required();
  command->add_option("--top", o->top, "Candidates for each mask")->check(CLI::Range(1, 1 << 20));
  add_run_flags(*command, o->run);
  add_variant_flags(*command, o->variant);
  command->add_flag("--json", o->as_json, "JSON");
  command->callback([o, &runner] { runner.run = [o] { return fill_mask(*o); }; });
}

}  // namespace vitrine::cli
