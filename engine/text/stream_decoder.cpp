// SPDX-License-Identifier: Apache-2.0
// Two ways: where a decoder is plain concatenation of bytes, bytes are held back until a character is whole; elsewhere
// a window of the last tokens is decoded with and without the new one and the difference is shown.
#include "engine/text/pipeline.h"
#include "engine/text/utf8.h"

namespace vitrine {

using namespace text;

// Ids held back at most: a character has at most four bytes, so a longer wait cannot complete one.
static constexpr size_t kLongestWait = 4;

StreamDecoder::StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer, bool skip_special)
    : tokenizer_(std::move(tokenizer)), skip_special_(skip_special) {}

std::string StreamDecoder::push(int32_t id) {
  const Pipeline& p = *tokenizer_->pipeline_;
  if (!p.known(id) || (skip_special_ && tokenizer_->is_special(id))) return {};
  return p.decoder && p.decoder->concatenates() ? push_bytes(id) : push_window(id);
}

std::string StreamDecoder::push_bytes(int32_t id) {
  const Pipeline& p = *tokenizer_->pipeline_;
  std::string bytes(p.decode_form(id));
  p.decoder->alone(bytes);
  held_ += bytes;
  bool unfinished = false;
  std::string out;
  for (;;) {  // whole characters go out; an ill-formed part in front of more bytes becomes U+FFFD
    const size_t good = utf8_valid_prefix(held_, &unfinished);
    if (good == held_.size() || !unfinished) {
      out += utf8_lossy(held_.substr(0, good));
      held_.erase(0, good);
      if (held_.empty()) return out;
      // Skip exactly one ill-formed subpart: what lossy() makes of it and what follows.
      size_t bad = 1;
      while (bad < held_.size() && utf8_lossy(held_.substr(0, bad + 1)) == kReplacement) ++bad;
      out += kReplacement;
      held_.erase(0, bad);
      continue;
    }
    out += held_.substr(0, good);
    held_.erase(0, good);
    return out;
  }
}

std::string StreamDecoder::push_window(int32_t id) {
  window_.push_back(id);
  const std::string text = tokenizer_->decode(window_, false);
  const size_t pending = window_.size() - settled_;
  const bool extends = text.size() > prefix_.size() && text.starts_with(prefix_);
  const bool open = text.ends_with(kReplacement) && pending < kLongestWait;
  if (!extends || open) {
    if (pending < kLongestWait * 4) return {};
    return flush();  // nothing visible came of many tokens: start a new window
  }
  std::string out = text.substr(prefix_.size());
  window_.erase(window_.begin(), window_.begin() + long(settled_));
  settled_ = window_.size();
  prefix_ = tokenizer_->decode(window_, false);
  return out;
}

std::string StreamDecoder::flush() {
  std::string out;
  if (!held_.empty()) out = utf8_lossy(held_);
  if (window_.size() > settled_) {
    const std::string text = tokenizer_->decode(window_, false);
    if (text.starts_with(prefix_)) {
      out += text.substr(prefix_.size());
    } else {
      out += tokenizer_->decode(std::span(window_).subspan(settled_), false);
    }
  }
  held_.clear();
  window_.clear();
  prefix_.clear();
  settled_ = 0;
  return out;
}

}  // namespace vitrine
