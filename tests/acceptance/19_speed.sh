#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Speed against llama.cpp in one run, and of the window
. tests/acceptance/common.sh
part "prefill and decode beside llama.cpp, at depth 0 and 4,096, within the quality bound; decode reads weights at 70 % of a plain
      read or more; first token within 1.2x, memory at most 1.3x; statistics of every head at most 10 % slower, top-8 keys 35 %"
measured bench_vs_llamacpp.py llama_cpp "$smol" "$gemma"
part "window ready within 1 s, smooth while an answer streams"
show tests/perf/window_report
finish
