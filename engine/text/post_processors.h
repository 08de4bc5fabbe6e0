// SPDX-License-Identifier: Apache-2.0
// What is added around the tokens of a text: [CLS] and [SEP], BOS and EOS, segment numbers.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/text/vocabulary.h"

namespace vitrine::text {

/// A token before it becomes part of an Encoding.
struct Item {
  int32_t id = 0;
  uint32_t begin = 0, end = 0;  // code points of the segment's text
  uint32_t type = 0;
  uint32_t text_begin = 0, text_size = UINT32_MAX;  // in Draft::texts; UINT32_MAX: the vocabulary's piece
  bool special = false, second = false;             // second: counts in the pair's text
};

/// Segments on their way through post-processors. A template turns two segments into many.
struct Draft {
  std::vector<std::vector<Item>> segments;
  std::string texts;
  const Vocabulary* vocabulary = nullptr;

  std::string_view text(const Item& item) const noexcept {
    if (item.text_size == UINT32_MAX) return vocabulary->piece(item.id);
    return std::string_view(texts).substr(item.text_begin, item.text_size);
  }
  Item special(int32_t id, std::string_view token, uint32_t type);
};

class PostProcessor {
 public:
  virtual ~PostProcessor() = default;
  virtual void apply(Draft& draft, bool add_special) const = 0;
  virtual std::string description() const = 0;
  /// The first token it puts before a single segment, -1 if none.
  virtual int32_t first_token() const noexcept { return -1; }
};

using PostProcessorPtr = std::unique_ptr<const PostProcessor>;

struct NamedToken {
  std::string token;
  int32_t id = 0;
};

struct TemplateSpecial {
  std::vector<int32_t> ids;
  std::vector<std::string> tokens;
};

struct TemplatePiece {
  int sequence = -1;  // 0: A, 1: B, -1: a special token
  std::shared_ptr<const TemplateSpecial> special;
  uint32_t type = 0;
};

struct Template {
  std::vector<TemplatePiece> single, pair;
};

PostProcessorPtr make_template(Template pieces);
PostProcessorPtr make_bert_processing(NamedToken cls, NamedToken sep);
PostProcessorPtr make_roberta_processing(NamedToken cls, NamedToken sep, bool trim_offsets, bool add_prefix_space);
PostProcessorPtr make_byte_level_processing(bool trim_offsets, bool add_prefix_space);
PostProcessorPtr make_processor_sequence(std::vector<PostProcessorPtr> parts);

}  // namespace vitrine::text
