// SPDX-License-Identifier: Apache-2.0
// Tokens of a template, as the lexer hands them to the parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

enum class TokenType : uint8_t {
  data,
  variable_begin,
  variable_end,
  block_begin,
  block_end,
  name,
  string,
  integer,
  real,
  add,
  sub,
  div,
  floor_div,
  mul,
  mod,
  pow,
  tilde,
  lbracket,
  rbracket,
  lparen,
  rparen,
  lbrace,
  rbrace,
  eq,
  ne,
  gt,
  ge,
  lt,
  le,
  assign,
  dot,
  colon,
  pipe,
  comma,
  semicolon,
  eof,
};

struct Token {
  TokenType type = TokenType::eof;
  uint32_t at = 0;        ///< byte offset in the normalized source
  std::string text = {};  ///< name, data or unescaped string
  Value number = {};      ///< integer or real
};

/// As jinja2's messages name it: "begin of statement block", "end of template", "]".
std::string_view describe(TokenType type);
std::string describe(const Token& token);

struct SyntaxFault {
  std::string message;
  size_t at = 0;
};

/// Turns \r\n and \r into \n and drops one newline at the end.
std::string normalize_source(std::string_view source);
/// Splits a normalized source. Throws SyntaxFault.
std::vector<Token> tokenize(const std::string& source);

}  // namespace vitrine::jinja
