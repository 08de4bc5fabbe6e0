// SPDX-License-Identifier: Apache-2.0
#include "engine/model/template_assets.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/io/json_text.h"
#include "engine/io/mapped_file.h"
#include "engine/io/meta_value.h"

namespace vitrine {

namespace {
namespace fs = std::filesystem;

using ReadFile = std::function<std::optional<std::string>(const std::string& name)>;
using Tokens = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kTokenNames[] = {"bos_token", "eos_token", "unk_token", "pad_token",
                                       "sep_token", "cls_token", "mask_token"};

ReadFile files_of(const fs::path& folder) {
  return [folder](const std::string& name) -> std::optional<std::string> {
    std::error_code problem;
    if (!fs::is_regular_file(folder / name, problem)) return std::nullopt;
    return read_text_file(folder / name, JsonLimits().bytes);
  };
}

ReadFile files_of(const WeightSource& source) {
  return [&source](const std::string& name) { return source.companion(name); };
}

void add(std::vector<NamedTemplate>& out, std::string name, std::string source, std::string origin) {
  const bool known = std::any_of(out.begin(), out.end(), [&](const NamedTemplate& t) { return t.name == name; });
  if (!known && !source.empty()) out.push_back({std::move(name), std::move(source), std::move(origin)});
}

/// chat_template of tokenizer_config.json: a text, a list of {name, template}, or an object name -> text.
void add_json(std::vector<NamedTemplate>& out, const nlohmann::json& value, const std::string& origin) {
  if (value.is_string()) return add(out, "default", value.get<std::string>(), origin);
  if (value.is_object())
    for (const auto& [name, text] : value.items())
      if (text.is_string()) add(out, name, text.get<std::string>(), origin + " (" + name + ")");
  if (!value.is_array()) return;
  for (const nlohmann::json& entry : value) {
    if (!entry.is_object() || !entry.contains("template") || !entry["template"].is_string()) continue;
    const std::string name = entry.value("name", nlohmann::json("default")).is_string()
                                 ? entry.value("name", std::string("default"))
                                 : std::string("default");
    add(out, name, entry["template"].get<std::string>(), origin + " (" + name + ")");
  }
}

/// The files in the order in which transformers prefers them.
std::vector<NamedTemplate> from_files(const ReadFile& read, const fs::path& folder) {
  std::vector<NamedTemplate> out;
  if (auto text = read("chat_template.jinja"))
    add(out, "default", std::move(*text), (folder / "chat_template.jinja").string());
  std::error_code problem;
  std::vector<fs::path> more;
  for (fs::directory_iterator it(folder / "additional_chat_templates", problem), end; !problem && it != end;
       it.increment(problem))
    if (it->path().extension() == ".jinja") more.push_back(it->path());
  std::sort(more.begin(), more.end());
  for (const fs::path& file : more)
    add(out, file.stem().string(), read_text_file(file, JsonLimits().bytes), file.string());
  for (const char* name : {"chat_template.json", "tokenizer_config.json"}) {
    const std::optional<std::string> text = read(name);
    if (!text) continue;
    const std::string where = (folder / name).string();
    const nlohmann::json config = parse_json(*text, where);
    if (config.is_object() && config.contains("chat_template"))
      add_json(out, config["chat_template"], where + ": chat_template");
  }
  std::stable_partition(out.begin(), out.end(), [](const NamedTemplate& t) { return t.name == "default"; });
  return out;
}

std::vector<NamedTemplate> from_gguf(const WeightSource& source) {
  std::vector<NamedTemplate> out;
  const std::string prefix = source.path().filename().string() + ": ", key = "tokenizer.chat_template";
  if (const std::string* text = meta_str(source.meta(key))) add(out, "default", *text, prefix + key);
  for (const std::string& other : source.meta_keys()) {
    if (!other.starts_with(key + ".")) continue;
    if (const std::string* text = meta_str(source.meta(other)))
      add(out, other.substr(key.size() + 1), *text, prefix + other);
  }
  return out;
}

/// A token in tokenizer_config.json or special_tokens_map.json: a text, or an object with its content.
void add_tokens(Tokens& out, const nlohmann::json& config) {
  if (!config.is_object()) return;
  for (const char* name : kTokenNames) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& t) { return t.first == name; });
    if (known || !config.contains(name)) continue;
    const nlohmann::json& token = config[name];
    if (token.is_string()) out.emplace_back(name, token.get<std::string>());
    if (token.is_object() && token.contains("content") && token["content"].is_string())
      out.emplace_back(name, token["content"].get<std::string>());
  }
}

Tokens tokens_from_files(const ReadFile& read, const fs::path& folder) {
  Tokens out;
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"})
    if (const std::optional<std::string> text = read(name))
      add_tokens(out, parse_json(*text, (folder / name).string()));
  return out;
}

Tokens tokens_from_gguf(const WeightSource& source) {
  static constexpr std::pair<const char*, const char*> kKeys[] = {
      {"bos_token", "bos_token_id"},     {"eos_token", "eos_token_id"},       {"unk_token", "unknown_token_id"},
      {"pad_token", "padding_token_id"}, {"sep_token", "seperator_token_id"},  // spelled so in GGUF
      {"cls_token", "cls_token_id"},     {"mask_token", "mask_token_id"}};
  Tokens out;
  const MetaArray* tokens = meta_array(source.meta("tokenizer.ggml.tokens"));
  if (tokens == nullptr) return out;
  for (const auto& [name, key] : kKeys) {
    const std::optional<int64_t> id = meta_i64(source.meta(std::string("tokenizer.ggml.") + key));
    if (!id || *id < 0 || *id >= static_cast<int64_t>(tokens->size())) continue;
    if (const std::string* text = meta_str(&(*tokens)[static_cast<size_t>(*id)])) out.emplace_back(name, *text);
  }
  return out;
}

fs::path folder_of(const WeightSource& source) {
  std::error_code problem;
  return fs::is_directory(source.path(), problem) ? source.path() : source.path().parent_path();
}
}  // namespace

std::vector<NamedTemplate> find_chat_templates(const WeightSource& source) {
  if (source.container() == "gguf") return from_gguf(source);
  return from_files(files_of(source), folder_of(source));
}

std::vector<NamedTemplate> find_chat_templates(const fs::path& path) {
  if (fs::is_directory(path)) return from_files(files_of(path), path);
  return find_chat_templates(*open_weights(path));
}

std::vector<std::pair<std::string, std::string>> find_special_tokens(const WeightSource& source) {
  if (source.container() == "gguf") return tokens_from_gguf(source);
  return tokens_from_files(files_of(source), folder_of(source));
}

std::vector<std::pair<std::string, std::string>> find_special_tokens(const fs::path& path) {
  if (fs::is_directory(path)) return tokens_from_files(files_of(path), path);
  return find_special_tokens(*open_weights(path));
}

}  // namespace vitrine
