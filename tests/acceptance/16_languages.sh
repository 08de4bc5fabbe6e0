#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# English and Korean
. tests/acceptance/common.sh
part "every string, Korean complete, switchable at run time, plurals"
window language korean_is_complete every_text_of_the_sources_is_in_the_translation every_panel_has_a_korean_title \
  the_language_changes_while_the_window_runs plurals_are_right_in_english
part "Hangul input in text fields"
window gl a_click_within_one_frame_counts_and_hangul_is_typed
finish
