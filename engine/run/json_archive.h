// SPDX-License-Identifier: Apache-2.0
// Values <-> JSON from one description a type: fields(archive, value) in json_fields.h names each member once and
// serves both directions. The reader checks types and ranges and refuses unknown members.
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <filesystem>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/run/command_json.h"

namespace vitrine {

using Json = nlohmann::json;

template <class T>
struct EnumNames;  // specialised: static std::span<const std::string_view> names(), in the order of the values
template <class T>
struct TypeName;  // specialised: static constexpr std::string_view value

Json json_of_text(const std::string& text);
std::string text_of_json(const Json& in, const std::string& where);
Json json_of_double(double value);
double double_of_json(const Json& in, const std::string& where);
Json json_of_block(const HostBlock& block, const BlobSink& blobs);
std::shared_ptr<const HostBlock> block_of_json(const Json& in, const std::string& where, const BlobSource& blobs);
Json json_of_error(const Error& error);
std::shared_ptr<const Error> error_of_json(const Json& in, const std::string& where);
Json parse_json(std::string_view text);
[[noreturn]] void json_error(const std::string& where, const std::string& message);

}  // namespace vitrine
