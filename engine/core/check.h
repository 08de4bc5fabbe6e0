// SPDX-License-Identifier: Apache-2.0
// Checks on our own API's use. User input is never checked with these: it throws an Error that says what to do.
#pragma once

#include "engine/core/error.h"
#include "engine/core/text.h"

#define VT_CHECK(condition, ...)                                                                               \
  do {                                                                                                         \
    if (!(condition)) [[unlikely]]                                                                             \
      throw ::vitrine::Error(::vitrine::ErrorKind::bug, ::vitrine::cat(__VA_ARGS__), "please report this",   \
                             ::vitrine::cat(__FILE__, ":", __LINE__, " ", #condition));                        \
  } while (false)

#ifdef NDEBUG
#define VT_DCHECK(condition, ...) ((void)0)
#else
#define VT_DCHECK(condition, ...) VT_CHECK(condition, __VA_ARGS__)
#endif
