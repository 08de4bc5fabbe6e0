// SPDX-License-Identifier: Apache-2.0
// Would break: a model file that another program cuts short while it is open would end the program.
#include "engine/io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;

constexpr size_t kPage = 4096, kPages = 16;

size_t ones_in(const MappedFile& file) {
  return size_t(std::count(file.bytes().begin(), file.bytes().end(), std::byte(1)));
}

TEST(MappedFile, CutShortReadsAsZerosAndSaysSo) {
  const Folder folder;
  const auto path = folder.write("model.gguf", std::string(kPages * kPage, 1)), other = folder.write("other.gguf", std::string(kPage, 1));
  for (size_t left : {0, 1, 5}) {
    folder.write("model.gguf", std::string(kPages * kPage, 1));
    const auto file = MappedFile::open(path), whole = MappedFile::open(other);
    EXPECT_EQ(ones_in(*file), kPages * kPage);
    std::filesystem::resize_file(path, left * kPage);
    EXPECT_NO_THROW(file->check_intact()) << "nothing was read in vain yet";
    std::vector<size_t> ones(3);
    {
      std::vector<std::jthread> readers;  // the workers of a pool
      for (size_t& count : ones) readers.emplace_back([&] { count = ones_in(*file); });
    }
    for (size_t count : ones) EXPECT_EQ(count, left * kPage);
    EXPECT_THAT(error_of([&] { file->check_intact(); }), AllOf(HasSubstr("model.gguf"), HasSubstr("cut short"), HasSubstr("open it again")));
    EXPECT_EQ(ones_in(*whole), kPage);
    EXPECT_NO_THROW(whole->check_intact()) << "the other file is as it was";
  }
}

TEST(MappedFile, OpenedAgainItIsWholeAgain) {
  const Folder folder;
  const auto path = folder.write("model.gguf", std::string(kPages * kPage, 1));
  {
    const auto file = MappedFile::open(path);
    std::filesystem::resize_file(path, 0);
    EXPECT_EQ(ones_in(*file), 0u);
  }
  folder.write("model.gguf", std::string(kPages * kPage, 1));
  const auto file = MappedFile::open(path);
  EXPECT_EQ(ones_in(*file), kPages * kPage);
  EXPECT_NO_THROW(file->check_intact());
}

TEST(MappedFile, FaultsElsewhereStillEndTheProgram) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const Folder folder;
  const auto path = folder.write("a", std::string(kPage, 1));
  EXPECT_DEATH(
      {
        const auto guarded = MappedFile::open(path);
        const int file = ::open(path.c_str(), O_RDONLY);
        const auto* bytes = static_cast<const volatile char*>(mmap(nullptr, 2 * kPage, PROT_READ, MAP_PRIVATE, file, 0));
        static_cast<void>(bytes[kPage]);  // behind the end of the file, not mapped by MappedFile
      },
      "");
}

}  // namespace
}  // namespace vitrine
