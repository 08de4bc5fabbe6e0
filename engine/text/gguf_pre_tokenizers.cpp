// SPDX-License-Identifier: Apache-2.0
// Names and patterns: llama.cpp, src/llama-vocab.cpp (llm_tokenizer_bpe and llama_vocab::impl::load; MIT,
// THIRD_PARTY.md). Where llama.cpp replaces a checkpoint's own expression by one its matcher can run, the checkpoint's
// own stands here.
#include "engine/text/gguf_pre_tokenizers.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace vitrine::text {

namespace {

using View = std::string_view;

constexpr View kDefault[] = {
    R"~([\p{P}\$\+<=>\^~\|]+)~",
    R"~('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)~",
    R"~(\p{N}+)~",
    R"~([0-9][0-9][0-9])~",
};
constexpr View kGpt2[] = {
    R"~('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)~",
};
constexpr View kGpt2Digits[] = {
    kDigitsAlone,
    R"~('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)~",
};
// SmolLM's own file splits off every digit of category N; the recorded encodings of its GGUF keep fractions and
// superscripts with the space before them.
constexpr View kSmollm[] = {
    kDecimalsAlone,
    R"~('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)~",
};
constexpr View kLlama3[] = {
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r)~"
    R"~(\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kQwen2[] = {
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|)~"
    R"~(\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kMinicpm5[] = {
    R"~(\p{N}{1,3})~",
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}+| ?[^\s\p{L}\p{N}]+[\r\n]*)~"
    R"~(|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kJais2[] = {
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r)~"
    R"~(\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s)~"
    R"~({16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1})~",
};
constexpr View kDeepseekLlm[] = {
    R"~([\r\n])~",
    R"~(\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-)~"
    R"~(ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅ)~"
    R"~(Ὀ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-)~"
    R"~(ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-)~"
    R"~(ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚ)~"
    R"~(ａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+)~",
    R"~(\s?[!-/:-~！-／：-～‘-‟　-。]+)~",
    R"~(\s+$)~",
    R"~([一-龥ࠀ-一가-퟿]+)~",
    R"~(\p{N}+)~",
};
constexpr View kDeepseekCoder[] = {
    R"~([\r\n])~", R"~(\s?\p{L}+)~", R"~(\s?\p{P}+)~", R"~([一-龥ࠀ-一가-퟿]+)~", R"~(\p{N})~",
};
constexpr View kDeepseek3[] = {
    R"~(\p{N}{1,3})~",
    R"~([一-龥぀-ゟ゠-ヿ]+)~",
    R"~([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| )~"
    R"~(?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kSpark[] = {
    R"~(\p{N}{1,3})~",
    R"~([一-龥぀-ゟ゠-ヿ]+)~",
    R"~([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| )~"
    R"~(?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+)~",
    R"~(\p{N})~",
};
constexpr View kYoutu[] = {
    R"~([가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥)~"
    R"~(぀-ゟ゠-ヿ]+)~",
    R"~([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|)~"
    R"~('re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm})~"
    R"~(\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+)~"
    R"~(|\s+(?!\S)|\s+)~",
};
constexpr View kFalcon[] = {
    R"~([\p{P}\$\+<=>\^~\|`]+)~",
    R"~('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)~",
    R"~([0-9][0-9][0-9])~",
};
constexpr View kQwen35[] = {
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M})~"
    R"~(\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kBloom[] = {
    R"~( ?[^(\s|[.,!?…。，、।۔،])]+)~",
};
constexpr View kViking[] = {
    R"~( ?[^(\s|[.,!?…。，、।۔،])]+)~",
    R"~(\p{N})~",
};
constexpr View kTekken[] = {
    R"~([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n)~"
    R"~(\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s)~"
    R"~(\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kGpt4o[] = {
    R"~([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|)~"
    R"~('re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm})~"
    R"~(\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[)~"
    R"~(\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kTinyAya[] = {
    R"~(\d{1,3}(?=(?:\d{3})*\b))~",
    R"~([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|)~"
    R"~('re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm})~"
    R"~(\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[)~"
    R"~(\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kChameleon[] = {
    R"~(<sentinel:[0-9]+>)~",    R"~((IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z)~",
    R"~(([\t\n]|    |  ))~",     R"~(\p{N})~",
    R"~([\p{P}!-/:-@\[-`{-~])~", R"~('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)~",
};
constexpr View kKimiK2[] = {
    R"~([\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm})~"
    R"~(\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt})~"
    R"~(\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve)~"
    R"~(|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kSuperbpe[] = {
    R"~(\p{N}+)~",
    R"~((?=(\d{3})+(?!\d)))~",
};
constexpr View kBailing[] = {
    R"~('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[)~"
    R"~(\r\n]|\s+(?!\S)|\s+)~",
};
constexpr View kSeedCoder[] = {
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|)~"
    R"~(\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kUfakzeka[] = {
    R"~([^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kAfmoe[] = {
    kDigitTriples,
    R"~([一-鿿㐀-䶿豈-﫿぀-ゟ゠-ヿ･-ﾟ⼀-⿟เ-๿຀-໿ក-៿က-႟ꩠ-ꩿ)~"
    R"~(ꧠ-꧿가-힯ᄀ-ᇿ]+)~",
    R"~([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| )~"
    R"~(?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kLaguna[] = {
    R"~([^\n]+|[\n]+)~",
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|)~"
    R"~(\s*[\r\n]+|\s+(?!\S)|\s+)~",
};
constexpr View kExaoneMoe[] = {
    R"~((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N})~"
    R"~(| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)~",
};
constexpr View kNewlines[] = {
    R"~([^\n]+|[\n]+)~",
};
constexpr View kWords[] = {
    R"~(\S+)~",
};

using Kind = GgufPreTokenizer::Kind;

struct Named {
  View name;
  GgufPreTokenizer value;
};

constexpr Named kNamed[] = {
    {"default", {kDefault, false, false}},
    {"minicpm5", {kMinicpm5, true, false}},
    {"llama3", {kLlama3, true, true}},
    {"llama-v3", {kLlama3, true, true}},
    {"llama-bpe", {kLlama3, true, true}},
    {"falcon3", {kLlama3, true, true}},
    {"falcon-h1", {kLlama3, true, true}},
    {"pixtral", {kLlama3, true, true}},
    {"midm-2.0", {kLlama3, true, true}},
    {"lfm2", {kLlama3, true, true}},
    {"jina-v5-nano", {kLlama3, true, true}},
    {"deepseek-llm", {kDeepseekLlm, false, false}},
    {"deepseek-coder", {kDeepseekCoder, false, false}},
    {"deepseek-v3", {kDeepseek3, false, false}},
    {"spark2_5", {kSpark, false, false}},
    {"youtu", {kYoutu, true, false}},
    {"falcon", {kFalcon, false, false}},
    {"mpt", {kGpt2, false, false}},
    {"gpt-2", {kGpt2, false, false}},
    {"phi-2", {kGpt2, false, false}},
    {"jina-es", {kGpt2, false, false}},
    {"jina-de", {kGpt2, false, false}},
    {"gigachat", {kGpt2, false, false}},
    {"jina-v2-es", {kGpt2, false, false}},
    {"jina-v2-de", {kGpt2, false, false}},
    {"a.x-4.0", {kGpt2, false, false}},
    {"mellum", {kGpt2, false, false}},
    {"modern-bert", {kGpt2, false, false}},
    {"jina-v1-en", {kGpt2, false, false}},
    {"jina-v2-code", {kGpt2, false, false}},
    {"roberta-bpe", {kGpt2, false, false}},
    {"olmo", {kGpt2, false, false}},
    {"jais", {kGpt2, false, false}},
    {"exaone4", {kGpt2, false, false}},
    {"trillion", {kGpt2, false, false}},
    {"granite-docling", {kGpt2, false, false}},
    {"starcoder", {kGpt2Digits, false, false}},
    {"refact", {kGpt2Digits, false, false}},
    {"command-r", {kGpt2Digits, false, false}},
    {"smollm", {kSmollm, false, false}},
    {"codeshell", {kGpt2Digits, false, false}},
    {"exaone", {kGpt2Digits, false, false}},
    {"minerva-7b", {kGpt2Digits, false, false}},
    {"mellum2", {kGpt2Digits, false, false}},
    {"jais-2", {kJais2, false, false}},
    {"gemma4", {kNewlines, false, true, Kind::sentencepiece}},
    {"granite-embed-multi-311m", {kNewlines, false, true, Kind::sentencepiece}},
    {"sarvam-moe", {kNewlines, false, false, Kind::sentencepiece}},
    {"whitespace", {kWords, false, false, Kind::whitespace}},
    {"qwen2", {kQwen2, false, false}},
    {"deepseek-r1-qwen", {kQwen2, false, false}},
    {"kormo", {kQwen2, false, false}},
    {"f2llmv2", {kQwen2, false, false}},
    {"stablelm2", {kQwen2, false, false}},
    {"megrez", {kQwen2, false, false}},
    {"hunyuan", {kQwen2, false, false}},
    {"grok-2", {kQwen2, false, false}},
    {"solar-open", {kQwen2, false, false}},
    {"qwen35", {kQwen35, false, false}},
    {"dbrx", {kLlama3, false, false}},
    {"smaug-bpe", {kLlama3, false, false}},
    {"chatglm-bpe", {kLlama3, false, false}},
    {"glm4", {kLlama3, true, false}},
    {"glm5", {kLlama3, true, false}},
    {"poro-chat", {kBloom, false, false}},
    {"bloom", {kBloom, false, false}},
    {"gpt3-finnish", {kBloom, false, false}},
    {"viking", {kViking, false, false}},
    {"tekken", {kTekken, true, true}},
    {"exaone-moe", {kExaoneMoe, false, false}},
    {"chameleon", {kChameleon, false, true}},
    {"gpt-4o", {kGpt4o, false, false}},
    {"llama4", {kGpt4o, false, false}},
    {"kanana2", {kGpt4o, false, false}},
    {"talkie", {kGpt4o, false, false}},
    {"minimax-m2", {kGpt4o, false, false}},
    {"granite-embed-multi-97m", {kGpt4o, true, false}},
    {"tiny_aya", {kTinyAya, false, false}},
    {"cohere2moe", {kTinyAya, false, false}},
    {"superbpe", {kSuperbpe, false, false}},
    {"bailingmoe", {kBailing, false, false}},
    {"bailingmoe2", {kBailing, false, false}},
    {"llada-moe", {kBailing, false, false}},
    {"seed-coder", {kSeedCoder, false, false}},
    {"hunyuan-dense", {kDeepseek3, false, false}},
    {"hy_v4", {kDeepseek3, false, false}},
    {"joyai-llm", {kDeepseek3, false, false}},
    {"kimi-k2", {kKimiK2, false, false}},
    {"ufakzeka", {kUfakzeka, false, false}},
    {"afmoe", {kAfmoe, false, false}},
    {"laguna", {kLaguna, false, false}},
};

}  // namespace

const GgufPreTokenizer* find_gguf_pre_tokenizer(View name) noexcept {
  for (const Named& entry : kNamed)
    if (entry.name == name) return &entry.value;
  return nullptr;
}

std::span<const View> gguf_pre_tokenizer_names() noexcept {
  static const std::array<View, std::size(kNamed)> names = [] {
    std::array<View, std::size(kNamed)> out;
    std::transform(std::begin(kNamed), std::end(kNamed), out.begin(), [](const Named& n) { return n.name; });
    return out;
  }();
  return names;
}

}  // namespace vitrine::text
