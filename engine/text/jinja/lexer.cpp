// SPDX-License-Identifier: Apache-2.0
// Lexer with trim_blocks and lstrip_blocks on and keep_trailing_newline off. Rules: jinja2 3.1, lexer.py.
#include <cctype>

#include "engine/text/jinja/string_literal.h"
#include "engine/text/jinja/token.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {

struct Operator {
  std::string_view text;
  TokenType type;
};
constexpr Operator kOperators[] = {  // longest first
    {"**", TokenType::pow},     {"//", TokenType::floor_div}, {"==", TokenType::eq},    {"!=", TokenType::ne},
    {">=", TokenType::ge},      {"<=", TokenType::le},        {"+", TokenType::add},    {"-", TokenType::sub},
    {"/", TokenType::div},      {"*", TokenType::mul},        {"%", TokenType::mod},    {"~", TokenType::tilde},
    {"[", TokenType::lbracket}, {"]", TokenType::rbracket},   {"(", TokenType::lparen}, {")", TokenType::rparen},
    {"{", TokenType::lbrace},   {"}", TokenType::rbrace},     {">", TokenType::gt},     {"<", TokenType::lt},
    {"=", TokenType::assign},   {".", TokenType::dot},        {":", TokenType::colon},  {"|", TokenType::pipe},
    {",", TokenType::comma},    {";", TokenType::semicolon}};

class Lexer {
 public:
  explicit Lexer(const std::string& source) : source_(source) {}
  std::vector<Token> run() {
    while (at_ < source_.size()) root();
    push(TokenType::eof, source_.size());
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void fail(std::string message, size_t at) const { throw SyntaxFault{std::move(message), at}; }
  bool here(std::string_view text, size_t at) const { return source_.compare(at, text.size(), text) == 0; }
  Token& push(TokenType type, size_t at) {
    tokens_.push_back({.type = type, .at = static_cast<uint32_t>(at)});
    return tokens_.back();
  }
  size_t skip_space(size_t at) const {
    while (at < source_.size()) {
      size_t next = at;
      if (!is_space(next_code_point(source_, next))) break;
      at = next;
    }
    return at;
  }
  /// Moves to `at` and remembers whether a line starts there.
  void advance(size_t at) {
    if (at > at_) line_starting_ = source_[at - 1] == '\n';
    at_ = at;
  }
  void data(size_t from, size_t to, char sign, bool variable);
  void root();
  bool raw(size_t tag);
  void comment(size_t tag);
  void inside(TokenType end_type);
  bool end_of_tag(TokenType end_type);
  void name();
  void number();
  void string();
  void operation();

  const std::string& source_;
  std::vector<Token> tokens_;
  std::string open_;  // closing brackets that are due
  size_t at_ = 0;
  bool line_starting_ = true;
};

/// Emits the text before a tag, stripped as its sign and lstrip_blocks ask.
void Lexer::data(size_t from, size_t to, char sign, bool variable) {
  std::string_view text = std::string_view(source_).substr(from, to - from);
  if (sign == '-') {
    text = trim_right(text);
  } else if (sign != '+' && !variable) {
    const size_t newline = text.rfind('\n');
    const size_t line = newline == std::string_view::npos ? 0 : newline + 1;
    if ((line > 0 || line_starting_) && line < text.size() && trim_left(text.substr(line)).empty())
      text = text.substr(0, line);
  }
  if (!text.empty()) push(TokenType::data, from).text = text;
}

char sign_at(const std::string& source, size_t at) {
  return at < source.size() && (source[at] == '-' || source[at] == '+') ? source[at] : '\0';
}

/// Text up to the next tag, then the tag.
void Lexer::root() {
  size_t tag = at_;
  for (;; ++tag) {
    tag = source_.find('{', tag);
    if (tag == std::string::npos) {
      push(TokenType::data, at_).text = source_.substr(at_);
      at_ = source_.size();
      return;
    }
    if (here("{%", tag) || here("{{", tag) || here("{#", tag)) break;
  }
  if (here("{%", tag) && raw(tag)) return;
  const char sign = sign_at(source_, tag + 2);
  const bool variable = here("{{", tag), is_comment = here("{#", tag);
  data(at_, tag, sign, variable);
  advance(tag + 2 + (sign != '\0' ? 1 : 0));
  if (is_comment) return comment(tag);
  push(variable ? TokenType::variable_begin : TokenType::block_begin, tag);
  inside(variable ? TokenType::variable_end : TokenType::block_end);
}

/// {% raw %} ... {% endraw %}; false when the tag at `tag` is another one.
bool Lexer::raw(size_t tag) {
  const char sign = sign_at(source_, tag + 2);
  size_t at = skip_space(tag + 2 + (sign != '\0' ? 1 : 0));
  if (!here("raw", at)) return false;
  at = skip_space(at + 3);
  if (here("-%}", at))
    at = skip_space(at + 3);
  else if (here("%}", at))
    at += 2;
  else
    return false;
  data(at_, tag, sign, false);
  advance(at);
  for (size_t end = source_.find("{%", at); end != std::string::npos; end = source_.find("{%", end + 1)) {
    const char end_sign = sign_at(source_, end + 2);
    size_t close = skip_space(end + 2 + (end_sign != '\0' ? 1 : 0));
    if (!here("endraw", close)) continue;
    close = skip_space(close + 6);
    size_t after = 0;
    if (here("+%}", close)) after = close + 3;
    if (here("-%}", close)) after = skip_space(close + 3);
    if (here("%}", close)) after = close + 2 + (here("\n", close + 2) ? 1 : 0);
    if (after == 0) continue;
    data(at, end, end_sign, false);
    advance(after);
    return true;
  }
  fail("Missing end of raw directive", tag);
}

void Lexer::comment(size_t tag) {
  const size_t end = source_.find("#}", at_);
  if (end == std::string::npos) fail("Missing end of comment tag", tag);
  const char sign = end > at_ ? source_[end - 1] : '\0';
  if (sign == '-') return advance(skip_space(end + 2));
  advance(end + 2 + (sign != '+' && here("\n", end + 2) ? 1 : 0));
}

bool Lexer::end_of_tag(TokenType end_type) {
  if (!open_.empty()) return false;
  const bool block = end_type == TokenType::block_end;
  const std::string_view close = block ? "%}" : "}}";
  size_t after = 0;
  if (source_[at_] == '-' && here(close, at_ + 1)) {
    after = skip_space(at_ + 3);
  } else if (block && source_[at_] == '+' && here(close, at_ + 1)) {
    after = at_ + 3;
  } else if (here(close, at_)) {
    after = at_ + 2 + (block && here("\n", at_ + 2) ? 1 : 0);
  } else {
    return false;
  }
  push(end_type, at_);
  advance(after);
  return true;
}

void Lexer::inside(TokenType end_type) {
  open_.clear();
  for (;;) {
    const size_t start = skip_space(at_);
    if (start > at_) {
      // The end of a tag is looked for before white space, so "  -%}" is found one turn later.
      advance(start);
      continue;
    }
    if (at_ >= source_.size()) return;
    if (end_of_tag(end_type)) return;
    const auto c = static_cast<unsigned char>(source_[at_]);
    size_t next = at_;
    const char32_t point = next_code_point(source_, next);
    if (std::isdigit(c) != 0)
      number();
    else if (is_word(point) || (point >= 0x80 && is_identifier(source_.substr(at_, next - at_))))
      name();
    else if (c == '\'' || c == '"')
      string();
    else
      operation();
  }
}

void Lexer::name() {
  const size_t start = at_;
  while (at_ < source_.size()) {
    size_t next = at_;
    const char32_t c = next_code_point(source_, next);
    if (!is_word(c) && !(c >= 0x80 && is_identifier("_" + source_.substr(at_, next - at_)))) break;
    at_ = next;
  }
  std::string text = source_.substr(start, at_ - start);
  if (!is_identifier(text)) fail("Invalid character in identifier", start);
  push(TokenType::name, start).text = std::move(text);
}

void Lexer::number() {
  const size_t start = at_;
  const NumberLiteral literal = read_number(source_, at_, start > 0 && source_[start - 1] == '.');
  if (literal.problem != nullptr) fail(literal.problem, start);
  at_ = literal.end;
  push(literal.value.is(Kind::real) ? TokenType::real : TokenType::integer, start).number = literal.value;
}

void Lexer::string() {
  const char quote = source_[at_];
  size_t end = at_ + 1;
  while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
  if (end >= source_.size()) fail(std::string("unexpected char ") + (quote == '"' ? "'\"'" : "\"'\""), at_);
  std::string text;
  const size_t bad = unescape_literal(std::string_view(source_).substr(at_ + 1, end - at_ - 1), text);
  if (bad != std::string::npos) fail("invalid escape sequence in string", at_ + 1 + bad);
  push(TokenType::string, at_).text = std::move(text);
  at_ = end + 1;
}

void Lexer::operation() {
  for (const Operator& op : kOperators) {
    if (!here(op.text, at_)) continue;
    const char c = op.text[0];
    if (c == '{' || c == '(' || c == '[') {
      open_ += c == '{' ? '}' : c == '(' ? ')' : ']';
    } else if (c == '}' || c == ')' || c == ']') {
      if (open_.empty()) fail(std::string("unexpected '") + c + "'", at_);
      if (open_.back() != c) fail(std::string("unexpected '") + c + "', expected '" + open_.back() + "'", at_);
      open_.pop_back();
    }
    push(op.type, at_);
    at_ += op.text.size();
    return;
  }
  size_t next = at_;
  next_code_point(source_, next);
  fail("unexpected char '" + source_.substr(at_, next - at_) + "'", at_);
}

}  // namespace

std::string normalize_source(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      out += source[i];
      continue;
    }
    out += '\n';
    if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
  }
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

std::vector<Token> tokenize(const std::string& source) { return Lexer(source).run(); }

std::string_view describe(TokenType type) {
  switch (type) {
    case TokenType::data:
      return "template data / text";
    case TokenType::variable_begin:
      return "begin of print statement";
    case TokenType::variable_end:
      return "end of print statement";
    case TokenType::block_begin:
      return "begin of statement block";
    case TokenType::block_end:
      return "end of statement block";
    case TokenType::name:
      return "name";
    case TokenType::string:
      return "string";
    case TokenType::integer:
      return "integer";
    case TokenType::real:
      return "float";
    case TokenType::eof:
      return "end of template";
    default:
      break;
  }
  for (const Operator& op : kOperators)
    if (op.type == type) return op.text;
  return "token";
}

std::string describe(const Token& token) {
  return token.type == TokenType::name ? token.text : std::string(describe(token.type));
}

}  // namespace vitrine::jinja
