#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shell: docks, palette, layouts, models on this machine, keyboard, themes
. tests/acceptance/common.sh
part "docks and layouts; palette over all actions; keyboard and names"
window window a_layout_comes_back_as_it_was_left a_changed_preset_comes_back_and_can_be_reset the_palette_finds_and_triggers_every_action \
  keys_of_actions_work_wherever_the_focus_is every_control_has_a_name_and_is_reached_by_tab
part "Open lists the models of this machine, with size and whether they fit; pickles are refused with the way to convert"
window window opening_lists_the_models_of_this_machine found_models_say_whether_they_fit files_that_cannot_be_opened_say_why_and_what_to_do
tests unit_io 'ModelFinder.*:OpenWeights.RefusesPicklesWithTheWayToConvert'
part "drag and drop, status bar; a model that fails leaves the old one"
window window a_model_is_opened_and_an_answer_reaches_every_part a_model_that_fails_to_load_leaves_the_old_one_in_place
part "dark and light themes"
window views text_can_be_read_in_both_schemes lines_can_be_seen_in_both_schemes
part "every control goes back to its default on a double click"
window views a_double_click_brings_defaults_back
part "small screens"
window small_window
part "recent models; log panel; panels say why they have nothing to show"
window window_tells recent_models_are_kept the_log_tells_what_happened panels_say_why_they_have_nothing_to_show
finish
