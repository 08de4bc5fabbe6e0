// SPDX-License-Identifier: Apache-2.0
#include "engine/model/gradients.h"

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/nn/ops.h"

namespace vitrine {

std::vector<int32_t> next_token_labels(const std::vector<int32_t>& labels) {
  std::vector<int32_t> next(labels.begin() + std::min<ptrdiff_t>(1, ptrdiff_t(labels.size())), labels.end());
  if (!labels.empty()) next.push_back(kNoLabel);
  return next;
}

namespace {

/// The rows with a label, and those labels.
std::vector<int32_t> label_rows(Batch& batch, const GradientRequest& request, const ModelSpec& spec) {
  if (!spec.head) throw Error(ErrorKind::input, cat(spec.name, " has no head to take a loss of"), "open a checkpoint with one");
  if (request.labels.size() != request.sequences.size())
    throw Error(ErrorKind::input, cat(request.labels.size(), " lists of labels for ", request.sequences.size(), " sequences"), "give one a sequence");
  const int classes = spec.head_rows > 0 ? spec.head_rows : spec.vocab;
  std::vector<int32_t> labels;
  int32_t row = 0;
  for (size_t s = 0; s < request.labels.size(); ++s) {
    if (request.labels[s].size() != request.sequences[s].ids.size())
      throw Error(ErrorKind::input, cat(request.labels[s].size(), " labels for ", request.sequences[s].ids.size(), " tokens"), "give one a token");
    for (int32_t label : request.labels[s]) {
      if (label >= classes) throw Error(ErrorKind::input, cat("label ", label, " is outside the ", classes, " outputs of the head"), "use the model's tokenizer");
      if (label >= 0) batch.logit_rows.push_back(row), labels.push_back(label);
      ++row;
    }
  }
  if (labels.empty()) throw Error(ErrorKind::input, "no row has a label", "give at least one");
  return labels;
}

}  // namespace

GradientResult run_gradients(const Model& model, const GradientRequest& request) {
  GradientResult result;
  Backend& backend = *model.backend();
  const auto plan = request.watches.empty() ? nullptr : TapPlan::compile(model.sites(), request.watches);
  ProbeBatch input(model, request.sequences, plan.get());
  input.batch.frequency_length = request.frequency_length;
  const std::vector<int32_t> labels = label_rows(input.batch, request, model.spec());
  Tape tape(backend);
  const ParameterOrigins* parameters = request.backward ? model.parameters() : nullptr;
  VT_CHECK(parameters || !request.backward || !request.watches.empty(), "gradients of the parameters of a model that was loaded for inference");
  if (parameters) parameters->record(tape, request.parameters);
  Exec ex(backend, Precision::exact, {}, [&](Captured captured) { result.hits.push_back(to_hit(backend, captured)); });
  if (request.backward) ex.set_tape(&tape);
  if (model.spec().has_encoder()) model.encode(ex, input.sources);
  const Tensor loss = nn::cross_entropy(ex, model.forward(ex, input.batch).logits, ex.upload_i32(labels));
  result.loss = backend.snapshot(loss)->f32()[0];
  if (!request.backward) return result;
  tape.backward(loss);
  if (parameters) result.parameters = parameters->collect(tape, request.parameters);
  return result;
}

}  // namespace vitrine
