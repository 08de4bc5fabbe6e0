// SPDX-License-Identifier: Apache-2.0
#include "engine/io/npz_writer.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/write_beside.h"

namespace vitrine {

namespace {

/// CRC-32 of ISO 3309, the polynomial reflected.
uint32_t crc32(std::string_view bytes) {
  static const std::array<uint32_t, 256> kTable = [] {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
      table[i] = c;
    }
    return table;
  }();
  uint32_t crc = ~0u;
  for (const char byte : bytes) crc = kTable[(crc ^ uint8_t(byte)) & 255] ^ (crc >> 8);
  return ~crc;
}

void put(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += char(value >> (8 * i));
}

/// numpy/lib/format.py, version 1.0: the header's length makes the data begin at a multiple of 64.
std::string npy(const NamedArray& array) {
  static_assert(std::endian::native == std::endian::little);
  std::string shape;
  for (int axis = 0; axis < array.shape.rank(); ++axis) shape += cat(array.shape[axis], ",");
  std::string header = cat("{'descr': '<f4', 'fortran_order': False, 'shape': (", shape, "), }");
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  put(out, header.size(), 2);
  out += header;
  out.append(reinterpret_cast<const char*>(array.values.data()), array.values.size_bytes());
  return out;
}

/// The fields that an entry's own header and the directory share (PKWARE APPNOTE 4.3.7, 4.3.12): stored, 1980-01-01.
std::string entry_fields(const std::string& name, uint32_t crc, size_t size) {
  std::string out;
  put(out, 20, 2), put(out, 0, 2), put(out, 0, 2), put(out, 0, 2), put(out, 0x21, 2);
  put(out, crc, 4), put(out, size, 4), put(out, size, 4), put(out, name.size(), 2), put(out, 0, 2);
  return out;
}

}  // namespace

void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays) {
  std::string archive, directory;
  for (const NamedArray& array : arrays) {
    const std::string name = array.name + ".npy", data = npy(array), fields = entry_fields(name, crc32(data), data.size());
    if (archive.size() + data.size() > std::numeric_limits<uint32_t>::max() / 2)
      throw Error(ErrorKind::input, "the arrays are too large for a .npz", "write JSON, or fewer texts", path.string());
    put(directory, 0x02014B50, 4), put(directory, 20, 2);
    directory += fields;
    put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 4), put(directory, archive.size(), 4);
    directory += name;
    put(archive, 0x04034B50, 4);
    archive += fields + name + data;
  }
  const size_t at = archive.size();
  archive += directory;
  put(archive, 0x06054B50, 4), put(archive, 0, 2), put(archive, 0, 2), put(archive, arrays.size(), 2), put(archive, arrays.size(), 2);
  put(archive, directory.size(), 4), put(archive, at, 4), put(archive, 0, 2);
  write_beside(path, [&](std::ostream& file) { file.write(archive.data(), std::streamsize(archive.size())); });
}

}  // namespace vitrine
