// SPDX-License-Identifier: Apache-2.0
// Which variable a name means. jinja2 decides this before the template runs (idtracking.py): a name that a frame
// assigns anywhere is its own variable, which starts as a copy of the outer one. Variables live in the activation of a
// function: the template, a macro, a call body, a recursive loop, the test of a loop.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/text/jinja/ast.h"

namespace vitrine::jinja {

/// Slots of one function's activation.
struct FunctionScope {
  FunctionScope* parent = nullptr;
  int depth = 0;
  std::map<std::string, uint32_t> slots = {};
  uint32_t slot(const std::string& identifier);
};

struct Variable {
  FunctionScope* function = nullptr;
  uint32_t slot = 0;
};

class Symbols {
 public:
  Symbols(Symbols* parent, FunctionScope& function)
      : parent_(parent), level_(parent == nullptr ? 0 : parent->level_ + 1), function_(&function) {}

  // What a frame does with a name, in the order of the source.
  void load(const std::string& name);
  void store(const std::string& name);
  Variable declare_parameter(const std::string& name);
  void collect(const Expr& expr, bool store_as_parameter = false);
  void collect(const Stmt& stmt);
  void collect(const Body& body);

  std::optional<Variable> find(const std::string& name) const;
  /// Slots to fill on entry and to empty on exit, seen from this frame's function.
  Frame frame(bool with_leave) const;
  FunctionScope& function() const { return *function_; }
  /// All names that this frame and the ones around it assign.
  std::set<std::string> assigned() const;

 private:
  struct Entry {
    enum class From : uint8_t { parameter, context, alias, nothing } from = From::nothing;
    uint32_t slot = 0;
    std::string name = {};
    Variable source = {};
  };
  Variable define(const std::string& name, Entry entry);
  void branch_update(const std::vector<Symbols>& branches);
  void collect_if(const If& node, size_t branch);
  Entry& entry_of(uint32_t slot);

  Symbols* parent_;
  int level_;
  FunctionScope* function_;
  std::map<std::string, Variable> refs_;
  std::vector<Entry> loads_;
  std::set<std::string> stores_;
};

Ref ref_from(const FunctionScope& function, const Variable& variable);

}  // namespace vitrine::jinja
