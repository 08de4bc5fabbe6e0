// SPDX-License-Identifier: Apache-2.0
// reference_grad.safetensors of a fixture folder: the loss and the gradient of every parameter.
#pragma once

#include <filesystem>

#include "app/cli/verify_report.h"
#include "engine/model/model.h"

namespace vitrine::cli {

inline constexpr const char* kGradientFile = "reference_grad.safetensors";

/// `model` was loaded for gradients, from the folder's own tensors.
void verify_gradients(const std::filesystem::path& folder, const Model& model, VerifyReport& report);

}  // namespace vitrine::cli
