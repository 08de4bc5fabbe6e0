#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Speed against llama.cpp and transformers in one run
. tests/acceptance/common.sh
part "prefill and decode beside llama.cpp, at depth 0 and 4,096, within the quality bound"
measured bench_vs_llamacpp.py llama_cpp "$smol" "$gemma"
part "decode reads weights at 70 % of a plain read or more"
missing "a script that compares decode with a plain read loop"
part "file opened and first token out within 1.2x of llama.cpp; resident memory at most 1.3x"
missing "a script that measures opening and memory beside llama.cpp"
part "statistics of every head of a 2,048-token prompt at most 10 % slower, top-8 keys 35 %"
missing "a script that measures prefill with and without them"
part "window ready within 1 s, smooth while an answer streams"
show tests/perf/window_report
finish
