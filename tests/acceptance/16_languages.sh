#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# English and Korean
. tests/acceptance/common.sh
window language
finish
