// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/loop.h"

#include "engine/text/jinja/iterate.h"
#include "engine/text/jinja/operators.h"

namespace vitrine::jinja {

Loop::Loop(Value iterable, std::shared_ptr<Iterator> iterator)
    : iterable_(std::move(iterable)), iterator_(std::move(iterator)) {}

void Loop::release() noexcept {
  try {
    Values held;
    held.push_back(std::move(iterable_));
    held.push_back(std::move(current_));
    held.push_back(std::move(before_));
    if (after_) held.push_back(std::move(*after_));
    if (last_changed_) held.push_back(std::move(*last_changed_));
    if (iterator_ != nullptr) held.push_back(as_value(std::move(iterator_)));
    if (closure != nullptr) held.push_back(Value::object(Kind::iterator, std::move(closure)));
    bury(std::move(held));
  } catch (...) {
    // no memory for the list: the members are destroyed in place
  }
  iterator_ = nullptr;
  closure = nullptr;
}

bool Loop::next(Value& out) {
  check_stack();
  if (iterator_ == nullptr) return false;
  Value item;
  if (after_) {
    item = std::move(*after_);
    after_.reset();
  } else if (!iterator_->next(item)) {
    return false;
  }
  ++index0;
  before_ = std::move(current_);
  current_ = item;
  out = std::move(item);
  return true;
}

int64_t Loop::length() {
  if (length_) return *length_;
  if (!iterable_.is(Kind::loop)) length_ = length_of(iterable_);
  if (!length_) {
    Values rest;
    Value item;
    while (iterator_ != nullptr && iterator_->next(item)) {
      spend(1);
      rest.push_back(item);
    }
    length_ = static_cast<int64_t>(rest.size()) + index0 + 1 + (after_ ? 1 : 0);
    iterator_ = iterate(Value::list(std::move(rest)));
  }
  return *length_;
}

bool Loop::peek() {
  if (after_) return true;
  Value item;
  if (iterator_ == nullptr || !iterator_->next(item)) return false;
  after_ = std::move(item);
  return true;
}

bool Loop::last() { return !peek(); }

static Value cycle(const Loop& loop, Arguments& arguments) {
  if (!arguments.named.empty()) raise_type("cycle() takes no keyword arguments");
  if (arguments.positional.empty()) raise_type("no items for cycling given");
  const auto count = static_cast<int64_t>(arguments.positional.size());
  return arguments.positional[static_cast<size_t>(((loop.index0 % count) + count) % count)];
}

std::optional<Value> Loop::attribute(const Value& self, const std::string& name) {
  if (name == "index") return Value::integer(index0 + 1);
  if (name == "index0") return Value::integer(index0);
  if (name == "first") return Value::boolean(index0 == 0);
  if (name == "last") return Value::boolean(last());
  if (name == "length") return Value::integer(length());
  if (name == "revindex") return Value::integer(length() - index0);
  if (name == "revindex0") return Value::integer(length() - index0 - 1);
  if (name == "depth") return Value::integer(depth0 + 1);
  if (name == "depth0") return Value::integer(depth0);
  if (name == "previtem") return index0 == 0 ? Value::undefined_hint("there is no previous item") : before_;
  if (name == "nextitem") return peek() ? *after_ : Value::undefined_hint("there is no next item");
  if (name == "cycle")
    return make_function("bound method LoopContext.cycle",
                         [self](Interpreter&, Arguments& arguments) { return cycle(self.as<Loop>(), arguments); });
  if (name == "changed")
    return make_function("bound method LoopContext.changed", [self](Interpreter&, Arguments& arguments) {
      Loop& loop = self.as<Loop>();
      Value now = Value::tuple(arguments.positional);
      if (loop.last_changed_ && equal(*loop.last_changed_, now)) return Value::boolean(false);
      loop.last_changed_ = std::move(now);
      return Value::boolean(true);
    });
  return std::nullopt;
}

}  // namespace vitrine::jinja
