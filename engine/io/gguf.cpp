// SPDX-License-Identifier: Apache-2.0
// The GGUF parser: header, key/value pairs, tensor table. Every length is compared with the bytes that are left before
// it is used.
#include "engine/io/gguf.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/checkpoint.h"
#include "engine/io/error_text.h"

namespace vitrine {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF scalars are read as they lie in memory");

constexpr uint64_t kMaxValues = uint64_t(1) << 24;  // in all lists of a file together
constexpr int kMaxDepth = 8;                        // of lists in lists
constexpr uint32_t kMaxAxes = 4;                    // as ggml
constexpr const char* kDamaged = "the file is damaged or cut off: get it again";

enum class Kind : uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

class Parser {
 public:
  Parser(std::span<const std::byte> file, std::string_view name) : file_(file), name_(name) {}

  GgufFile parse() {
    GgufFile result;
    result.version = read_version();
    const uint64_t tensor_count = read<uint64_t>("the number of tensors");
    const uint64_t meta_count = read<uint64_t>("the number of metadata entries");
    check_count(tensor_count, 8 + 4 + 4 + 8, "tensors");
    check_count(meta_count, 8 + 4 + 1, "metadata entries");
    for (uint64_t i = 0; i < meta_count; ++i) read_entry(result.meta);
    const uint64_t alignment = read_alignment(result.meta);
    std::vector<uint64_t> offsets;
    for (uint64_t i = 0; i < tensor_count; ++i) result.tensors.push_back(read_tensor(offsets));
    place(result.tensors, offsets, alignment);
    check_no_overlap(result.tensors, name_);
    return result;
  }

 private:
  [[noreturn]] void fail(std::string message, std::string hint = kDamaged, ErrorKind kind = ErrorKind::format) const {
    throw Error(kind, std::move(message), std::move(hint), std::string(name_));
  }
  uint64_t left() const noexcept { return file_.size() - at_; }

  template <class T>
  T read(std::string_view what) {
    if (left() < sizeof(T)) fail(cat("the file ends at byte ", file_.size(), " inside ", what));
    T value;
    std::memcpy(&value, file_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  std::string read_string(std::string_view what) {
    const uint64_t length = read<uint64_t>(what);
    if (length > left()) fail(cat(what, " claims ", length, " bytes, ", left(), " are left"));
    std::string text(reinterpret_cast<const char*>(file_.data()) + at_, length);
    at_ += length;
    return text;
  }

  void check_count(uint64_t count, uint64_t least_bytes, std::string_view what) const {
    if (count > left() / least_bytes)
      fail(cat("the header claims ", count, " ", what, ", more than the file can hold"));
  }

  uint32_t read_version() {
    if (file_.size() < 4 || std::memcmp(file_.data(), "GGUF", 4) != 0)
      fail("not a GGUF file: it does not start with \"GGUF\"", "choose a .gguf file or a folder with config.json");
    at_ = 4;
    const uint32_t version = read<uint32_t>("the version");
    if (version == 2 || version == 3) return version;
    if ((version & 0xffff) == 0 && version != 0)
      fail("a big-endian GGUF file", "convert the model again on a little-endian machine", ErrorKind::unsupported);
    fail(cat("GGUF version ", version, "; versions 2 and 3 are read"),
         "convert the model again with a current llama.cpp", ErrorKind::unsupported);
  }

  void read_entry(MetaTable& meta) {
    std::string key = read_string("a metadata key");
    const std::string what = cat("metadata ", in_quotes(key));
    const auto kind = Kind(read<uint32_t>(what));
    MetaValue value = read_value(kind, what, 0);
    if (!meta.add(std::move(key), std::move(value))) fail(cat(what, " is there twice"));
  }

  template <class T>
  MetaValue integer(std::string_view what) {
    return {int64_t(read<T>(what))};
  }

  MetaValue read_value(Kind kind, std::string_view what, int depth) {
    switch (kind) {
      case Kind::u8:
        return integer<uint8_t>(what);
      case Kind::i8:
        return integer<int8_t>(what);
      case Kind::u16:
        return integer<uint16_t>(what);
      case Kind::i16:
        return integer<int16_t>(what);
      case Kind::u32:
        return integer<uint32_t>(what);
      case Kind::i32:
        return integer<int32_t>(what);
      case Kind::i64:
        return integer<int64_t>(what);
      case Kind::u64: {
        const uint64_t large = read<uint64_t>(what);
        if (large <= uint64_t(std::numeric_limits<int64_t>::max())) return {int64_t(large)};
        return {large};
      }
      case Kind::f32:
        return {double(read<float>(what))};
      case Kind::f64:
        return {read<double>(what)};
      case Kind::boolean: {
        const uint8_t byte = read<uint8_t>(what);
        if (byte > 1) fail(cat(what, " is a boolean of value ", int(byte)));
        return {byte == 1};
      }
      case Kind::string:
        return {read_string(what)};
      case Kind::array:
        return read_array(what, depth + 1);
    }
    fail(cat(what, " has unknown type ", uint32_t(kind)));
  }

  MetaValue read_array(std::string_view what, int depth) {
    if (depth > kMaxDepth) fail(cat(what, " nests lists more than ", kMaxDepth, " deep"));
    const auto kind = Kind(read<uint32_t>(what));
    const uint64_t count = read<uint64_t>(what);
    const uint64_t least_bytes = kind == Kind::string ? 8 : kind == Kind::array ? 12 : 1;
    if (count > left() / least_bytes) fail(cat(what, " claims ", count, " entries, more than the file can hold"));
    values_ += count;
    if (values_ > kMaxValues)
      fail(cat(what, " brings the metadata lists to ", values_, " entries; at most ", kMaxValues, " are read"),
           "check that this is a model file");
    MetaArray array;
    array.reserve(count);
    for (uint64_t i = 0; i < count; ++i) array.push_back(read_value(kind, what, depth));
    return {std::make_shared<const MetaArray>(std::move(array))};
  }

  uint64_t read_alignment(const MetaTable& meta) const {
    const MetaValue* value = meta.find("general.alignment");
    if (!value) return 32;
    const auto* alignment = std::get_if<int64_t>(&value->value);
    if (!alignment || *alignment <= 0 || *alignment > 1 << 30 || !std::has_single_bit(uint64_t(*alignment)))
      fail(cat("general.alignment is ", meta_text(*value), ", not a power of two"));
    return uint64_t(*alignment);
  }

  TensorInfo read_tensor(std::vector<uint64_t>& offsets) {
    TensorInfo tensor;
    tensor.name = read_string("a tensor name");
    const std::string what = cat("tensor ", in_quotes(tensor.name));
    const uint32_t axes = read<uint32_t>(what);
    if (axes > kMaxAxes) fail(cat(what, " has ", axes, " axes; GGUF allows ", kMaxAxes));
    std::array<int64_t, kMaxAxes> extents{};
    for (uint32_t i = 0; i < axes; ++i) {
      const uint64_t extent = read<uint64_t>(what);
      if (extent == 0 || extent > uint64_t(std::numeric_limits<int64_t>::max()))
        fail(cat(what, " has an extent of ", extent));
      extents[i] = int64_t(extent);
    }
    for (uint32_t i = axes; i-- > 0;) tensor.shape.push_back(extents[i]);
    const uint32_t type = read<uint32_t>(what);
    const auto dtype = type < 1024 ? dtype_of_ggml_type(int(type)) : std::nullopt;
    if (!dtype)
      fail(cat(what, " has ggml type ", type, ", which this program does not know"),
           "use a file quantized to another type", ErrorKind::unsupported);
    tensor.dtype = *dtype;
    offsets.push_back(read<uint64_t>(what));
    return tensor;
  }

  void place(std::vector<TensorInfo>& tensors, const std::vector<uint64_t>& offsets, uint64_t alignment) const {
    if (tensors.empty()) return;
    const uint64_t start = (at_ + alignment - 1) / alignment * alignment;
    const uint64_t size = file_.size() > start ? file_.size() - start : 0;
    for (size_t i = 0; i < tensors.size(); ++i) {
      TensorInfo& tensor = tensors[i];
      const std::string what =
          cat("tensor ", in_quotes(tensor.name), " (", dtype_info(tensor.dtype).name, " ", tensor.shape.str(), ")");
      const auto bytes = checked_bytes(tensor.shape, tensor.dtype);
      if (!bytes) fail(cat(what, " has an impossible shape: too large, or rows that cut a block"));
      if (offsets[i] % alignment != 0) fail(cat(what, " starts at ", offsets[i], ", not a multiple of ", alignment));
      if (offsets[i] > size || uint64_t(*bytes) > size - offsets[i])
        fail(cat(what, " needs bytes ", offsets[i], " to ", offsets[i] + uint64_t(*bytes),
                 " of the data, the file has ", size));
      tensor.bytes = file_.subspan(start + offsets[i], size_t(*bytes));
      const DTypeInfo& info = dtype_info(tensor.dtype);
      if (!info.block_format && (start + offsets[i]) % uint64_t(info.block_bytes) != 0)
        fail(cat(what, " is misaligned: general.alignment ", alignment, " is too small"));
    }
  }

  std::span<const std::byte> file_;
  std::string_view name_;
  uint64_t at_ = 0, values_ = 0;
};

}  // namespace

GgufFile parse_gguf(std::span<const std::byte> file, std::string_view file_name) {
  return Parser(file, file_name).parse();
}

}  // namespace vitrine
