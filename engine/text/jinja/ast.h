// SPDX-License-Identifier: Apache-2.0
// The syntax tree of a template. Names carry the slot that scope.cpp gave them; nothing changes after compilation.
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

/// What a frame does on entry: slots that take a value from the context, from an outer variable, or none.
struct Load {
  enum class From : uint8_t { context, variable, nothing };
  From from = From::nothing;
  uint32_t slot = 0;
  Ref source = {};
  std::string name = {};
};
struct Frame {
  std::vector<Load> enter;
  std::vector<uint32_t> leave;
};

struct Stmt {
  enum class Type : uint8_t {
    output,
    for_loop,
    condition,
    macro,
    call_block,
    filter_block,
    with,
    assign,
    assign_block,
    block,
    template_ref,
    loop_break,
    loop_continue,
    generation,
    autoescape,
  };
  Stmt(Type t, uint32_t p) : type(t), at(p) {}
  virtual ~Stmt() = default;
  Type type;
  uint32_t at;
};
using StmtPtr = std::unique_ptr<Stmt>;
using Body = std::vector<StmtPtr>;

struct Output : Stmt {
  explicit Output(uint32_t p) : Stmt(Type::output, p) {}
  Exprs parts;
};
struct For : Stmt {
  explicit For(uint32_t p) : Stmt(Type::for_loop, p) {}
  ExprPtr target, iterable, test, test_target;  ///< test_target: the target again, in the scope of the test
  Body body, otherwise;
  bool recursive = false, extended = false, has_else = false;
  Frame frame, else_frame, test_frame;
  Ref loop;                            ///< of the variable `loop` in an extended loop
  uint32_t slots = 0, test_slots = 0;  ///< of the recursive function and of the test's generator
};
struct If : Stmt {
  explicit If(uint32_t p) : Stmt(Type::condition, p) {}
  struct Branch {
    ExprPtr test;
    Body body;
  };
  std::vector<Branch> branches;
  Body otherwise;
};
/// A macro, or the body of a call or generation block (then without name).
struct MacroDefinition : Stmt {
  MacroDefinition(Type t, uint32_t p) : Stmt(t, p) {}
  std::string name;
  std::vector<std::unique_ptr<Name>> parameters;
  Exprs defaults;  ///< of the last parameters
  Body body;
  Ref target;  ///< the variable that holds the macro
  bool top_level = false;
  bool uses_caller = false, uses_kwargs = false, uses_varargs = false, explicit_caller = false;
  uint32_t caller_slot = 0, kwargs_slot = 0, varargs_slot = 0, slots = 0;
  Frame frame;
};
struct CallBlock : MacroDefinition {
  explicit CallBlock(uint32_t p) : MacroDefinition(Type::call_block, p) {}
  ExprPtr call;  ///< a Call
};
struct FilterBlock : Stmt {
  explicit FilterBlock(uint32_t p) : Stmt(Type::filter_block, p) {}
  ExprPtr filter;
  Body body;
  Frame frame;
};
struct With : Stmt {
  explicit With(uint32_t p) : Stmt(Type::with, p) {}
  std::vector<std::pair<ExprPtr, ExprPtr>> variables;
  Body body;
  Frame frame;
};
struct Assign : Stmt {
  explicit Assign(uint32_t p) : Stmt(Type::assign, p) {}
  ExprPtr target, value;
  std::vector<std::pair<std::string, Ref>> exported;  ///< names that become visible to blocks
};
struct AssignBlock : Stmt {
  explicit AssignBlock(uint32_t p) : Stmt(Type::assign_block, p) {}
  ExprPtr target, filter;  ///< filter may be null
  Body body;
  Frame frame;
  std::vector<std::pair<std::string, Ref>> exported;
};
struct Block : Stmt {
  explicit Block(uint32_t p) : Stmt(Type::block, p) {}
  std::string name;
  bool scoped = false, required = false;
  Body body;
  Frame frame;
  uint32_t slots = 0;
  std::vector<std::pair<std::string, Ref>> visible;  ///< of a scoped block: the variables around it
};
/// extends, include, import, from: there are no other templates, so these end in an error when they run.
struct TemplateRef : Stmt {
  explicit TemplateRef(uint32_t p) : Stmt(Type::template_ref, p) {}
  std::string tag;
  ExprPtr which;
  bool ignore_missing = false;
  std::vector<std::pair<std::string, Ref>> targets;
};
struct Scope : Stmt {  ///< autoescape
  explicit Scope(uint32_t p) : Stmt(Type::autoescape, p) {}
  ExprPtr option;
  Body body;
  Frame frame;
};

struct Tree {
  Body body;
  Frame frame;
  uint32_t slots = 0;
  std::vector<Block*> blocks;
  bool uses_self = false;
  uint32_t self_slot = 0;
};

}  // namespace vitrine::jinja
