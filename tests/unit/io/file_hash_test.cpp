// SPDX-License-Identifier: Apache-2.0
// Would break: a session names its weights by hash; a wrong one says "other model" for ever.
#include "engine/io/file_hash.h"

#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;

TEST(FileHash, IsWhatSha256sumPrints) {
  const Folder folder;
  const auto abc = folder.write("abc", "abc"), empty = folder.write("empty", "");
  EXPECT_EQ(sha256_of_file(abc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of_file(empty), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(FileHash, OfSeveralFilesDoesNotDependOnTheirOrder) {
  const Folder folder;
  const auto a = folder.write("a", "1"), b = folder.write("b", "2");
  const std::filesystem::path ab[] = {a, b}, ba[] = {b, a}, one[] = {a};
  EXPECT_EQ(sha256_of_files(ab), sha256_of_files(ba));
  EXPECT_NE(sha256_of_files(ab), sha256_of_files(one));
  EXPECT_EQ(sha256_of_files(one), sha256_of_file(a));
}

TEST(FileHash, ReportsProgressToTheEndAndStops) {
  const Folder folder;
  const auto path = folder.write("big", std::string(size_t(9) << 20, 'x'));
  int64_t last = 0;
  int calls = 0;
  sha256_of_file(path, [&](int64_t done, int64_t total) {
    EXPECT_GE(done, last);
    EXPECT_EQ(total, int64_t(9) << 20);
    last = done;
    ++calls;
  });
  EXPECT_EQ(last, int64_t(9) << 20);
  EXPECT_GE(calls, 3);
  std::stop_source stop;
  int64_t reached = 0;
  const auto act = [&] {
    sha256_of_file(
        path,
        [&](int64_t done, int64_t) {
          reached = done;
          stop.request_stop();
        },
        stop.get_token());
  };
  EXPECT_THAT(error_of(act), testing::HasSubstr("stopped"));
  EXPECT_LE(reached, int64_t(4) << 20);
}

TEST(FileHash, AMissingFileIsNamed) {
  EXPECT_THAT(error_of([] { sha256_of_file("/no/such/file"); }), testing::HasSubstr("/no/such/file"));
}

}  // namespace
}  // namespace vitrine
