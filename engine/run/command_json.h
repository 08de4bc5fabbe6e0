// SPDX-License-Identifier: Apache-2.0
// Commands and events as JSON: what session files hold and what scripts may send. Both directions are exact: every
// double, float, 64-bit integer, path and byte string comes back equal. Text that is not valid UTF-8 becomes {"base64":
// "..."}, numbers that are not finite become "nan", "inf", "-inf". The key "type" names the alternative.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/api.h"
#include "engine/run/command.h"
#include "engine/run/event.h"

namespace vitrine {

/// Stores bytes outside the JSON and returns the key under which they are found again.
using BlobSink = std::function<std::string(std::span<const std::byte>)>;
using BlobSource = std::function<std::vector<std::byte>(const std::string& key)>;

/// {"type": "generate", "tokens": [...], ...}
VT_API std::string command_to_json(const Command& command);
/// Absent fields keep their defaults. Throws Error input naming the field that is unknown, of the wrong type or out of
/// range.
VT_API Command command_from_json(std::string_view json);

/// {"job": 3, "type": "token", ...}. Tensors go through `blobs` when given, else inline as base64.
/// Tokenizer and chat template of ModelLoaded are objects of a running engine and are left out (null after reading).
VT_API std::string event_to_json(const Event& event, const BlobSink& blobs = {});
/// As command_from_json; an event that refers to a blob needs `blobs`.
VT_API Event event_from_json(std::string_view json, const BlobSource& blobs = {});

/// The name of an alternative as it stands under "type": "token", "answered", ...
VT_API std::string_view event_type_name(const EventBody& body) noexcept;
VT_API std::string_view command_type_name(const Command& command) noexcept;

}  // namespace vitrine
