// SPDX-License-Identifier: Apache-2.0
// Would break: choosing anything but a model would leave the user without a word about what to do.
#include "engine/io/weight_source.h"

#include "engine/io/mapped_file.h"
#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;

std::string open_error(const std::filesystem::path& path) {
  return error_of([&] { open_weights(path); });
}

TEST(OpenWeights, SaysWhatToDoWithWhatIsNoModel) {
  const Folder folder;
  EXPECT_THAT(open_error(folder / "absent.gguf"), AllOf(HasSubstr("absent.gguf"), HasSubstr("check the path")));
  EXPECT_THAT(open_error(folder.path()), HasSubstr("no model weights"));
  EXPECT_THAT(open_error(folder.write("zero.gguf", "")), AllOf(HasSubstr("zero.gguf"), HasSubstr("empty")));
  EXPECT_THAT(open_error(folder.write("zero.safetensors", "")),
              AllOf(HasSubstr("zero.safetensors"), HasSubstr("empty")));
  EXPECT_THAT(open_error(folder.write("notes.txt", "hello")), AllOf(HasSubstr("notes.txt"), HasSubstr("choose")));
}

TEST(OpenWeights, RefusesPicklesWithTheWayToConvert) {
  for (const char* name : {"pytorch_model.bin", "model.pt", "model.pth", "epoch.ckpt"}) {
    const Folder folder;
    folder.write("config.json", "{}");
    const auto path = folder.write(name, "PK\3\4");
    EXPECT_THAT(open_error(path),
                AllOf(HasSubstr(name), HasSubstr("safe_serialization"), HasSubstr("convert_hf_to_gguf")));
    EXPECT_THAT(open_error(folder.path()), HasSubstr("safe_serialization"));
  }
}

TEST(OpenWeights, RecognisesGgufWithoutItsExtension) {
  const Folder folder;
  EXPECT_EQ(open_weights(folder.write("sha256-abc", gguf_bytes({.tensors = {{}}, .data_bytes = 32})))->tensors().size(),
            1u);
}

TEST(OpenWeights, AFolderOfSeveralGgufModelsListsThem) {
  const Folder folder;
  folder.write("a.gguf", gguf_bytes({}));
  EXPECT_EQ(open_weights(folder.path())->container(), "gguf");
  folder.write("b.gguf", gguf_bytes({}));
  EXPECT_THAT(open_error(folder.path()), AllOf(HasSubstr("a.gguf"), HasSubstr("b.gguf"), HasSubstr("open one")));
}

TEST(OpenWeights, WeightsWithoutConfigSayWhatIsMissing) {
  const Folder folder;
  folder.write("model.safetensors", safetensors_bytes("{}", 0));
  EXPECT_THAT(open_error(folder.path()), HasSubstr("config.json"));
}

TEST(OpenWeights, TheBytesOutliveTheSource) {
  const Folder folder;
  auto source = open_weights(folder.write("m.gguf", gguf_bytes({.tensors = {{}}, .data_bytes = 32})));
  const auto alive = source->keep_alive();
  const auto bytes = source->tensors()[0].bytes;
  source.reset();
  EXPECT_EQ(bytes[31], std::byte{1});
}

TEST(MappedFile, FoldersAndTextLimits) {
  const Folder folder;
  EXPECT_THAT(error_of([&] { MappedFile::open(folder.path()); }), HasSubstr("not a regular file"));
  EXPECT_THAT(error_of([&] { read_text_file(folder.write("t", "12345"), 4); }), HasSubstr("at most 4"));
  EXPECT_EQ(read_text_file(folder.write("e", ""), 4), "");
}

}  // namespace
}  // namespace vitrine
