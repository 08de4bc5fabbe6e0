// SPDX-License-Identifier: Apache-2.0
// perplexity: negative log-likelihood per token of a text, pseudo-perplexity for a masked language model; with --against the divergence from another model on the same tokens.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"
#include "app/cli/run_flags.h"
#include "app/cli/pseudo_perplexity.h"
#include "app/cli/variant_flags.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/model/probe.h"
#include "engine/model/text_assets.h"
#include "engine/model/variant.h"

namespace vitrine::cli {

namespace {

struct Options {
  std::filesystem::path model, file, against;
  int context = 2048;
  RunFlags run{"fast"};
  bool json = false;
  VariantText variant;
};

struct Sums {
  int64_t tokens = 0, agree = 0;
  double nll = 0, nll_squared = 0, other_nll = 0, divergence = 0;
};

std::shared_ptr<const Model> open_model(const std::filesystem::path& path, const std::shared_ptr<Backend>& backend) {
  const auto source = open_weights(path);
  auto model = load_model(*source, backend);
  const ModelSpec& spec = model->spec();
  if (spec.has_encoder())
    throw Error(ErrorKind::unsupported, "an encoder-decoder gives a probability to an answer to a text, not to a text on its own", "choose a causal language model",
                path.string());
  if (!spec.fills_masks() && (!spec.head || !spec.stacks[0].causal))
    throw Error(ErrorKind::unsupported, "the model has no head that predicts tokens", "choose a causal or a masked language model", path.string());
  return model;
}

/// A text's tokens one by one, each masked in turn, with the others on both sides.
int pseudo_perplexity(const Options& options, const Model& model, const std::string& text) {
  if (!options.against.empty()) throw Error(ErrorKind::unsupported, "--against compares causal language models", "leave it out", options.model.string());
  const PseudoPerplexity found =
      measure_pseudo_perplexity(model, *load_tokenizer(options.model), text, options.context, options.run.precision_asked());
  const double mean = found.nll / double(found.tokens);
  if (options.json)
    std::printf("%s\n", nlohmann::json{{"tokens", found.tokens}, {"pseudo_nll", mean}, {"pseudo_perplexity", std::exp(mean)}, {"context", found.context},
                                       {"precision", options.run.precision}, {"instruction_set", model.backend()->instruction_set()}}.dump(1).c_str());
  else
    std::printf("%lld tokens, each masked in turn: %.5f nats per token, pseudo-perplexity %.4f (not comparable with a causal model's perplexity)\n",
                static_cast<long long>(found.tokens), mean, std::exp(mean));
  return kOk;
}

/// KL(p || q) in nats between two rows of logits.
double kl_divergence(std::span<const float> p, std::span<const float> q) {
  const double zp = negative_log_likelihood(p, 0) + p[0], zq = negative_log_likelihood(q, 0) + q[0];  // log-sum-exp of each
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double lp = p[i] - zp;
    sum += std::exp(lp) * (lp - (q[i] - zq));
  }
  return sum;
}

/// Windows of `context` tokens, each judged from its own beginning.
Sums measure(const std::shared_ptr<const Model>& model, const std::shared_ptr<const Model>& other, const std::vector<int32_t>& ids, const Options& options) {
  const Precision precision = options.run.precision_asked();
  const DType cache = precision == Precision::exact ? DType::f32 : DType::f16;
  const size_t vocab = size_t(model->spec().vocab), chunk = 128;
  Sums sums;
  for (size_t window = 0; window + 1 < ids.size(); window += size_t(options.context)) {
    const size_t end = std::min(ids.size(), window + size_t(options.context));
    ProbeLane lane(model, precision, cache);
    std::unique_ptr<ProbeLane> second = other ? std::make_unique<ProbeLane>(other, precision, cache) : nullptr;
    for (size_t at = window; at + 1 < end; at += chunk) {
      const std::span<const int32_t> part = std::span(ids).subspan(at, std::min(chunk, end - 1 - at));
      const std::vector<float> logits = lane.feed(part, true), others = second ? second->feed(part, true) : std::vector<float>();
      for (size_t i = 0; i < part.size(); ++i) {
        const std::span<const float> row = std::span(logits).subspan(i * vocab, vocab);
        const double nll = negative_log_likelihood(row, ids[at + i + 1]);
        ++sums.tokens;
        sums.nll += nll;
        sums.nll_squared += nll * nll;
        if (!second) continue;
        const std::span<const float> theirs = std::span(others).subspan(i * vocab, vocab);
        sums.other_nll += negative_log_likelihood(theirs, ids[at + i + 1]);
        sums.divergence += kl_divergence(theirs, row);
        sums.agree += argmax(row) == argmax(theirs);
      }
    }
  }
  return sums;
}

int perplexity(const Options& options) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file) throw Error(ErrorKind::io, "cannot be read", "check the path", options.file.string());
  std::stringstream text;
  text << file.rdbuf();
  const auto backend = make_backend({.threads = options.run.threads, .isa = options.run.isa});
  const auto model = make_variant(open_model(options.model, backend), options.variant);
  if (model->spec().fills_masks()) return pseudo_perplexity(options, *model, text.str());
  if (options.context > model->spec().context_length)
    throw Error(ErrorKind::input, cat("--context ", options.context, " exceeds the model's ", model->spec().context_length), "choose a smaller one");
  std::shared_ptr<const Model> other;
  if (!options.against.empty()) {
    other = open_model(options.against, backend);
    if (other->spec().fills_masks()) throw Error(ErrorKind::unsupported, "a masked language model gives no perplexity to compare", "choose a causal one", options.against.string());
    if (other->spec().vocab != model->spec().vocab)
      throw Error(ErrorKind::input, "the two models have different vocabularies", "compare models that share a tokenizer", options.against.string());
  }
  const std::vector<int32_t> ids = load_tokenizer(options.model)->encode_ids(text.str());
  if (ids.size() < 2) throw Error(ErrorKind::input, "the text has fewer than two tokens", "give a longer one", options.file.string());
  const Sums sums = measure(model, other, ids, options);
  const double n = double(sums.tokens), mean = sums.nll / n;
  const double error = std::sqrt(std::max(sums.nll_squared / n - mean * mean, 0.0) / n);
  nlohmann::json out{{"tokens", sums.tokens}, {"nll", mean}, {"nll_standard_error", error}, {"perplexity", std::exp(mean)}, {"context", options.context},
                     {"precision", options.run.precision}, {"instruction_set", backend->instruction_set()}};
  if (other) out["against"] = {{"nll", sums.other_nll / n}, {"perplexity", std::exp(sums.other_nll / n)}, {"kl", sums.divergence / n}, {"top1_agreement", double(sums.agree) / n}};
  if (options.json) {
    std::printf("%s\n", out.dump(1).c_str());
    return kOk;
  }
  std::printf("%lld tokens, NLL %.5f +- %.5f nats per token, perplexity %.4f\n", static_cast<long long>(sums.tokens), mean, error, std::exp(mean));
  if (other)
    std::printf("against %s: perplexity %.4f, KL %.5f nats per token, same first choice %.2f %%\n", options.against.filename().string().c_str(),
                std::exp(sums.other_nll / n), sums.divergence / n, 100.0 * double(sums.agree) / n);
  return kOk;
}

}  // namespace

void register_perplexity(CLI::App& app, Runner& runner) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("perplexity", "Negative log-likelihood and perplexity of a text; with a masked language model its pseudo-perplexity");
  command->add_option("model", o->model, "GGUF file or Hugging Face folder")->required();
  command->add_option("file", o->file, "UTF-8 text")->required();
  command->add_option("--context", o->context, "Tokens a window")->check(CLI::Range(2, 1 << 24));
  command->add_option("--against", o->against, "A second model: KL(second || first) and top-1 agreement");
  add_variant_flags(*command, o->variant);
  add_run_flags(*command, o->run);
  command->add_flag("--json", o->json, "JSON");
  command->callback([o, &runner] { runner.run = [o] { return perplexity(*o); }; });
}

}  // namespace vitrine::cli
