#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Chat panel: streaming, tokens, branches, completion mode
. tests/acceptance/common.sh
part "Markdown with code highlighting as it streams; thoughts fold"
window chat every_word_is_found_in_its_markdown a_thought_is_folded_and_its_marks_with_it
part "retry, edit, branches, sessions"
window chat retry_and_edit_make_branches a_new_session_is_empty_and_the_old_one_comes_back_at_the_asked_answer
part "token view: colours, alternatives, continue from another token"
window chat the_tokens_are_coloured_by_what_is_chosen the_menu_of_a_token_continues_with_another a_click_on_a_word_selects_its_token_and_frames_it
part "scores of the prompt, kept with the session"
window chat the_prompt_is_scored_on_demand_and_can_be_stopped the_scores_of_a_prompt_stay_with_the_session
part "system prompt, the exact rendered prompt, token counts and timing"
window chat_text the_rendered_prompt_is_shown_exactly
part "completion mode, chosen by itself without a template"
window chat_text without_a_template_the_text_is_completed
part "50,000 tokens of history stay smooth"
window chat fifty_thousand_tokens_stay_quick
finish
