// SPDX-License-Identifier: Apache-2.0
// The chat templates and special tokens that come with a checkpoint: GGUF metadata, or chat_template.jinja,
// additional_chat_templates/ and tokenizer_config.json of a Hugging Face folder.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/api.h"
#include "engine/io/weight_source.h"

namespace vitrine {

struct VT_API NamedTemplate {
  std::string name;    ///< "default", or what the checkpoint calls it ("tool_use", "rag")
  std::string source;  ///< the Jinja text
  std::string origin;  ///< where it was found, for messages: "model.gguf: tokenizer.chat_template"
};

/// All templates, the default one first; empty when there is none. A folder need not hold weights.
/// Throws Error (io, format) when the checkpoint cannot be read.
VT_API std::vector<NamedTemplate> find_chat_templates(const std::filesystem::path& path);
VT_API std::vector<NamedTemplate> find_chat_templates(const WeightSource& source);

/// The special tokens a template may ask for, by variable name: {"bos_token", "<s>"}, ... Absent ones are left out.
VT_API std::vector<std::pair<std::string, std::string>> find_special_tokens(const std::filesystem::path& path);
VT_API std::vector<std::pair<std::string, std::string>> find_special_tokens(const WeightSource& source);

}  // namespace vitrine
