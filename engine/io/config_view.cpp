// SPDX-License-Identifier: Apache-2.0
#include "engine/io/config_view.h"

#include "engine/core/check.h"
#include "engine/core/text.h"
#include "engine/io/meta_value.h"

namespace vitrine {
namespace {

/// Calls `try_one` with each alternative of "a|b|c" until it returns a value.
template <class TryOne>
const MetaValue* first_of(std::string_view alternatives, TryOne try_one) {
  while (!alternatives.empty()) {
    const size_t bar = alternatives.find('|');
    if (const MetaValue* value = try_one(alternatives.substr(0, bar)); !meta_absent(value)) return value;
    alternatives = bar == std::string_view::npos ? std::string_view() : alternatives.substr(bar + 1);
  }
  return nullptr;
}

bool whole_key(std::string_view key) { return key.starts_with("general.") || key.starts_with("tokenizer."); }

}  // namespace

ConfigView::ConfigView(const WeightSource& source, std::string_view gguf_arch_prefix, std::span<const KeyPair> keys,
                       std::string_view hf_scope)
    : source_(source), prefix_(gguf_arch_prefix), scope_(hf_scope), keys_(keys), gguf_(source.container() == "gguf") {
  if (!prefix_.empty() && prefix_.back() != '.') prefix_ += '.';
  if (!scope_.empty() && scope_.back() != '.') scope_ += '.';
}

const KeyPair& ConfigView::pair(std::string_view name) const {
  for (const KeyPair& pair : keys_)
    if (pair.canonical == name) return pair;
  throw Error(ErrorKind::bug, cat("configuration value ", name, " is not in the architecture's table"),
              "please report this");
}

const MetaValue* ConfigView::find(std::string_view name) const {
  const KeyPair& names = pair(name);
  return first_of(gguf_ ? names.gguf : names.hf, [&](std::string_view key) { return source_.meta(spelled(key)); });
}

std::string ConfigView::spelled(std::string_view key) const {
  if (gguf_) return whole_key(key) ? std::string(key) : cat(prefix_, key);
  std::string scoped = cat(scope_, key);
  return scope_.empty() || !meta_absent(source_.meta(scoped)) ? scoped : std::string(key);
}

std::string ConfigView::key_of(std::string_view name) const {
  const KeyPair& names = pair(name);
  std::string found;
  first_of(gguf_ ? names.gguf : names.hf, [&](std::string_view key) { return source_.meta(found = spelled(key)); });
  return has(name) ? found : std::string();
}

Error ConfigView::error(std::string_view name, std::string_view problem) const {
  const KeyPair& names = pair(name);
  std::string spelled;
  if (!names.gguf.empty()) spelled = cat("GGUF: ", whole_key(names.gguf) ? "" : prefix_, names.gguf);
  if (!names.hf.empty()) spelled += cat(spelled.empty() ? "" : "; ", "config.json: ", names.hf);
  return Error(ErrorKind::format, cat("configuration value ", name, " (", spelled, ") ", problem),
               "the checkpoint is incomplete or of another architecture: convert or download it again",
               source_.path().string());
}

const MetaValue& ConfigView::require(std::string_view name) const {
  const MetaValue* value = find(name);
  if (!value) throw error(name, "is missing");
  return *value;
}

void ConfigView::wrong_type(std::string_view name, std::string_view wanted) const {
  const MetaValue* value = find(name);
  throw error(name, cat("is ", meta_text(*value), ", a ", meta_type_name(*value), ", where ", wanted, " is needed"));
}

int64_t ConfigView::i64(std::string_view name) const {
  const auto value = meta_i64(&require(name));
  if (!value) wrong_type(name, "an integer");
  return *value;
}

double ConfigView::f64(std::string_view name) const {
  const auto value = meta_f64(&require(name));
  if (!value) wrong_type(name, "a number");
  return *value;
}

std::string ConfigView::str(std::string_view name) const {
  const std::string* value = meta_str(&require(name));
  if (!value) wrong_type(name, "a text");
  return *value;
}

bool ConfigView::boolean(std::string_view name) const {
  const auto value = meta_bool(&require(name));
  if (!value) wrong_type(name, "true or false");
  return *value;
}

int64_t ConfigView::count(std::string_view name, int64_t least, int64_t most) const {
  const int64_t value = i64(name);
  if (value < least || value > most) throw error(name, cat("is ", value, ", outside ", least, " to ", most));
  return value;
}

template <class T, class Read>
std::vector<T> ConfigView::list(std::string_view name, int64_t count, std::string_view wanted, Read read) const {
  const MetaValue& value = require(name);
  std::vector<T> entries;
  if (const MetaArray* stored = meta_array(&value)) {
    if (count >= 0 && int64_t(stored->size()) != count)
      throw error(name, cat("has ", stored->size(), " entries where ", count, " are needed"));
    for (const MetaValue& item : *stored) {
      const auto entry = read(&item);
      if (!entry) wrong_type(name, cat("a list of ", wanted));
      entries.push_back(*entry);
    }
    return entries;
  }
  const auto entry = count >= 0 ? read(&value) : decltype(read(&value)){};
  if (!entry) wrong_type(name, cat("a list of ", wanted));
  entries.assign(size_t(count), *entry);
  return entries;
}

std::vector<int64_t> ConfigView::i64s(std::string_view name, int64_t count) const {
  return list<int64_t>(name, count, "integers", meta_i64);
}

std::vector<double> ConfigView::f64s(std::string_view name, int64_t count) const {
  return list<double>(name, count, "numbers", meta_f64);
}

std::vector<bool> ConfigView::booleans(std::string_view name, int64_t count) const {
  return list<bool>(name, count, "true or false", meta_bool);
}

std::vector<std::string> ConfigView::strs(std::string_view name) const {
  return list<std::string>(name, -1, "texts", meta_str);
}

}  // namespace vitrine
