#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Chat panel: streaming, tokens, branches, completion mode
. tests/acceptance/common.sh
window chat
finish
