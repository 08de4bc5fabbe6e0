// SPDX-License-Identifier: Apache-2.0
// Guards of the interpreter: depth of calls, capture of output.
#pragma once

#include "engine/text/jinja/interpreter.h"

namespace vitrine::jinja {

class Interpreter::CallDepth {
 public:
  explicit CallDepth(Interpreter& interpreter) : interpreter_(interpreter) {
    if (interpreter_.calls_ >= interpreter_.max_calls_)
      raise("RecursionError", "macros or recursive loops call each other too deeply");
    ++interpreter_.calls_;
  }
  ~CallDepth() { --interpreter_.calls_; }
  CallDepth(const CallDepth&) = delete;
  CallDepth& operator=(const CallDepth&) = delete;

 private:
  Interpreter& interpreter_;
};

/// Collects what is written until it goes.
class Interpreter::Capture {
 public:
  explicit Capture(Interpreter& interpreter) : interpreter_(interpreter), outer_(interpreter.out_) {
    interpreter_.out_ = text_.get();
  }
  ~Capture() { interpreter_.out_ = outer_; }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  std::string take() { return std::move(*text_); }

 private:
  Interpreter& interpreter_;
  std::string* outer_;
  std::unique_ptr<std::string> text_ = std::make_unique<std::string>();
};

}  // namespace vitrine::jinja
