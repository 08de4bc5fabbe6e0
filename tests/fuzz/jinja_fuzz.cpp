// SPDX-License-Identifier: Apache-2.0
// Any bytes as a template: compiled and rendered under tight limits; only vitrine::Error may come out.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/core/error.h"
#include "engine/text/jinja/json.h"
#include "engine/text/jinja/template.h"

static const char kVariables[] =
    R"({"messages": [{"role": "system", "content": "Be kind"}, {"role": "user", "content": "안녕 😀 <b>"},
    {"role": "assistant", "content": null, "tool_calls": [{"type": "function", "function": {"name": "f", "arguments":
    {"x": 1.5, "y": [1, 2, 3]}}}]}, {"role": "tool", "content": "42"}], "tools": [{"type": "function", "function":
    {"name": "f", "parameters": {"type": "object", "properties": {"x": {"type": "number"}}}}}], "documents": null,
    "add_generation_prompt": true, "bos_token": "<s>", "eos_token": "</s>", "n": null, "i": 7, "s": "Hello, World"})";

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vitrine;
  static const jinja::Value variables = jinja::from_json(kVariables, "variables");
  const jinja::Limits limits = {.steps = 20'000,
                                .live_bytes = 4 << 20,
                                .output_bytes = 1 << 20,
                                .range_items = 1000,
                                .calls = 30,
                                .nesting = 40,
                                .stack_bytes = 2 << 20};
  try {
    const auto compiled =
        jinja::Template::compile(std::string(reinterpret_cast<const char*>(data), size), "fuzz", limits);
    (void)compiled->render(variables, {2024, 7, 26, 12, 34, 56, 0}, limits);
  } catch (const Error&) {
    // what a bad template gives
  }
  return 0;
}
