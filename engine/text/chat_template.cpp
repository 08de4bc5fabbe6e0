// SPDX-License-Identifier: Apache-2.0
#include "engine/text/chat_template.h"

#include "engine/core/error.h"
#include "engine/text/jinja/json.h"
#include "engine/text/jinja/template.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine {

namespace {

using jinja::Value;

Value checked_text(const std::string& text, const std::string& what) {
  if (const std::optional<size_t> bad = jinja::find_bad_utf8(text))
    throw Error(ErrorKind::format, "not valid UTF-8 at byte " + std::to_string(*bad), "", what);
  return Value::text(text);
}

Value parsed(const std::string& json, const std::string& what, jinja::Kind wanted) {
  Value value = jinja::from_json(json, what);
  const bool list = wanted == jinja::Kind::list;
  if (!value.is(wanted))
    throw Error(ErrorKind::format, list ? "must be a JSON list" : "must be a JSON object", "check the JSON", what);
  return value;
}

/// The other names under which reasoning is passed, as transformers fills them in for its templates.
Value with_reasoning_names(const Value& message) {
  if (!message.is(jinja::Kind::dict)) return message;
  const Value* reasoning = nullptr;
  for (const char* name : {"reasoning_content", "thinking", "reasoning"}) {
    const Value* found = message.entries().find(std::string_view(name));
    if (reasoning == nullptr && found != nullptr && !found->is_none()) reasoning = found;
  }
  if (reasoning == nullptr) return message;
  auto copy = std::make_shared<jinja::Dict>();
  copy->set("thinking", *reasoning);
  for (const auto& [key, value] : message.entries().entries()) copy->set(key, value);
  copy->set("reasoning_content", *reasoning);
  return Value::dict(std::move(copy));
}

Value messages_of(const ChatRequest& request) {
  jinja::Values messages;
  if (!request.messages_json.empty()) {
    const Value list = parsed(request.messages_json, "messages", jinja::Kind::list);
    for (const Value& message : list.items()) {
      if (!message.is(jinja::Kind::dict))
        throw Error(ErrorKind::format, "every message must be a JSON object", "give each a role and a content",
                    "messages");
      messages.push_back(with_reasoning_names(message));
    }
    return Value::list(std::move(messages));
  }
  for (const ChatMessage& message : request.messages) {
    auto entry = std::make_shared<jinja::Dict>();
    entry->set("role", checked_text(message.role, "role of a message"));
    entry->set("content", checked_text(message.content, "content of a message"));
    messages.push_back(Value::dict(std::move(entry)));
  }
  return Value::list(std::move(messages));
}

Value variables_of(const ChatRequest& request) {
  auto variables = std::make_shared<jinja::Dict>();
  for (const auto& [name, token] : request.special_tokens) variables->set(name, checked_text(token, name));
  if (!request.variables_json.empty()) {
    const Value more = parsed(request.variables_json, "variables", jinja::Kind::dict);
    for (const auto& [key, value] : more.entries().entries()) variables->set(key, value);
  }
  variables->set("messages", messages_of(request));
  variables->set("tools",
                 request.tools_json.empty() ? Value::none() : parsed(request.tools_json, "tools", jinja::Kind::list));
  variables->set("documents", request.documents_json.empty()
                                  ? Value::none()
                                  : parsed(request.documents_json, "documents", jinja::Kind::list));
  variables->set("add_generation_prompt", Value::boolean(request.add_generation_prompt));
  return Value::dict(std::move(variables));
}

class CompiledTemplate final : public ChatTemplate {
 public:
  CompiledTemplate(std::string source, std::string name)
      : source_(std::move(source)), name_(std::move(name)), compiled_(jinja::Template::compile(source_, name_)) {}

  RenderedChat render(const ChatRequest& request) const override {
    jinja::CivilTime now = jinja::local_time_now();
    if (const std::optional<ChatTime>& t = request.now)
      now = {t->year, t->month, t->day, t->hour, t->minute, t->second, 0};
    jinja::Rendering rendering = compiled_->render(variables_of(request), now);
    RenderedChat chat{std::move(rendering.text), {}};
    for (const jinja::Span& s : rendering.spans)
      chat.assistant_spans.push_back({s.begin, s.end, s.byte_begin, s.byte_end});
    return chat;
  }
  const std::string& source() const noexcept override { return source_; }
  const std::string& name() const noexcept override { return name_; }

 private:
  std::string source_, name_;
  std::shared_ptr<const jinja::Template> compiled_;
};

}  // namespace

std::shared_ptr<const ChatTemplate> ChatTemplate::compile(std::string source, std::string name) {
  return std::make_shared<CompiledTemplate>(std::move(source), std::move(name));
}

}  // namespace vitrine
