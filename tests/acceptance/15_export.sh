#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Export of any plot as SVG, PDF, PNG, CSV, npz
. tests/acceptance/common.sh
window views
missing "a test that every panel's plot exports all five"
finish
