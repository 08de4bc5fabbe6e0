// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/iterate.h"

#include "engine/text/jinja/loop.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {

struct EmptyIterator : Iterator {
  bool next(Value&) override { return false; }
};

struct SequenceIterator : Iterator {
  std::shared_ptr<Object> owner;
  int64_t at = 0, step = 1;
  bool next(Value& out) override {
    spend(1);
    const Values& items = static_cast<const Sequence&>(*owner).items;
    if (at < 0 || at >= static_cast<int64_t>(items.size())) return false;
    out = items[static_cast<size_t>(at)];
    at += step;
    return true;
  }
};

struct TextIterator : Iterator {
  std::shared_ptr<Object> owner;
  size_t at = 0;
  bool next(Value& out) override {
    spend(1);
    const Text& text = static_cast<const Text&>(*owner);
    if (at >= text.bytes.size()) return false;
    const size_t start = at;
    next_code_point(text.bytes, at);
    out = Value::text(text.bytes.substr(start, at - start));
    return true;
  }
};

struct DictIterator : Iterator {
  std::shared_ptr<Object> owner;
  ViewKind what = ViewKind::keys;
  int64_t at = 0, step = 1;
  bool next(Value& out) override {
    spend(1);
    const auto& entries = static_cast<const Dict&>(*owner).entries();
    if (at < 0 || at >= static_cast<int64_t>(entries.size())) return false;
    const auto& [key, value] = entries[static_cast<size_t>(at)];
    out = what == ViewKind::keys ? key : what == ViewKind::values ? value : Value::tuple({key, value});
    at += step;
    return true;
  }
};

struct RangeIterator : Iterator {
  int64_t value = 0, step = 1, left = 0;
  bool next(Value& out) override {
    spend(1);
    if (left <= 0) return false;
    out = Value::integer(value);
    if (--left > 0) value += step;
    return true;
  }
};

/// Iterating a LoopContext gives (item, loop), as in the reference.
struct LoopIterator : Iterator {
  std::shared_ptr<Object> owner;
  bool next(Value& out) override {
    check_stack();
    Value item;
    if (!static_cast<Loop&>(*owner).next(item)) return false;
    out = Value::tuple({item, Value::object(Kind::loop, owner)});
    return true;
  }
};

struct Generator : Iterator {
  Generator(Values values, GeneratorStep next) : held(std::move(values)), step(std::move(next)) {}
  ~Generator() override { bury(std::move(held)); }
  Values held;
  GeneratorStep step;
  bool done = false;
  bool next(Value& out) override {
    check_stack();
    if (done) return false;
    try {
      done = !step(held, out);
    } catch (...) {
      done = true;
      throw;
    }
    return !done;
  }
};

std::shared_ptr<Iterator> over_sequence(const Value& value, bool backwards) {
  auto it = std::make_shared<SequenceIterator>();
  it->owner = value.object();
  it->type = backwards ? (value.is(Kind::list) ? "list_reverseiterator" : "reversed") : type_name(value) + "_iterator";
  if (backwards) {
    it->at = static_cast<int64_t>(value.items().size()) - 1;
    it->step = -1;
  }
  return it;
}

std::shared_ptr<Iterator> over_dict(std::shared_ptr<Object> dict, ViewKind what, bool backwards) {
  auto it = std::make_shared<DictIterator>();
  it->what = what;
  if (backwards) {
    it->at = static_cast<int64_t>(static_cast<const Dict&>(*dict).size()) - 1;
    it->step = -1;
  }
  it->type = backwards ? "dict_reversekeyiterator" : "dict_keyiterator";
  it->owner = std::move(dict);
  return it;
}

std::shared_ptr<Iterator> over_range(const Range& range, bool backwards) {
  auto it = std::make_shared<RangeIterator>();
  it->left = range.size();
  it->value = range.start;
  it->step = range.step;
  it->type = "range_iterator";
  if (backwards && it->left > 0) {
    it->value = range.start + (it->left - 1) * range.step;
    it->step = -range.step;
  }
  return it;
}

}  // namespace

std::shared_ptr<Iterator> iterate_or_null(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return std::make_shared<EmptyIterator>();
    case Kind::list:
    case Kind::tuple:
      return over_sequence(value, false);
    case Kind::string: {
      auto it = std::make_shared<TextIterator>();
      it->owner = value.object();
      it->type = "str_iterator";
      return it;
    }
    case Kind::dict:
      return over_dict(value.object(), ViewKind::keys, false);
    case Kind::view:
      return over_dict(value.as<View>().dict, value.as<View>().what, false);
    case Kind::range:
      return over_range(value.as<Range>(), false);
    case Kind::iterator:
      return std::static_pointer_cast<Iterator>(value.object());
    case Kind::loop: {
      auto it = std::make_shared<LoopIterator>();
      it->owner = value.object();
      return it;
    }
    default:
      return nullptr;
  }
}

std::shared_ptr<Iterator> iterate(const Value& value) {
  std::shared_ptr<Iterator> it = iterate_or_null(value);
  if (it == nullptr) raise_type("'" + type_name(value) + "' object is not iterable");
  return it;
}

Values to_values(const Value& value) {
  if (value.is_sequence()) {
    spend(static_cast<int64_t>(value.items().size() / 4));
    return value.items();
  }
  const std::shared_ptr<Iterator> it = iterate(value);
  Values out;
  Charge growing(0);
  Value item;
  while (it->next(item)) {
    spend(1);
    if (out.size() == out.capacity()) growing.grow((out.size() + 1) * sizeof(Value));
    out.push_back(std::move(item));
  }
  return out;
}

std::shared_ptr<Iterator> reversed_or_null(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return std::make_shared<EmptyIterator>();
    case Kind::list:
    case Kind::tuple:
      return over_sequence(value, true);
    case Kind::string: {
      Values characters = to_values(value);
      Value copy = Value::tuple(std::move(characters));
      return over_sequence(copy, true);
    }
    case Kind::dict:
      return over_dict(value.object(), ViewKind::keys, true);
    case Kind::view:
      return over_dict(value.as<View>().dict, value.as<View>().what, true);
    case Kind::range:
      return over_range(value.as<Range>(), true);
    default:
      return nullptr;
  }
}

Value make_generator(Values held, GeneratorStep next) {
  return as_value(std::make_shared<Generator>(std::move(held), std::move(next)));
}

Value as_value(std::shared_ptr<Iterator> iterator) { return Value::object(Kind::iterator, std::move(iterator)); }

}  // namespace vitrine::jinja
