// SPDX-License-Identifier: Apache-2.0
// A loaded model under other positions or another attention, written as text so that a command, a flag and a session say it alike.
#pragma once

#include <memory>

#include "engine/model/model.h"
#include "engine/model/variant_text.h"

namespace vitrine {

/// Shares the storages of all weights with `model` but pooled key/value heads. `variant` empty: `model` itself.
/// Throws Error input or unsupported.
VT_API std::shared_ptr<const Model> make_variant(const std::shared_ptr<const Model>& model, const VariantText& variant);

}  // namespace vitrine
