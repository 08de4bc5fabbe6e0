// SPDX-License-Identifier: Apache-2.0
// The public door: conversations of every shape through templates of many models, spans, errors, the clock.
#include "engine/text/chat_template.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/text/jinja/fault.h"

using namespace vitrine;
using nlohmann::ordered_json;

static ordered_json cases() {
  std::ifstream in(std::string(VITRINE_TEST_DATA) + "/chat/cases_chat.json");
  return ordered_json::parse(in);
}

static ChatRequest request_of(const ordered_json& conversation, const ordered_json& entry, bool generation) {
  ChatRequest request;
  request.messages_json = conversation.at("messages").dump();
  if (conversation.contains("tools")) request.tools_json = conversation["tools"].dump();
  if (conversation.contains("documents")) request.documents_json = conversation["documents"].dump();
  if (conversation.contains("kwargs")) request.variables_json = conversation["kwargs"].dump();
  request.add_generation_prompt = generation;
  request.special_tokens = {{"bos_token", entry.at("bos_token")}, {"eos_token", entry.at("eos_token")}};
  request.now = ChatTime{2024, 7, 26, 12, 34, 56};
  return request;
}

TEST(ChatTemplate, EveryModelAndConversationAsTransformersRendersIt) {
  const ordered_json all = cases();
  int count = 0;
  for (const auto& [name, entry] : all.at("templates").items()) {
    const auto compiled = ChatTemplate::compile(entry.at("source"), name);
    for (const auto& result : entry.at("results")) {
      ++count;
      SCOPED_TRACE(name + " / " + result.at("conversation").get<std::string>());
      ordered_json conversation;
      for (const auto& c : all.at("conversations"))
        if (c.at("name") == result.at("conversation")) conversation = c;
      const ChatRequest request = request_of(conversation, entry, result.at("add_generation_prompt"));
      try {
        const RenderedChat chat = compiled->render(request);
        ASSERT_FALSE(result.contains("error"));
        EXPECT_EQ(chat.text, result.at("text").get<std::string>());
        ordered_json spans = ordered_json::array();
        for (const AssistantSpan& span : chat.assistant_spans) spans.push_back({span.begin, span.end});
        if (result.contains("assistant_spans")) {
          EXPECT_EQ(spans, result["assistant_spans"]);
        }
      } catch (const jinja::TemplateError& e) {
        EXPECT_EQ(e.type(), result.value("error", "no error"));
        EXPECT_EQ(e.kind(), ErrorKind::input);
        if (e.type() == "TemplateError") {
          EXPECT_EQ(e.message(), result.at("message").get<std::string>());
        }
      }
    }
  }
  EXPECT_EQ(count, 338);
}

TEST(ChatTemplate, SpansCountCodePointsAndBytes) {
  const auto t = ChatTemplate::compile(
      "{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}{% generation %}{{ m.content }}"
      "{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}");
  ChatRequest request;
  request.messages = {{"user", "안녕"}, {"assistant", "é😀!"}};
  const RenderedChat chat = t->render(request);
  ASSERT_EQ(chat.assistant_spans.size(), 1u);
  const AssistantSpan& span = chat.assistant_spans[0];
  EXPECT_EQ(chat.text.substr(span.byte_begin, span.byte_end - span.byte_begin), "é😀!");
  EXPECT_EQ(span.end - span.begin, 3u);
  EXPECT_EQ(span.begin, std::string("[user]").size() + 2 + std::string("[assistant]").size());
}

TEST(ChatTemplate, PlainMessagesEqualTheirJson) {
  const auto t = ChatTemplate::compile("{{ messages|tojson }}{{ tools is none }}{{ documents is none }}");
  ChatRequest plain, json;
  plain.messages = {{"user", "a\"b\n"}};
  json.messages_json = R"([{"role": "user", "content": "a\"b\n"}])";
  EXPECT_EQ(t->render(plain).text, t->render(json).text);
  EXPECT_EQ(t->render(plain).text, R"([{"role": "user", "content": "a\"b\n"}]TrueTrue)");
}

TEST(ChatTemplate, ReasoningIsFoundUnderEveryName) {
  const auto t = ChatTemplate::compile("{{ messages[0].reasoning_content }}|{{ messages[0].thinking }}");
  for (const char* name : {"reasoning_content", "thinking", "reasoning"}) {
    ChatRequest request;
    request.messages_json = std::string(R"([{"role": "assistant", ")") + name + R"(": "hm"}])";
    EXPECT_EQ(t->render(request).text, "hm|hm") << name;
  }
}

TEST(ChatTemplate, RaiseExceptionGivesExactlyItsMessage) {
  const auto t = ChatTemplate::compile("line\n  {{ raise_exception('Roles must alternate!') }}", "model.gguf");
  try {
    t->render({});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::input);
    EXPECT_EQ(e.message(), "Roles must alternate!");
    EXPECT_EQ(e.context(), "model.gguf:2:21");
  }
}

TEST(ChatTemplate, BadJsonSaysWhichPart) {
  const auto t = ChatTemplate::compile("x");
  const auto context = [&](const ChatRequest& request) {
    try {
      t->render(request);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::format);
      return e.context();
    }
    return std::string("no error");
  };
  EXPECT_EQ(context({.messages_json = "[{]"}), "messages, byte 3");
  EXPECT_EQ(context({.messages_json = "{}"}), "messages");
  EXPECT_EQ(context({.messages_json = "[1]"}), "messages");
  EXPECT_EQ(context({.tools_json = "{}"}), "tools");
  EXPECT_EQ(context({.variables_json = "[]"}), "variables");
  EXPECT_EQ(context({.messages_json = "[]\x80"}), "messages, byte 3");
}

TEST(ChatTemplate, OneTemplateServesManyThreads) {
  const ordered_json all = cases();
  const auto& entry = all.at("templates").at("features");
  const auto compiled = ChatTemplate::compile(entry.at("source"));
  const ChatRequest request = request_of(all.at("conversations")[0], entry, true);
  const std::string expected = compiled->render(request).text;
  std::vector<std::thread> threads;
  std::vector<std::string> texts(4);
  for (auto& text : texts)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) text = compiled->render(request).text;
    });
  for (auto& thread : threads) thread.join();
  for (const auto& text : texts) EXPECT_EQ(text, expected);
}
