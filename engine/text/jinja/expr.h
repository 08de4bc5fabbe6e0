// SPDX-License-Identifier: Apache-2.0
// Expressions of the syntax tree. Names carry the slot that resolve.cpp gave them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/value.h"

namespace vitrine::jinja {

/// Where a variable lives: `hops` activations outwards, then a slot.
struct Ref {
  uint16_t hops = 0;
  uint32_t slot = 0;
};

struct Expr {
  enum class Type : uint8_t {
    constant,
    name,
    namespace_ref,
    tuple,
    list,
    dict,
    negate,
    positive,
    logical_not,
    logical_and,
    logical_or,
    arithmetic,
    compare,
    concat,
    conditional,
    attribute,
    item,
    slice,
    call,
    filter,
    test,
  };
  Expr(Type t, uint32_t p) : type(t), at(p) {}
  virtual ~Expr() = default;
  Type type;
  uint32_t at;     ///< byte offset in the source
  int height = 1;  ///< levels below, bounded so that evaluation cannot overflow the stack
};
using ExprPtr = std::unique_ptr<Expr>;
using Exprs = std::vector<ExprPtr>;

struct Constant : Expr {
  Constant(Value v, uint32_t p, bool is_data = false) : Expr(Type::constant, p), value(std::move(v)), data(is_data) {}
  Value value;
  bool data;  ///< text between tags
};
enum class Use : uint8_t { load, store, param };
struct Name : Expr {
  Name(std::string n, uint32_t p, Use u = Use::load) : Expr(Type::name, p), name(std::move(n)), use(u) {}
  std::string name;
  Use use;
  Ref ref;
};
struct NamespaceRef : Expr {
  NamespaceRef(std::string n, std::string a, uint32_t p)
      : Expr(Type::namespace_ref, p), name(std::move(n)), attribute(std::move(a)) {}
  std::string name, attribute;
  Ref ref;
};
/// tuple, list, concat.
struct Items : Expr {
  Items(Type t, Exprs e, uint32_t p) : Expr(t, p), items(std::move(e)) {}
  Exprs items;
};
struct DictLiteral : Expr {
  explicit DictLiteral(uint32_t p) : Expr(Type::dict, p) {}
  std::vector<std::pair<ExprPtr, ExprPtr>> entries;
};
struct Unary : Expr {
  Unary(Type t, ExprPtr e, uint32_t p) : Expr(t, p), operand(std::move(e)) {}
  ExprPtr operand;
};
/// arithmetic, logical_and, logical_or.
struct Binary : Expr {
  Binary(Type t, Arithmetic o, ExprPtr l, ExprPtr r, uint32_t p)
      : Expr(t, p), op(o), left(std::move(l)), right(std::move(r)) {}
  Arithmetic op;
  ExprPtr left, right;
};
struct Compare : Expr {
  Compare(ExprPtr f, uint32_t p) : Expr(Type::compare, p), first(std::move(f)) {}
  ExprPtr first;
  std::vector<std::pair<Comparison, ExprPtr>> rest;
};
struct Conditional : Expr {
  Conditional(ExprPtr c, ExprPtr t, ExprPtr e, uint32_t p)
      : Expr(Type::conditional, p), test(std::move(c)), then(std::move(t)), otherwise(std::move(e)) {}
  ExprPtr test, then, otherwise;  ///< otherwise may be null
};
struct Attribute : Expr {
  Attribute(ExprPtr o, std::string n, uint32_t p) : Expr(Type::attribute, p), of(std::move(o)), name(std::move(n)) {}
  ExprPtr of;
  std::string name;
};
struct Item : Expr {
  Item(ExprPtr o, ExprPtr i, uint32_t p) : Expr(Type::item, p), of(std::move(o)), index(std::move(i)) {}
  ExprPtr of, index;
};
struct Slice : Expr {
  Slice(ExprPtr o, uint32_t p) : Expr(Type::slice, p), of(std::move(o)) {}
  ExprPtr of, start, stop, step;  ///< absent parts are null
};
struct ArgumentList {
  Exprs positional;
  std::vector<std::pair<std::string, ExprPtr>> named;
  ExprPtr star, double_star;
};
struct Call : Expr {
  Call(ExprPtr f, ArgumentList a, uint32_t p) : Expr(Type::call, p), callee(std::move(f)), arguments(std::move(a)) {}
  ExprPtr callee;
  ArgumentList arguments;
};
/// filter, test. In a filter block the subject is null.
struct Applied : Expr {
  Applied(Type t, ExprPtr s, std::string n, ArgumentList a, uint32_t p)
      : Expr(t, p), subject(std::move(s)), name(std::move(n)), arguments(std::move(a)) {}
  ExprPtr subject;
  std::string name;
  ArgumentList arguments;
};

}  // namespace vitrine::jinja
