// SPDX-License-Identifier: Apache-2.0
// Two ways: where a decoder is plain concatenation of bytes, bytes are held back until a character is whole; elsewhere
// a window of the last tokens is decoded with and without the new one and the difference is shown.
#include "engine/text/pipeline.h"
#include "engine/text/utf8.h"

namespace vitrine {

using namespace text;

// Ids without visible text which are remembered at most.
static constexpr size_t kLongestWait = 64;

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

// The bytes of the last tokens which are no characters by themselves could still become one.
static bool awaits_bytes(const Tokenizer& tokenizer, std::span<const int32_t> ids) {
  std::string bytes;
  for (size_t i = ids.size(); i-- > 0;) {
    const std::string own = tokenizer.token_bytes(ids[i]);
    if (utf8_valid_prefix(own) == own.size()) break;
    bytes.insert(0, own);
  }
  bool unfinished = false;
  utf8_valid_prefix(bytes, &unfinished);
  return unfinished;
}

std::string StreamDecoder::push_window(int32_t id) {
  window_.push_back(id);
  if (awaits_bytes(*tokenizer_, window_)) return {};
  const std::string text = tokenizer_->decode(window_, false);
  std::string out;
  if (text.starts_with(prefix_)) {
    out = text.substr(prefix_.size());
    if (out.empty() && window_.size() - settled_ < kLongestWait) return {};
  } else {  // a run of bytes turned out to be no text: what was shown stays, the new bytes show as such
    out = tokenizer_->decode(std::span(window_).subspan(settled_), false);
  }
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
