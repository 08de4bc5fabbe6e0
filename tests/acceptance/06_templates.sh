#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Chat templates, byte for byte
. tests/acceptance/common.sh
prints ' 0 failed' $cli template --cases "$fixtures/tokenizers/cases_chat.json"
tests unit_jinja '*'
finish
