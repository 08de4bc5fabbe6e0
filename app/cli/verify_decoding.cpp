// SPDX-License-Identifier: Apache-2.0
// verify-decoding DIR: the sampler stages against the processed logits and probabilities of DIR/warpers.safetensors.
// A kept set may differ from the recorded one only where tied logits stand at the border (sorting is not stable there)
// or where one part in a million of the parameter decides; such rows are counted in the printout.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/cli/verify_decoding.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/decode/sampler.h"
#include "engine/io/meta_value.h"
#include "engine/io/safetensors.h"

namespace vitrine::cli {
namespace {

using nlohmann::json;
constexpr double kTolerance = 1e-6;

/// A recorded f32 or i64 matrix.
template <class T>
struct Matrix {
  std::span<const T> values;
  int64_t columns = 0;
  std::span<const T> row(int64_t r) const { return values.subspan(size_t(r * columns), size_t(columns)); }
};

template <class T>
Matrix<T> matrix(const WeightSource& file, const std::string& name) {
  const TensorInfo& info = require_tensor(file, name);
  if (info.dtype != (sizeof(T) == 8 ? DType::i64 : DType::f32) || info.shape.rank() != 2)
    throw Error(ErrorKind::format, cat("tensor ", name, " is not a recorded matrix"));
  return {{reinterpret_cast<const T*>(info.bytes.data()), size_t(info.shape.numel())}, info.shape[1]};
}

/// One recorded entry as a chain; what the stages look at besides.
struct Entry {
  SamplerSpec spec;
  std::vector<int32_t> end_ids;
  int prompt_tokens = 0;
};

Entry entry_of(const json& record) {
  const std::string processor = record.at("processor");
  const json& parameters = record.at("parameters");
  Entry entry;
  if (processor == "chain") {
    for (const json& stage : parameters)
      entry.spec.stages.push_back({.name = stage.at(0), .parameters = {{stage.at(0), stage.at(1)}}});
    return entry;
  }
  StageSpec stage{.name = processor};
  for (const auto& [key, value] : parameters.items()) {
    if (key == "eos_token_id")
      entry.end_ids = {value.get<int32_t>()};
    else if (key == "prompt_length")
      entry.prompt_tokens = value;
    else if (key == "bad_words_ids")
      stage.sequences = value;
    else
      stage.parameters.emplace_back(key, value.get<double>());
  }
  entry.spec.stages.push_back(stage);
  return entry;
}

/// The raw logits of the tokens that a processed row keeps, ascending: what tied sets have in common.
std::vector<float> kept_values(std::span<const float> processed, std::span<const float> raw) {
  std::vector<float> kept;
  for (size_t i = 0; i < raw.size(); ++i)
    if (std::isfinite(processed[i])) kept.push_back(raw[i]);
  std::sort(kept.begin(), kept.end());
  return kept;
}

/// Do the stage's parameters, moved by one part in a million each way, enclose the recorded set?
bool within_rounding(const SamplerSpec& spec, std::span<const float> raw, const DecodeView& view,
                     const std::vector<float>& recorded) {
  std::vector<std::vector<float>> sets;
  for (const double factor : {1 - kTolerance, 1 + kTolerance}) {
    SamplerSpec moved = spec;
    for (auto& [key, value] : moved.stages.front().parameters)
      if (value != std::floor(value) || value == 1) value = std::min(value * factor, std::max(value, 1.0));
    sets.push_back(kept_values(SamplerChain(moved).process(raw, view), raw));
  }
  if (sets[0].size() > sets[1].size()) std::swap(sets[0], sets[1]);
  return std::includes(recorded.begin(), recorded.end(), sets[0].begin(), sets[0].end()) &&
         std::includes(sets[1].begin(), sets[1].end(), recorded.begin(), recorded.end());
}

struct Difference {
  double logit = 0, probability = 0;
  int tied = 0, rounded = 0;
  std::string failure;
};

std::vector<float> descending(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  return sorted;
}

void compare_row(const SamplerChain& chain, std::span<const float> raw, const DecodeView& view,
                 std::span<const float> recorded_logits, std::span<const float> recorded_probabilities, int64_t row,
                 Difference& d) {
  const std::vector<float> logits = chain.process(raw, view);
  const std::vector<float> ours = kept_values(logits, raw), theirs = kept_values(recorded_logits, raw);
  bool same_set = true;
  for (size_t i = 0; i < raw.size(); ++i) {
    const bool keeps = std::isfinite(logits[i]), kept = std::isfinite(recorded_logits[i]);
    same_set &= keeps == kept;
    if (keeps && kept)
      d.logit = std::max(d.logit, std::abs(double(logits[i]) - double(recorded_logits[i])) /
                                      std::max(1.0, std::abs(double(recorded_logits[i]))));
  }
  if (ours != theirs) {
    if (!within_rounding(chain.spec(), raw, view, theirs))
      d.failure = cat("row ", row, " keeps ", ours.size(), " tokens, recorded are ", theirs.size());
    ++d.rounded;
    return;
  }
  d.tied += !same_set;
  const Distribution distribution = chain.shape(raw, view);
  const std::vector<float> expected = descending(recorded_probabilities);
  for (size_t i = 0; i < distribution.entries.size(); ++i)
    d.probability = std::max(d.probability, std::abs(distribution.entries[i].probability - double(expected[i])));
}

}  // namespace

void verify_warpers(const std::filesystem::path& folder, const json& records, DecodingTally& tally) {
  const auto file = open_safetensors_file(folder / "warpers.safetensors");
  const Matrix<float> raw = matrix<float>(*file, "logits");
  const Matrix<int64_t> histories = matrix<int64_t>(*file, "history");
  for (const json& record : records) {
    const std::string key = record.at("key");
    const Entry entry = entry_of(record);
    const SamplerChain chain(entry.spec);
    const Matrix<float> logits = matrix<float>(*file, key + ".logits"), probs = matrix<float>(*file, key + ".probs");
    Difference d;
    const int64_t rows = int64_t(raw.values.size()) / raw.columns;
    for (int64_t r = 0; r < rows; ++r) {
      const std::vector<int32_t> history(histories.row(r).begin(), histories.row(r).end());
      const DecodeView view{.history = history, .prompt_tokens = entry.prompt_tokens, .end_ids = entry.end_ids};
      compare_row(chain, raw.row(r), view, logits.row(r), probs.row(r), r, d);
    }
    if (d.failure.empty() && !(d.logit <= kTolerance)) d.failure = cat("logits differ by ", d.logit);
    if (d.failure.empty() && !(d.probability <= kTolerance)) d.failure = cat("probabilities differ by ", d.probability);
    std::string facts = cat(rows, " rows, largest difference: logit ", d.logit, ", probability ", d.probability);
    if (d.tied) facts += cat(", ", d.tied, " with ties at the border");
    if (d.rounded) facts += cat(", ", d.rounded, " decided by rounding");
    tally.row(key, facts, d.failure);
  }
}

void DecodingTally::row(const std::string& name, const std::string& facts, const std::string& failure) {
  (failure.empty() ? passed : failed)++;
  std::printf("%-24s %s  %s\n", name.c_str(), failure.empty() ? "ok" : ("FAILED: " + failure + ";").c_str(),
              facts.c_str());
}

static int verify_decoding(const std::filesystem::path& folder) {
  std::ifstream stream(folder / "decoding.json");
  const json recorded = json::parse(stream, nullptr, false);
  if (!recorded.is_object() || !recorded.contains("warpers"))
    throw Error(ErrorKind::format, "no decoding.json with recorded decoding here", "give the folder that holds it",
                folder.string());
  DecodingTally tally;
  try {
    verify_warpers(folder, recorded.at("warpers"), tally);
    verify_searches(std::filesystem::weakly_canonical(folder), recorded, tally);
  } catch (const json::exception& e) {
    throw Error(ErrorKind::format, e.what(), "", (folder / "decoding.json").string());
  }
  std::printf("%d passed, %d failed\n", tally.passed, tally.failed);
  return tally.failed == 0 ? kOk : kCheckFailed;
}

void register_verify_decoding(CLI::App& app, Runner& runner) {
  CLI::App* command =
      app.add_subcommand("verify-decoding", "Check sampler stages and beam search against recorded results");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "folder with decoding.json and warpers.safetensors")->required();
  command->callback([&runner, folder] { runner.run = [folder] { return verify_decoding(*folder); }; });
}

}  // namespace vitrine::cli
