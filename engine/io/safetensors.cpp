// SPDX-License-Identifier: Apache-2.0
// The safetensors header: 8 bytes of length, then one JSON object {name: {dtype, shape, data_offsets}}. Read event by
// event, so a hostile header can neither nest deeply nor build a large tree.
#include "engine/io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/checkpoint.h"
#include "engine/io/error_text.h"

namespace vitrine {
namespace {

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the reference implementation's limit
constexpr const char* kDamaged = "the file is damaged or cut off: get it again";

struct NamedType {
  std::string_view name;
  std::optional<DType> dtype;
  int bits;
};
constexpr NamedType kTypes[] = {
    {"F64", DType::f64, 64},         {"F32", DType::f32, 32},      {"F16", DType::f16, 16},
    {"BF16", DType::bf16, 16},       {"I64", DType::i64, 64},      {"I32", DType::i32, 32},
    {"I16", DType::i16, 16},         {"I8", DType::i8, 8},         {"U8", DType::u8, 8},
    {"BOOL", DType::boolean, 8},     {"U16", std::nullopt, 16},    {"U32", std::nullopt, 32},
    {"U64", std::nullopt, 64},       {"C64", std::nullopt, 64},    {"F8_E4M3", std::nullopt, 8},
    {"F8_E5M2", std::nullopt, 8},    {"F8_E8M0", std::nullopt, 8}, {"F6_E2M3", std::nullopt, 6},
    {"F6_E3M2", std::nullopt, 6},    {"F4", std::nullopt, 4},      {"F8_E4M3FNUZ", std::nullopt, 8},
    {"F8_E5M2FNUZ", std::nullopt, 8}};

/// Receives the header's JSON events. Levels: 1 the object of tensors, 2 one tensor or "__metadata__", 3 a list of
/// numbers.
class Header : public nlohmann::json_sax<nlohmann::json> {
 public:
  Header(std::span<const std::byte> data, std::string_view file) : data_(data), file_(file) {}
  SafetensorsFile take() { return std::move(result_); }

  bool start_object(size_t) override {
    if (level_ == 2 || level_ == 3) fail(cat(place(), " nests objects too deeply"));
    if (++level_ == 2) begin_tensor();
    return true;
  }
  bool end_object() override {
    if (level_-- == 2 && !in_metadata_) finish_tensor();
    return true;
  }
  bool start_array(size_t) override {
    if (level_ != 2 || in_metadata_ || (key_ != "shape" && key_ != "data_offsets"))
      fail(cat(place(), " has an unexpected list"));
    level_ = 3;
    return true;
  }
  bool end_array() override {
    level_ = 2;
    return true;
  }
  bool key(string_t& text) override {
    if (level_ == 2) {
      key_ = text;
    } else {
      tensor_ = {};
      tensor_.name = text;
      in_metadata_ = text == "__metadata__";
      if (!names_.insert(text).second) fail(cat("tensor ", in_quotes(text), " is there twice"));
    }
    return true;
  }
  bool string(string_t& text) override {
    if (level_ != 2) fail(cat(place(), " is a string"));
    if (in_metadata_)
      result_.meta.add(key_, {text});
    else if (key_ == "dtype")
      type_name_ = text;
    else
      fail(cat(place(), " has an unexpected text ", in_quotes(key_)));
    return true;
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (level_ != 3) fail(cat(place(), " has an unexpected number"));
    (key_ == "shape" ? extents_ : offsets_).push_back(number);
    if (extents_.size() > size_t(Shape::kMaxRank)) fail(cat(place(), " has more than ", Shape::kMaxRank, " axes"));
    if (offsets_.size() > 2) fail(cat(place(), " has more than two data_offsets"));
    return true;
  }
  bool number_integer(number_integer_t number) override { fail(cat(place(), " has the negative number ", number)); }
  bool number_float(number_float_t, const string_t& text) override {
    fail(cat(place(), " has the number ", in_quotes(text), ", not an integer in range"));
  }
  bool null() override { fail(cat(place(), " has a null")); }
  bool boolean(bool) override { fail(cat(place(), " has a boolean")); }
  bool binary(binary_t&) override { fail(cat(place(), " has binary data")); }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception&) override {
    fail(cat("the header is not valid JSON at byte ", position));
  }

 private:
  [[noreturn]] void fail(std::string message) const {
    throw Error(ErrorKind::format, std::move(message), kDamaged, std::string(file_));
  }
  std::string place() const { return tensor_.name.empty() ? "the header" : cat("tensor ", in_quotes(tensor_.name)); }

  void begin_tensor() {
    extents_.clear();
    offsets_.clear();
    type_name_.clear();
    key_.clear();
  }

  void finish_tensor() {
    const auto type = std::find_if(std::begin(kTypes), std::end(kTypes), [&](auto& t) { return t.name == type_name_; });
    if (type_name_.empty() || offsets_.size() != 2) fail(cat(place(), " lacks dtype or data_offsets"));
    for (uint64_t extent : extents_) {
      if (extent > uint64_t(std::numeric_limits<int64_t>::max())) fail(cat(place(), " has an extent of ", extent));
      tensor_.shape.push_back(int64_t(extent));
    }
    const uint64_t from = offsets_[0], to = offsets_[1];
    if (from > to || to > data_.size())
      fail(cat(place(), " lies at bytes ", from, " to ", to, " of the data, the file has ", data_.size()));
    const auto elements = checked_bytes(tensor_.shape, DType::u8);  // one byte an element
    const bool known = type != std::end(kTypes);
    int64_t bits = 0;
    const bool too_many = !elements || (known ? __builtin_mul_overflow(*elements, int64_t(type->bits), &bits)
                                              : uint64_t(*elements) / 8 > to - from);
    if (too_many) fail(cat(place(), " has the impossible shape ", tensor_.shape.str()));
    if (known && uint64_t(bits) != (to - from) * 8)
      fail(cat(place(), " (", type_name_, " ", tensor_.shape.str(), ") needs ", (bits + 7) / 8,
               " bytes, its data_offsets give ", to - from));
    tensor_.dtype = known && type->dtype ? *type->dtype : DType::u8;
    if (!known || !type->dtype) tensor_.foreign_dtype = type_name_;
    tensor_.bytes = data_.subspan(from, to - from);
    result_.tensors.push_back(std::move(tensor_));
    tensor_ = {};
  }

  std::span<const std::byte> data_;
  std::string_view file_;
  SafetensorsFile result_;
  std::unordered_set<std::string> names_;
  int level_ = 0;
  bool in_metadata_ = false;
  TensorInfo tensor_;
  std::string key_, type_name_;
  std::vector<uint64_t> extents_, offsets_;
};

}  // namespace

SafetensorsFile parse_safetensors(std::span<const std::byte> file, std::string_view file_name) {
  const auto fail = [&](std::string message) {
    throw Error(ErrorKind::format, std::move(message), kDamaged, std::string(file_name));
  };
  uint64_t length = 0;
  if (file.size() < sizeof length) fail(cat("a safetensors file of only ", file.size(), " bytes"));
  std::memcpy(&length, file.data(), sizeof length);
  if (length > kMaxHeaderBytes || length > file.size() - sizeof length)
    fail(cat("not a safetensors file, or cut off: its header claims ", length, " bytes, the file has ", file.size()));
  const auto* text = reinterpret_cast<const char*>(file.data()) + sizeof length;
  if (length == 0 || *text != '{') fail("not a safetensors file: its header does not start with \"{\"");
  Header header(file.subspan(sizeof length + length), file_name);
  nlohmann::json::sax_parse(text, text + length, &header);
  SafetensorsFile result = header.take();
  std::stable_sort(result.tensors.begin(), result.tensors.end(),
                   [](const TensorInfo& a, const TensorInfo& b) { return a.bytes.data() < b.bytes.data(); });
  check_no_overlap(result.tensors, file_name);
  return result;
}

}  // namespace vitrine
