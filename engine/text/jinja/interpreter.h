// SPDX-License-Identifier: Apache-2.0
// Runs a tree: one object per rendering. Filters and functions get it for the calls they make and for the clock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/text/jinja/activation.h"
#include "engine/text/jinja/ast.h"
#include "engine/text/jinja/objects.h"
#include "engine/text/jinja/strftime.h"

namespace vitrine::jinja {

/// Part of the output that a generation block wrote.
struct Span {
  size_t begin = 0, end = 0;  ///< code points
  size_t byte_begin = 0, byte_end = 0;
};

struct Rendering {
  std::string text;
  std::vector<Span> spans;
};

class Interpreter {
 public:
  Interpreter(const Tree& tree, const Dict& variables, const CivilTime& now, int max_calls);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  Rendering run();
  /// Byte offset of the part of the source that ran last.
  uint32_t position() const noexcept { return at_; }
  const CivilTime& now() const noexcept { return now_; }
  bool autoescape() const noexcept { return autoescape_; }

  Value call(const Value& callee, Arguments& arguments);
  Value apply_filter(const std::string& name, const Value& subject, Arguments arguments);
  bool apply_test(const std::string& name, const Value& subject, Arguments arguments);
  /// Remembers an object that may become part of a circle.
  void track(const std::shared_ptr<Object>& object);

 private:
  enum class Flow : uint8_t { normal, loop_break, loop_continue };
  class CallDepth;
  class Capture;

  // statements.cpp
  Flow run_body(const Body& body, const ActivationPtr& a);
  Flow run_statement(const Stmt& stmt, const ActivationPtr& a);
  Flow run_for(const For& node, const ActivationPtr& a);
  Flow run_loop(const For& node, const ActivationPtr& a, const Value& iterable, int depth0, const ActivationPtr& outer);
  std::string run_recursive(const For& node, const ActivationPtr& outer, const Value& iterable, int depth0);
  Flow run_if(const If& node, const ActivationPtr& a);
  Flow run_with(const With& node, const ActivationPtr& a);
  Flow run_filter_block(const FilterBlock& node, const ActivationPtr& a);
  Flow run_assign_block(const AssignBlock& node, const ActivationPtr& a);
  Flow run_autoescape(const Scope& node, const ActivationPtr& a);
  void run_assign(const Assign& node, const ActivationPtr& a);
  void run_output(const Output& node, const ActivationPtr& a);
  void run_generation(const MacroDefinition& node, const ActivationPtr& a);
  void run_block(const Block& node, const Dict* extra);
  void run_template_ref(const TemplateRef& node, const ActivationPtr& a);
  void enter(const Frame& frame, Activation& a);
  void leave(const Frame& frame, Activation& a);
  void assign(const Expr& target, const Value& value, Activation& a);
  void check_namespaces(const Expr& target, Activation& a);
  Value filtered(const For& node, const ActivationPtr& outer, const Value& iterable);
  Value make_macro(const MacroDefinition& node, const ActivationPtr& a);
  Value call_macro(const Value& macro, Arguments& arguments);
  void bind_macro(const MacroDefinition& node, Arguments& arguments, Activation& a);
  Value block_functions();
  void write(std::string_view text);
  Value context_value(const std::string& name) const;

  // expressions.cpp
  Value eval(const Expr& expr, Activation& a);
  Value eval_compare(const Compare& node, Activation& a);
  Value eval_concat(const Items& node, Activation& a);
  Value eval_dict(const DictLiteral& literal, Activation& a);
  Value eval_call(const Call& node, Activation& a, const Value* caller);
  Value eval_filter(const Applied& node, const Value& subject, Activation& a);
  Value eval_filter_chain(const Expr& expr, const Value& text, Activation& a);
  Value eval_slice(const Slice& node, Activation& a);
  Values eval_all(const Exprs& exprs, Activation& a);
  Arguments eval_arguments(const ArgumentList& list, Activation& a);
  Value load(const std::string& name, Ref ref, Activation& a);

  const Tree& tree_;
  const Dict& variables_;
  CivilTime now_;
  int calls_ = 0, max_calls_;
  uint32_t at_ = 0;
  bool autoescape_ = false;
  std::string root_;
  std::string* out_ = &root_;
  size_t counted_bytes_ = 0, counted_points_ = 0;
  std::vector<Span> spans_;
  std::shared_ptr<Dict> exported_ = std::make_shared<Dict>();
  const Dict* block_variables_ = nullptr;  ///< what a scoped block sees of the variables around it
  std::vector<std::weak_ptr<Object>> tracked_;
  size_t purge_at_ = 1024;
};

}  // namespace vitrine::jinja
