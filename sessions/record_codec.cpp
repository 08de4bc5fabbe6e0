// SPDX-License-Identifier: Apache-2.0
// Little-endian records, hashes and clock of session rows.
#include "sessions/record_codec.h"

#include <openssl/evp.h>

#include <bit>
#include <chrono>
#include <cstring>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace vitrine {

static_assert(std::endian::native == std::endian::little, "records are copied as they lie in memory");

template <class T>
static void put(std::vector<std::byte>& out, T value) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

/// Reads one field after another; the size has been checked.
class Cursor {
 public:
  Cursor(std::span<const std::byte> bytes, size_t record) : at_(bytes.data()), count_(bytes.size() / record) {
    if (bytes.size() % record != 0)
      throw Error(ErrorKind::format, cat(bytes.size(), " bytes are no whole number of records of ", record), "",
                  "session row");
  }
  size_t count() const noexcept { return count_; }
  template <class T>
  T next() noexcept {
    T value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

 private:
  const std::byte* at_;
  size_t count_;
};

std::vector<std::byte> pack_ids(std::span<const int32_t> ids) {
  std::vector<std::byte> out;
  for (const int32_t id : ids) put(out, id);
  return out;
}

std::vector<std::byte> pack_alternatives(std::span<const TokenAlternative> top) {
  std::vector<std::byte> out;
  out.reserve(top.size() * 8);
  for (const TokenAlternative& one : top) put(out, one.id), put(out, one.logprob);
  return out;
}

std::vector<std::byte> pack_stages(std::span<const StageTrace> stages) {
  std::vector<std::byte> out;
  for (const StageTrace& s : stages) {
    put(out, int32_t(s.stage)), put(out, s.entered), put(out, s.kept);
    put(out, s.removed_mass), put(out, s.entropy_before), put(out, s.entropy_after);
  }
  return out;
}

std::vector<int32_t> unpack_ids(std::span<const std::byte> bytes) {
  Cursor in(bytes, 4);
  std::vector<int32_t> ids(in.count());
  for (int32_t& id : ids) id = in.next<int32_t>();
  return ids;
}

std::vector<TokenAlternative> unpack_alternatives(std::span<const std::byte> bytes) {
  Cursor in(bytes, 8);
  std::vector<TokenAlternative> top(in.count());
  for (TokenAlternative& one : top) {
    one.id = in.next<int32_t>();
    one.logprob = in.next<float>();
  }
  return top;
}

std::vector<StageTrace> unpack_stages(std::span<const std::byte> bytes) {
  Cursor in(bytes, 36);
  std::vector<StageTrace> stages(in.count());
  for (StageTrace& s : stages) {
    s.stage = in.next<int32_t>();
    s.entered = in.next<int32_t>();
    s.kept = in.next<int32_t>();
    s.removed_mass = in.next<double>();
    s.entropy_before = in.next<double>();
    s.entropy_after = in.next<double>();
  }
  return stages;
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) != 1)
    throw Error(ErrorKind::unsupported, "SHA-256 is not available in this OpenSSL", "install its default provider");
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < length; ++i) (text += kHex[digest[i] >> 4]) += kHex[digest[i] & 15];
  return text;
}

int64_t now_ms() noexcept {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace vitrine
