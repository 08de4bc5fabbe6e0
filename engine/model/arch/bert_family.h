// SPDX-License-Identifier: Apache-2.0
// What BERT and its descendants share: bidirectional, norms after each sum, learned positions, masked-language head.
#pragma once

#include "engine/model/architecture.h"

namespace vitrine {

/// decoder_keys() and what encoders have besides.
std::span<const KeyPair> encoder_keys();
/// BERT's names of embeddings, layers and pooler with another first component ("roberta."), and the head's as given.
std::vector<NameRule> bert_names(std::string_view prefix, std::initializer_list<NameRule> head);
/// BERT as its configuration and its tensors say: a head, a pooler and segments are there when their tensors are.
ModelSpec read_bert(const ConfigView& config, std::span<const NameRule> names);
/// Where `canonical` is stored outside layers, with or without the first component of its name; nullptr: nowhere.
const TensorInfo* find_stored(const WeightSource& source, std::span<const NameRule> names, std::string_view canonical);
/// Positions that begin behind the row of the padding token, which takes none (RoBERTa, MPNet).
void padded_positions(const ConfigView& config, ModelSpec& spec, int padding_id);
/// A head that is not tied has a bias of its own beside the shared one; an `adjust`.
void own_head_bias(Recipe& recipe, const NameContext& name, const ModelSpec& spec);
/// Embeddings of another width than the model's (ALBERT, ELECTRA).
void project_embeddings(const ConfigView& config, ModelSpec& spec);

}  // namespace vitrine
