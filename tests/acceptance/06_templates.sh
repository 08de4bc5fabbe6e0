#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Chat templates, byte for byte
. tests/acceptance/common.sh
cases=$fixtures/tokenizers/cases_chat.json
[ -f "$cases" ] || cases=tests/data/chat/cases_chat.json
prints ' 0 failed' $cli template --cases "$cases"
tests unit_jinja '*'
finish
