// SPDX-License-Identifier: Apache-2.0
// The one exception type of the engine: what went wrong, where, and what the user can do about it.
// Thrown for anything that ends a request; expected absence is an optional, a nullptr or a count instead.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/core/api.h"

namespace vitrine {

enum class ErrorKind : uint8_t {
  io,           // a file cannot be opened, read or written
  format,       // a file's content breaks its format's rules
  unsupported,  // valid, but this program has no code for it
  memory,       // does not fit
  input,        // a request that cannot be met as asked (bad flag, unknown site, wrong shape)
  cancelled,    // the user stopped it
  bug,          // misuse of our own API
};

VT_API std::string_view error_kind_name(ErrorKind kind) noexcept;

/// what(): "[context] message; hint". `context` names file, tensor or op; `hint` says what to do.
class VT_API Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string message, std::string hint = {}, std::string context = {});

  ErrorKind kind() const noexcept { return kind_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& hint() const noexcept { return hint_; }
  const std::string& context() const noexcept { return context_; }

  /// The same error, its context prefixed by an outer place: "outer: inner".
  Error within(std::string_view outer) const;

 private:
  ErrorKind kind_;
  std::string message_, hint_, context_;
};

}  // namespace vitrine
