// SPDX-License-Identifier: Apache-2.0
// Values -> JSON through fields(archive, value); see json_archive.h.
#pragma once

#include "engine/run/json_archive.h"

namespace vitrine {

/// Writes the members of one object; write(value) makes the JSON of any supported value.
class JsonWriter {
 public:
  template <class T>
  using Ref = const T&;

  explicit JsonWriter(const BlobSink& blobs) : blobs_(blobs) {}

  template <class T>
  void operator()(const char* name, const T& value) {
    Json member = write(value);
    (*object_)[name] = std::move(member);
  }

  template <class T>
  Json write(const T& value) {
    if constexpr (std::is_same_v<T, bool>)
      return value;
    else if constexpr (std::is_enum_v<T>)
      return std::string(EnumNames<T>::names()[size_t(value)]);
    else if constexpr (std::is_integral_v<T>)
      return value;
    else if constexpr (std::is_floating_point_v<T>)
      return json_of_double(value);
    else
      return write_object(value);
  }

 private:
  Json write_object(const std::string& value) { return json_of_text(value); }
  Json write_object(const std::filesystem::path& value) { return json_of_text(value.native()); }
  Json write_object(const std::shared_ptr<const HostBlock>& value) {
    return value ? json_of_block(*value, blobs_) : Json();
  }
  Json write_object(const std::shared_ptr<const Error>& value) { return value ? json_of_error(*value) : Json(); }
  Json write_object(const Shape& shape) {
    Json out = Json::array();
    for (int i = 0; i < shape.rank(); ++i) out.push_back(shape[i]);
    return out;
  }
  /// By name: positions in sites.def move when a site is added.
  Json write_object(const SiteMask& mask) {
    Json out = Json::array();
    for (size_t site = 0; site < size_t(Site::kCount); ++site)
      if (mask.has(Site(site))) out.push_back(std::string(site_name(Site(site))));
    return out;
  }
  template <class T>
  Json write_object(const std::shared_ptr<T>& value) {
    return value ? write(*value) : Json();
  }
  template <class T>
  Json write_object(const std::vector<T>& values) {
    Json out = Json::array();
    for (const T& value : values) out.push_back(write(value));
    return out;
  }
  template <class T, size_t N>
  Json write_object(const std::array<T, N>& values) {
    Json out = Json::array();
    for (const T& value : values) out.push_back(write(value));
    return out;
  }
  template <class A, class B>
  Json write_object(const std::pair<A, B>& value) {
    return Json::array({write(value.first), write(value.second)});
  }
  template <class... T>
  Json write_object(const std::variant<T...>& value) {
    return std::visit(
        [this](const auto& v) {
          Json out = write(v);
          out["type"] = std::string(TypeName<std::remove_cvref_t<decltype(v)>>::value);
          return out;
        },
        value);
  }
  template <class T>
  requires requires(JsonWriter& w, const T& v) { fields(w, v); }
  Json write_object(const T& value) {
    Json out = Json::object();
    Json* outer = std::exchange(object_, &out);
    fields(*this, value);
    object_ = outer;
    return out;
  }

  const BlobSink& blobs_;
  Json* object_ = nullptr;
};

}  // namespace vitrine
