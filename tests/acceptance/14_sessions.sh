#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sessions: everything kept, found, replayed; at most 200 ms lost
. tests/acceptance/common.sh
tests sessions '*'
window sessions
window pinned_views
finish
