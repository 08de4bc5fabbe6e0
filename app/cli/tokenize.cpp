// SPDX-License-Identifier: Apache-2.0
// tokenize MODEL (--text S | --file F | --cases F): ids, pieces and offsets; --cases compares recorded encodings;
// --bench measures how fast a file is encoded.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"
#include "app/cli/tokenize_cases.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/model/text_assets.h"
#include "engine/text/utf8.h"

namespace vitrine::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string model, text, file, cases;
  bool special = false, json = false, has_text = false;
  int bench = 0;
};

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) throw Error(ErrorKind::io, "the file cannot be read", "check that it exists and may be read", path);
  return std::move(out).str();
}

Json encoding_json(const Encoding& e) {
  Json tokens = Json::array();
  for (const std::string& token : e.tokens) tokens.push_back(text::utf8_lossy(token));
  return {{"ids", e.ids}, {"tokens", tokens}, {"offsets", e.offsets}, {"byte_offsets", e.byte_offsets}};
}

int show(const Tokenizer& tokenizer, const std::string& text, const Arguments& a) {
  const Encoding e = tokenizer.encode(text, {.add_special = a.special, .parse_special = a.special});
  if (a.json) {
    std::printf("%s\n", encoding_json(e).dump().c_str());
    return kOk;
  }
  std::printf("%8s  %-24s %10s %10s\n", "id", "piece", "characters", "bytes");
  for (size_t i = 0; i < e.ids.size(); ++i) {
    const std::string piece = Json(text::utf8_lossy(e.tokens[i])).dump();
    std::printf("%8d  %-24s %10s %10s\n", e.ids[i], piece.c_str(),
                cat(e.offsets[i].first, "-", e.offsets[i].second).c_str(),
                cat(e.byte_offsets[i].first, "-", e.byte_offsets[i].second).c_str());
  }
  std::printf("%zu tokens\n", e.ids.size());
  return kOk;
}

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Encodes the text repeated `a.bench` times as one string and line by line, with and without pieces and offsets.
// Each is done once before it is timed.
int bench(const Tokenizer& tokenizer, const std::string& once, const Arguments& a) {
  std::string all;
  for (int i = 0; i < a.bench; ++i) all += once;
  std::vector<std::string> lines;
  std::istringstream in(all);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  Json out;
  out["bytes"] = all.size();
  out["lines"] = lines.size();
  const EncodeOptions options{.add_special = false, .parse_special = true};
  size_t tokens = 0;
  const auto measure = [&](const char* name, auto&& work) {
    work();
    tokens = 0;
    out[name] = seconds(work);
    out[cat(name, "_tokens")] = tokens;
  };
  measure("one_string_ids", [&] { tokens += tokenizer.encode_ids(all, options).size(); });
  measure("one_string_full", [&] { tokens += tokenizer.encode(all, options).ids.size(); });
  measure("lines_ids", [&] {
    for (const std::string& line : lines) tokens += tokenizer.encode_ids(line, options).size();
  });
  measure("lines_full", [&] {
    for (const std::string& line : lines) tokens += tokenizer.encode(line, options).ids.size();
  });
  std::printf("%s\n", out.dump().c_str());
  return kOk;
}

int run(const Arguments& a) {
  if (int(a.has_text) + int(!a.file.empty()) + int(!a.cases.empty()) != 1)
    throw Error(ErrorKind::input, "tokenize needs exactly one of --text, --file and --cases", "see tokenize --help");
  const auto tokenizer = load_tokenizer(std::filesystem::path(a.model));
  if (!a.cases.empty()) return check_tokenizer_cases(*tokenizer, read_text(a.cases), a.cases);
  const std::string text = a.has_text ? a.text : read_text(a.file);
  return a.bench > 0 ? bench(*tokenizer, text, a) : show(*tokenizer, text, a);
}

}  // namespace

void register_tokenize(CLI::App& app, Runner& runner) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("tokenize", "Show how a text becomes token ids");
  command->add_option("MODEL", a->model, "a .gguf file, a folder with tokenizer.json, or a tokenizer.json")->required();
  CLI::Option* text = command->add_option("--text", a->text, "the text itself");
  command->add_option("--file", a->file, "a UTF-8 text file");
  command->add_option("--cases", a->cases, "check recorded encodings (cases.json, cases_llamacpp.json)");
  command->add_flag(
      "--special", a->special,
      "parse special tokens written in the text and add those the model expects around it (BOS, [CLS] ...)");
  command->add_flag("--json", a->json, "print {ids, tokens, offsets, byte_offsets}");
  command->add_option("--bench", a->bench, "repeat the file's text N times and time encoding")
      ->check(CLI::Range(1, 100000));
  command->callback([a, text, &runner] {
    a->has_text = text->count() > 0;
    runner.run = [a] { return run(*a); };
  });
}

}  // namespace vitrine::cli
