// SPDX-License-Identifier: Apache-2.0
// Rules: tokenizers 0.23, src/processors/*.rs and ByteLevel's process_offsets.
#include "engine/text/post_processors.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

Item Draft::special(int32_t id, std::string_view token, uint32_t type) {
  Item item{.id = id,
            .type = type,
            .text_begin = uint32_t(texts.size()),
            .text_size = uint32_t(token.size()),
            .special = true};
  texts += token;
  return item;
}

namespace {

// Leaves spaces at a token's ends out of its offsets (spaces are U+0120 in the byte alphabet).
void trim_offsets(Draft& draft, std::vector<Item>& items, bool add_prefix_space) {
  const auto is_blank = [](char32_t c) { return c == 0x120 || is_space(c); };
  for (size_t i = 0; i < items.size(); ++i) {
    Item& item = items[i];
    const std::string_view text = draft.text(item);
    uint32_t leading = 0, trailing = 0;
    bool only = true;
    for (size_t at = 0, size; at < text.size(); at += size) {
      if (is_blank(utf8_decode(text.data() + at, size))) {
        ++trailing;
        leading += only;
      } else {
        trailing = 0;
        only = false;
      }
    }
    if (leading > 0) {
      if ((i == 0 || item.begin == 0) && add_prefix_space && leading == 1) leading = 0;
      item.begin = std::min(item.begin + leading, item.end);
    }
    if (trailing > 0 && item.end >= trailing) item.end = std::max(item.end - trailing, item.begin);
  }
}

class TemplateProcessing final : public PostProcessor {
 public:
  explicit TemplateProcessing(Template pieces) : template_(std::move(pieces)) {}

  void apply(Draft& draft, bool add_special) const override {
    if (draft.segments.size() != 1 && draft.segments.size() != 2)
      throw Error(ErrorKind::unsupported, "a TemplateProcessing follows another one", "remove one of them",
                  "post_processor");
    const bool pair = draft.segments.size() == 2;
    std::vector<std::vector<Item>> out;
    for (const TemplatePiece& piece : pair ? template_.pair : template_.single) {
      if (piece.sequence >= 0) {
        if (size_t(piece.sequence) >= draft.segments.size())
          throw Error(ErrorKind::format, "the template for one segment uses $B", "correct the template",
                      "post_processor");
        out.push_back(draft.segments[size_t(piece.sequence)]);
        for (Item& item : out.back()) item.type = piece.type;
      } else if (add_special) {
        auto& items = out.emplace_back();
        for (size_t i = 0; i < piece.special->ids.size(); ++i)
          items.push_back(draft.special(piece.special->ids[i], piece.special->tokens[i], piece.type));
      }
    }
    draft.segments = std::move(out);
  }

  std::string description() const override { return "TemplateProcessing"; }

  int32_t first_token() const noexcept override {
    if (template_.single.empty() || !template_.single[0].special || template_.single[0].special->ids.empty()) return -1;
    return template_.single[0].special->ids[0];
  }

 private:
  Template template_;
};

class ClsSep final : public PostProcessor {
 public:
  ClsSep(NamedToken cls, NamedToken sep, bool roberta, bool trim, bool prefix)
      : cls_(std::move(cls)), sep_(std::move(sep)), roberta_(roberta), trim_(trim), prefix_(prefix) {}

  void apply(Draft& draft, bool add_special) const override {
    for (auto& items : draft.segments) {
      if (roberta_ && trim_) trim_offsets(draft, items, prefix_);
      if (roberta_)
        for (Item& item : items) item.type = 0;
    }
    if (!add_special) return;
    for (size_t i = 0; i < draft.segments.size(); ++i) {
      auto& items = draft.segments[i];
      const uint32_t type = roberta_ || i == 0 ? 0 : 1;
      if (i == 0) {
        items.insert(items.begin(), draft.special(cls_.id, cls_.token, type));
      } else if (roberta_) {
        items.insert(items.begin(), draft.special(sep_.id, sep_.token, type));
      }
      items.push_back(draft.special(sep_.id, sep_.token, type));
    }
  }

  std::string description() const override { return roberta_ ? "RobertaProcessing" : "BertProcessing"; }
  int32_t first_token() const noexcept override { return cls_.id; }

 private:
  NamedToken cls_, sep_;
  bool roberta_, trim_, prefix_;
};

class ByteLevelProcessing final : public PostProcessor {
 public:
  ByteLevelProcessing(bool trim, bool prefix) : trim_(trim), prefix_(prefix) {}
  void apply(Draft& draft, bool) const override {
    for (auto& items : draft.segments)
      if (trim_) trim_offsets(draft, items, prefix_);
  }
  std::string description() const override { return "ByteLevel"; }

 private:
  bool trim_, prefix_;
};

class ProcessorSequence final : public PostProcessor {
 public:
  explicit ProcessorSequence(std::vector<PostProcessorPtr> parts) : parts_(std::move(parts)) {}
  void apply(Draft& draft, bool add_special) const override {
    for (const auto& part : parts_) part->apply(draft, add_special);
  }
  std::string description() const override {
    std::string name;
    for (const auto& part : parts_) name += (name.empty() ? "" : ", ") + part->description();
    return name;
  }
  int32_t first_token() const noexcept override {
    for (const auto& part : parts_)
      if (const int32_t id = part->first_token(); id >= 0) return id;
    return -1;
  }

 private:
  std::vector<PostProcessorPtr> parts_;
};

}  // namespace

PostProcessorPtr make_template(Template pieces) { return std::make_unique<TemplateProcessing>(std::move(pieces)); }

PostProcessorPtr make_bert_processing(NamedToken cls, NamedToken sep) {
  return std::make_unique<ClsSep>(std::move(cls), std::move(sep), false, false, false);
}

PostProcessorPtr make_roberta_processing(NamedToken cls, NamedToken sep, bool trim_offsets, bool add_prefix_space) {
  return std::make_unique<ClsSep>(std::move(cls), std::move(sep), true, trim_offsets, add_prefix_space);
}

PostProcessorPtr make_byte_level_processing(bool trim_offsets, bool add_prefix_space) {
  return std::make_unique<ByteLevelProcessing>(trim_offsets, add_prefix_space);
}

PostProcessorPtr make_processor_sequence(std::vector<PostProcessorPtr> parts) {
  return std::make_unique<ProcessorSequence>(std::move(parts));
}

}  // namespace vitrine::text
