// SPDX-License-Identifier: Apache-2.0
// Expressions, in jinja2's order of precedence (parser.py): if-else, or, and, not, comparison, + -, ~, * / // %, **,
// unary, postfix, filters and tests.
#include "engine/text/jinja/parser.h"

namespace vitrine::jinja {

void raise_height(Expr& parent, const Expr* child) {
  if (child == nullptr || parent.height > child->height) return;
  parent.height = child->height + 1;
  if (parent.height > kMaxExpressionHeight) throw SyntaxFault{"the expression is too long", parent.at};
}

/// Builds a node whose height is above all its children's.
template <class Node, class... Parts>
static ExprPtr build(std::initializer_list<const Expr*> children, Parts&&... parts) {
  int height = 0;
  for (const Expr* child : children) height = std::max(height, child == nullptr ? 0 : child->height);
  auto node = std::make_unique<Node>(std::forward<Parts>(parts)...);
  node->height = height + 1;
  if (node->height > kMaxExpressionHeight) throw SyntaxFault{"the expression is too long", node->at};
  return node;
}

static void raise_heights(Expr& parent, const ArgumentList& list) {
  for (const ExprPtr& e : list.positional) raise_height(parent, e.get());
  for (const auto& [name, e] : list.named) raise_height(parent, e.get());
  raise_height(parent, list.star.get());
  raise_height(parent, list.double_star.get());
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

ExprPtr Parser::postfix(ExprPtr node) {
  for (;;) {
    if (at(TokenType::dot) || at(TokenType::lbracket))
      node = subscript(std::move(node));
    else if (at(TokenType::lparen))
      node = call(std::move(node));
    else
      return node;
  }
}

ExprPtr Parser::filters_and_tests(ExprPtr node) {
  for (;;) {
    if (at(TokenType::pipe))
      node = filter(std::move(node));
    else if (at_name("is"))
      node = test(std::move(node));
    else if (at(TokenType::lparen))
      node = call(std::move(node));
    else
      return node;
  }
}

ExprPtr Parser::subscript(ExprPtr of) {
  const uint32_t where = current().at;
  if (take().type == TokenType::dot) {
    if (at(TokenType::name)) {
      const Token& name = take();
      return build<Attribute>({of.get()}, std::move(of), name.text, name.at);
    }
    if (!at(TokenType::integer)) fail("expected name or number");
    ExprPtr index = std::make_unique<Constant>(current().number, current().at);
    take();
    return build<Item>({of.get()}, std::move(of), std::move(index), where);
  }
  Exprs parts;
  ExprPtr cut;
  while (!at(TokenType::rbracket)) {
    if (!parts.empty() || cut != nullptr) expect(TokenType::comma);
    if (cut != nullptr) fail("a slice cannot be part of a tuple");
    ExprPtr part = subscript_part(of);
    if (of == nullptr) {
      if (!parts.empty()) fail("a slice cannot be part of a tuple");
      cut = std::move(part);
    } else {
      parts.push_back(std::move(part));
    }
  }
  expect(TokenType::rbracket);
  if (cut != nullptr) return cut;
  ExprPtr index;
  if (parts.size() == 1) {
    index = std::move(parts[0]);
  } else {
    auto items = std::make_unique<Items>(Expr::Type::tuple, std::move(parts), where);
    for (const ExprPtr& e : items->items) raise_height(*items, e.get());
    index = std::move(items);
  }
  return build<Item>({of.get(), index.get()}, std::move(of), std::move(index), where);
}

/// One index, or a slice; the slice takes `of` and leaves it null.
ExprPtr Parser::subscript_part(ExprPtr& of) {
  const uint32_t where = current().at;
  ExprPtr start;
  if (!at(TokenType::colon)) {
    start = expression();
    if (!at(TokenType::colon)) return start;
  }
  take();
  const auto part_follows = [&] { return !at(TokenType::rbracket) && !at(TokenType::comma); };
  auto node = std::make_unique<Slice>(nullptr, where);
  node->start = std::move(start);
  if (!at(TokenType::colon) && part_follows()) node->stop = expression();
  if (skip(TokenType::colon) && part_follows()) node->step = expression();
  node->of = std::move(of);
  for (const Expr* e : {node->of.get(), node->start.get(), node->stop.get(), node->step.get()}) raise_height(*node, e);
  return node;
}

ArgumentList Parser::call_arguments() {
  const Nest nest(*this);
  const uint32_t where = expect(TokenType::lparen).at;
  ArgumentList list;
  const auto ensure = [&](bool ok) {
    if (!ok) fail_at("invalid syntax for function call expression", where);
  };
  bool comma = false;
  while (!at(TokenType::rparen)) {
    if (comma) {
      expect(TokenType::comma);
      if (at(TokenType::rparen)) break;
    }
    comma = true;
    if (skip(TokenType::mul)) {
      ensure(list.star == nullptr && list.double_star == nullptr);
      list.star = expression();
    } else if (skip(TokenType::pow)) {
      ensure(list.double_star == nullptr);
      list.double_star = expression();
    } else if (at(TokenType::name) && look().type == TokenType::assign) {
      ensure(list.double_star == nullptr);
      std::string name = take().text;
      take();
      for (const auto& other : list.named)
        if (other.first == name) fail("keyword argument repeated: " + name);
      list.named.emplace_back(std::move(name), expression());
    } else {
      ensure(list.star == nullptr && list.double_star == nullptr && list.named.empty());
      list.positional.push_back(expression());
    }
  }
  expect(TokenType::rparen);
  return list;
}

ExprPtr Parser::call(ExprPtr callee) {
  const uint32_t where = current().at;
  ArgumentList list = call_arguments();
  auto node = std::make_unique<Call>(std::move(callee), std::move(list), where);
  raise_height(*node, node->callee.get());
  raise_heights(*node, node->arguments);
  return node;
}

std::string Parser::dotted_name() {
  std::string name = expect(TokenType::name).text;
  while (skip(TokenType::dot)) name += "." + expect(TokenType::name).text;
  return name;
}

ExprPtr Parser::filter(ExprPtr subject, bool start_inline) {
  while (at(TokenType::pipe) || start_inline) {
    if (!start_inline) take();
    start_inline = false;
    const uint32_t where = current().at;
    std::string name = dotted_name();
    ArgumentList list;
    if (at(TokenType::lparen)) list = call_arguments();
    auto node =
        std::make_unique<Applied>(Expr::Type::filter, std::move(subject), std::move(name), std::move(list), where);
    raise_height(*node, node->subject.get());
    raise_heights(*node, node->arguments);
    subject = std::move(node);
  }
  return subject;
}

ExprPtr Parser::test(ExprPtr subject) {
  take();
  const bool negated = skip_name("not");
  const uint32_t where = current().at;
  std::string name = dotted_name();
  ArgumentList list;
  if (at(TokenType::lparen)) {
    list = call_arguments();
  } else if ((at(TokenType::name) && !at_name("else") && !at_name("or") && !at_name("and")) || at(TokenType::string) ||
             at(TokenType::integer) || at(TokenType::real) || at(TokenType::lbracket) || at(TokenType::lbrace)) {
    if (at_name("is")) fail("You cannot chain multiple tests with is");
    const Nest nest(*this);
    list.positional.push_back(postfix(primary()));
  }
  auto node = std::make_unique<Applied>(Expr::Type::test, std::move(subject), std::move(name), std::move(list), where);
  raise_height(*node, node->subject.get());
  raise_heights(*node, node->arguments);
  if (!negated) return node;
  const Expr* inner = node.get();
  return build<Unary>({inner}, Expr::Type::logical_not, std::move(node), where);
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
