#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Attention panel: the attention of the answer just given
. tests/acceptance/common.sh
part "small multiples, one head, mean, links, sinks, scales, selection shared with the chat"
window attention a_selection_asks_for_its_rows_once shares_sum_to_one_hundred_percent keys_are_sorted_into_disjoint_classes \
  a_click_on_a_cell_selects_its_row_and_keys_walk a_long_context_asks_only_for_the_pixels_shown
window gl
part "of the answer itself, without another run; a pixel over many cells is their maximum or mean"
tests unit_run 'Engine.AttentionOfTheAnswerIsThereWithoutAnotherRun'
tests unit_backend 'Tile.*'
part "any head of 8,192 tokens within 200 ms"
tests unit_run 'RealModel.AnyHeadOfEightThousandTokensAppearsWithinAFifthOfASecond'
part "after reopening: recomputed, and said so"
tests unit_run 'Engine.AReopenedAnswerIsRecomputedAndSaysSo'
window attention a_saved_answer_is_recomputed_and_says_so
part "of a text that an encoder read: both ways, as the reference recorded it"
tests unit_run '*ReadTest.AttentionIsWhatTheReferenceRecorded*:Read.*'
window encoders a_text_typed_in_the_encoder_panel_is_looked_into a_question_to_an_encoder_is_read_by_it
finish
