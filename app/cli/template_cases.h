// SPDX-License-Identifier: Apache-2.0
// template --cases: renders every recorded conversation with every recorded template and compares.
#pragma once

#include <string>

namespace vitrine::cli {

/// Prints each difference and "N passed, M failed"; returns the exit code.
int check_template_cases(const std::string& path);

}  // namespace vitrine::cli
