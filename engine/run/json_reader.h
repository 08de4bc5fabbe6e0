// SPDX-License-Identifier: Apache-2.0
// JSON -> values through fields(archive, value), checking types, ranges and names; see json_archive.h.
#pragma once

#include <algorithm>
#include <set>

#include "engine/run/json_archive.h"

namespace vitrine {

/// Reads the members of one object into a value that holds the defaults.
class JsonReader {
 public:
  template <class T>
  using Ref = T&;

  explicit JsonReader(const BlobSource& blobs) : blobs_(blobs) {}

  template <class T>
  void operator()(const char* name, T& value) {
    known_.insert(name);
    const auto found = object_->find(name);
    if (found != object_->end()) read(*found, value, where_.empty() ? name : where_ + "." + name);
  }

  template <class T>
  void read(const Json& in, T& value, const std::string& where) {
    if constexpr (std::is_same_v<T, bool>) {
      if (!in.is_boolean()) json_error(where, "expected true or false");
      value = in.get<bool>();
    } else if constexpr (std::is_enum_v<T>) {
      const auto names = EnumNames<T>::names();
      const auto found = std::find(names.begin(), names.end(), in.is_string() ? in.get<std::string>() : "");
      if (found == names.end()) json_error(where, cat("no such choice: ", in.dump().substr(0, 60)));
      value = T(found - names.begin());
    } else if constexpr (std::is_integral_v<T>) {
      if (!in.is_number_integer()) json_error(where, "expected a whole number");
      const bool fits =
          in.is_number_unsigned() ? std::in_range<T>(in.get<uint64_t>()) : std::in_range<T>(in.get<int64_t>());
      if (!fits) json_error(where, cat(in.dump(), " is out of range"));
      value = in.get<T>();
    } else if constexpr (std::is_floating_point_v<T>) {
      value = T(double_of_json(in, where));
    } else {
      read_object(in, value, where);
    }
  }

 private:
  void read_object(const Json& in, std::string& value, const std::string& where) { value = text_of_json(in, where); }
  void read_object(const Json& in, std::filesystem::path& value, const std::string& where) {
    value = text_of_json(in, where);
  }
  void read_object(const Json& in, std::shared_ptr<const HostBlock>& value, const std::string& where) {
    value = block_of_json(in, where, blobs_);
  }
  void read_object(const Json& in, std::shared_ptr<const Error>& value, const std::string& where) {
    value = error_of_json(in, where);
  }
  void read_object(const Json& in, Shape& shape, const std::string& where) {
    std::vector<int64_t> extents;
    read(in, extents, where);
    if (extents.size() > size_t(Shape::kMaxRank)) json_error(where, "too many axes");
    shape = {};
    for (int64_t extent : extents) shape.push_back(extent);
  }
  void read_object(const Json& in, SiteMask& mask, const std::string& where) {
    mask = {};
    if (in.is_object() && in.contains("words")) return;  // written by position in a list that has changed since: it says nothing now
    std::vector<std::string> names;
    read(in, names, where);
    for (const std::string& name : names)
      if (const auto site = site_of_name(name)) mask.set(*site);
  }
  template <class T>
  void read_object(const Json& in, std::shared_ptr<const T>& value, const std::string& where) {
    value = nullptr;
    if (in.is_null()) return;
    auto made = std::make_shared<T>();
    read(in, *made, where);
    value = std::move(made);
  }
  template <class T>
  void read_object(const Json& in, std::vector<T>& values, const std::string& where) {
    if (!in.is_array()) json_error(where, "expected a list");
    values.assign(in.size(), T{});
    for (size_t i = 0; i < in.size(); ++i) read(in[i], values[i], cat(where, "[", i, "]"));
  }
  template <class T, size_t N>
  void read_object(const Json& in, std::array<T, N>& values, const std::string& where) {
    if (!in.is_array() || in.size() != N) json_error(where, cat("expected a list of ", N));
    for (size_t i = 0; i < N; ++i) read(in[i], values[i], cat(where, "[", i, "]"));
  }
  template <class A, class B>
  void read_object(const Json& in, std::pair<A, B>& value, const std::string& where) {
    if (!in.is_array() || in.size() != 2) json_error(where, "expected a list of 2");
    read(in[0], value.first, where + "[0]");
    read(in[1], value.second, where + "[1]");
  }
  template <class... T>
  void read_object(const Json& in, std::variant<T...>& value, const std::string& where) {
    if (!in.is_object() || !in.contains("type") || !in["type"].is_string())
      json_error(where, "expected an object with a \"type\"");
    const std::string type = in["type"].get<std::string>();
    const bool found =
        ((TypeName<T>::value == type && (read_members(in, value.template emplace<T>(), where, true), true)) || ...);
    if (!found) json_error(where, cat("unknown type \"", type.substr(0, 60), "\""));
  }
  template <class T>
  requires requires(JsonReader& r, T& v) { fields(r, v); }
  void read_object(const Json& in, T& value, const std::string& where) { read_members(in, value, where, false); }
  template <class T>
  void read_members(const Json& in, T& value, const std::string& where, bool typed) {
    if (!in.is_object()) json_error(where, "expected an object");
    JsonReader inner(blobs_);
    inner.object_ = &in;
    inner.where_ = where;
    fields(inner, value);
    for (const auto& [name, unused] : in.items())
      if (!inner.known_.contains(name) && !(typed && name == "type"))
        json_error(where.empty() ? name : where + "." + name, "unknown field");
  }

  const BlobSource& blobs_;
  const Json* object_ = nullptr;
  std::string where_;
  std::set<std::string> known_;
};

}  // namespace vitrine
