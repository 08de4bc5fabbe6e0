// SPDX-License-Identifier: Apache-2.0
// tokenizer.json as a whole, and what tokenizer_config.json adds to it.
#include "engine/text/tokenizer_json.h"

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/bpe.h"

namespace vitrine::text {

static Json parse(std::string_view text, const char* name) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& e) {
    throw Error(ErrorKind::format, cat("not valid JSON: ", e.what()), "download the file again", name);
  }
}

static std::vector<AddedToken> read_added_tokens(const Fields& root) {
  std::vector<AddedToken> tokens;
  if (!root.find("added_tokens")) return tokens;
  for (const Json& element : root.array("added_tokens")) {
    const Fields f(element, cat("added_tokens[", tokens.size(), "]"));
    json_id(f.need("id"), f.place());
    const bool special = f.boolean_or("special", false);
    tokens.push_back({.content = f.string("content"),
                      .single_word = f.boolean_or("single_word", false),
                      .strip_left = f.boolean_or("lstrip", false),
                      .strip_right = f.boolean_or("rstrip", false),
                      .normalized = f.boolean_or("normalized", !special),
                      .special = special});
  }
  return tokens;
}

// A pre-tokenizer ends in the byte map and the model is a plain BPE: let the model read bytes itself.
static bool ends_in_byte_map(const std::vector<PreTokenizerPtr>& steps) {
  return !steps.empty() && steps.back()->description() == "ByteLevel";
}

// tokenizer_config.json names tokens as strings or as {"content": ...}.
static void read_config(Pipeline& p, std::string_view text) {
  if (text.empty()) return;
  const Json json = parse(text, "tokenizer_config.json");
  if (!json.is_object()) return;
  const auto id_of = [&](const char* name) -> std::optional<int32_t> {
    const auto at = json.find(name);
    if (at == json.end()) return std::nullopt;
    std::string content;
    if (at->is_string()) content = at->get<std::string>();
    if (at->is_object() && at->contains("content") && (*at)["content"].is_string())
      content = (*at)["content"].get<std::string>();
    int32_t id = p.added.find(content);
    if (id < 0) id = p.model->vocabulary().find(content);
    return id < 0 ? std::nullopt : std::optional(id);
  };
  p.bos = id_of("bos_token");
  p.eos = id_of("eos_token");
  p.pad = id_of("pad_token");
  p.unk = id_of("unk_token");
  p.mask = id_of("mask_token");
}

std::unique_ptr<Pipeline> pipeline_from_json(std::string_view tokenizer_json, std::string_view config_json) {
  const Json json = parse(tokenizer_json, "tokenizer.json");
  const Fields root(json, "tokenizer.json");
  if (root.find("version") && root.string("version") != "1.0")
    throw Error(ErrorKind::unsupported, cat("tokenizer.json has version '", root.string("version"), "'"),
                "convert it to version 1.0", "tokenizer.json");
  auto p = std::make_unique<Pipeline>();
  std::vector<std::string> names;
  try {
    if (const Json* part = root.find("normalizer")) p->normalizer = read_normalizer({*part, "normalizer"});
    if (const Json* part = root.find("pre_tokenizer"))
      read_pre_tokenizer({*part, "pre_tokenizer"}, p->pre_tokenizers, names);
    const bool byte_map = ends_in_byte_map(p->pre_tokenizers);
    auto model = read_model({root.need("model"), "model"}, byte_map);
    if (const auto* bpe = dynamic_cast<const Bpe*>(model.get()); bpe && bpe->reads_bytes()) {
      p->pre_tokenizers.pop_back();
      p->take_fast_split();
    }
    p->model = std::move(model);
    if (const Json* part = root.find("post_processor"))
      p->post_processor = read_post_processor({*part, "post_processor"});
    if (const Json* part = root.find("decoder")) p->decoder = read_decoder({*part, "decoder"});
    p->added = AddedTokens(read_added_tokens(root), *p->model, p->normalizer.get());
    read_config(*p, config_json);
  } catch (const Error& e) {
    throw e.within("tokenizer.json");
  }
  p->finish();
  for (const std::string& name : names) p->facts.pre_tokenizer += (p->facts.pre_tokenizer.empty() ? "" : ", ") + name;
  if (names.empty()) p->facts.pre_tokenizer = "none";
  return p;
}

}  // namespace vitrine::text
