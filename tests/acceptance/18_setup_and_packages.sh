#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run, check, presets, install, Debian package, rules as tests
. tests/acceptance/common.sh
show ./run --version
show cmake --list-presets
show tests/acceptance/package.sh
tests structure '*'
show desktop-file-validate packaging/vitrine.desktop
finish
