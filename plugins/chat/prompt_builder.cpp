// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/prompt_builder.h"

#include <algorithm>

#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace vitrine {

namespace {

struct Part {
  std::string text;
  TokenRole role;
};

std::string special_text(const Tokenizer& tokenizer, std::optional<int32_t> id) { return id ? std::string(tokenizer.piece(*id)) : std::string(); }

/// Finds the messages in the rendered text, in order; what lies between is the template's. A message the template rewrote is not found
/// and counts as template text.
std::vector<TokenRole> roles_by_byte(const std::string& rendered, const std::vector<Part>& parts) {
  std::vector<TokenRole> roles(rendered.size(), TokenRole::template_text);
  size_t from = 0;
  for (const Part& part : parts) {
    if (part.text.empty()) continue;
    const size_t at = rendered.find(part.text, from);
    if (at == std::string::npos) continue;
    std::fill_n(roles.begin() + int64_t(at), part.text.size(), part.role);
    from = at + part.text.size();
  }
  return roles;
}

}  // namespace

BuiltPrompt build_prompt(const ModelLoaded& model, const std::vector<const Turn*>& path, const QString& system_prompt, bool completion, bool add_bos) {
  const Tokenizer& tokenizer = *model.tokenizer;
  BuiltPrompt built;
  std::vector<Part> parts;
  if (completion || !model.chat_template) {
    for (const Turn* turn : path) built.text += turn->text.toStdString();
    parts.push_back({built.text, TokenRole::plain});
  } else {
    ChatRequest request;
    if (!system_prompt.isEmpty()) {
      request.messages.push_back({"system", system_prompt.toStdString()});
      parts.push_back({system_prompt.trimmed().toStdString(), TokenRole::system});
    }
    for (const Turn* turn : path) {
      const bool assistant = turn->speaker == Speaker::assistant;
      const QString text = assistant ? split_thought(turn->text).rest : turn->text;
      request.messages.push_back({assistant ? "assistant" : "user", text.toStdString()});
      parts.push_back({text.trimmed().toStdString(), assistant ? TokenRole::assistant : TokenRole::user});
    }
    request.add_generation_prompt = true;
    request.special_tokens = {{"bos_token", special_text(tokenizer, tokenizer.bos_id())},
                              {"eos_token", special_text(tokenizer, tokenizer.eos_id())},
                              {"pad_token", special_text(tokenizer, tokenizer.pad_id())},
                              {"unk_token", special_text(tokenizer, tokenizer.unk_id())}};
    built.text = model.chat_template->render(request).text;
  }
  const bool bos_written = tokenizer.bos_id() && built.text.starts_with(special_text(tokenizer, tokenizer.bos_id()));
  const bool special = completion ? add_bos && !bos_written : tokenizer.adds_bos() && !bos_written;
  const Encoding encoding = tokenizer.encode(built.text, {.add_special = special});
  const std::vector<TokenRole> by_byte = roles_by_byte(built.text, parts);
  built.ids = encoding.ids;
  for (const auto& [begin, end] : encoding.byte_offsets)
    built.roles.push_back(begin < by_byte.size() && end > begin ? by_byte[begin] : TokenRole::template_text);
  // A post-processor may also close a sequence (EOS); a prompt that is to be continued must stay open.
  while (special && !built.ids.empty() && encoding.special.back() && tokenizer.is_end_of_generation(built.ids.back()) && built.ids.size() > 1) {
    built.ids.pop_back();
    built.roles.pop_back();
  }
  std::string added;
  for (size_t i = 0; i < built.ids.size() && encoding.special[i]; ++i) added += tokenizer.piece(built.ids[i]);
  built.text.insert(0, added);
  return built;
}

BuiltPrompt build_source(const ModelLoaded& model, const QString& text) {
  const Tokenizer& tokenizer = *model.tokenizer;
  const Encoding encoding = tokenizer.encode(text.toStdString());
  BuiltPrompt built{.text = {}, .ids = encoding.ids, .roles = {}};
  std::string before, after;
  for (size_t i = 0; i < encoding.ids.size(); ++i) {
    built.roles.push_back(encoding.special[i] ? TokenRole::template_text : TokenRole::plain);
    const bool begun = std::find(built.roles.begin(), built.roles.end(), TokenRole::plain) != built.roles.end();
    if (encoding.special[i]) (begun ? after : before) += tokenizer.piece(encoding.ids[i]);
  }
  built.text = before + text.toStdString() + after;
  return built;
}

}  // namespace vitrine
