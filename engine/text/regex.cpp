// SPDX-License-Identifier: Apache-2.0
#include "engine/text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

namespace {
constexpr size_t kLongestPattern = 64 << 10;
constexpr uint32_t kStepLimit = 2'000'000;  // per match; ordinary patterns need tens

struct Deleter {
  void operator()(pcre2_code* p) const noexcept { pcre2_code_free(p); }
  void operator()(pcre2_match_context* p) const noexcept { pcre2_match_context_free(p); }
  void operator()(pcre2_match_data* p) const noexcept { pcre2_match_data_free(p); }
  void operator()(pcre2_compile_context* p) const noexcept { pcre2_compile_context_free(p); }
  void operator()(pcre2_jit_stack* p) const noexcept { pcre2_jit_stack_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

std::string message_of(int code) {
  PCRE2_UCHAR text[160];
  pcre2_get_error_message(code, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

// One stack and match block per thread, whatever the number of patterns.
pcre2_jit_stack* thread_stack(void*) {
  thread_local Owned<pcre2_jit_stack> stack(pcre2_jit_stack_create(32 << 10, 16 << 20, nullptr));
  return stack.get();
}
}  // namespace

struct Regex::Code {
  Owned<pcre2_code> code;
  Owned<pcre2_match_context> context;
};

Regex::Regex(std::string_view pattern) : pattern_(pattern) {
  const auto place = [&] { return cat("pattern '", pattern.substr(0, 80), pattern.size() > 80 ? "...'" : "'"); };
  if (pattern.size() > kLongestPattern)
    throw Error(ErrorKind::format, cat("the pattern has ", pattern.size(), " bytes"), "shorten it", place());
  const std::string translated = translate_pattern(pattern);
  int error = 0;
  size_t at = 0;
  Owned<pcre2_compile_context> compile(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(compile.get(), PCRE2_NEWLINE_LF);
  pcre2_set_parens_nest_limit(compile.get(), 200);
  auto code = std::make_unique<Code>();
  code->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                                 PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &at,
                                 compile.get()));
  if (!code->code)
    throw Error(ErrorKind::format, cat("the regular expression does not compile: ", message_of(error)),
                "check the pattern in tokenizer.json", place());
  pcre2_jit_compile(code->code.get(), PCRE2_JIT_COMPLETE);  // without it the interpreter does the same, slower
  code->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(code->context.get(), kStepLimit);
  pcre2_set_depth_limit(code->context.get(), 100'000);
  pcre2_set_heap_limit(code->context.get(), 64 << 10);  // KiB
  pcre2_jit_stack_assign(code->context.get(), thread_stack, nullptr);
  code_ = std::move(code);
}

Regex::~Regex() = default;

void Regex::find_all(std::string_view text, std::vector<Match>& out) const {
  const size_t n = text.size();
  Owned<pcre2_match_data> block(pcre2_match_data_create(1, nullptr));
  size_t from = 0, covered = 0, last_match = SIZE_MAX;
  while (from <= n) {
    const int found = pcre2_match(code_->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), n, from,
                                  PCRE2_NO_UTF_CHECK, block.get(), code_->context.get());
    if (found == PCRE2_ERROR_NOMATCH) break;
    if (found < 0)
      throw Error(ErrorKind::input, cat("the pattern cannot be matched against this text: ", message_of(found)),
                  "shorten the text or use another tokenizer", cat("pattern '", pattern_.substr(0, 80), "'"));
    const size_t* range = pcre2_get_ovector_pointer(block.get());
    const size_t begin = range[0], end = range[1];
    if (begin > end || begin < covered) break;  // \K in a look-around
    if (begin == end && end == last_match) {
      if (from >= n) break;
      from += utf8_length(text[from]);
      continue;
    }
    if (begin > covered) out.push_back({uint32_t(covered), uint32_t(begin), false});
    out.push_back({uint32_t(begin), uint32_t(end), true});
    covered = from = last_match = end;
  }
  if (covered < n) out.push_back({uint32_t(covered), uint32_t(n), false});
}

std::string escape_pattern(std::string_view literal) {
  static constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}-&~#";
  std::string out;
  for (const char c : literal) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace vitrine::text
