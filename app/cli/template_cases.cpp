// SPDX-License-Identifier: Apache-2.0
#include "app/cli/template_cases.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/mapped_file.h"
#include "engine/text/assistant_mask.h"
#include "engine/text/chat_template.h"
#include "engine/text/jinja/fault.h"

namespace vitrine::cli {

namespace {
using nlohmann::ordered_json;
namespace fs = std::filesystem;

class Checker {
 public:
  explicit Checker(const fs::path& path) : path_(path) {
    const std::string text = read_text_file(path, size_t(1) << 30);
    try {
      cases_ = ordered_json::parse(text);
      for (const auto& c : cases_.at("conversations")) conversations_[c.at("name")] = c;
    } catch (const ordered_json::exception& e) {
      throw Error(ErrorKind::format, e.what(), "give a cases_chat.json of the fixtures", path.string());
    }
  }

  int run() {
    for (const auto& [name, entry] : cases_.at("templates").items()) {
      template_name_ = name;
      const auto compiled = ChatTemplate::compile(entry.at("source"), name);
      for (const auto& result : entry.at("results")) one(*compiled, entry, result);
      if (entry.contains("token_masks")) masks(*compiled, entry);
    }
    std::printf("%d passed, %d failed\n", passed_, failed_);
    return failed_ == 0 ? kOk : kCheckFailed;
  }

 private:
  ChatRequest request_for(const ordered_json& entry, const std::string& conversation, bool generation) const {
    const ordered_json& c = conversations_.at(conversation);
    ChatRequest request;
    request.messages_json = c.at("messages").dump();
    if (c.contains("tools")) request.tools_json = c["tools"].dump();
    if (c.contains("documents")) request.documents_json = c["documents"].dump();
    if (c.contains("kwargs")) request.variables_json = c["kwargs"].dump();
    request.add_generation_prompt = generation;
    for (const char* token : {"bos_token", "eos_token"}) request.special_tokens.emplace_back(token, entry.at(token));
    ChatTime now;
    if (cases_.contains("now") && std::sscanf(cases_["now"].get<std::string>().c_str(), "%d-%d-%dT%d:%d:%d", &now.year,
                                              &now.month, &now.day, &now.hour, &now.minute, &now.second) == 6)
      request.now = now;
    return request;
  }

  void verdict(bool ok, const std::string& where, const std::string& why) {
    ok ? ++passed_ : ++failed_;
    if (!ok) std::printf("%s: %s\n", where.c_str(), why.c_str());
  }

  void one(const ChatTemplate& compiled, const ordered_json& entry, const ordered_json& result) {
    const bool generation = result.at("add_generation_prompt");
    const std::string conversation = result.at("conversation");
    const std::string where = cat(template_name_, " / ", conversation, generation ? " / generation prompt" : "");
    try {
      const RenderedChat chat = compiled.render(request_for(entry, conversation, generation));
      if (result.contains("error"))
        return verdict(false, where, cat("expected ", result["error"].get<std::string>(), ", but it rendered"));
      const std::string expected = result.at("text");
      if (chat.text != expected) return verdict(false, where, first_difference(expected, chat.text));
      verdict(same_spans(result, chat), where, "assistant spans differ");
    } catch (const jinja::TemplateError& e) {
      const std::string wanted = result.value("error", "");
      const bool message_counts = wanted == "TemplateError";
      const bool ok = wanted == e.type() && (!message_counts || e.message() == result.value("message", ""));
      verdict(ok, where,
              cat(e.type(), ": ", e.what(),
                  wanted.empty() ? "" : "; expected " + wanted + ": " + result.value("message", "")));
    }
  }

  static bool same_spans(const ordered_json& result, const RenderedChat& chat) {
    if (!result.contains("assistant_spans")) return true;
    const ordered_json& spans = result["assistant_spans"];
    if (spans.size() != chat.assistant_spans.size()) return false;
    for (size_t i = 0; i < spans.size(); ++i)
      if (spans[i][0] != chat.assistant_spans[i].begin || spans[i][1] != chat.assistant_spans[i].end) return false;
    return true;
  }

  static std::string first_difference(const std::string& expected, const std::string& actual) {
    const auto [e, a] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
    size_t at = static_cast<size_t>(e - expected.begin());
    while (at > 0 && at < expected.size() && (static_cast<unsigned char>(expected[at]) & 0xC0) == 0x80) --at;
    const auto show = [&](const std::string& text) {
      return ordered_json(text.substr(std::min(at, text.size()), 60))
          .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    };
    return cat("differs at byte ", at, "\n  expected ", show(expected), "\n  rendered ", show(actual));
  }

  /// The tokenizer named in the file, with the template's bos and eos tokens added as special tokens.
  std::shared_ptr<const Tokenizer> tokenizer_for(const ordered_json& entry) const {
    std::string name = entry.at("token_masks").at("tokenizer");
    name = name.substr(0, name.find(' '));
    const fs::path file = path_.parent_path().parent_path() / name;
    if (!fs::is_regular_file(file)) return nullptr;
    ordered_json json = ordered_json::parse(read_text_file(file, size_t(1) << 30));
    int64_t next = 0;
    for (const auto& [piece, id] : json.at("model").at("vocab").items())
      next = std::max<int64_t>(next, id.get<int64_t>() + 1);
    for (const auto& added : json.at("added_tokens")) next = std::max<int64_t>(next, added.at("id").get<int64_t>() + 1);
    for (const char* which : {"bos_token", "eos_token"}) {
      const std::string token = entry.at(which);
      const auto& list = json["added_tokens"];
      if (std::any_of(list.begin(), list.end(), [&](const auto& t) { return t.at("content") == token; })) continue;
      const auto& vocab = json.at("model").at("vocab");
      const int64_t id = vocab.contains(token) ? vocab[token].get<int64_t>() : next++;
      json["added_tokens"].push_back({{"id", id},
                                      {"content", token},
                                      {"single_word", false},
                                      {"lstrip", false},
                                      {"rstrip", false},
                                      {"normalized", false},
                                      {"special", true}});
    }
    return Tokenizer::from_json(json.dump());
  }

  void masks(const ChatTemplate& compiled, const ordered_json& entry) {
    const std::shared_ptr<const Tokenizer> tokenizer = tokenizer_for(entry);
    if (tokenizer == nullptr) {
      std::printf("%s: token masks skipped: %s is not beside the cases\n", template_name_.c_str(),
                  entry["token_masks"]["tokenizer"].get<std::string>().c_str());
      return;
    }
    for (const auto& c : entry["token_masks"].at("cases")) {
      const std::string conversation = c.at("conversation");
      if (!c.contains("ids")) continue;  // this conversation is refused; one() has seen it
      const RenderedChat chat =
          compiled.render(request_for(entry, conversation, c.value("add_generation_prompt", false)));
      const Encoding encoding = tokenizer->encode(chat.text, {.add_special = false});
      const std::string where = cat(template_name_, " / ", conversation, " / token mask");
      if (ordered_json(encoding.ids) != c.at("ids")) {
        verdict(false, where, "token ids differ");
        continue;
      }
      verdict(ordered_json(assistant_token_mask(encoding, chat.assistant_spans)) == c.at("assistant_masks"), where,
              "masks differ");
    }
  }

  fs::path path_;
  ordered_json cases_;
  std::map<std::string, ordered_json> conversations_;
  std::string template_name_;
  int passed_ = 0, failed_ = 0;
};
}  // namespace

int check_template_cases(const std::string& path) {
  try {
    return Checker(path).run();
  } catch (const ordered_json::exception& e) {
    throw Error(ErrorKind::format, e.what(), "give a cases_chat.json of the fixtures", path);
  }
}

}  // namespace vitrine::cli
