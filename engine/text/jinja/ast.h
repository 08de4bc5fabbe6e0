// SPDX-License-Identifier: Apache-2.0
// Statements of the syntax tree, and the tree as a whole; nothing changes after compilation.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/text/jinja/expr.h"

namespace vitrine::jinja {

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
