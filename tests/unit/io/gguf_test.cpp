// SPDX-License-Identifier: Apache-2.0
// Would break: opening GGUF models, split ones too; and a damaged or hostile file would crash the window instead of
// giving one line.
#include "engine/io/gguf.h"

#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;

std::string parse_error(const std::string& bytes) {
  return error_of([&] { parse_gguf(std::as_bytes(std::span(bytes)), "model.gguf"); });
}

TEST(Gguf, ReadsBothVersionsSlowestAxisFirst) {
  for (uint32_t version : {2u, 3u}) {
    const std::string bytes =
        gguf_bytes({.version = version, .tensors = {{.name = "w", .extents = {4, 2}}}, .data_bytes = 32});
    const GgufFile file = parse_gguf(std::as_bytes(std::span(bytes)), "model.gguf");
    ASSERT_EQ(file.tensors.size(), 1u);
    EXPECT_EQ(file.tensors[0].shape, (Shape{2, 4}));
    EXPECT_EQ(file.tensors[0].bytes.size(), 32u);
  }
}

TEST(Gguf, ReadsNestedLists) {
  Bytes meta;
  meta.str("nested").put(9u).put(9u).put(uint64_t(2));  // a list of two lists:
  meta.put(4u).put(uint64_t(2)).put(7u).put(8u);        // u32 7, 8
  meta.put(8u).put(uint64_t(1)).str("text");            // one text
  const std::string bytes = gguf_bytes({.meta = meta, .meta_count = 1});
  const GgufFile file = parse_gguf(std::as_bytes(std::span(bytes)), "model.gguf");
  EXPECT_EQ(meta_text(*file.meta.find("nested")), "[[7, 8], [\"text\"]]");
}

TEST(Gguf, HonoursTheAlignmentOfTheFile) {
  const Bytes meta = Bytes().str("general.alignment").put(4u).put(64u);
  std::string bytes = gguf_bytes({.tensors = {{}}, .meta = meta, .meta_count = 1});
  bytes.resize((bytes.size() + 63) / 64 * 64, '\0');
  const size_t start = bytes.size();
  bytes += std::string(32, '\2');
  const GgufFile file = parse_gguf(std::as_bytes(std::span(bytes)), "model.gguf");
  EXPECT_EQ(file.tensors[0].bytes.data(), std::as_bytes(std::span(bytes)).data() + start);
}

struct Bad {
  const char* name;
  std::string bytes;
  std::string says;
};

std::vector<Bad> bad_files() {
  const uint64_t huge = uint64_t(1) << 62;
  const auto meta = [](std::function<void(Bytes&)> fill) {
    GgufSpec spec{.meta_count = 1};
    fill(spec.meta);
    return gguf_bytes(spec);
  };
  const auto tensor = [](GgufTensor t, size_t data = 64) { return gguf_bytes({.tensors = {t}, .data_bytes = data}); };
  Bytes deep = Bytes().str("deep").put(9u);
  for (int i = 0; i < 40; ++i) deep.put(9u).put(uint64_t(1));
  return {
      {"another kind of file", "PK\3\4 something else entirely", "does not start with"},
      {"only the magic", "GGUF", "ends at byte 4"},
      {"version 1", gguf_bytes({.version = 1}), "version 1"},
      {"version 9", gguf_bytes({.version = 9}), "version 9"},
      {"big-endian", gguf_bytes({.version = 0x03000000}), "big-endian"},
      {"too many tensors", gguf_bytes({.claimed_tensors = huge}), "tensors"},
      {"too many entries", gguf_bytes({.claimed_meta = huge}), "metadata entries"},
      {"one tensor too many", gguf_bytes({.tensors = {{}}, .data_bytes = 32, .claimed_tensors = 2}), "tensor"},
      {"key longer than the file", meta([&](Bytes& m) { m.put(huge).raw("k"); }), "claims"},
      {"text longer than the file", meta([&](Bytes& m) { m.str("k").put(8u).put(huge); }), "\"k\""},
      {"list longer than the file", meta([&](Bytes& m) { m.str("k").put(9u).put(0u).put(huge); }), "\"k\""},
      {"list of unknown type", meta([&](Bytes& m) { m.str("k").put(9u).put(77u).put(uint64_t(1)).put(0u); }),
       "unknown type 77"},
      {"entry of unknown type", meta([&](Bytes& m) { m.str("k").put(13u).put(0u); }), "unknown type 13"},
      {"boolean of 7", meta([&](Bytes& m) { m.str("k").put(7u).put(uint8_t(7)); }), "boolean"},
      {"lists forty deep", gguf_bytes({.meta = deep, .meta_count = 1}), "deep"},
      {"an entry twice",
       gguf_bytes({.meta = Bytes().str("k").put(4u).put(1u).str("k").put(4u).put(1u), .meta_count = 2}), "twice"},
      {"alignment 3", meta([&](Bytes& m) { m.str("general.alignment").put(4u).put(3u); }), "power of two"},
      {"alignment 0", meta([&](Bytes& m) { m.str("general.alignment").put(4u).put(0u); }), "power of two"},
      {"alignment of text", meta([&](Bytes& m) { m.str("general.alignment").put(8u).str("32"); }), "power of two"},
      {"five axes", tensor({.extents = {1, 1, 1, 1, 1}}), "5 axes"},
      {"an extent of zero", tensor({.extents = {4, 0}}), "extent of 0"},
      {"extents that overflow", tensor({.extents = {huge, huge}}), "impossible shape"},
      {"bytes that overflow", tensor({.extents = {huge}}), "impossible shape"},
      {"a negative extent", tensor({.extents = {~uint64_t(0)}}), "extent"},
      {"unknown element type", tensor({.type = 99}), "ggml type 99"},
      {"removed element type", tensor({.type = 4}), "ggml type 4"},
      {"negative element type", tensor({.type = ~0u}), "ggml type"},
      {"rows that cut a block", tensor({.extents = {33}, .type = 2}), "cut a block"},
      {"offset beyond the file", tensor({.offset = huge}), "\"a\""},
      {"tensor that ends after the file", tensor({.extents = {17}}), "needs bytes"},
      {"misaligned offset", tensor({.offset = 4}), "multiple of 32"},
      {"overlapping tensors",
       gguf_bytes({.tensors = {{.name = "a", .extents = {16}}, {.name = "b", .offset = 32}}, .data_bytes = 64}),
       "overlap"},
      {"no data at all", tensor({}, 0), "needs bytes"},
  };
}

TEST(Gguf, EveryKindOfDamageIsOneErrorThatNamesTheFile) {
  for (const Bad& bad : bad_files())
    EXPECT_THAT(parse_error(bad.bytes), AllOf(HasSubstr("[model.gguf]"), HasSubstr(bad.says), HasSubstr("; ")))
        << bad.name;
}

TEST(Gguf, AFileCutAnywhereIsAnError) {
  const Bytes meta =
      Bytes().str("general.architecture").put(8u).str("llama").str("l").put(9u).put(5u).put(uint64_t(2)).put(1).put(2);
  const std::string whole = gguf_bytes(
      {.tensors = {{.name = "a"}, {.name = "b", .offset = 32}}, .meta = meta, .meta_count = 2, .data_bytes = 64});
  EXPECT_EQ(parse_error(whole), "no error");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(parse_error(whole.substr(0, length)), "no error") << "cut to " << length;
}

TEST(Gguf, TwoTensorsOfOneNameAreRefused) {
  const Folder folder;
  const auto path = folder.write("m.gguf", gguf_bytes({.tensors = {{}, {.offset = 32}}, .data_bytes = 64}));
  EXPECT_THAT(error_of([&] { open_gguf(path); }), AllOf(HasSubstr("m.gguf"), HasSubstr("\"a\" is there twice")));
}

std::string part(int number, int parts, const std::string& tensor, int announced) {
  Bytes meta;
  meta.str("split.no").put(2u).put(uint16_t(number - 1));
  meta.str("split.count").put(2u).put(uint16_t(parts));
  meta.str("split.tensors.count").put(5u).put(int32_t(announced));
  if (number == 1) meta.str("general.name").put(8u).str("split model");
  return gguf_bytes(
      {.tensors = {{.name = tensor}}, .meta = meta, .meta_count = number == 1 ? 4u : 3u, .data_bytes = 32});
}

TEST(GgufSplit, AnyPartOpensTheWholeModel) {
  const Folder folder;
  const auto first = folder.write("m-00001-of-00002.gguf", part(1, 2, "a", 2));
  const auto second = folder.write("m-00002-of-00002.gguf", part(2, 2, "b", 2));
  for (const auto& path : {first, second, folder.path()}) {
    const auto source = open_weights(path);
    EXPECT_EQ(source->tensors().size(), 2u) << path;
    EXPECT_EQ(source->files().size(), 2u);
    EXPECT_NE(source->find("b"), nullptr);
    EXPECT_EQ(*meta_str(source->meta("general.name")), "split model");
  }
}

TEST(GgufSplit, MissingOrMixedPartsAreNamed) {
  const Folder folder;
  const auto first = folder.write("m-00001-of-00003.gguf", part(1, 3, "a", 3));
  EXPECT_THAT(error_of([&] { open_gguf(first); }),
              AllOf(HasSubstr("m-00002-of-00003.gguf"), HasSubstr("m-00003-of-00003.gguf"), HasSubstr("missing")));
  const auto renamed = folder.write("renamed.gguf", part(1, 3, "a", 3));
  EXPECT_THAT(error_of([&] { open_gguf(renamed); }), HasSubstr("name"));
  const auto other = folder.write("x-00001-of-00002.gguf", part(1, 2, "a", 5));
  folder.write("x-00002-of-00002.gguf", part(2, 2, "b", 5));
  EXPECT_THAT(error_of([&] { open_gguf(other); }), HasSubstr("announces 5"));
  const auto swapped = folder.write("y-00001-of-00002.gguf", part(2, 2, "a", 2));
  folder.write("y-00002-of-00002.gguf", part(1, 2, "b", 2));
  EXPECT_THAT(error_of([&] { open_gguf(swapped); }), HasSubstr("part 1 of 2"));
}

}  // namespace
}  // namespace vitrine
