// SPDX-License-Identifier: Apache-2.0
#include "engine/text/jinja/pprint.h"

#include <algorithm>

#include "engine/text/jinja/operators.h"
#include "engine/text/jinja/repr.h"
#include "engine/text/jinja/utf8.h"

namespace vitrine::jinja {

namespace {
constexpr int64_t kWidth = 80;

thread_local constinit int pprint_depth = 0;

/// Entries by key; keys without an order among each other are ordered by type.
std::vector<Dict::Entry> sorted_entries(const Dict& dict) {
  std::vector<Dict::Entry> entries = dict.entries();
  std::stable_sort(entries.begin(), entries.end(), [](const Dict::Entry& a, const Dict::Entry& b) {
    try {
      return less(a.first, b.first);
    } catch (const Fault& fault) {
      if (fault.type == "LimitError" || fault.type == "RecursionError") throw;
      return type_name(a.first) < type_name(b.first);
    }
  });
  return entries;
}

/// repr() with dicts sorted.
std::string flat(const Value& value) {
  const Depth depth(pprint_depth);
  spend(1);
  std::string out;
  if (value.is(Kind::dict)) {
    for (const auto& [key, entry] : sorted_entries(value.entries()))
      out += (out.empty() ? "" : ", ") + flat(key) + ": " + flat(entry);
    return "{" + out + "}";
  }
  if (!value.is_sequence()) return repr(value);
  for (const Value& item : value.items()) out += (out.empty() ? "" : ", ") + flat(item);
  if (value.is(Kind::list)) return "[" + out + "]";
  return "(" + out + (value.items().size() == 1 ? ",)" : ")");
}

class Printer {
 public:
  std::string run(const Value& value) {
    format(value, 0, 0);
    return std::move(out_);
  }

 private:
  /// Writes `value` at column `indent`, with `allowance` columns to follow on its last line.
  void format(const Value& value, int64_t indent, int64_t allowance);
  void format_text(const Value& value, int64_t indent, int64_t allowance, bool top);
  void format_items(const Values& items, int64_t indent, int64_t allowance) {
    for (size_t i = 0; i < items.size(); ++i) {
      const bool last = i + 1 == items.size();
      format(items[i], indent, last ? allowance : 1);
      if (!last) out_ += ",\n" + std::string(static_cast<size_t>(indent), ' ');
    }
  }

  std::string out_;
  int level_ = 0;
};

void Printer::format(const Value& value, int64_t indent, int64_t allowance) {
  const Depth depth(pprint_depth);
  if (indent > budget.output_limit || static_cast<int64_t>(out_.size()) > budget.output_limit) out_of_memory();
  const std::string text = flat(value);
  spend_bytes(text.size());
  if (count_code_points(text) <= kWidth - indent - allowance ||
      (!value.is(Kind::dict) && !value.is_sequence() && !value.is_string())) {
    out_ += text;
    return;
  }
  ++level_;
  if (value.is(Kind::dict)) {
    const std::vector<Dict::Entry> entries = sorted_entries(value.entries());
    out_ += '{';
    for (size_t i = 0; i < entries.size(); ++i) {
      const bool last = i + 1 == entries.size();
      const std::string key = flat(entries[i].first);
      out_ += key + ": ";
      format(entries[i].second, indent + count_code_points(key) + 3, last ? allowance + 1 : 1);
      if (!last) out_ += ",\n" + std::string(static_cast<size_t>(indent) + 1, ' ');
    }
    out_ += '}';
  } else if (value.is_string()) {
    format_text(value, indent, allowance, level_ == 1);
  } else {
    const bool list = value.is(Kind::list);
    const bool one = !list && value.items().size() == 1;
    out_ += list ? '[' : '(';
    format_items(value.items(), indent + 1, allowance + (one ? 2 : 1));
    out_ += list ? "]" : one ? ",)" : ")";
  }
  --level_;
}

/// A long string becomes several literals, cut at lines and at white space.
void Printer::format_text(const Value& value, int64_t indent, int64_t allowance, bool top) {
  if (top) {
    ++indent;
    ++allowance;
  }
  std::vector<std::string> pieces;
  const std::vector<std::string_view> lines = split_lines(value.str(), true);
  int64_t width = kWidth - indent;
  const int64_t max_width = width;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string whole = repr_of_text(lines[i]);
    if (i + 1 == lines.size()) width -= allowance;
    if (count_code_points(whole) <= width) {
      pieces.push_back(whole);
      continue;
    }
    std::string current;
    int64_t room = max_width;
    const std::string_view line = lines[i];
    for (size_t at = 0; at < line.size();) {
      const size_t start = at;
      while (at < line.size()) {  // a word and the white space after it
        size_t next = at;
        if (is_space(next_code_point(line, next))) break;
        at = next;
      }
      while (at < line.size()) {
        size_t next = at;
        if (!is_space(next_code_point(line, next))) break;
        at = next;
      }
      if (at >= line.size() && i + 1 == lines.size()) room -= allowance;
      const std::string candidate = current + std::string(line.substr(start, at - start));
      spend_bytes(candidate.size());
      if (count_code_points(repr_of_text(candidate)) > room) {
        if (!current.empty()) pieces.push_back(repr_of_text(current));
        current = line.substr(start, at - start);
      } else {
        current = candidate;
      }
    }
    if (!current.empty()) pieces.push_back(repr_of_text(current));
  }
  if (pieces.size() == 1) {
    out_ += pieces[0];
    return;
  }
  if (top) out_ += '(';
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) out_ += "\n" + std::string(static_cast<size_t>(indent), ' ');
    out_ += pieces[i];
  }
  if (top) out_ += ')';
}
}  // namespace

std::string pretty_repr(const Value& value) { return Printer().run(value); }

}  // namespace vitrine::jinja
