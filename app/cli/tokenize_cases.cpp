// SPDX-License-Identifier: Apache-2.0
#include "app/cli/tokenize_cases.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace vitrine::cli {
namespace {

using nlohmann::json;

constexpr int kShown = 10;  // failures printed in full

struct Tally {
  int passed = 0, failed = 0, exempt = 0;

  void add(const std::string& text, const std::string& difference) {
    ++(difference.empty() ? passed : failed);
    if (!difference.empty() && failed <= kShown)
      std::printf("%s\n  %s\n", json(text).dump().c_str(), difference.c_str());
    if (!difference.empty() && failed == kShown + 1) std::printf("...\n");
  }
};

std::string shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > 400) text.resize(400), text += "...";
  return text;
}

/// Empty if equal, else what was expected and what came.
std::string compare(const char* what, const json& expected, const json& got) {
  if (expected == got) return {};
  return cat(what, ": expected ", shown(expected), "\n", std::string(2 + std::string(what).size() - 2, ' '),
             "  got      ", shown(got));
}

/// The byte offsets that code point offsets mean.
json bytes_of(const std::string& text, const json& offsets) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < text.size(); i += text::utf8_length(text[i])) starts.push_back(i);
  starts.push_back(text.size());
  json out = json::array();
  for (const auto& pair : offsets)
    out.push_back({starts[std::min(pair[0].get<size_t>(), starts.size() - 1)],
                   starts[std::min(pair[1].get<size_t>(), starts.size() - 1)]});
  return out;
}

std::string check_case(const Tokenizer& t, const json& c) {
  const auto text = c.at("text").get<std::string>();
  const Encoding e = t.encode(text);
  const auto ids = c.at("ids").get<std::vector<int32_t>>();
  std::string d = compare("ids", c.at("ids"), e.ids);
  const auto check = [&](const char* what, const json& expected, const json& got) {
    if (d.empty()) d = compare(what, expected, got);
  };
  check("tokens", c.at("tokens"), e.tokens);
  check("offsets", c.at("offsets"), e.offsets);
  check("byte_offsets", bytes_of(text, c.at("offsets")), e.byte_offsets);
  check("ids alone", c.at("ids"), t.encode_ids(text));
  if (c.contains("ids_no_special"))
    check("ids_no_special", c["ids_no_special"], t.encode_ids(text, {.add_special = false}));
  if (c.contains("decoded")) check("decoded", c["decoded"], t.decode(ids, false));
  if (c.contains("decoded_skip_special")) check("decoded_skip_special", c["decoded_skip_special"], t.decode(ids, true));
  return d;
}

std::string check_pair(const Tokenizer& t, const json& c) {
  const auto a = c.at("a").get<std::string>(), b = c.at("b").get<std::string>();
  const Encoding e = t.encode(a, {.pair = b});
  std::string d = compare("ids", c.at("ids"), e.ids);
  if (d.empty() && c.contains("type_ids")) d = compare("type_ids", c["type_ids"], e.type_ids);
  if (d.empty() && c.contains("special_tokens_mask"))
    d = compare("special_tokens_mask", c["special_tokens_mask"], e.special);
  return d;
}

std::string hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char b : bytes) (out += kDigits[uint8_t(b) >> 4]) += kDigits[uint8_t(b) & 15];
  return out;
}

std::string check_llamacpp(const Tokenizer& t, const json& c) {
  const auto text = c.at("text").get<std::string>();
  std::string d = compare("ids", c.at("ids"), t.encode_ids(text, {.add_special = false, .parse_special = false}));
  const auto check = [&](const char* what, const json& expected, const json& got) {
    if (d.empty()) d = compare(what, expected, got);
  };
  if (c.contains("ids_special"))
    check("ids_special", c["ids_special"], t.encode_ids(text, {.add_special = false, .parse_special = true}));
  if (c.contains("detokenized_hex") && !c["detokenized_hex"].get<std::string>().empty()) {  // empty: not recorded
    std::string bytes;
    for (const int32_t id : c["ids"].get<std::vector<int32_t>>()) bytes += t.token_bytes(id);
    check("detokenized_hex", c["detokenized_hex"], hex(bytes));
  }
  return d;
}

/// Fractions, superscripts and their like: there llama.cpp splits otherwise than the tokenizers it imitates.
bool has_other_digits(const std::string& text) {
  for (size_t i = 0, size; i < text.size(); i += size)
    if (text::category(text::utf8_decode(text.data() + i, size)) == text::Category::No) return true;
  return false;
}

}  // namespace

int check_tokenizer_cases(const Tokenizer& tokenizer, const std::string& text, const std::string& name) {
  Tally tally;
  try {
    const json file = json::parse(text);
    const bool llamacpp = file.contains("llama_cpp_python");
    for (const json& c : file.at("cases")) {
      const auto input = c.at("text").get<std::string>();
      const std::string difference = llamacpp ? check_llamacpp(tokenizer, c) : check_case(tokenizer, c);
      if (llamacpp && !difference.empty() && has_other_digits(input)) {
        ++tally.exempt;
      } else {
        tally.add(input, difference);
      }
    }
    if (file.contains("pairs"))
      for (const json& c : file["pairs"])
        tally.add(cat(c.at("a").get<std::string>(), " + ", c.at("b").get<std::string>()), check_pair(tokenizer, c));
  } catch (const json::exception& e) {
    throw Error(ErrorKind::format, cat("no list of tokenizer cases: ", e.what()), "give a cases.json", name);
  }
  if (tally.exempt) std::printf("%d texts with digits of category No differ, as they may\n", tally.exempt);
  std::printf("%d passed, %d failed\n", tally.passed, tally.failed);
  return tally.failed ? kCheckFailed : kOk;
}

}  // namespace vitrine::cli
