// SPDX-License-Identifier: Apache-2.0
// A .npz that numpy cannot read is worth nothing: names, shapes, checksums and the directory are read back here by the zip format's rules.
#include "engine/io/npz_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "engine/core/error.h"

namespace vitrine {
namespace {

uint32_t number(const std::string& bytes, size_t at, int width) {
  uint32_t value = 0;
  for (int i = 0; i < width; ++i) value |= uint32_t(uint8_t(bytes[at + size_t(i)])) << (8 * i);
  return value;
}

uint32_t checksum(const std::string& bytes) {
  uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= uint8_t(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

TEST(NpzWriter, EveryEntryIsWhereTheDirectorySays) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "arrays.npz";
  const std::vector<float> first{1, 2, 3, 4, 5, 6.5f}, second{-1};
  const std::vector<NamedArray> arrays{{"embeddings", {2, 3}, first}, {"one", {1}, second}};
  write_npz(path, arrays);
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const size_t end = bytes.size() - 22;
  ASSERT_EQ(number(bytes, end, 4), 0x06054B50u);
  ASSERT_EQ(number(bytes, end + 10, 2), 2u);
  size_t entry = number(bytes, end + 16, 4);
  EXPECT_EQ(entry + number(bytes, end + 12, 4), end);
  for (const NamedArray& array : arrays) {
    ASSERT_EQ(number(bytes, entry, 4), 0x02014B50u);
    const uint32_t crc = number(bytes, entry + 16, 4), size = number(bytes, entry + 20, 4), name = number(bytes, entry + 28, 2), at = number(bytes, entry + 42, 4);
    EXPECT_EQ(bytes.substr(entry + 46, name), array.name + ".npy");
    ASSERT_EQ(number(bytes, at, 4), 0x04034B50u);
    EXPECT_EQ(bytes.substr(at + 30, name), array.name + ".npy");
    const std::string data = bytes.substr(at + 30 + name, size);
    EXPECT_EQ(checksum(data), crc);
    ASSERT_EQ(data.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    const uint32_t header = number(data, 8, 2);
    EXPECT_EQ((10 + header) % 64, 0u);
    EXPECT_NE(data.find(array.name == "one" ? "'shape': (1,)" : "'shape': (2,3,)"), std::string::npos) << data.substr(10, header);
    EXPECT_EQ(data.substr(10 + header), std::string(reinterpret_cast<const char*>(array.values.data()), array.values.size_bytes()));
    entry += 46 + name;
  }
  std::filesystem::remove(path);
}

TEST(NpzWriter, AFolderThatIsNotThereIsNamed) {
  try {
    write_npz("/no/such/folder/a.npz", {});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::io);
    EXPECT_NE(std::string(e.what()).find("/no/such/folder"), std::string::npos);
  }
}

}  // namespace
}  // namespace vitrine
