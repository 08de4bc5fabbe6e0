#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Model panel
. tests/acceptance/common.sh
window model
tests unit_io 'CheckpointFacts*:FileHash*'
finish
