// SPDX-License-Identifier: Apache-2.0
// Oniguruma (Ruby syntax) to PCRE2: character classes nest and intersect ([a[bc]], [a&&b]), \h is a hexadecimal digit,
// {,n} is {0,n}, \s \w \d \b and \p{..} follow Unicode 16. Everything else passes unchanged.
// Reference: Oniguruma 6.9, doc/RE and doc/SYNTAX.md.
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/regex.h"
#include "engine/text/regex_classes.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

namespace {

class Translator {
 public:
  explicit Translator(std::string_view in) : in_(in) {}

  std::string run() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '\\') {
        escape_outside();
      } else if (c == '[') {
        out_ += character_class(0);
      } else if (c == '{' && in_.substr(at_).starts_with("{,")) {
        out_ += "{0,";
        at_ += 2;
      } else {
        out_ += c;
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  struct Class {
    std::string items;                // flat items of a PCRE2 class
    std::vector<std::string> nested;  // complete expressions matching one character
  };

  [[noreturn]] void fail(std::string_view what) const {
    throw Error(ErrorKind::format, cat("the regular expression has ", what, " at byte ", at_), "check the pattern",
                cat("pattern '", in_.substr(0, 80), "'"));
  }

  // \p{Name}, \P{Name}, \p{^Name}: the name and whether it is negated; at_ is behind it.
  std::string property(bool& negated) {
    negated = in_[at_ + 1] == 'P';
    at_ += 2;
    if (at_ < in_.size() && in_[at_] != '{') {
      const size_t size = utf8_length(in_[at_]);
      const std::string name(in_.substr(at_, size));
      at_ = std::min(in_.size(), at_ + size);
      return name;
    }
    const size_t close = in_.find('}', at_);
    if (close == std::string_view::npos) fail("an unfinished \\p{");
    std::string name(in_.substr(at_ + 1, close - at_ - 1));
    at_ = close + 1;
    if (!name.empty() && name[0] == '^') {
      negated = !negated;
      name.erase(0, 1);
    }
    return name;
  }

  // A class escape; false if the escape is none. at_ is behind it then.
  bool class_escape(ClassItems& out) {
    if (at_ + 1 >= in_.size()) fail("a trailing backslash");
    const char c = in_[at_ + 1];
    bool negated = c == 'S' || c == 'W' || c == 'D' || c == 'H';
    switch (c) {
      case 's':
      case 'S':
        out = space_class();
        break;
      case 'w':
      case 'W':
        out = word_class();
        break;
      case 'd':
      case 'D':
        out = decimal_class();
        break;
      case 'h':
      case 'H':
        out = {"0-9a-fA-F", false};
        break;
      case 'p':
      case 'P': {
        out = property_class(property(negated));
        out.complement = out.complement != negated;
        return true;
      }
      default:
        return false;
    }
    out.complement = negated;
    at_ += 2;
    return true;
  }

  void escape_outside() {
    ClassItems items;
    if (class_escape(items)) {
      out_ += cat(items.complement ? "[^" : "[", items.items, "]");
      return;
    }
    const char c = in_[at_ + 1];
    if (c == 'b' || c == 'B') {
      const std::string w = cat("[", word_class().items, "]");
      const std::string edge = cat("(?:(?<=", w, ")(?!", w, ")|(?<!", w, ")(?=", w, "))");
      out_ += c == 'b' ? edge : cat("(?!", edge, ")");
      at_ += 2;
    } else if (c == 'u') {
      unicode_escape(out_);
    } else {
      const size_t size = std::min(1 + utf8_length(c), in_.size() - at_);
      out_ += in_.substr(at_, size);
      at_ += size;
    }
  }

  void unicode_escape(std::string& out) {  // \uHHHH
    if (in_.size() - at_ < 6) fail("an unfinished \\u");
    out += cat("\\x{", in_.substr(at_ + 2, 4), "}");
    at_ += 6;
  }

  static std::string expression(const Class& c, bool negated) {
    if (c.nested.empty()) {
      if (c.items.empty()) return negated ? "(?s:.)" : "(?!)";
      return cat(negated ? "[^" : "[", c.items, "]");
    }
    std::string any = "(?:";
    if (!c.items.empty()) any += cat("[", c.items, "]|");
    for (size_t i = 0; i < c.nested.size(); ++i) any += (i ? "|" : "") + c.nested[i];
    any += ")";
    return negated ? cat("(?:(?!", any, ")(?s:.))") : any;
  }

  // in_[at_] == '['; returns an expression matching one character.
  std::string character_class(int depth) {
    if (depth > 20) fail("character classes nested too deeply");
    ++at_;
    const bool negated = at_ < in_.size() && in_[at_] == '^';
    at_ += negated;
    std::vector<Class> operands(1);  // of &&
    for (bool first = true;; first = false) {
      if (at_ >= in_.size()) fail("an unfinished character class");
      if (in_[at_] == ']' && !first) break;
      member(operands.back(), depth);
      if (in_.substr(at_).starts_with("&&")) {
        operands.emplace_back();
        at_ += 2;
      }
    }
    ++at_;
    if (operands.size() == 1) return expression(operands[0], negated);
    std::string all = "(?:";
    for (size_t i = 0; i + 1 < operands.size(); ++i) all += cat("(?=", expression(operands[i], false), ")");
    all += cat(expression(operands.back(), false), ")");
    return negated ? cat("(?:(?!", all, ")(?s:.))") : all;
  }

  static void add(Class& c, const ClassItems& items) {
    if (items.complement) {
      c.nested.push_back(cat("[^", items.items, "]"));
    } else {
      c.items += items.items;
    }
  }

  void member(Class& c, int depth) {
    if (in_[at_] == '[') {
      if (in_.substr(at_).starts_with("[:")) {
        const size_t close = in_.find(":]", at_ + 2);
        if (close == std::string_view::npos) fail("an unfinished [:class:]");
        const bool negated = in_[at_ + 2] == '^';
        auto items = posix_class(in_.substr(at_ + 2 + negated, close - at_ - 2 - negated));
        if (!items) fail("an unknown [:class:]");
        items->complement = items->complement != negated;
        add(c, *items);
        at_ = close + 2;
      } else {
        c.nested.push_back(character_class(depth + 1));
      }
    } else if (in_[at_] == '\\') {
      ClassItems items;
      if (!class_escape(items)) {
        if (in_[at_ + 1] == 'u') return unicode_escape(c.items);
        if (in_.substr(at_).starts_with("\\x{")) {
          const size_t close = in_.find('}', at_);
          if (close == std::string_view::npos) fail("an unfinished \\x{");
          c.items += in_.substr(at_, close + 1 - at_);
          at_ = close + 1;
          return;
        }
        const size_t size = std::min(1 + utf8_length(in_[at_ + 1]), in_.size() - at_);
        c.items += in_.substr(at_, size);
        at_ += size;
      } else {
        add(c, items);
      }
    } else {
      const size_t size = std::min(utf8_length(in_[at_]), in_.size() - at_);
      if (in_[at_] == '-' && c.items.empty()) c.items += '\\';  // a leading minus is itself
      c.items += in_.substr(at_, size);
      at_ += size;
    }
  }

  std::string_view in_;
  size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string translate_pattern(std::string_view pattern) { return Translator(pattern).run(); }

}  // namespace vitrine::text
