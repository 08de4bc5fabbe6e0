// SPDX-License-Identifier: Apache-2.0
// Beam search over an abstract step of the model.
#include "engine/decode/strategy.h"

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/decode/logit_row.h"
#include "engine/decode/row_passes.h"
#include "engine/decode/sampler.h"

namespace vitrine {
namespace {

/// A running hypothesis lengthened by one token.
struct Extension {
  int parent = 0;
  int32_t token = 0;
  double log_probability = 0;
};

void check(const BeamOptions& o) {
  const auto require = [](bool ok, const std::string& what) {
    if (!ok) throw Error(ErrorKind::input, what, "", "beam search");
  };
  require(o.beams >= 1 && o.beams <= 4096, cat("beams is ", o.beams, ", allowed is 1 to 4096"));
  require(o.return_sequences >= 1 && o.return_sequences <= o.beams,
          cat("return_sequences is ", o.return_sequences, ", allowed is 1 to beams = ", o.beams));
  require(o.max_new_tokens >= 1, cat("max_new_tokens is ", o.max_new_tokens, ", has to be at least 1"));
  require(std::isfinite(o.length_penalty), "length_penalty has to be finite");
}

/// Log-softmax of the logits, then the processors.
std::vector<float> step_log_probabilities(const std::vector<float>& logits, const SamplerChain& chain,
                                          const DecodeView& view) {
  const LogitRow row(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(double(logit) - double(row.largest()));
  const double log_sum = double(row.largest()) + std::log(sum);
  std::vector<float> log_probabilities(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) log_probabilities[i] = float(double(logits[i]) - log_sum);
  return chain.process(log_probabilities, view);
}

/// The `count` best extensions of all hypotheses; among equals the earlier hypothesis, then the lower token.
std::vector<Extension> best_extensions(std::span<const Hypothesis> running,
                                       const std::vector<std::vector<float>>& logits, const SamplerChain& chain,
                                       const BeamOptions& options, size_t prompt, size_t count) {
  std::vector<Extension> all;
  for (size_t h = 0; h < running.size(); ++h) {
    const std::vector<int32_t>& tokens = running[h].tokens;
    const DecodeView view{
        .history = tokens, .prompt_tokens = int(prompt), .step = tokens.size() - prompt, .end_ids = options.end_ids};
    const std::vector<float> row = step_log_probabilities(logits[h], chain, view);
    std::vector<float> block_max(size_t(row_blocks(int64_t(row.size()))));
    scan_row(row, block_max);
    for (const int32_t token : largest_indices(row, block_max, int64_t(count)))
      all.push_back({int(h), token, running[h].log_probability + double(row[size_t(token)])});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Extension& a, const Extension& b) { return a.log_probability > b.log_probability; });
  if (all.size() > count) all.resize(count);
  return all;
}

std::vector<int32_t> lengthened(const Hypothesis& hypothesis, int32_t token) {
  std::vector<int32_t> tokens = hypothesis.tokens;
  tokens.push_back(token);
  return tokens;
}

}  // namespace

BeamSearch::BeamSearch(StepModel& model, std::span<const int32_t> prompt, const BeamOptions& options)
    : model_(model), options_(options), prompt_(prompt.size()) {
  check(options_);
  chain_ = std::make_unique<const SamplerChain>(options_.processors);
  running_.push_back({{prompt.begin(), prompt.end()}, 0, 0});
}

BeamSearch::~BeamSearch() = default;

/// Could a running hypothesis still beat the worst of the complete ones?
bool BeamSearch::can_improve() const {
  if (running_.empty()) return false;
  if (complete_.size() < size_t(options_.beams)) return true;
  const bool longest = options_.early_stopping == EarlyStopping::never && options_.length_penalty > 0;
  const double length = longest ? options_.max_new_tokens : generated_;
  return running_.front().log_probability / std::pow(length, options_.length_penalty) > complete_.back().score;
}

bool BeamSearch::step() {
  // Enough extensions that `beams` of them go on even if the others all end.
  const size_t beams = size_t(options_.beams), count = std::max<size_t>(2, 1 + options_.end_ids.size()) * beams;
  const std::vector<std::vector<float>> logits = model_.step(running_);
  if (logits.size() != running_.size())
    throw Error(ErrorKind::bug, cat("the model answered ", logits.size(), " of ", running_.size(), " hypotheses"));
  ++generated_;
  std::vector<Extension> extensions = best_extensions(running_, logits, *chain_, options_, prompt_, count);
  std::vector<Hypothesis> next;
  for (size_t i = 0; i < extensions.size(); ++i) {
    const Extension& e = extensions[i];
    const bool ended = generated_ == options_.max_new_tokens ||
                       std::find(options_.end_ids.begin(), options_.end_ids.end(), e.token) != options_.end_ids.end();
    if (ended && i < beams)
      complete_.push_back({lengthened(running_[size_t(e.parent)], e.token),
                           e.log_probability / std::pow(double(generated_), options_.length_penalty)});
    else if (!ended && next.size() < beams)
      next.push_back({lengthened(running_[size_t(e.parent)], e.token), e.parent, e.log_probability});
  }
  std::stable_sort(complete_.begin(), complete_.end(),
                   [](const BeamResult& a, const BeamResult& b) { return a.score > b.score; });
  if (complete_.size() > beams) complete_.resize(beams);
  running_ = std::move(next);
  const bool enough = options_.early_stopping == EarlyStopping::yes && complete_.size() == beams;
  return !enough && can_improve();
}

std::vector<BeamResult> BeamSearch::results() const {
  const auto count = std::min(complete_.size(), size_t(options_.return_sequences));
  return {complete_.begin(), complete_.begin() + std::ptrdiff_t(count)};
}

std::vector<BeamResult> beam_search(StepModel& model, std::span<const int32_t> prompt, const BeamOptions& options) {
  BeamSearch search(model, prompt, options);
  while (search.step()) {
  }
  return search.results();
}

}  // namespace vitrine
