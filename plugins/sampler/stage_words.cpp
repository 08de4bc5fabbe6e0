// SPDX-License-Identifier: Apache-2.0
// The texts of the registered stages are listed here once more so that they can be translated; a test compares the
// lists.
#include "plugins/sampler/stage_words.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "views/numbers.h"

namespace vitrine {
namespace {

constexpr const char* kContext = "vitrine::SamplerStages";

constexpr const char* kTexts[] = {
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Repetition penalty"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Frequency penalty"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Presence penalty"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "No repeated n-gram"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Bad words"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Logit bias"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Forced token"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Minimum length"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Push to the end"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Top-k"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Top-n-sigma"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Top-p"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Min-p"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Typical"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Top-h"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Epsilon cutoff"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Eta cutoff"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Temperature"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "Greedy"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "above 1 against repeating, below 1 for it"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "for each use in the answer"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "once for a token used in the answer"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "looks back this far; -1: over everything"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "n; 0: off"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "place in the answer, counted from 0"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "id of the token; -1: off"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "prompt and answer together; 0: off"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "answer length from which the end becomes more probable"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "growth for each token beyond; 1: off"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "how many stay; 0: all"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "keeps at least this many"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "distance below the largest logit; 0: all stay"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "probability that stays; 1: all"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "share of the largest probability; 0: all stay"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "share of the entropy that stays"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "looks at this many of the most probable"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "smallest probability that stays; 0: all"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "epsilon of the formula; 0: all stay"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "below 1 sharper, above 1 flatter; 0: the most probable token"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "tokens"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "nats"),
    QT_TRANSLATE_NOOP("vitrine::SamplerStages", "standard deviations"),
};

QString translated(std::string_view text) {
  return text.empty() ? QString() : QCoreApplication::translate(kContext, std::string(text).c_str());
}

QString plain(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

}  // namespace

std::span<const char* const> stage_texts() { return kTexts; }

const StageInfo* stage_info(std::string_view name) {
  for (const StageInfo& info : sampler_stages())
    if (info.name == name) return &info;
  return nullptr;
}

QString stage_title(std::string_view name) {
  const StageInfo* info = stage_info(name);
  return info ? translated(info->title) : plain(name);
}

QString parameter_text(const StageParameter& parameter, double value) {
  if (parameter.integer) return views::count(qint64(std::llround(value)));
  const QString exact = QString::number(value, 'g', 6);
  const qsizetype dot = exact.indexOf('.');
  if (exact.contains('e') || (dot >= 0 && exact.size() - dot > 3)) return exact;
  return QString::number(value, 'f', 2);
}

QString parameter_help(const StageParameter& parameter) {
  QString text = translated(parameter.help);
  if (!parameter.unit.empty()) text += QStringLiteral(" (%1)").arg(translated(parameter.unit));
  text += '\n' + QCoreApplication::translate("vitrine::SamplerStages", "range %1 to %2, default %3")
                     .arg(parameter_text(parameter, parameter.lowest), parameter_text(parameter, parameter.highest),
                          parameter_text(parameter, parameter.fallback));
  return text;
}

QString stage_help(const StageInfo& info) {
  QString text = translated(info.title) + '\n' + plain(info.formula);
  for (const StageParameter& parameter : info.parameters)
    text += QStringLiteral("\n%1: ").arg(plain(parameter.name)) + parameter_help(parameter).replace('\n', "; ");
  return text + '\n' + QCoreApplication::translate("vitrine::SamplerStages", "Source: %1").arg(plain(info.source));
}

double SliderScale::position(double value) const {
  const double v = std::clamp(value, lowest, highest) - lowest, whole = highest - lowest;
  if (power == 0) return std::log1p(v) / std::log1p(whole);
  return std::pow(v / whole, 1 / power);
}

double SliderScale::value(double position, bool integer) const {
  const double at = std::clamp(position, 0.0, 1.0), whole = highest - lowest;
  const double value = lowest + (power == 0 ? std::expm1(at * std::log1p(whole)) : std::pow(at, power) * whole);
  if (integer) return std::round(value);
  const double step = whole > 0.5 ? 100 : 10000;
  return power > 1 ? QString::number(value, 'g', 2).toDouble() : std::round(value * step) / step;
}

SliderScale slider_scale(const StageParameter& parameter) {
  if (parameter.name == "temperature") return {0, 2, 1};
  if (parameter.name == "repetition_penalty") return {0.5, 2, 1};
  if (parameter.name == "factor") return {0.5, 2, 1};
  if (parameter.name == "top_n_sigma") return {0, 5, 1};
  if (parameter.name == "no_repeat_ngram_size") return {0, 10, 1};
  if (parameter.name == "min_p") return {0, 1, 2};
  if (parameter.name == "epsilon_cutoff" || parameter.name == "eta_cutoff") return {0, 0.1, 3};
  if (parameter.integer) return {parameter.lowest, std::min(parameter.highest, parameter.lowest + 1000), 0};
  return {parameter.lowest, parameter.highest, 1};
}

}  // namespace vitrine
