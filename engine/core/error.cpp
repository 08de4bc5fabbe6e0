// SPDX-License-Identifier: Apache-2.0
#include "engine/core/error.h"

namespace vitrine {

static std::string compose(const std::string& message, const std::string& hint, const std::string& context) {
  std::string text;
  if (!context.empty()) text += "[" + context + "] ";
  text += message;
  if (!hint.empty()) text += "; " + hint;
  return text;
}

std::string_view error_kind_name(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::io: return "io";
    case ErrorKind::format: return "format";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::memory: return "memory";
    case ErrorKind::input: return "input";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::bug: return "bug";
  }
  return "unknown";
}

Error::Error(ErrorKind kind, std::string message, std::string hint, std::string context)
    : std::runtime_error(compose(message, hint, context)),
      kind_(kind),
      message_(std::move(message)),
      hint_(std::move(hint)),
      context_(std::move(context)) {}

Error Error::within(std::string_view outer) const {
  std::string where(outer);
  if (!context_.empty()) where += ": " + context_;
  return Error(kind_, message_, hint_, where);
}

}  // namespace vitrine
