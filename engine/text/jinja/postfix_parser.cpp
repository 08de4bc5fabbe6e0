// SPDX-License-Identifier: Apache-2.0
// What follows a value: attributes, subscripts, slices, calls, filters and tests.
#include "engine/text/jinja/build_node.h"
#include "engine/text/jinja/parser.h"

namespace vitrine::jinja {

static void raise_heights(Expr& parent, const ArgumentList& list) {
  for (const ExprPtr& e : list.positional) raise_height(parent, e.get());
  for (const auto& [name, e] : list.named) raise_height(parent, e.get());
  raise_height(parent, list.star.get());
  raise_height(parent, list.double_star.get());
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

}  // namespace vitrine::jinja
