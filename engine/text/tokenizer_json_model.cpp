// SPDX-License-Identifier: Apache-2.0
// tokenizer.json: "model".
#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/text/bpe.h"
#include "engine/text/tokenizer_json.h"
#include "engine/text/unigram.h"
#include "engine/text/wordpiece.h"

namespace vitrine::text {

static Vocabulary read_vocabulary(const Fields& fields) {
  const Json& json = fields.need("vocab");
  if (!json.is_object()) fields.fail("vocab", "an object of token: id");
  Vocabulary vocabulary;
  for (const auto& [piece, id] : json.items())
    vocabulary.add(piece, json_id(id, fields.place() + ".vocab"), json.size());
  vocabulary.finish();
  return vocabulary;
}

static std::unique_ptr<Model> read_bpe(const Fields& fields, bool byte_level_words) {
  if (const Json* dropout = fields.find("dropout"); dropout && (!dropout->is_number() || dropout->get<double>() != 0.0))
    throw Error(ErrorKind::unsupported, "BPE dropout makes ids random", "set 'dropout' to null", fields.place());
  BpeOptions options{.unknown_token = fields.string_or("unk_token", ""),
                     .continuing_prefix = fields.string_or("continuing_subword_prefix", ""),
                     .word_suffix = fields.string_or("end_of_word_suffix", ""),
                     .fuse_unknown = fields.boolean_or("fuse_unk", false),
                     .byte_fallback = fields.boolean_or("byte_fallback", false),
                     .ignore_merges = fields.boolean_or("ignore_merges", false)};
  Bpe::MergeList merges;
  for (const Json& merge : fields.array("merges")) {
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      merges.emplace_back(merge[0].get_ref<const std::string&>(), merge[1].get_ref<const std::string&>());
      continue;
    }
    if (!merge.is_string()) fields.fail("merges", "an array of pairs or of 'left right'");
    const std::string& text = merge.get_ref<const std::string&>();
    if (text.starts_with("#version")) continue;
    const size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
      throw Error(ErrorKind::format, cat("merge ", merges.size(), " ('", text.substr(0, 60), "') is not 'left right'"),
                  "use the tokenizer.json which came with the checkpoint", fields.place());
    merges.emplace_back(std::string_view(text).substr(0, space), std::string_view(text).substr(space + 1));
  }
  auto bpe =
      std::make_unique<Bpe>(read_vocabulary(fields), merges, std::move(options), Bpe::Duplicate::last_wins, false);
  if (byte_level_words) bpe->use_bytes();
  return bpe;
}

static std::unique_ptr<Model> read_unigram(const Fields& fields) {
  Vocabulary vocabulary;
  std::vector<double> scores;
  double worst = std::numeric_limits<double>::infinity();
  const Json& json = fields.array("vocab");
  for (const Json& entry : json) {
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number())
      fields.fail("vocab", "an array of [piece, score]");
    vocabulary.add(entry[0].get_ref<const std::string&>(), int64_t(scores.size()), json.size());
    scores.push_back(entry[1].get<double>());
    if (std::isnan(scores.back())) fields.fail("vocab", "free of NaN scores");
    worst = std::min(worst, scores.back());
  }
  vocabulary.finish();
  const int64_t unknown = fields.integer_or("unk_id", -1);
  if (fields.find("unk_id") && (unknown < 0 || size_t(unknown) >= scores.size()))
    fields.fail("unk_id", cat("an id below ", scores.size()));
  const UnigramOptions options{.unknown = int32_t(unknown), .byte_fallback = fields.boolean_or("byte_fallback", false)};
  return std::make_unique<Unigram>(std::move(vocabulary), std::move(scores), std::vector<bool>(), worst, options);
}

// Files from before "type" was written: told apart by their fields, in the reference's order.
static std::string model_type(const Fields& fields) {
  if (fields.find("type")) return fields.type();
  if (fields.find("merges")) return "BPE";
  if (fields.find("continuing_subword_prefix")) return "WordPiece";
  return fields.find("vocab") && fields.find("vocab")->is_array() ? "Unigram" : "WordLevel";
}

std::unique_ptr<Model> read_model(const Fields& fields, bool byte_level_words) {
  const std::string type = model_type(fields);
  if (type == "BPE") return read_bpe(fields, byte_level_words);
  if (type == "Unigram") return read_unigram(fields);
  if (type == "WordPiece") {
    const int64_t longest = fields.integer("max_input_chars_per_word");
    if (longest < 0) fields.fail("max_input_chars_per_word", "positive");
    return std::make_unique<WordPiece>(read_vocabulary(fields), fields.string("unk_token"),
                                       fields.string("continuing_subword_prefix"), size_t(longest));
  }
  if (type == "WordLevel") return std::make_unique<WordLevel>(read_vocabulary(fields), fields.string("unk_token"));
  fields.unknown_type();
}

}  // namespace vitrine::text
