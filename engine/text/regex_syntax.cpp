// SPDX-License-Identifier: Apache-2.0
// Oniguruma (Ruby syntax) to PCRE2: character classes nest and intersect ([a[bc]], [a&&b]), \h is a hexadecimal digit,
// {,n} is {0,n}, \s \w \d \b and \p{..} follow Unicode 16. Everything else passes unchanged.
// Reference: Oniguruma 6.9, doc/RE and doc/SYNTAX.md.
#include <map>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/regex.h"
#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

namespace {

void append_range(std::string& out, uint32_t first, uint32_t last) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const auto hex = [&](uint32_t c) {
    out += "\\x{";
    for (int shift = 20; shift >= 0; shift -= 4)
      if (c >> shift || shift == 0) out += kHex[c >> shift & 15];
    out += '}';
  };
  hex(first);
  if (last == first) return;
  out += '-';
  hex(last);
}

// All code points for which `keep` holds, as items of a character class.
template <class Keep>
std::string class_items(Keep&& keep) {
  std::string out;
  int64_t first = -1;
  for (uint32_t c = 0; c <= 0x110000; ++c) {
    const bool in = c < 0x110000 && (c < 0xD800 || c > 0xDFFF) && keep(char32_t(c));
    if (in && first < 0) first = c;
    if (!in && first >= 0) {
      append_range(out, uint32_t(first), c - 1);
      first = -1;
    }
  }
  return out;
}

const std::string& space_items() {
  static const std::string items = class_items([](char32_t c) { return is_space(c); });
  return items;
}
// Oniguruma counts the superscripts and fractions of Latin-1 as word characters, and no joiners.
const std::string& word_items() {
  static const std::string items = class_items([](char32_t c) {
    if (c == 0x200C || c == 0x200D) return false;
    return is_word(c) || c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0xBC && c <= 0xBE);
  });
  return items;
}

// What a library with Unicode 14 lacks in a general category, given by its first letter or both.
std::string newer_items(std::string_view name) {
  static constexpr std::string_view kNames[] = {"Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd",
                                                "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm",
                                                "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co"};
  if (name == "Han") return "\\x{2EBF0}-\\x{2EE5D}\\x{31350}-\\x{323AF}";
  if (name.empty() || name.size() > 2 || name[0] == 'C' || name[0] == 'Z') return {};
  return class_items([&](char32_t c) {
    if (!is_newer_than_14(c)) return false;
    const std::string_view own = kNames[size_t(category(c))];
    return name.size() == 1 ? own[0] == name[0] : own == name;
  });
}

const std::string& cached_newer_items(std::string_view name) {
  thread_local std::map<std::string, std::string, std::less<>> cache;
  auto at = cache.find(name);
  if (at == cache.end()) {
    if (cache.size() > 64) cache.clear();
    at = cache.emplace(std::string(name), newer_items(name)).first;
  }
  return at->second;
}

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

  // A class escape as {items, negated}; false if the escape is none. at_ is behind it then.
  bool class_escape(std::string& items, bool& negated) {
    if (at_ + 1 >= in_.size()) fail("a trailing backslash");
    const char c = in_[at_ + 1];
    negated = c == 'S' || c == 'W' || c == 'D' || c == 'H';
    switch (c) {
      case 's':
      case 'S':
        items = space_items();
        break;
      case 'w':
      case 'W':
        items = word_items();
        break;
      case 'd':
      case 'D':
        items = "\\p{Nd}" + cached_newer_items("Nd");
        break;
      case 'h':
      case 'H':
        items = "0-9a-fA-F";
        break;
      case 'p':
      case 'P': {
        const std::string name = property(negated);
        items = "\\p{" + name + "}" + cached_newer_items(name);
        return true;
      }
      default:
        return false;
    }
    at_ += 2;
    return true;
  }

  void escape_outside() {
    std::string items;
    bool negated = false;
    if (class_escape(items, negated)) {
      out_ += (negated ? "[^" : "[") + items + "]";
      return;
    }
    const char c = in_[at_ + 1];
    if (c == 'b' || c == 'B') {
      const std::string w = "[" + word_items() + "]";
      const std::string edge = "(?:(?<=" + w + ")(?!" + w + ")|(?<!" + w + ")(?=" + w + "))";
      out_ += c == 'b' ? edge : "(?!" + edge + ")";
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
    out += "\\x{" + std::string(in_.substr(at_ + 2, 4)) + "}";
    at_ += 6;
  }

  static std::string expression(const Class& c, bool negated) {
    if (c.nested.empty()) {
      if (c.items.empty()) return negated ? "(?s:.)" : "(?!)";
      return (negated ? "[^" : "[") + c.items + "]";
    }
    std::string any = "(?:";
    if (!c.items.empty()) any += "[" + c.items + "]|";
    for (size_t i = 0; i < c.nested.size(); ++i) any += (i ? "|" : "") + c.nested[i];
    any += ")";
    return negated ? "(?:(?!" + any + ")(?s:.))" : any;
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
    for (size_t i = 0; i + 1 < operands.size(); ++i) all += "(?=" + expression(operands[i], false) + ")";
    all += expression(operands.back(), false) + ")";
    return negated ? "(?:(?!" + all + ")(?s:.))" : all;
  }

  void member(Class& c, int depth) {
    if (in_[at_] == '[') {
      if (in_.substr(at_).starts_with("[:")) {
        const size_t close = in_.find(":]", at_ + 2);
        if (close == std::string_view::npos) fail("an unfinished [:class:]");
        c.items += in_.substr(at_, close + 2 - at_);
        at_ = close + 2;
      } else {
        c.nested.push_back(character_class(depth + 1));
      }
    } else if (in_[at_] == '\\') {
      std::string items;
      bool negated = false;
      if (!class_escape(items, negated)) {
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
      } else if (negated) {
        c.nested.push_back("[^" + items + "]");
      } else {
        c.items += items;
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
