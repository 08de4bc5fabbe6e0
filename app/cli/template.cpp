// SPDX-License-Identifier: Apache-2.0
// template [MODEL]: the prompt a conversation becomes, byte for byte; or --cases: check recorded renderings.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/template_cases.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/mapped_file.h"
#include "engine/model/template_assets.h"
#include "engine/text/chat_template.h"

namespace vitrine::cli {
namespace {

using nlohmann::ordered_json;
constexpr size_t kLongestFile = size_t(1) << 30;

struct Options {
  std::string model, cases, messages, source, tools, documents, variables, name, now;
  bool generation_prompt = false, json = false, list = false;
};

/// The checkpoint's template: the one named, else "tool_use" when tools are given, else the default.
NamedTemplate choose(const Options& options) {
  const std::vector<NamedTemplate> all = find_chat_templates(options.model);
  if (all.empty())
    throw Error(ErrorKind::input, "the checkpoint has no chat template", "give one with --template", options.model);
  const auto named = [&](const std::string& name) -> const NamedTemplate* {
    for (const NamedTemplate& t : all)
      if (t.name == name) return &t;
    return nullptr;
  };
  if (options.name.empty()) {
    const NamedTemplate* tools = options.tools.empty() ? nullptr : named("tool_use");
    return tools != nullptr ? *tools : all.front();
  }
  if (const NamedTemplate* found = named(options.name)) return *found;
  std::string names;
  for (const NamedTemplate& t : all) names += (names.empty() ? "" : ", ") + t.name;
  throw Error(ErrorKind::input, "no template named '" + options.name + "'", "it has: " + names, options.model);
}

ChatRequest read_request(const Options& options) {
  ChatRequest request;
  request.messages_json = read_text_file(options.messages, kLongestFile);
  if (!options.tools.empty()) request.tools_json = read_text_file(options.tools, kLongestFile);
  if (!options.documents.empty()) request.documents_json = read_text_file(options.documents, kLongestFile);
  request.variables_json = options.variables;
  request.add_generation_prompt = options.generation_prompt;
  if (!options.model.empty()) request.special_tokens = find_special_tokens(options.model);
  if (!options.now.empty()) {
    ChatTime t;
    if (std::sscanf(options.now.c_str(), "%d-%d-%dT%d:%d:%d", &t.year, &t.month, &t.day, &t.hour, &t.minute,
                    &t.second) < 3)
      throw Error(ErrorKind::input, "not a date: " + options.now, "write it as 2024-07-26T12:34:56");
    request.now = t;
  }
  return request;
}

int list_templates(const Options& options) {
  for (const NamedTemplate& t : find_chat_templates(options.model))
    std::printf("%s\t%zu bytes\t%s\n", t.name.c_str(), t.source.size(), t.origin.c_str());
  return kOk;
}

int render(const Options& options) {
  if (!options.cases.empty()) return check_template_cases(options.cases);
  if (options.list && !options.model.empty()) return list_templates(options);
  if (options.messages.empty())
    throw Error(ErrorKind::input, "no conversation given", "use --messages F.json or --cases F.json");
  if (options.model.empty() && options.source.empty())
    throw Error(ErrorKind::input, "no template given", "name a MODEL or use --template F.jinja");
  const NamedTemplate chosen = options.source.empty()
                                   ? choose(options)
                                   : NamedTemplate{"", read_text_file(options.source, kLongestFile), options.source};
  const RenderedChat chat = ChatTemplate::compile(chosen.source, chosen.origin)->render(read_request(options));
  if (!options.json) {
    std::fwrite(chat.text.data(), 1, chat.text.size(), stdout);
    return kOk;
  }
  ordered_json spans = ordered_json::array(), byte_spans = ordered_json::array();
  for (const AssistantSpan& s : chat.assistant_spans) {
    spans.push_back({s.begin, s.end});
    byte_spans.push_back({s.byte_begin, s.byte_end});
  }
  const ordered_json out = {{"template", chosen.origin},
                            {"text", chat.text},
                            {"assistant_spans", spans},
                            {"assistant_byte_spans", byte_spans}};
  std::printf("%s\n", out.dump().c_str());
  return kOk;
}

}  // namespace

void register_template(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("template", "Render a conversation with a chat template");
  command->add_option("model", options->model, "GGUF file or folder whose template is used");
  command->add_option("--messages", options->messages, "JSON list of messages");
  command->add_option("--template", options->source, "Jinja file used instead of the model's template");
  command->add_option("--name", options->name, "which of the model's templates");
  command->add_option("--tools", options->tools, "JSON list of tools");
  command->add_option("--documents", options->documents, "JSON list of documents");
  command->add_option("--vars", options->variables,
                      "JSON object of further variables, e.g. {\"enable_thinking\": false}");
  command->add_option("--now", options->now, "date and time the template sees, e.g. 2024-07-26T12:34:56");
  command->add_option("--cases", options->cases, "check the recorded renderings of a cases_chat.json");
  command->add_flag("--generation-prompt", options->generation_prompt, "end with the start of the assistant's turn");
  command->add_flag("--list", options->list, "list the model's templates");
  command->add_flag("--json", options->json, "print the text and the assistant's spans as JSON");
  command->callback([options, &runner] { runner.run = [options] { return render(*options); }; });
}

}  // namespace vitrine::cli
