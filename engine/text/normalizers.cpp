// SPDX-License-Identifier: Apache-2.0
// Rules and order of operations: tokenizers 0.23, src/normalizers/*.rs.
#include "engine/text/normalizers.h"

#include <utf8proc.h>

#include <algorithm>

#include "engine/core/text.h"
#include "engine/text/byte_alphabet.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

void find_string(std::string_view text, std::string_view pattern, std::vector<Match>& out) {
  size_t covered = 0;
  if (!pattern.empty()) {
    for (size_t at = text.find(pattern); at != std::string_view::npos; at = text.find(pattern, covered)) {
      if (at > covered) out.push_back({uint32_t(covered), uint32_t(at), false});
      covered = at + pattern.size();
      out.push_back({uint32_t(at), uint32_t(covered), true});
    }
  }
  if (covered < text.size()) out.push_back({uint32_t(covered), uint32_t(text.size()), false});
}

namespace {

void lowercase(AlignedText& text) {
  std::vector<Change> changes;
  for (const char32_t c : text.characters()) append_lower(c, changes);
  text.transform(changes);
}

template <class Map>
void map_characters(AlignedText& text, Map&& map) {
  std::vector<Change> changes;
  for (const char32_t c : text.characters()) changes.push_back({map(c), 0});
  text.transform(changes);
}

/// A normalizer that is a function and a name.
template <class Function>
class Simple final : public Normalizer {
 public:
  Simple(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}
  void apply(AlignedText& text) const override { function_(text); }
  std::string description() const override { return name_; }

 private:
  std::string name_;
  Function function_;
};

template <class Function>
NormalizerPtr simple(std::string name, Function function) {
  return std::make_unique<Simple<Function>>(std::move(name), std::move(function));
}

void strip(AlignedText& text, bool left, bool right) {
  const std::vector<char32_t> all = text.characters();
  size_t begin = 0, end = all.size();
  while (left && begin < end && is_space(all[begin])) ++begin;
  while (right && end > begin && is_space(all[end - 1])) --end;
  if (begin == 0 && end == all.size()) return;
  std::vector<Change> changes;
  for (size_t i = begin; i < end; ++i) changes.push_back({all[i], 0});
  text.transform(changes, begin);
}

bool nmt_drops(char32_t c) noexcept {
  return (c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
}

bool nmt_is_space(char32_t c) noexcept {
  return c == 9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 || (c >= 0x200B && c <= 0x200F) || c == 0x2028 ||
         c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
}

void bert_normalize(AlignedText& text, const BertNormalizerOptions& o) {
  if (o.clean_text) {
    text.filter([](char32_t c) { return c != 0 && !is_dropped_bert(c); });
    map_characters(text, [](char32_t c) { return is_space(c) ? U' ' : c; });
  }
  if (o.chinese_characters) {
    std::vector<Change> changes;
    for (const char32_t c : text.characters()) {
      if (is_chinese_bert(c)) {
        changes.insert(changes.end(), {{U' ', 0}, {c, 1}, {U' ', 1}});
      } else {
        changes.push_back({c, 0});
      }
    }
    text.transform(changes);
  }
  if (o.strip_accents) {
    text.transform(normal_form(text.characters(), NormalForm::nfd));
    text.filter([](char32_t c) { return !is_nonspacing_bert(c); });
  }
  if (o.lowercase) lowercase(text);
}

// The reference replaces a whole grapheme of under six bytes by what its shortest known prefix becomes, and looks at
// the characters one by one otherwise; checkpoints were trained that way.
void precompiled(AlignedText& text, const Charsmap& map) {
  std::vector<Change> changes;
  bool modified = false;
  const auto replace = [&](std::string_view from, std::string_view to) {
    int before = 0, after = 0;
    for (const char c : from) before += !is_continuation(c);
    for (size_t i = 0, size; i < to.size(); i += size, ++after)
      changes.push_back({utf8_decode(to.data() + i, size), 0});
    for (int i = 0; i < after - before && i < after; ++i) changes[changes.size() - 1 - size_t(i)].change = 1;
    if (after < before && !changes.empty()) changes.back().change += after - before;
    modified = true;
  };
  const std::string& all = text.text();
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin, size = 0;
    utf8proc_int32_t state = 0;
    char32_t last = utf8_decode(all.data() + end, size);
    for (end += size; end < all.size(); end += size) {
      const char32_t next = utf8_decode(all.data() + end, size);
      if (utf8proc_grapheme_break_stateful(int32_t(last), int32_t(next), &state)) break;
      last = next;
    }
    const std::string_view grapheme(all.data() + begin, end - begin);
    begin = end;
    if (grapheme.size() < 6) {
      if (const auto to = map.shortest(grapheme)) {
        replace(grapheme, *to);
        continue;
      }
    }
    for (size_t i = 0, n; i < grapheme.size(); i += n) {
      const char32_t c = utf8_decode(grapheme.data() + i, n);
      if (const auto to = map.shortest(grapheme.substr(i, n))) {
        replace(grapheme.substr(i, n), *to);
      } else {
        changes.push_back({c, 0});
      }
    }
  }
  if (modified) text.transform(changes);
}

}  // namespace

namespace {

class NormalFormNormalizer final : public Normalizer {
 public:
  explicit NormalFormNormalizer(NormalForm form) : form_(form) {}
  void apply(AlignedText& t) const override { t.transform(normal_form(t.characters(), form_)); }
  std::string description() const override {
    static constexpr const char* kNames[] = {"NFC", "NFD", "NFKC", "NFKD"};
    return kNames[size_t(form_)];
  }
  /// NFC is the identity below U+0300, where no character is combining; the others on ASCII.
  bool leaves(std::string_view text) const noexcept override {
    const uint8_t limit = form_ == NormalForm::nfc ? 0xCC : 0x80;  // U+0300 starts with the byte 0xCC
    return std::all_of(text.begin(), text.end(), [limit](char b) { return uint8_t(b) < limit; });
  }

 private:
  NormalForm form_;
};

class NormalizerSequence final : public Normalizer {
 public:
  explicit NormalizerSequence(std::vector<NormalizerPtr> parts) : parts_(std::move(parts)) {}
  void apply(AlignedText& t) const override {
    for (const auto& part : parts_) part->apply(t);
  }
  std::string description() const override {
    std::string name;
    for (const auto& part : parts_) name += cat(name.empty() ? "" : ", ", part->description());
    return name;
  }
  bool leaves(std::string_view text) const noexcept override {
    return std::all_of(parts_.begin(), parts_.end(), [text](const auto& part) { return part->leaves(text); });
  }

 private:
  std::vector<NormalizerPtr> parts_;
};

}  // namespace

NormalizerPtr make_normal_form(NormalForm form) { return std::make_unique<NormalFormNormalizer>(form); }

NormalizerPtr make_lowercase() { return simple("Lowercase", lowercase); }

NormalizerPtr make_strip(bool left, bool right) {
  return simple("Strip", [left, right](AlignedText& t) { strip(t, left, right); });
}

NormalizerPtr make_strip_accents() {
  return simple("StripAccents", [](AlignedText& t) { t.filter([](char32_t c) { return !is_combining(c); }); });
}

NormalizerPtr make_nmt() {
  return simple("Nmt", [](AlignedText& t) {
    t.filter([](char32_t c) { return !nmt_drops(c); });
    map_characters(t, [](char32_t c) { return nmt_is_space(c) ? U' ' : c; });
  });
}

NormalizerPtr make_bert_normalizer(BertNormalizerOptions options) {
  return simple("Bert", [options](AlignedText& t) { bert_normalize(t, options); });
}

NormalizerPtr make_prepend(std::string content) {
  return simple("Prepend", [content = std::move(content)](AlignedText& t) { t.prepend(content); });
}

NormalizerPtr make_append(std::string content) {
  return simple("Append", [content = std::move(content)](AlignedText& t) {
    if (!t.empty()) t.append(content);
  });
}

NormalizerPtr make_replace_string(std::string pattern, std::string content) {
  return simple("Replace", [pattern = std::move(pattern), content = std::move(content)](AlignedText& t) {
    std::vector<Match> matches;
    find_string(t.text(), pattern, matches);
    t.replace(matches, content);
  });
}

NormalizerPtr make_replace_regex(std::string_view pattern, std::string content) {
  auto regex = std::make_shared<const Regex>(pattern);
  return simple("Replace", [regex, content = std::move(content)](AlignedText& t) {
    if (t.empty()) return;
    std::vector<Match> matches;
    regex->find_all(t.text(), matches);
    t.replace(matches, content);
  });
}

NormalizerPtr make_byte_level_normalizer() {
  return simple("ByteLevel", [](AlignedText& t) {
    std::vector<Change> changes;
    for (const char b : t.text()) changes.push_back({byte_alphabet()[uint8_t(b)], is_continuation(b) ? 1 : 0});
    t.transform(changes);
  });
}

NormalizerPtr make_precompiled(std::string_view charsmap) {
  auto map = std::make_shared<const Charsmap>(charsmap);
  return simple("Precompiled", [map](AlignedText& t) { precompiled(t, *map); });
}

NormalizerPtr make_normalizer_sequence(std::vector<NormalizerPtr> parts) {
  return std::make_unique<NormalizerSequence>(std::move(parts));
}

}  // namespace vitrine::text
