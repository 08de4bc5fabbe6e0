// SPDX-License-Identifier: Apache-2.0
#include "plugins/api/script.h"

#include <algorithm>

namespace vitrine {

QString shell_word(const QString& text) {
  QString quoted = text;
  quoted.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
  return QLatin1Char('\'') + quoted + QLatin1Char('\'');
}

QString cli_script(const QString& command, const QStringList& options) {
  return QStringLiteral("#!/bin/sh\nvitrine-cli ") + (QStringList(command) + options).join(QStringLiteral(" \\\n  ")) + QLatin1Char('\n');
}

QString lane_text(const TranscriptLane& lane, qint64 end) {
  std::string bytes;
  for (qint64 i = 0; i < std::min(end, qint64(lane.tokens.size())); ++i) bytes += lane.tokens[size_t(i)].bytes;
  return QString::fromStdString(bytes);
}

QString source_text(const TranscriptLane& lane) {
  std::string bytes;
  for (const TranscriptToken& token : lane.source) bytes += token.bytes;
  return QString::fromStdString(bytes);
}

QString generate_script(const QString& model, const TranscriptLane& lane, const SamplerSpec& sampler) {
  const bool exact = lane.request.precision == Precision::exact;
  QStringList options{QStringLiteral("--prompt ") + shell_word(lane.source.empty() ? lane_text(lane, lane.prompt_tokens) : source_text(lane)),
                      QStringLiteral("--no-special"),
                      QStringLiteral("--max-tokens %1").arg(std::max<qint64>(1, lane.answer_tokens())),
                      QStringLiteral("--precision ") + (exact ? QStringLiteral("exact") : QStringLiteral("fast")),
                      QStringLiteral("--sampler ") + shell_word(QString::fromStdString(sampler_to_json(sampler)))};
  if (lane.request.beam.beams > 1)
    options << QStringLiteral("--beams %1 --length-penalty %2").arg(lane.request.beam.beams).arg(lane.request.beam.length_penalty);
  return cli_script(QStringLiteral("generate ") + shell_word(model), options);
}

}  // namespace vitrine
