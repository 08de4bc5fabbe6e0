#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Attention panel: the attention of the answer just given
. tests/acceptance/common.sh
window attention
window gl
tests unit_backend 'Tile*'
missing "a timing that any head of 8,192 tokens appears within 200 ms"
finish
