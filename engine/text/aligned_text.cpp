// SPDX-License-Identifier: Apache-2.0
#include "engine/text/aligned_text.h"

#include <algorithm>

#include "engine/text/utf8.h"

namespace vitrine::text {

void AlignedText::transform(std::span<const Change> changes, size_t dropped) {
  std::string text;
  std::vector<Origin> origins;
  text.reserve(text_.size());
  origins.reserve(text_.size());
  size_t at = 0;
  const auto skip = [&] {
    if (at < text_.size()) at += utf8_length(text_[at]);
  };
  for (size_t i = 0; i < dropped; ++i) skip();
  for (const auto [c, change] : changes) {
    Origin origin{start_, start_};
    if (change > 0) {
      if (at > 0) origin = origins_[at - 1];
    } else {
      if (!origins_.empty()) origin = origins_[std::min(at, origins_.size() - 1)];
      for (int i = 0; i <= -change; ++i) skip();
    }
    utf8_append(text, c);
    origins.resize(text.size(), origin);
  }
  text_ = std::move(text);
  origins_ = std::move(origins);
}

void AlignedText::prepend(std::string_view s) {
  if (text_.empty() || s.empty()) return;
  text_.insert(0, s);
  origins_.insert(origins_.begin(), s.size(), Origin(origins_.front()));
}

void AlignedText::append(std::string_view s) {
  const Origin last = origins_.empty() ? Origin{start_, start_} : origins_.back();
  text_ += s;
  origins_.resize(text_.size(), last);
}

void AlignedText::replace(const std::vector<Match>& matches, std::string_view content) {
  std::string text;
  std::vector<Origin> origins;
  text.reserve(text_.size());
  origins.reserve(text_.size());
  for (const Match& m : matches) {
    if (m.matched) {
      text += content;
      origins.resize(text.size(), m.end > 0 ? origins_[m.end - 1] : Origin{start_, start_});
    } else {
      text.append(text_, m.begin, m.end - m.begin);
      origins.insert(origins.end(), origins_.begin() + m.begin, origins_.begin() + m.end);
    }
  }
  text_ = std::move(text);
  origins_ = std::move(origins);
}

std::vector<char32_t> AlignedText::characters() const {
  std::vector<char32_t> out;
  out.reserve(text_.size());
  for (size_t i = 0, size; i < text_.size(); i += size) out.push_back(utf8_decode(text_.data() + i, size));
  return out;
}

}  // namespace vitrine::text
