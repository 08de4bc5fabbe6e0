// SPDX-License-Identifier: Apache-2.0
// "Copy as script": shell commands of vitrine-cli that compute what a panel shows.
#pragma once

#include <QString>
#include <QStringList>

#include "engine/core/api.h"
#include "engine/decode/sampler_spec.h"
#include "plugins/api/transcript.h"

namespace vitrine {

/// A text as one word of a POSIX shell.
VT_API QString shell_word(const QString& text);
/// "vitrine-cli COMMAND \", one option a line.
VT_API QString cli_script(const QString& command, const QStringList& options);
/// The bytes that the lane's tokens [0, end) stand for, special tokens written out: encoded again without added tokens they give the
/// same ids.
VT_API QString lane_text(const TranscriptLane& lane, qint64 end);
/// The same of an encoder-decoder's source.
VT_API QString source_text(const TranscriptLane& lane);
/// The command that gives the lane's answer under `sampler` again.
VT_API QString generate_script(const QString& model, const TranscriptLane& lane, const SamplerSpec& sampler);

}  // namespace vitrine
