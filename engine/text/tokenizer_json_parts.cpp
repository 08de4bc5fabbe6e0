// SPDX-License-Identifier: Apache-2.0
// tokenizer.json: normalizer, pre_tokenizer, post_processor, decoder. Defaults are those of tokenizers 0.23.
#include <openssl/evp.h>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/tokenizer_json.h"
#include "engine/text/utf8.h"

namespace vitrine::text {

void check_depth(int depth, const Fields& fields) {
  if (depth > 16) throw Error(ErrorKind::format, "sequences are nested too deeply", "flatten them", fields.place());
}

static Fields child(const Fields& parent, std::string_view list, const Json& element, size_t index) {
  return {element, cat(parent.place(), ".", list, "[", index, "]")};
}

// {"String": s} or {"Regex": s}
struct Pattern {
  std::string text;
  bool regex = false;
};

static Pattern read_pattern(const Fields& fields) {
  const Fields pattern(fields.need("pattern"), fields.place() + ".pattern");
  if (pattern.find("String")) return {pattern.string("String"), false};
  return {pattern.string("Regex"), true};
}

static std::string read_base64(const Fields& fields, std::string_view name) {
  const std::string text = fields.string(name);
  if (text.size() % 4 != 0 || text.size() > size_t(1) << 28) fields.fail(name, "base64");
  std::string bytes(text.size() / 4 * 3, '\0');
  const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                reinterpret_cast<const unsigned char*>(text.data()), int(text.size()));
  if (n < 0) fields.fail(name, "base64");
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(size_t(n) - padding);
  return bytes;
}

NormalizerPtr read_normalizer(const Fields& f, int depth) {
  check_depth(depth, f);
  const std::string type = f.type();
  if (type == "NFC") return make_normal_form(NormalForm::nfc);
  if (type == "NFD") return make_normal_form(NormalForm::nfd);
  if (type == "NFKC") return make_normal_form(NormalForm::nfkc);
  if (type == "NFKD") return make_normal_form(NormalForm::nfkd);
  if (type == "Lowercase") return make_lowercase();
  if (type == "Strip") return make_strip(f.boolean("strip_left"), f.boolean("strip_right"));
  if (type == "StripAccents") return make_strip_accents();
  if (type == "Nmt") return make_nmt();
  if (type == "ByteLevel") return make_byte_level_normalizer();
  if (type == "Prepend") return make_prepend(f.string("prepend"));
  if (type == "Append") return make_append(f.string("append"));
  if (type == "Precompiled") return make_precompiled(read_base64(f, "precompiled_charsmap"));
  if (type == "BertNormalizer" || type == "Bert") {
    const bool lowercase = f.boolean("lowercase");
    return make_bert_normalizer({.clean_text = f.boolean("clean_text"),
                                 .chinese_characters = f.boolean("handle_chinese_chars"),
                                 .strip_accents = f.boolean_or("strip_accents", lowercase),
                                 .lowercase = lowercase});
  }
  if (type == "Replace") {
    const Pattern pattern = read_pattern(f);
    if (pattern.regex || pattern.text.empty()) return make_replace_regex(pattern.text, f.string("content"));
    return make_replace_string(pattern.text, f.string("content"));
  }
  if (type == "Sequence") {
    std::vector<NormalizerPtr> parts;
    for (const Json& element : f.array("normalizers"))
      parts.push_back(read_normalizer(child(f, "normalizers", element, parts.size()), depth + 1));
    return make_normalizer_sequence(std::move(parts));
  }
  f.unknown_type();
}

static Behavior read_behavior(const Fields& f, std::string_view fallback) {
  const std::string name = f.string_or("behavior", std::string(fallback));
  if (name == "Removed") return Behavior::removed;
  if (name == "Isolated") return Behavior::isolated;
  if (name == "MergedWithPrevious") return Behavior::merged_with_previous;
  if (name == "MergedWithNext") return Behavior::merged_with_next;
  if (name == "Contiguous") return Behavior::contiguous;
  f.fail("behavior", "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
}

static PrependScheme read_scheme(const Fields& f) {
  const std::string name = f.string_or("prepend_scheme", "always");
  if (name != "first" && name != "never" && name != "always") f.fail("prepend_scheme", "first, never or always");
  if (!f.boolean_or("add_prefix_space", true)) {
    if (f.find("prepend_scheme") && name != "never") f.fail("prepend_scheme", "never, as add_prefix_space is false");
    return PrependScheme::never;
  }
  return name == "first" ? PrependScheme::first : name == "never" ? PrependScheme::never : PrependScheme::always;
}

void read_pre_tokenizer(const Fields& f, std::vector<PreTokenizerPtr>& steps, std::vector<std::string>& names,
                        int depth) {
  check_depth(depth, f);
  const std::string type = f.type();
  if (type == "Sequence") {
    size_t i = 0;
    for (const Json& element : f.array("pretokenizers"))
      read_pre_tokenizer(child(f, "pretokenizers", element, i++), steps, names, depth + 1);
    return;
  }
  names.push_back(type);
  if (type == "ByteLevel") {
    if (f.boolean("add_prefix_space")) steps.push_back(make_prefix_space());
    if (f.boolean_or("use_regex", true)) steps.push_back(make_split_fast(FastPattern::gpt2));
    steps.push_back(make_byte_map());
  } else if (type == "Whitespace") {
    steps.push_back(make_whitespace());
  } else if (type == "WhitespaceSplit") {
    steps.push_back(make_whitespace_split());
  } else if (type == "BertPreTokenizer") {
    steps.push_back(make_bert_pre_tokenizer());
  } else if (type == "Metaspace") {
    steps.push_back(make_metaspace(f.character("replacement"), read_scheme(f), f.boolean_or("split", true)));
  } else if (type == "Split") {
    const Pattern pattern = read_pattern(f);
    const Behavior behavior = read_behavior(f, "");
    const bool invert = f.boolean("invert");
    steps.push_back(pattern.regex ? make_split_regex(pattern.text, behavior, invert)
                                  : make_split_string(pattern.text, behavior, invert));
  } else if (type == "Punctuation") {
    steps.push_back(make_punctuation(read_behavior(f, "Isolated")));
  } else if (type == "Digits") {
    steps.push_back(make_digits(f.boolean("individual_digits")));
  } else if (type == "UnicodeScripts") {
    steps.push_back(make_unicode_scripts());
  } else if (type == "CharDelimiterSplit") {
    steps.push_back(make_char_delimiter(f.character("delimiter")));
  } else if (type == "FixedLength") {
    const int64_t length = f.integer_or("length", 5);
    if (length < 1) f.fail("length", "positive");
    steps.push_back(make_fixed_length(size_t(length)));
  } else {
    f.unknown_type();
  }
}

static NamedToken read_named_token(const Fields& f, std::string_view name) {
  const Json& pair = f.array(name);
  if (pair.size() != 2 || !pair[0].is_string()) f.fail(name, "[token, id]");
  return {pair[0].get<std::string>(), json_id(pair[1], f.place() + "." + std::string(name))};
}

using SpecialTable = std::unordered_map<std::string, std::shared_ptr<const TemplateSpecial>>;

static SpecialTable read_template_specials(const Fields& f) {
  SpecialTable table;
  const Json& json = f.need("special_tokens");
  if (!json.is_object()) f.fail("special_tokens", "an object");
  for (const auto& [key, value] : json.items()) {
    const Fields entry(value, f.place() + ".special_tokens." + key);
    auto special = std::make_shared<TemplateSpecial>();
    for (const Json& id : entry.array("ids")) special->ids.push_back(json_id(id, entry.place()));
    for (const Json& token : entry.array("tokens")) {
      if (!token.is_string()) entry.fail("tokens", "an array of strings");
      special->tokens.push_back(token.get<std::string>());
    }
    if (special->ids.size() != special->tokens.size()) entry.fail("tokens", "as many as 'ids'");
    table.emplace(key, std::move(special));
  }
  return table;
}

static std::vector<TemplatePiece> read_template_pieces(const Fields& f, std::string_view name,
                                                       const SpecialTable& specials) {
  std::vector<TemplatePiece> pieces;
  for (const Json& element : f.array(name)) {
    const Fields piece = child(f, name, element, pieces.size());
    TemplatePiece out;
    const bool is_sequence = piece.find("Sequence") != nullptr;
    const Fields inner(piece.need(is_sequence ? "Sequence" : "SpecialToken"), piece.place());
    const int64_t type = inner.integer_or("type_id", 0);
    if (type < 0 || type > INT32_MAX) inner.fail("type_id", "a small number");
    out.type = uint32_t(type);
    const std::string id = inner.string("id");
    if (is_sequence) {
      if (id != "A" && id != "B") inner.fail("id", "A or B");
      if (id == "B" && name == "single") inner.fail("id", "A, in the template for one segment");
      out.sequence = id == "B";
    } else {
      const auto at = specials.find(id);
      if (at == specials.end())
        throw Error(ErrorKind::format, cat("the template uses '", id, "', which is not in special_tokens"),
                    "use the tokenizer.json which came with the checkpoint", piece.place());
      out.special = at->second;
    }
    pieces.push_back(std::move(out));
  }
  return pieces;
}

PostProcessorPtr read_post_processor(const Fields& f, int depth) {
  check_depth(depth, f);
  const std::string type = f.type();
  if (type == "BertProcessing") return make_bert_processing(read_named_token(f, "cls"), read_named_token(f, "sep"));
  if (type == "RobertaProcessing")
    return make_roberta_processing(read_named_token(f, "cls"), read_named_token(f, "sep"), f.boolean("trim_offsets"),
                                   f.boolean("add_prefix_space"));
  if (type == "ByteLevel") return make_byte_level_processing(f.boolean("trim_offsets"), f.boolean("add_prefix_space"));
  if (type == "TemplateProcessing") {
    const SpecialTable specials = read_template_specials(f);
    return make_template({read_template_pieces(f, "single", specials), read_template_pieces(f, "pair", specials)});
  }
  if (type == "Sequence") {
    std::vector<PostProcessorPtr> parts;
    for (const Json& element : f.array("processors"))
      parts.push_back(read_post_processor(child(f, "processors", element, parts.size()), depth + 1));
    return make_processor_sequence(std::move(parts));
  }
  f.unknown_type();
}

DecoderPtr read_decoder(const Fields& f, int depth) {
  check_depth(depth, f);
  const std::string type = f.type();
  if (type == "ByteLevel") return make_byte_level_decoder();
  if (type == "ByteFallback") return make_byte_fallback_decoder();
  if (type == "Fuse") return make_fuse_decoder();
  if (type == "Metaspace")
    return make_metaspace_decoder(f.character("replacement"), read_scheme(f) != PrependScheme::never);
  if (type == "WordPiece") return make_wordpiece_decoder(f.string("prefix"), f.boolean("cleanup"));
  if (type == "BPEDecoder") return make_bpe_decoder(f.string("suffix"));
  if (type == "CTC")
    return make_ctc_decoder(f.string("pad_token"), f.string("word_delimiter_token"), f.boolean("cleanup"));
  if (type == "Strip") {
    const int64_t start = f.integer("start"), stop = f.integer("stop");
    if (start < 0 || stop < 0) f.fail("start", "positive, like 'stop'");
    return make_strip_decoder(f.character("content"), size_t(start), size_t(stop));
  }
  if (type == "Replace") {
    const Pattern pattern = read_pattern(f);
    if (pattern.regex || pattern.text.empty()) return make_replace_regex_decoder(pattern.text, f.string("content"));
    return make_replace_string_decoder(pattern.text, f.string("content"));
  }
  if (type == "Sequence") {
    std::vector<DecoderPtr> parts;
    for (const Json& element : f.array("decoders"))
      parts.push_back(read_decoder(child(f, "decoders", element, parts.size()), depth + 1));
    return make_decoder_sequence(std::move(parts));
  }
  f.unknown_type();
}

}  // namespace vitrine::text
