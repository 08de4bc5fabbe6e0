// SPDX-License-Identifier: Apache-2.0
// Chat templates: the Jinja text that comes with a checkpoint and turns a conversation into the prompt the model was
// trained on. Rendering equals Hugging Face transformers' apply_chat_template(tokenize=False) byte for byte.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/api.h"

namespace vitrine {

struct VT_API ChatMessage {
  std::string role, content;
};

/// A local date and time, for templates that write today's date.
struct VT_API ChatTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

struct VT_API ChatRequest {
  std::vector<ChatMessage> messages = {};  ///< the plain form; ignored when messages_json is given
  std::string messages_json = {};          ///< a JSON list of objects: tool calls, content parts, any further field
  std::string tools_json = {};             ///< a JSON list of tool descriptions; empty: `tools` is none
  std::string documents_json = {};         ///< a JSON list; empty: `documents` is none
  bool add_generation_prompt = false;
  /// Special tokens by variable name (bos_token, eos_token, pad_token, unk_token, ...); absent ones are undefined.
  std::vector<std::pair<std::string, std::string>> special_tokens = {};
  std::string variables_json = {};   ///< a JSON object of further variables, e.g. {"enable_thinking": false}
  std::optional<ChatTime> now = {};  ///< what strftime_now sees; absent: the clock
};

/// Part of the rendered text inside {% generation %} ... {% endgeneration %}: what the assistant wrote.
struct VT_API AssistantSpan {
  size_t begin = 0, end = 0;            ///< in code points
  size_t byte_begin = 0, byte_end = 0;  ///< in bytes of the UTF-8 text
};

struct VT_API RenderedChat {
  std::string text;
  std::vector<AssistantSpan> assistant_spans;
};

/// Compiled once, immutable, usable from several threads.
class VT_API ChatTemplate {
 public:
  /// `name` is used in messages, e.g. the file. Throws jinja::TemplateError (kind format) with line:column.
  static std::shared_ptr<const ChatTemplate> compile(std::string source, std::string name = "chat template");
  virtual ~ChatTemplate() = default;

  /// Throws Error of kind input: with the exact message of the template's raise_exception, or what went wrong at
  /// name:line:column. A template that does not come to an end is stopped within a second. Kind format: bad JSON.
  virtual RenderedChat render(const ChatRequest& request) const = 0;
  virtual const std::string& source() const noexcept = 0;
  virtual const std::string& name() const noexcept = 0;
};

}  // namespace vitrine
