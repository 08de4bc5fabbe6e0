#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Model panel
. tests/acceptance/common.sh
part "tree of modules and tensors with their statistics, diagram from the spec"
window model every_tensor_is_in_the_tree_once_and_shows_its_numbers the_filter_takes_parts_and_patterns alike_layers_are_folded_and_the_focus_stands_alone \
  the_diagram_says_what_the_layer_is every_kind_of_layer_is_drawn one_selection_for_tree_diagram_and_window
tests unit_run 'Engine.TensorStatisticsCountEveryValue'
part "memory for weights and for the cache at a chosen context"
window model memory_is_what_the_cache_will_take
tests unit_io 'CheckpointFacts.*'
part "tokenizer and template facts, file hash"
window model hashes_are_shown_when_they_are_known
tests unit_io 'FileHash.*'
finish
