#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run, check, presets, install, Debian package, rules as tests
. tests/acceptance/common.sh
part "./run sets up, builds and starts"
show ./run --version
part "presets release, dev, asan, tsan"
for preset in release dev asan tsan; do prints "\"$preset\"" cmake --list-presets; done
part ".ci/run"
show test -x .ci/run
part "a Debian package that installs and starts; desktop entry and icon"
show tests/acceptance/package.sh
show desktop-file-validate packaging/vitrine.desktop
part "dependency rules and size limits"
tests structure '*'
finish
