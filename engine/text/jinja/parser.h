// SPDX-License-Identifier: Apache-2.0
// Recursive-descent parser with jinja2's grammar, the loop controls and the generation tag.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/text/jinja/ast.h"
#include "engine/text/jinja/token.h"

namespace vitrine::jinja {

inline constexpr int kMaxExpressionHeight = 400;

class Parser {
 public:
  Parser(std::vector<Token> tokens, int max_nesting) : tokens_(std::move(tokens)), max_nesting_(max_nesting) {}
  /// Throws SyntaxFault.
  Tree parse();

 private:
  // Token stream (parser.cpp).
  const Token& current() const { return tokens_[next_]; }
  const Token& look() const { return tokens_[next_ + 1 < tokens_.size() ? next_ + 1 : next_]; }
  const Token& take() { return tokens_[next_ + 1 < tokens_.size() ? next_++ : next_]; }
  bool at(TokenType type) const { return current().type == type; }
  bool at_name(std::string_view name) const { return at(TokenType::name) && current().text == name; }
  bool skip(TokenType type);
  bool skip_name(std::string_view name);
  const Token& expect(TokenType type);
  const Token& expect_name(std::string_view name);
  [[noreturn]] void fail(std::string message) const { fail_at(std::move(message), current().at); }
  [[noreturn]] static void fail_at(std::string message, size_t at) { throw SyntaxFault{std::move(message), at}; }
  [[noreturn]] void fail_tag(const std::string* unknown) const;

  // Statements (parser.cpp).
  using Names = std::vector<std::string_view>;
  Body subparse(const Names* end_tags);
  Body statements(const Names& end_tags, bool drop);
  StmtPtr statement();
  StmtPtr statement_named(const std::string& tag);
  StmtPtr parse_for();
  StmtPtr parse_if();
  StmtPtr parse_set();
  StmtPtr parse_with();
  StmtPtr parse_macro();
  StmtPtr parse_call();
  StmtPtr parse_filter_block();
  StmtPtr parse_block();
  StmtPtr parse_print();
  StmtPtr parse_generation();
  StmtPtr parse_autoescape();
  StmtPtr parse_template_ref(const std::string& tag);
  void parse_context_clause();
  void parse_signature(MacroDefinition& macro);

  // Expressions (expression_parser.cpp).
  enum class End : uint8_t { none, in, recursive };
  ExprPtr expression(bool with_condition = true);
  ExprPtr condition();
  ExprPtr logical_or();
  ExprPtr logical_and();
  ExprPtr logical_not();
  ExprPtr comparison();
  ExprPtr sum();
  ExprPtr concatenation();
  ExprPtr product();
  ExprPtr power();
  ExprPtr unary(bool with_filter = true);
  ExprPtr primary(bool with_namespace = false);
  ExprPtr tuple(bool simplified = false, bool with_condition = true, End end = End::none, bool parentheses = false,
                bool with_namespace = false);
  ExprPtr list();
  ExprPtr dict();
  ExprPtr postfix(ExprPtr node);
  ExprPtr filters_and_tests(ExprPtr node);
  ExprPtr subscript(ExprPtr node);
  ExprPtr subscript_part(ExprPtr& of);
  ArgumentList call_arguments();
  ExprPtr call(ExprPtr callee);
  ExprPtr filter(ExprPtr subject, bool start_inline = false);
  ExprPtr test(ExprPtr subject);
  std::string dotted_name();
  bool tuple_end(End end) const;
  ExprPtr assign_target(End end = End::none, bool with_namespace = false);
  std::unique_ptr<Name> name_target();

  class Nest;
  std::vector<Token> tokens_;
  size_t next_ = 0;
  int max_nesting_, nesting_ = 0;
  std::vector<std::string> tags_;       // open tags, innermost last
  std::vector<const Names*> end_tags_;  // what each of them waits for
};

/// Counts nested brackets and blocks.
class Parser::Nest {
 public:
  explicit Nest(Parser& parser) : parser_(parser) {
    if (++parser_.nesting_ > parser_.max_nesting_) {
      --parser_.nesting_;
      parser_.fail("the template is nested too deeply");
    }
  }
  ~Nest() { --parser_.nesting_; }
  Nest(const Nest&) = delete;
  Nest& operator=(const Nest&) = delete;

 private:
  Parser& parser_;
};

/// Keeps `parent.height` above its child's. Throws SyntaxFault when the expression gets too high.
void raise_height(Expr& parent, const Expr* child);

}  // namespace vitrine::jinja
