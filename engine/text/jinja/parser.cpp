// SPDX-License-Identifier: Apache-2.0
// Token stream and statements.
#include "engine/text/jinja/parser.h"

#include <algorithm>

namespace vitrine::jinja {

bool Parser::skip(TokenType type) {
  if (!at(type)) return false;
  take();
  return true;
}

bool Parser::skip_name(std::string_view name) {
  if (!at_name(name)) return false;
  take();
  return true;
}

const Token& Parser::expect(TokenType type) {
  if (at(type)) return take();
  if (at(TokenType::eof)) fail("unexpected end of template, expected '" + std::string(describe(type)) + "'.");
  fail("expected token '" + std::string(describe(type)) + "', got '" + describe(current()) + "'");
}

const Token& Parser::expect_name(std::string_view name) {
  if (at_name(name)) return take();
  if (at(TokenType::eof)) fail("unexpected end of template, expected '" + std::string(name) + "'.");
  fail("expected token '" + std::string(name) + "', got '" + describe(current()) + "'");
}

void Parser::fail_tag(const std::string* unknown) const {
  const auto quoted = [](const Names& names) {
    std::string out;
    for (const std::string_view name : names) out += (out.empty() ? "'" : " or '") + std::string(name) + "'";
    return out;
  };
  std::string message =
      unknown == nullptr ? "Unexpected end of template." : "Encountered unknown tag '" + *unknown + "'.";
  if (!end_tags_.empty()) {
    const bool expected =
        unknown != nullptr && std::any_of(end_tags_.begin(), end_tags_.end(), [&](const Names* names) {
          return std::find(names->begin(), names->end(), *unknown) != names->end();
        });
    message += expected
                   ? " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for "
                   : " Jinja was looking for the following tags: ";
    message += quoted(*end_tags_.back()) + ".";
  }
  if (!tags_.empty()) message += " The innermost block that needs to be closed is '" + tags_.back() + "'.";
  fail(std::move(message));
}

Tree Parser::parse() {
  Tree tree;
  tree.body = subparse(nullptr);
  return tree;
}

Body Parser::subparse(const Names* end_tags) {
  Body body;
  std::unique_ptr<Output> output;
  const auto add = [&](ExprPtr part) {
    if (output == nullptr) output = std::make_unique<Output>(part->at);
    output->parts.push_back(std::move(part));
  };
  const auto flush = [&] {
    if (output != nullptr) body.push_back(std::move(output));
    output = nullptr;
  };
  if (end_tags != nullptr) end_tags_.push_back(end_tags);
  while (!at(TokenType::eof)) {
    const Token& token = current();
    if (token.type == TokenType::data) {
      add(std::make_unique<Constant>(Value::text(token.text), token.at, true));
      take();
    } else if (token.type == TokenType::variable_begin) {
      take();
      add(tuple());
      expect(TokenType::variable_end);
    } else {
      flush();
      expect(TokenType::block_begin);
      if (end_tags != nullptr && at(TokenType::name) &&
          std::find(end_tags->begin(), end_tags->end(), current().text) != end_tags->end()) {
        end_tags_.pop_back();
        return body;
      }
      body.push_back(statement());
      expect(TokenType::block_end);
    }
  }
  flush();
  if (end_tags != nullptr) fail_tag(nullptr);
  return body;
}

Body Parser::statements(const Names& end_tags, bool drop) {
  const Nest nest(*this);
  skip(TokenType::colon);
  expect(TokenType::block_end);
  Body body = subparse(&end_tags);
  if (drop) take();
  return body;
}

StmtPtr Parser::statement() {
  if (!at(TokenType::name)) fail("tag name expected");
  const std::string tag = current().text;
  tags_.push_back(tag);
  StmtPtr parsed = statement_named(tag);
  tags_.pop_back();
  return parsed;
}

StmtPtr Parser::statement_named(const std::string& tag) {
  if (tag == "for") return parse_for();
  if (tag == "if") return parse_if();
  if (tag == "set") return parse_set();
  if (tag == "with") return parse_with();
  if (tag == "macro") return parse_macro();
  if (tag == "call") return parse_call();
  if (tag == "filter") return parse_filter_block();
  if (tag == "block") return parse_block();
  if (tag == "print") return parse_print();
  if (tag == "generation") return parse_generation();
  if (tag == "autoescape") return parse_autoescape();
  if (tag == "extends" || tag == "include" || tag == "import" || tag == "from") return parse_template_ref(tag);
  if (tag == "break" || tag == "continue") {
    const Stmt::Type type = tag == "break" ? Stmt::Type::loop_break : Stmt::Type::loop_continue;
    return std::make_unique<Stmt>(type, take().at);
  }
  tags_.pop_back();
  fail_tag(&tag);
}

StmtPtr Parser::parse_for() {
  static const Names kBody = {"endfor", "else"}, kElse = {"endfor"};
  auto node = std::make_unique<For>(take().at);
  node->target = assign_target(End::in);
  expect_name("in");
  node->iterable = tuple(false, false, End::recursive);
  if (skip_name("if")) node->test = expression();
  node->recursive = skip_name("recursive");
  node->body = statements(kBody, false);
  if (take().text == "else") {
    node->has_else = true;
    node->otherwise = statements(kElse, true);
    node->has_else = !node->otherwise.empty();
  }
  return node;
}

StmtPtr Parser::parse_if() {
  static const Names kBody = {"elif", "else", "endif"}, kElse = {"endif"};
  auto node = std::make_unique<If>(take().at);
  for (;;) {
    If::Branch branch;
    branch.test = tuple(false, false);
    branch.body = statements(kBody, false);
    node->branches.push_back(std::move(branch));
    const std::string& end = take().text;
    if (end == "elif") continue;
    if (end == "else") node->otherwise = statements(kElse, true);
    return node;
  }
}

StmtPtr Parser::parse_set() {
  static const Names kEnd = {"endset"};
  const uint32_t where = take().at;
  ExprPtr target = assign_target(End::none, true);
  if (skip(TokenType::assign)) {
    auto node = std::make_unique<Assign>(where);
    node->target = std::move(target);
    node->value = tuple();
    return node;
  }
  auto node = std::make_unique<AssignBlock>(where);
  node->target = std::move(target);
  node->filter = filter(nullptr);
  node->body = statements(kEnd, true);
  return node;
}

StmtPtr Parser::parse_with() {
  static const Names kEnd = {"endwith"};
  auto node = std::make_unique<With>(take().at);
  while (!at(TokenType::block_end)) {
    if (!node->variables.empty()) expect(TokenType::comma);
    ExprPtr target = assign_target();
    expect(TokenType::assign);
    ExprPtr value = expression();
    node->variables.emplace_back(std::move(target), std::move(value));
  }
  node->body = statements(kEnd, true);
  return node;
}

void Parser::parse_signature(MacroDefinition& macro) {
  expect(TokenType::lparen);
  while (!at(TokenType::rparen)) {
    if (!macro.parameters.empty()) expect(TokenType::comma);
    std::unique_ptr<Name> parameter = name_target();
    parameter->use = Use::param;
    for (const auto& other : macro.parameters)
      if (other->name == parameter->name) fail_at("duplicate argument '" + parameter->name + "'", parameter->at);
    if (skip(TokenType::assign))
      macro.defaults.push_back(expression());
    else if (!macro.defaults.empty())
      fail("non-default argument follows default argument");
    macro.parameters.push_back(std::move(parameter));
  }
  expect(TokenType::rparen);
}

StmtPtr Parser::parse_macro() {
  static const Names kEnd = {"endmacro"};
  auto node = std::make_unique<MacroDefinition>(Stmt::Type::macro, take().at);
  node->name = name_target()->name;
  parse_signature(*node);
  node->body = statements(kEnd, true);
  return node;
}

StmtPtr Parser::parse_call() {
  static const Names kEnd = {"endcall"};
  auto node = std::make_unique<CallBlock>(take().at);
  if (at(TokenType::lparen)) parse_signature(*node);
  node->call = expression();
  if (node->call->type != Expr::Type::call) fail_at("expected call", node->at);
  node->body = statements(kEnd, true);
  return node;
}

StmtPtr Parser::parse_filter_block() {
  static const Names kEnd = {"endfilter"};
  auto node = std::make_unique<FilterBlock>(take().at);
  node->filter = filter(nullptr, true);
  node->body = statements(kEnd, true);
  return node;
}

StmtPtr Parser::parse_block() {
  static const Names kEnd = {"endblock"};
  auto node = std::make_unique<Block>(take().at);
  node->name = expect(TokenType::name).text;
  node->scoped = skip_name("scoped");
  node->required = skip_name("required");
  if (at(TokenType::sub))
    fail(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore "
        "instead.");
  node->body = statements(kEnd, true);
  skip_name(node->name);
  return node;
}

StmtPtr Parser::parse_print() {
  auto node = std::make_unique<Output>(take().at);
  while (!at(TokenType::block_end)) {
    if (!node->parts.empty()) expect(TokenType::comma);
    node->parts.push_back(expression());
  }
  return node;
}

StmtPtr Parser::parse_generation() {
  static const Names kEnd = {"endgeneration"};
  auto node = std::make_unique<MacroDefinition>(Stmt::Type::generation, take().at);
  node->body = statements(kEnd, true);
  return node;
}

StmtPtr Parser::parse_autoescape() {
  static const Names kEnd = {"endautoescape"};
  auto node = std::make_unique<Scope>(take().at);
  node->option = expression();
  node->body = statements(kEnd, true);
  return node;
}

void Parser::parse_context_clause() {
  if ((at_name("with") || at_name("without")) && look().type == TokenType::name && look().text == "context") {
    take();
    take();
  }
}

StmtPtr Parser::parse_template_ref(const std::string& tag) {
  auto node = std::make_unique<TemplateRef>(take().at);
  node->tag = tag;
  node->which = expression();
  if (tag == "include") {
    if (at_name("ignore") && look().type == TokenType::name && look().text == "missing") {
      node->ignore_missing = true;
      take();
      take();
    }
    parse_context_clause();
  } else if (tag == "import") {
    expect_name("as");
    node->targets.emplace_back(name_target()->name, Ref{});
    parse_context_clause();
  } else if (tag == "from") {
    expect_name("import");
    do {
      if (at_name("with") || at_name("without")) break;
      std::string name = name_target()->name;
      if (skip_name("as")) name = name_target()->name;
      node->targets.emplace_back(std::move(name), Ref{});
    } while (skip(TokenType::comma));
    parse_context_clause();
  }
  return node;
}

}  // namespace vitrine::jinja
