// SPDX-License-Identifier: Apache-2.0
// Expressions, in jinja2's order of precedence (parser.py): if-else, or, and, not, comparison, + -, ~, * / // %, **,
// unary, postfix, filters and tests.
#include "engine/text/jinja/build_node.h"
#include "engine/text/jinja/parser.h"

namespace vitrine::jinja {

void raise_height(Expr& parent, const Expr* child) {
  if (child == nullptr || parent.height > child->height) return;
  parent.height = child->height + 1;
  if (parent.height > kMaxExpressionHeight) throw SyntaxFault{"the expression is too long", parent.at};
}

ExprPtr Parser::expression(bool with_condition) {
  const Nest nest(*this);
  return with_condition ? condition() : logical_or();
}

ExprPtr Parser::condition() {
  ExprPtr left = logical_or();
  while (at_name("if")) {
    const uint32_t at = take().at;
    ExprPtr test = logical_or();
    ExprPtr otherwise;
    if (skip_name("else")) {
      const Nest nest(*this);
      otherwise = condition();
    }
    left = build<Conditional>({test.get(), left.get(), otherwise.get()}, std::move(test), std::move(left),
                              std::move(otherwise), at);
  }
  return left;
}

ExprPtr Parser::logical_or() {
  ExprPtr left = logical_and();
  while (at_name("or")) {
    const uint32_t at = take().at;
    ExprPtr right = logical_and();
    left = build<Binary>({left.get(), right.get()}, Expr::Type::logical_or, Arithmetic::add, std::move(left),
                         std::move(right), at);
  }
  return left;
}

ExprPtr Parser::logical_and() {
  ExprPtr left = logical_not();
  while (at_name("and")) {
    const uint32_t at = take().at;
    ExprPtr right = logical_not();
    left = build<Binary>({left.get(), right.get()}, Expr::Type::logical_and, Arithmetic::add, std::move(left),
                         std::move(right), at);
  }
  return left;
}

ExprPtr Parser::logical_not() {
  if (!at_name("not")) return comparison();
  const Nest nest(*this);
  const uint32_t at = take().at;
  ExprPtr operand = logical_not();
  return build<Unary>({operand.get()}, Expr::Type::logical_not, std::move(operand), at);
}

static std::optional<Comparison> comparison_of(TokenType type) {
  switch (type) {
    case TokenType::eq:
      return Comparison::eq;
    case TokenType::ne:
      return Comparison::ne;
    case TokenType::lt:
      return Comparison::lt;
    case TokenType::le:
      return Comparison::le;
    case TokenType::gt:
      return Comparison::gt;
    case TokenType::ge:
      return Comparison::ge;
    default:
      return std::nullopt;
  }
}

ExprPtr Parser::comparison() {
  ExprPtr first = sum();
  std::unique_ptr<Compare> node;
  for (;;) {
    std::optional<Comparison> op = comparison_of(current().type);
    size_t tokens = 1;
    if (!op && at_name("in")) op = Comparison::in;
    if (!op && at_name("not") && look().type == TokenType::name && look().text == "in") {
      op = Comparison::not_in;
      tokens = 2;
    }
    if (!op) break;
    if (node == nullptr) {
      const uint32_t at = current().at;
      const Expr* child = first.get();
      node = std::make_unique<Compare>(std::move(first), at);
      raise_height(*node, child);
    }
    for (; tokens > 0; --tokens) take();
    node->rest.emplace_back(*op, sum());
    raise_height(*node, node->rest.back().second.get());
  }
  if (node != nullptr) return node;
  return first;
}

ExprPtr Parser::sum() {
  ExprPtr left = concatenation();
  while (at(TokenType::add) || at(TokenType::sub)) {
    const Arithmetic op = at(TokenType::add) ? Arithmetic::add : Arithmetic::sub;
    const uint32_t where = take().at;
    ExprPtr right = concatenation();
    left =
        build<Binary>({left.get(), right.get()}, Expr::Type::arithmetic, op, std::move(left), std::move(right), where);
  }
  return left;
}

ExprPtr Parser::concatenation() {
  ExprPtr first = product();
  if (!at(TokenType::tilde)) return first;
  const uint32_t where = current().at;
  Exprs parts;
  parts.push_back(std::move(first));
  while (skip(TokenType::tilde)) parts.push_back(product());
  auto node = std::make_unique<Items>(Expr::Type::concat, std::move(parts), where);
  for (const ExprPtr& e : node->items) raise_height(*node, e.get());
  return node;
}

ExprPtr Parser::product() {
  ExprPtr left = power();
  for (;;) {
    Arithmetic op = Arithmetic::mul;
    if (at(TokenType::div))
      op = Arithmetic::div;
    else if (at(TokenType::floor_div))
      op = Arithmetic::floor_div;
    else if (at(TokenType::mod))
      op = Arithmetic::mod;
    else if (!at(TokenType::mul))
      return left;
    const uint32_t where = take().at;
    ExprPtr right = power();
    left =
        build<Binary>({left.get(), right.get()}, Expr::Type::arithmetic, op, std::move(left), std::move(right), where);
  }
}

ExprPtr Parser::power() {
  ExprPtr left = unary();
  while (at(TokenType::pow)) {
    const uint32_t where = take().at;
    ExprPtr right = unary();
    left = build<Binary>({left.get(), right.get()}, Expr::Type::arithmetic, Arithmetic::pow, std::move(left),
                         std::move(right), where);
  }
  return left;
}

ExprPtr Parser::unary(bool with_filter) {
  ExprPtr node;
  if (at(TokenType::sub) || at(TokenType::add)) {
    const Nest nest(*this);
    const Expr::Type type = at(TokenType::sub) ? Expr::Type::negate : Expr::Type::positive;
    const uint32_t where = take().at;
    ExprPtr operand = unary(false);
    node = build<Unary>({operand.get()}, type, std::move(operand), where);
  } else {
    node = primary();
  }
  node = postfix(std::move(node));
  return with_filter ? filters_and_tests(std::move(node)) : std::move(node);
}

ExprPtr Parser::primary(bool with_namespace) {
  const Token& token = current();
  const uint32_t where = token.at;
  switch (token.type) {
    case TokenType::name: {
      std::string name = take().text;
      if (name == "true" || name == "True") return std::make_unique<Constant>(Value::boolean(true), where);
      if (name == "false" || name == "False") return std::make_unique<Constant>(Value::boolean(false), where);
      if (name == "none" || name == "None") return std::make_unique<Constant>(Value::none(), where);
      if (with_namespace && skip(TokenType::dot))
        return std::make_unique<NamespaceRef>(std::move(name), expect(TokenType::name).text, where);
      return std::make_unique<Name>(std::move(name), where);
    }
    case TokenType::string: {
      std::string text;
      while (at(TokenType::string)) text += take().text;
      return std::make_unique<Constant>(Value::text(std::move(text)), where);
    }
    case TokenType::integer:
    case TokenType::real:
      return std::make_unique<Constant>(take().number, where);
    case TokenType::lparen: {
      const Nest nest(*this);
      take();
      ExprPtr inner = tuple(false, true, End::none, true);
      expect(TokenType::rparen);
      return inner;
    }
    case TokenType::lbracket:
      return list();
    case TokenType::lbrace:
      return dict();
    default:
      fail("unexpected '" + describe(token) + "'");
  }
}

bool Parser::tuple_end(End end) const {
  if (at(TokenType::variable_end) || at(TokenType::block_end) || at(TokenType::rparen)) return true;
  return (end == End::in && at_name("in")) || (end == End::recursive && at_name("recursive"));
}

ExprPtr Parser::tuple(bool simplified, bool with_condition, End end, bool parentheses, bool with_namespace) {
  const uint32_t where = current().at;
  Exprs items;
  bool is_tuple = false;
  for (;;) {
    if (!items.empty()) expect(TokenType::comma);
    if (tuple_end(end)) break;
    items.push_back(simplified ? primary(with_namespace) : expression(with_condition));
    if (!at(TokenType::comma)) break;
    is_tuple = true;
  }
  if (!is_tuple) {
    if (!items.empty()) return std::move(items[0]);
    if (!parentheses) fail("Expected an expression, got '" + describe(current()) + "'");
  }
  auto node = std::make_unique<Items>(Expr::Type::tuple, std::move(items), where);
  for (const ExprPtr& e : node->items) raise_height(*node, e.get());
  return node;
}

ExprPtr Parser::list() {
  const uint32_t where = expect(TokenType::lbracket).at;
  Exprs items;
  while (!at(TokenType::rbracket)) {
    if (!items.empty()) expect(TokenType::comma);
    if (at(TokenType::rbracket)) break;
    items.push_back(expression());
  }
  expect(TokenType::rbracket);
  auto node = std::make_unique<Items>(Expr::Type::list, std::move(items), where);
  for (const ExprPtr& e : node->items) raise_height(*node, e.get());
  return node;
}

ExprPtr Parser::dict() {
  auto node = std::make_unique<DictLiteral>(expect(TokenType::lbrace).at);
  while (!at(TokenType::rbrace)) {
    if (!node->entries.empty()) expect(TokenType::comma);
    if (at(TokenType::rbrace)) break;
    ExprPtr key = expression();
    expect(TokenType::colon);
    ExprPtr value = expression();
    raise_height(*node, key.get());
    raise_height(*node, value.get());
    node->entries.emplace_back(std::move(key), std::move(value));
  }
  expect(TokenType::rbrace);
  return node;
}

/// Marks names as stored to; anything but names, namespace attributes and tuples of them cannot be assigned.
static void make_target(Expr& target) {
  const auto cannot = [&](const char* what) {
    throw SyntaxFault{std::string("can't assign to '") + what + "'", target.at};
  };
  switch (target.type) {
    case Expr::Type::name:
      static_cast<Name&>(target).use = Use::store;
      return;
    case Expr::Type::namespace_ref:
      return;
    case Expr::Type::tuple:
      for (const ExprPtr& item : static_cast<Items&>(target).items) make_target(*item);
      return;
    case Expr::Type::constant:
      cannot("const");
      return;
    case Expr::Type::list:
      cannot("list");
      return;
    case Expr::Type::dict:
      cannot("dict");
      return;
    default:
      cannot("expression");
  }
}

ExprPtr Parser::assign_target(End end, bool with_namespace) {
  ExprPtr target = tuple(true, true, end, false, with_namespace);
  make_target(*target);
  return target;
}

std::unique_ptr<Name> Parser::name_target() {
  const Token& token = expect(TokenType::name);
  if (token.text == "true" || token.text == "True" || token.text == "false" || token.text == "False" ||
      token.text == "none" || token.text == "None")
    fail_at("can't assign to 'name'", token.at);
  return std::make_unique<Name>(token.text, token.at, Use::store);
}

}  // namespace vitrine::jinja
