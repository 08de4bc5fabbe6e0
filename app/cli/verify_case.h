// SPDX-License-Identifier: Apache-2.0
// Comparing a loaded model with the recorded tensors of a fixture folder.
#pragma once

#include <filesystem>

#include "app/cli/verify_report.h"
#include "engine/model/model.h"

namespace vitrine::cli {

/// A folder with config.json, model.safetensors and reference*.safetensors: every recorded case, greedy continuations.
void verify_checkpoint(const std::filesystem::path& folder, const std::shared_ptr<const Model>& model, VerifyReport& report);

/// A folder whose reference belongs to published weights (reference.json names file and hash).
void verify_published(const std::filesystem::path& folder, const std::shared_ptr<const Model>& model, Precision precision, VerifyReport& report);

}  // namespace vitrine::cli
