#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Speed against llama.cpp and transformers in one run
. tests/acceptance/common.sh
if [ -x tests/perf/speed ]; then show tests/perf/speed; else missing "tests/perf/speed, the script that measures both in turn"; fi
show tests/perf/window_report
finish
