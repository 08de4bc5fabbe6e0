// SPDX-License-Identifier: Apache-2.0
#include "engine/model/text_assets.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/meta_value.h"

namespace vitrine {

namespace fs = std::filesystem;

namespace {

/// Reads keys below tokenizer.ggml. and complains with the key's name.
class GgufKeys {
 public:
  explicit GgufKeys(const WeightSource& source) : source_(source) {}

  const MetaValue* find(std::string_view name) const { return source_.meta(cat("tokenizer.ggml.", name)); }

  std::string text(std::string_view name) const {
    const MetaValue* value = find(name);
    if (!value) return {};
    const std::string* s = meta_str(value);
    if (!s) fail(name, "a string");
    return *s;
  }
  std::optional<int32_t> id(std::string_view name) const {
    const MetaValue* value = find(name);
    if (!value) return std::nullopt;
    const auto n = meta_i64(value);
    if (!n) fail(name, "an integer");
    if (*n == UINT32_MAX || *n == -1) return std::nullopt;  // how some converters write "none"
    if (*n < 0 || *n > INT32_MAX) fail(name, "a token id");
    return int32_t(*n);
  }
  std::optional<bool> flag(std::string_view name) const {
    const MetaValue* value = find(name);
    if (!value) return std::nullopt;
    const auto b = meta_bool(value);
    if (!b) fail(name, "true or false");
    return *b;
  }
  /// Calls add(value) for every element of a list; add returns false for a wrong type.
  template <class Add>
  void list(std::string_view name, std::string_view expected, Add&& add) const {
    const MetaValue* value = find(name);
    if (!value) return;
    const MetaArray* array = meta_array(value);
    if (!array) fail(name, expected);
    for (const MetaValue& element : *array)
      if (!add(element)) fail(name, expected);
  }

 private:
  [[noreturn]] void fail(std::string_view name, std::string_view expected) const {
    throw Error(ErrorKind::format, cat("the key should hold ", expected), "convert the checkpoint again",
                cat(source_.path().string(), ": tokenizer.ggml.", name));
  }
  const WeightSource& source_;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw Error(ErrorKind::io, "the file cannot be read", "check that it exists and may be read", path.string());
  return std::move(text).str();
}

[[noreturn]] void no_tokenizer(const fs::path& path) {
  throw Error(ErrorKind::format, "the checkpoint has no tokenizer.json",
              "write one with AutoTokenizer.from_pretrained(...).save_pretrained(...)", path.string());
}

std::shared_ptr<const Tokenizer> from_texts(const fs::path& path, const std::optional<std::string>& tokenizer,
                                            const std::optional<std::string>& config) {
  if (!tokenizer) no_tokenizer(path);
  try {
    return Tokenizer::from_json(*tokenizer, config.value_or(std::string()));
  } catch (const Error& e) {
    throw e.within(path.string());
  }
}

}  // namespace

GgufVocabulary read_gguf_vocabulary(const WeightSource& source) {
  const GgufKeys keys(source);
  GgufVocabulary v;
  v.model = keys.text("model");
  v.pre = keys.text("pre");
  keys.list("tokens", "a list of strings", [&](const MetaValue& e) {
    const std::string* s = meta_str(&e);
    if (s) v.tokens.push_back(*s);
    return s != nullptr;
  });
  keys.list("scores", "a list of numbers", [&](const MetaValue& e) {
    const auto n = meta_f64(&e);
    v.scores.push_back(float(n.value_or(0)));
    return n.has_value();
  });
  keys.list("token_type", "a list of integers", [&](const MetaValue& e) {
    const auto n = meta_i64(&e);
    v.types.push_back(int32_t(n.value_or(0)));
    return n.has_value();
  });
  keys.list("merges", "a list of strings", [&](const MetaValue& e) {
    const std::string* s = meta_str(&e);
    if (s) v.merges.push_back(*s);
    return s != nullptr;
  });
  keys.list("precompiled_charsmap", "a list of bytes", [&](const MetaValue& e) {
    const auto n = meta_i64(&e);
    v.precompiled_charsmap += char(n.value_or(0));
    return n && *n >= -128 && *n <= 255;
  });
  v.bos = keys.id("bos_token_id"), v.eos = keys.id("eos_token_id"), v.eot = keys.id("eot_token_id");
  v.eom = keys.id("eom_token_id"), v.unk = keys.id("unknown_token_id"), v.pad = keys.id("padding_token_id");
  v.sep = keys.id("seperator_token_id"), v.cls = keys.id("cls_token_id"), v.mask = keys.id("mask_token_id");
  if (!v.sep) v.sep = keys.id("separator_token_id");
  v.add_bos = keys.flag("add_bos_token"), v.add_eos = keys.flag("add_eos_token"),
  v.add_sep = keys.flag("add_sep_token");
  v.add_space_prefix = keys.flag("add_space_prefix");
  v.remove_extra_whitespaces = keys.flag("remove_extra_whitespaces");
  v.escape_whitespaces = keys.flag("escape_whitespaces");
  v.treat_whitespace_as_suffix = keys.flag("treat_whitespace_as_suffix");
  v.lowercase = keys.flag("normalizer.lowercase"), v.strip_accents = keys.flag("normalizer.strip_accents");
  if (const std::string* name = meta_str(source.meta("general.name"))) v.model_name = *name;
  if (const std::string* arch = meta_str(source.meta("general.architecture"))) v.architecture = *arch;
  return v;
}

std::shared_ptr<const Tokenizer> load_tokenizer(const WeightSource& source) {
  if (source.container() != "gguf")
    return from_texts(source.path(), source.companion("tokenizer.json"), source.companion("tokenizer_config.json"));
  try {
    return Tokenizer::from_gguf(read_gguf_vocabulary(source));
  } catch (const Error& e) {
    throw e.within(source.path().string());
  }
}

std::shared_ptr<const Tokenizer> load_tokenizer(const fs::path& path) {
  std::error_code ignored;
  if (path.extension() == ".json") return from_texts(path, read_file(path), std::nullopt);
  if (fs::is_directory(path, ignored) && fs::exists(path / "tokenizer.json", ignored)) {
    const fs::path config = path / "tokenizer_config.json";
    return from_texts(path, read_file(path / "tokenizer.json"),
                      fs::exists(config, ignored) ? std::optional(read_file(config)) : std::nullopt);
  }
  return load_tokenizer(*open_weights(path));
}

std::vector<int32_t> end_of_generation_ids(const WeightSource& source, const Tokenizer& tokenizer) {
  const auto known = tokenizer.end_of_generation_ids();
  std::vector<int32_t> ids(known.begin(), known.end());
  const auto add = [&](const nlohmann::json& id) {
    if (id.is_number_integer() && id.get<int64_t>() >= 0 && id.get<int64_t>() < tokenizer.vocab_size())
      ids.push_back(id.get<int32_t>());
  };
  for (const char* name : {"generation_config.json", "config.json"}) {
    const auto text = source.companion(name);
    if (!text) continue;
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("eos_token_id")) continue;
    const auto& eos = json["eos_token_id"];
    if (eos.is_array())
      for (const auto& id : eos) add(id);
    else
      add(eos);
    break;
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace vitrine
