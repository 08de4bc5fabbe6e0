#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Chat templates, byte for byte
. tests/acceptance/common.sh
cases=$fixtures/tokenizers/cases_chat.json
[ -f "$cases" ] || cases=tests/data/chat/cases_chat.json
part "every template of the fixtures"
prints ' 0 failed' $cli template --cases "$cases"
part "the language: recorded renderings of another implementation, masks, tool lists"
tests unit_jinja 'Recorded.*:ChatTemplate.*'
part "precise error positions, limits on loops and output"
tests unit_jinja 'TemplateError.*:Limits.*'
finish
