// SPDX-License-Identifier: Apache-2.0
// A tokenizer.json of any bytes: either an Error, or a tokenizer which encodes and decodes without harm.
#include <cstdlib>
#include <string>

#include "engine/core/error.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"

using namespace vitrine;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string kTexts[] = {"", "Hello, world! 12345 don't\n\n  x",
                                       "na\xC3\xAFve \xED\x95\x9C\xEA\xB8\x80 \xF0\x9F\x98\x80 e\xCC\x81 \xEF\xAC\x81",
                                       "<s>[MASK]</s> <|im_start|>",
                                       std::string("\0\t\xC2\xA0\xE3\x80\x80\xEF\xBF\xBD", 10)};
  std::shared_ptr<const Tokenizer> tokenizer;
  try {
    tokenizer = Tokenizer::from_json(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const Error&) {
    return 0;
  }
  for (const std::string& text : kTexts) {
    try {
      const Encoding e = tokenizer->encode(text, {.pair = std::string_view("b c")});
      if (e.ids.size() != e.offsets.size() || e.ids.size() != e.tokens.size()) std::abort();
      const std::string decoded = tokenizer->decode(tokenizer->encode_ids(text), false);
      if (text::utf8_valid_prefix(decoded) != decoded.size()) std::abort();
      StreamDecoder stream(tokenizer);
      for (const int32_t id : e.ids) {
        const std::string part = stream.push(id);
        if (text::utf8_valid_prefix(part) != part.size()) std::abort();
      }
      stream.flush();
    } catch (const Error&) {
    }
  }
  return 0;
}
