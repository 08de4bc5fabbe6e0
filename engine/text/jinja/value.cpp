// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/value.h"

#include "engine/text/jinja/loop.h"
#include "engine/text/jinja/objects.h"
#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

// Destroying a deeply nested value must not recurse once per level: containers hand their children to this list, which
// the outermost destructor empties.
namespace {
// The list lives on the stack of that outermost call, so that it is there even while the program ends.
thread_local constinit std::vector<Values>* graveyard = nullptr;
}  // namespace

void bury(Values&& children) noexcept {
  bool nested = false;
  for (const Value& child : children) nested = nested || child.object() != nullptr;
  if (!nested) return;
  try {
    if (graveyard != nullptr) {
      graveyard->push_back(std::move(children));
      return;
    }
    std::vector<Values> pending;
    graveyard = &pending;
    Values next = std::move(children);
    for (;;) {
      next.clear();
      if (pending.empty()) break;
      next = std::move(pending.back());
      pending.pop_back();
    }
    graveyard = nullptr;
  } catch (...) {
    return;  // no memory for the list: the caller destroys them right there
  }
}

Cycler::~Cycler() { bury(std::move(items)); }
Joiner::~Joiner() {
  Values children;  // not an initializer list: that would keep a copy
  children.push_back(std::move(separator));
  bury(std::move(children));
}

Value Value::boolean(bool b) {
  Value v(Kind::boolean);
  v.integer_ = b;
  return v;
}
Value Value::integer(int64_t i) {
  Value v(Kind::integer);
  v.integer_ = i;
  return v;
}
Value Value::real(double d) {
  Value v(Kind::real);
  v.real_ = d;
  return v;
}
Value Value::object(Kind kind, std::shared_ptr<Object> object) {
  Value v(kind);
  v.object_ = std::move(object);
  return v;
}
Value Value::text(std::string utf8) { return object(Kind::string, std::make_shared<Text>(std::move(utf8), false)); }
Value Value::markup(std::string utf8) { return object(Kind::string, std::make_shared<Text>(std::move(utf8), true)); }
Value Value::list(Values items) { return object(Kind::list, std::make_shared<Sequence>(std::move(items))); }
Value Value::tuple(Values items) { return object(Kind::tuple, std::make_shared<Sequence>(std::move(items))); }
Value Value::dict(std::shared_ptr<Dict> entries) { return object(Kind::dict, std::move(entries)); }

Value Value::undefined_name(std::string name) {
  auto u = std::make_shared<Undefined>();
  u->of = missing();
  u->name = text(std::move(name));
  return object(Kind::undefined, std::move(u));
}
Value Value::undefined_hint(std::string hint) {
  auto u = std::make_shared<Undefined>();
  u->of = missing();
  u->hint = std::move(hint);
  return object(Kind::undefined, std::move(u));
}

bool Value::is_markup() const noexcept { return kind_ == Kind::string && as<Text>().markup; }
const std::string& Value::str() const noexcept { return as<Text>().bytes; }
int64_t Value::length() const noexcept { return as<Text>().length; }
const Values& Value::items() const noexcept { return as<Sequence>().items; }
const Dict& Value::entries() const noexcept { return as<Dict>(); }
const Undefined& Value::why() const noexcept { return as<Undefined>(); }

static size_t checked_size(size_t bytes) {
  if (static_cast<int64_t>(bytes) > budget.output_limit) out_of_memory();
  spend_bytes(bytes);
  return bytes;
}
Text::Text(std::string utf8, bool is_markup)
    : bytes(std::move(utf8)),
      length(count_code_points(bytes)),
      markup(is_markup),
      charge(sizeof(Text) + checked_size(bytes.size())) {}

Sequence::Sequence(Values values) : items(std::move(values)), charge(sizeof(Sequence) + items.size() * sizeof(Value)) {
  spend(static_cast<int64_t>(items.size() / 4));
}
Sequence::~Sequence() { bury(std::move(items)); }

Dict::~Dict() { clear(); }

void Dict::clear() noexcept {
  Values children;
  try {
    children.reserve(entries_.size() * 2);
    for (Entry& entry : entries_) {
      children.push_back(std::move(entry.first));
      children.push_back(std::move(entry.second));
    }
  } catch (...) {
    // no memory for the list: the entries are destroyed in place
  }
  entries_.clear();
  hashes_.clear();
  table_.clear();
  bury(std::move(children));
}

size_t Dict::slot_of(const Value& key, size_t hash) const {
  const size_t mask = table_.size() - 1;
  size_t slot = hash & mask;
  while (table_[slot] != 0) {
    const size_t at = table_[slot] - 1;
    if (hashes_[at] == hash && equal(entries_[at].first, key)) break;
    spend(1);
    slot = (slot + 1) & mask;
  }
  return slot;
}

void Dict::rehash(size_t slots) {
  table_.assign(slots, 0);
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t slot = hashes_[i] & (slots - 1);
    while (table_[slot] != 0) slot = (slot + 1) & (slots - 1);
    table_[slot] = static_cast<uint32_t>(i + 1);
  }
}

const Value* Dict::find(const Value& key) const {
  const size_t hash = hash_of(key);
  if (table_.empty()) return nullptr;
  const size_t slot = slot_of(key, hash);
  return table_[slot] == 0 ? nullptr : &entries_[table_[slot] - 1].second;
}

const Value* Dict::find(std::string_view key) const {
  if (entries_.size() <= 16) {
    for (const Entry& entry : entries_)
      if (entry.first.is_string() && entry.first.str() == key) return &entry.second;
    return nullptr;
  }
  return find(Value::text(std::string(key)));
}

void Dict::set(const Value& key, Value value) {
  const size_t hash = hash_of(key);
  if (table_.empty()) rehash(8);
  const size_t slot = slot_of(key, hash);
  if (table_[slot] != 0) {
    Value old = std::exchange(entries_[table_[slot] - 1].second, std::move(value));
    return;
  }
  charge_.grow(sizeof(Entry) + 2 * sizeof(size_t));
  spend(1);
  entries_.emplace_back(key, std::move(value));
  hashes_.push_back(hash);
  table_[slot] = static_cast<uint32_t>(entries_.size());
  if (entries_.size() * 3 > table_.size() * 2) rehash(table_.size() * 2);
}

int64_t Range::size() const noexcept {
  using Wide = __int128;
  const Wide span = step > 0 ? Wide(stop) - start : Wide(start) - stop;
  const Wide by = step > 0 ? Wide(step) : -Wide(step);
  return span <= 0 ? 0 : static_cast<int64_t>((span + by - 1) / by);
}

Value make_function(std::string name, std::function<Value(Interpreter&, Arguments&)> call) {
  auto f = std::make_shared<Function>();
  f->name = std::move(name);
  f->call = std::move(call);
  return Value::object(Kind::function, std::move(f));
}

std::string type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined:
      return "Undefined";
    case Kind::none:
      return "NoneType";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::string:
      return value.is_markup() ? "Markup" : "str";
    case Kind::list:
      return "list";
    case Kind::tuple:
      return "tuple";
    case Kind::dict:
      return "dict";
    case Kind::view: {
      const ViewKind what = value.as<View>().what;
      return what == ViewKind::keys ? "dict_keys" : what == ViewKind::values ? "dict_values" : "dict_items";
    }
    case Kind::range:
      return "range";
    case Kind::iterator:
      return value.as<Iterator>().type;
    case Kind::name_space:
      return "TemplateNamespace";
    case Kind::function:
      return "builtin_function_or_method";
    case Kind::macro:
      return "Macro";
    case Kind::loop:
      return "LoopContext";
    case Kind::cycler:
      return "Cycler";
    case Kind::joiner:
      return "Joiner";
  }
  return "object";
}

bool truthy(const Value& value) {
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined:
    case Kind::none:
      return false;
    case Kind::boolean:
    case Kind::integer:
      return value.as_int() != 0;
    case Kind::real:
      return value.as_real() != 0;
    default:
      break;
  }
  const std::optional<int64_t> length = length_of(value);
  return !length || *length != 0;
}

std::optional<int64_t> length_of(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return 0;
    case Kind::string:
      return value.length();
    case Kind::list:
    case Kind::tuple:
      return static_cast<int64_t>(value.items().size());
    case Kind::dict:
      return static_cast<int64_t>(value.entries().size());
    case Kind::view:
      return static_cast<int64_t>(value.as<View>().entries().size());
    case Kind::range:
      return value.as<Range>().size();
    case Kind::loop:
      return value.as<Loop>().length();
    default:
      return std::nullopt;
  }
}

/// jinja2's object_type_repr: "dict object", "None".
static std::string described(const Value& of) {
  if (of.is_none()) return "None";
  if (of.is(Kind::name_space) || of.is(Kind::loop) || of.is(Kind::macro) || of.is(Kind::cycler) || of.is(Kind::joiner))
    return (of.is(Kind::cycler) || of.is(Kind::joiner) || of.is(Kind::name_space) ? "jinja2.utils."
                                                                                  : "jinja2.runtime.") +
           type_name(of) + " object";
  return type_name(of) + " object";
}

void fail_undefined(const Value& undefined) {
  const Undefined& u = undefined.why();
  const char* type = u.security ? "SecurityError" : "UndefinedError";
  if (!u.hint.empty()) raise(type, u.hint);
  if (u.of.is_missing()) raise(type, repr(u.name) + " is undefined");
  if (!u.name.is_string()) raise(type, described(u.of) + " has no element " + repr(u.name));
  raise(type, repr(Value::text(described(u.of))) + " has no attribute " + repr(u.name));
}

void require_defined(const Value& value) {
  if (value.is_undefined()) fail_undefined(value);
}

}  // namespace vitrine::jinja
