// SPDX-License-Identifier: Apache-2.0
// The menu of a stage's row: its other parameters, biases or sequences as fields, move, reset, remove.
#pragma once

#include "engine/decode/sampler_spec.h"

class QMenu;
class QString;

namespace vitrine {

class StageRow;

QMenu* make_stage_menu(const StageSpec& stage, int row, int count, StageRow* owner);

/// "42=-inf, 17=1.5" and back; false and unchanged when it cannot be read.
QString bias_text(const StageSpec& stage);
bool read_bias(const QString& text, StageSpec& stage);
/// "1 2 3; 7": token ids, one sequence between semicolons.
QString sequences_text(const StageSpec& stage);
bool read_sequences(const QString& text, StageSpec& stage);

}  // namespace vitrine
