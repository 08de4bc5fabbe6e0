#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Export of any plot as SVG, PDF, PNG, CSV, npz
. tests/acceptance/common.sh
part "every format, exact numbers"
window views pictures_are_written_in_every_format exported_numbers_are_exact
part "attention"
window attention pictures_and_numbers_are_exported
part "sampler"
window sampler the_picture_and_its_numbers_are_exported
part "model: diagram and histogram"
window model the_diagram_and_the_histogram_are_exported
part "token probabilities of an answer"
window views a_token_strip_is_exported
window chat_text the_tokens_of_the_chat_are_exported
finish
