// SPDX-License-Identifier: Apache-2.0
#include "engine/io/tokenizer_kind.h"

#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/meta_value.h"

namespace vitrine {
namespace {

/// Finds the text at one two-level path ("model", "type") or the mere presence of a top-level key, and stops reading
/// there: tokenizer.json has a vocabulary of megabytes behind it.
class Finder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Finder(std::string_view outer, std::string_view inner) : outer_(outer), inner_(inner) {}
  std::string found;

  bool start_object(size_t) override { return ++depth_ < kDeepest; }
  bool end_object() override { return depth_-- > 0; }
  bool start_array(size_t) override { return ++depth_ < kDeepest; }
  bool end_array() override { return depth_-- > 0; }
  bool key(string_t& name) override {
    if (depth_ == 1) in_outer_ = name == outer_;
    at_inner_ = in_outer_ && (inner_.empty() ? depth_ == 1 : depth_ == 2 && name == inner_);
    if (at_inner_ && inner_.empty()) found = name;
    return found.empty();
  }
  bool string(string_t& text) override {
    if (at_inner_) found = text;
    return found.empty();
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  static constexpr int kDeepest = 64;
  std::string_view outer_, inner_;
  int depth_ = 0;
  bool in_outer_ = false, at_inner_ = false;
};

std::string find_text(const std::string& json, std::string_view outer, std::string_view inner) {
  Finder finder(outer, inner);
  nlohmann::json::sax_parse(json, &finder);
  return finder.found;
}

}  // namespace

std::string tokenizer_kind(const WeightSource& source) {
  if (const std::string* model = meta_str(source.meta("tokenizer.ggml.model"))) {
    const std::string* pre = meta_str(source.meta("tokenizer.ggml.pre"));
    return pre ? cat(*model, " (", *pre, ")") : *model;
  }
  if (const auto json = source.companion("tokenizer.json")) {
    const std::string type = find_text(*json, "model", "type");
    return type.empty() ? "tokenizer.json" : type;
  }
  if (source.companion("vocab.txt")) return "WordPiece";
  if (source.companion("tokenizer.model")) return "SentencePiece";
  return source.companion("merges.txt") ? "BPE" : "";
}

bool has_chat_template(const WeightSource& source) {
  if (source.meta("tokenizer.chat_template")) return true;
  if (source.companion("chat_template.jinja") || source.companion("chat_template.json")) return true;
  const auto config = source.companion("tokenizer_config.json");
  return config && !find_text(*config, "chat_template", "").empty();
}

}  // namespace vitrine
