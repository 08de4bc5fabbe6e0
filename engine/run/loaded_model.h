// SPDX-License-Identifier: Apache-2.0
// Everything that belongs to the model that is open: weights, tokenizer, template, cache pools, facts.
#pragma once

#include <map>
#include <memory>

#include "engine/model/model.h"
#include "engine/model/sentence_encoder.h"
#include "engine/run/event.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace vitrine {

struct LoadedModel {
  std::unique_ptr<WeightSource> source;
  std::shared_ptr<const Model> model;
  std::shared_ptr<const Tokenizer> tokenizer;
  std::shared_ptr<const ChatTemplate> chat_template;
  std::shared_ptr<const ModelFacts> facts;
  std::vector<int32_t> end_ids;              // tokens that end a generation, ascending
  std::map<const Model*, std::shared_ptr<const SentenceEncoder>> sentences;  // of the open model and its variants, made when first asked for
  DType kv_dtype = DType::f16;
  int64_t capture_budget_bytes = 0;

  /// exact runs use an f32 cache, fast ones the dtype chosen at load time.
  DType cache_dtype(Precision precision) const { return precision == Precision::exact ? DType::f32 : kv_dtype; }
  /// Of the open model or a variant of it.
  std::shared_ptr<KvPool> pool(const std::shared_ptr<const Model>& model, Precision precision);
  /// The open model under other positions or another attention; made once and kept. Throws Error input or unsupported.
  std::shared_ptr<const Model> variant(const VariantText& text);
  /// After a step: throws Error io when the model reads its files and they could not be read (they were cut short).
  void check_files() const {
    if (model->reads_files()) source->check_intact();
  }

 private:
  std::map<std::pair<const Model*, DType>, std::shared_ptr<KvPool>> pools_;
  std::map<VariantText, std::shared_ptr<const Model>> variants_;
};

/// Throws Error; progress counts bytes.
std::unique_ptr<LoadedModel> load(const LoadModel& command, ProgressFn progress);

}  // namespace vitrine
