#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shell: docks, palette, layouts, models on this machine, keyboard, themes
. tests/acceptance/common.sh
window views
window window
tests unit_io 'ModelFinder*'
window small_window
finish
