#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sampler panel: stages, sliders over the past answer
. tests/acceptance/common.sh
part "ordered stages with the mass each removed, distribution before and after"
window sampler funnel_and_bars_tell_who_removed_what every_stage_has_its_words
part "other settings over the whole past answer, each token judged on the text as it was"
tests unit_run 'Engine.JudgingAgainWithTheSameSamplerChangesNothing'
window sampler other_settings_mark_what_would_have_changed recorded_settings_mark_nothing_even_where_a_token_was_chosen_by_hand \
  stages_are_added_moved_removed_and_reset another_token_of_a_judged_answer_keeps_its_verdicts
window chat marks_are_drawn_under_the_words_that_would_change
finish
