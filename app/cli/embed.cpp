// SPDX-License-Identifier: Apache-2.0
// embed: one vector a text, pooled as the checkpoint's sentence-transformers modules or its GGUF say, and how alike the texts are.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/listener.h"
#include "app/cli/run_flags.h"
#include "app/cli/variant_flags.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/npz_writer.h"

namespace vitrine::cli {

namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path model, file, out;
  std::vector<std::string> texts;
  std::string prompt;
  bool similarity = false, as_json = false;
  RunFlags run{"fast"};
  VariantText variant;
};

/// One text a line; a line end of another system counts as one.
void add_lines(std::istream& in, std::vector<std::string>& texts) {
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) texts.push_back(line);
  }
}

std::vector<std::string> texts_of(const Options& options) {
  std::vector<std::string> texts = options.texts;
  if (!options.file.empty()) {
    std::ifstream file(options.file, std::ios::binary);
    if (!file) throw Error(ErrorKind::io, "cannot be read", "check the path given to --file", options.file.string());
    add_lines(file, texts);
  } else if (texts.empty()) {
    add_lines(std::cin, texts);
  }
  if (texts.empty()) throw Error(ErrorKind::input, "there is no text", "give texts as arguments, with --file, or one a line on the standard input");
  return texts;
}

json rows_json(const HostBlock& block) {
  const std::vector<float> values = block.f32();
  const size_t width = size_t(block.shape()[1]);
  json rows = json::array();
  for (size_t at = 0; at < values.size(); at += width)
    rows.push_back(std::vector<float>(values.begin() + std::ptrdiff_t(at), values.begin() + std::ptrdiff_t(at + width)));
  return rows;
}

void print_json(const EmbedOut& found, const std::vector<std::string>& texts, bool similarity) {
  json out{{"texts", texts}, {"embeddings", rows_json(*found.values)}, {"dim", found.values->shape()[1]}, {"pooling", found.pooling},
           {"pooling_from", found.origin}, {"normalized", found.normalized}, {"max_tokens", found.max_tokens}, {"tokens", found.tokens}, {"left_out", found.left_out}};
  if (similarity) out["similarity"] = rows_json(*found.similarity), out["measure"] = found.measure;
  std::printf("%s\n", out.dump(1, ' ', false, json::error_handler_t::replace).c_str());
}

void print_text(const EmbedOut& found, const std::vector<std::string>& texts, bool similarity) {
  std::printf("%zu texts, %lld values each, pooling %s (%s)%s\n", texts.size(), static_cast<long long>(found.values->shape()[1]), found.pooling.c_str(),
              found.origin.c_str(), found.normalized ? ", normalized" : "");
  const std::vector<float> values = found.values->f32();
  const size_t n = texts.size(), width = size_t(found.values->shape()[1]);
  for (size_t i = 0; i < n; ++i) {
    std::printf("%3zu  %s%s\n", i + 1, texts[i].c_str(), found.left_out[i] ? cat("  [", found.left_out[i], " tokens cut off]").c_str() : "");
    if (similarity) continue;
    for (size_t d = 0; d < std::min<size_t>(width, 6); ++d) std::printf("%s%+.6f", d ? "  " : "     ", values[i * width + d]);
    std::printf("%s\n", width > 6 ? "  ..." : "");
  }
  if (!similarity) return;
  const std::vector<float> matrix = found.similarity->f32();
  std::printf("\n%s\n    ", found.measure.c_str());
  for (size_t j = 0; j < n; ++j) std::printf(" %8zu", j + 1);
  for (size_t i = 0; i < n; ++i) {
    std::printf("\n%4zu", i + 1);
    for (size_t j = 0; j < n; ++j) std::printf(" %8.4f", matrix[i * n + j]);
  }
  std::printf("\n");
}

int embed(const Options& options) {
  const std::vector<std::string> texts = texts_of(options);
  Engine engine;
  Listener listener(engine);
  ask<ModelLoaded>(engine, listener, LoadModel{.path = options.model, .threads = options.run.threads, .isa = options.run.isa});
  const auto found = ask<EmbedOut>(
      engine, listener,
      Embed{.texts = texts, .prompt = options.prompt, .precision = options.run.precision_asked(), .variant = options.variant, .similarity = options.similarity});
  if (!options.out.empty()) {
    const std::vector<float> values = found.values->f32(), matrix = options.similarity ? found.similarity->f32() : std::vector<float>();
    std::vector<NamedArray> arrays{{"embeddings", found.values->shape(), values}};
    if (options.similarity) arrays.push_back({"similarity", found.similarity->shape(), matrix});
    write_npz(options.out, arrays);
  }
  if (options.as_json)
    print_json(found, texts, options.similarity);
  else
    print_text(found, texts, options.similarity);
  return kOk;
}

}  // namespace

void register_embed(CLI::App& app, Runner& runner) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("embed", "Vectors of texts, and how alike they are");
  command->add_option("model", o->model, "Hugging Face folder or GGUF file")->required();
  command->add_option("texts", o->texts, "Texts; none: one a line on the standard input");
  command->add_option("--file", o->file, "UTF-8 file, one text a line");
  command->add_flag("--similarity", o->similarity, "Also the matrix of similarities, by the checkpoint's measure or cosine");
  command->add_option("--prompt-name", o->prompt, "One of the checkpoint's prompts, put before each text");
  command->add_option("--out", o->out, "Write a .npz: embeddings [texts, dim], with --similarity also similarity [texts, texts]");
  add_run_flags(*command, o->run);
  add_variant_flags(*command, o->variant);
  command->add_flag("--json", o->as_json, "Everything as JSON");
  command->callback([o, &runner] { runner.run = [o] { return embed(*o); }; });
}

}  // namespace vitrine::cli
