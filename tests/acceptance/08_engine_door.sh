#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Engine door: commands in, events out, cancel within 100 ms, several lanes
. tests/acceptance/common.sh
tests unit_run '*'
tests threads '*Engine*:*Cancel*:*Lane*'
finish
