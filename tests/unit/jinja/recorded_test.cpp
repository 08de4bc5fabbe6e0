// SPDX-License-Identifier: Apache-2.0
// Templates whose rendering was recorded from jinja2: if one fails, some model's prompt comes out wrong.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/text/jinja/json.h"
#include "engine/text/jinja/template.h"

using namespace vitrine;
using nlohmann::ordered_json;

static const jinja::CivilTime kNow = {2024, 7, 26, 12, 34, 56, 0};

static ordered_json load(const std::string& path) {
  std::ifstream in(path);
  return ordered_json::parse(in);
}

/// The outcome of a rendering in the form of the table.
static ordered_json outcome(const std::string& source, const jinja::Value& variables) {
  try {
    const jinja::Rendering r = jinja::Template::compile(source, "t")->render(variables, kNow);
    ordered_json result = {{"text", r.text}};
    if (!r.spans.empty()) result["spans"] = ordered_json::array();
    for (const jinja::Span& span : r.spans) result["spans"].push_back({span.begin, span.end});
    return result;
  } catch (const jinja::TemplateError& e) {
    ordered_json result = {{"error", e.type()}};
    if (e.type() == "TemplateError") result["message"] = e.message();
    return result;
  }
}

TEST(Recorded, EveryTemplateRendersAsInJinja2) {
  size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(std::string(VITRINE_TEST_DATA) + "/jinja")) {
    if (file.path().extension() != ".json") continue;
    const ordered_json table = load(file.path().string());
    const jinja::Value variables = jinja::from_json(table.at("variables").dump(), "variables");
    for (ordered_json expected : table.at("cases")) {
      const std::string source = expected.at("source");
      expected.erase("source");
      EXPECT_EQ(outcome(source, variables).dump(), expected.dump()) << file.path() << "\n" << source;
      ++count;
    }
  }
  EXPECT_GT(count, 700u);
}
