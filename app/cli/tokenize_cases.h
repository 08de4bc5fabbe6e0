// SPDX-License-Identifier: Apache-2.0
// Recorded encodings: a list of texts with what the reference made of them.
#pragma once

#include <string>

#include "engine/text/tokenizer.h"

namespace vitrine::cli {

/// Checks every case of a cases.json (tokenizers) or cases_llamacpp.json; prints the first differences and, last,
/// "N passed, M failed". Returns the exit code.
int check_tokenizer_cases(const Tokenizer& tokenizer, const std::string& json, const std::string& name);

}  // namespace vitrine::cli
