#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Batches, caches and states
. tests/acceptance/common.sh
part "left and right padding, as recorded"
padded=()
for folder in tests/data/llm/*/ tests/data/llm_variants/*/; do
  compgen -G "$folder/reference_pad_*.safetensors" > /dev/null && padded+=("$folder")
done
prints "^${#padded[@]} passed, 0 failed\$" $cli verify -q "${padded[@]}"
part "sequences of different lengths in one step; token by token, in chunks and after a fork as in one piece"
tests laws '*Cache.ChunksGiveTheBitsOfTheWhole/*:*Cache.SequencesThatRunTogetherDoNotFeelEachOther/*:*Cache.AForkGoesItsOwnWay/*'
tests unit_backend 'Scan.SequencesOfOneStepDoNotFeelEachOther'
part "frequencies that depend on the length, finite time steps: the cached continuation recorded"
prints 'greedy, cached .* ok' $cli verify tests/data/llm/llama_rope_dynamic
prints 'greedy, cached .* ok' $cli verify tests/data/llm_variants/qwen3_dynamic
prints 'greedy, cached .* ok' $cli verify tests/data/llm_variants/mamba2_limited_steps
prints 'greedy, cached .* ok' $cli verify tests/data/llm_variants/phi3_longrope_crossed
tests unit_run 'GrowingText.*'
part "pages behind a sliding window are given back"
tests laws '*WindowCache.*'
part "states: marks, going back and forward, forks, nothing that grows"
tests laws '*States.*:*Cache.ACancelledStepLeavesNothingBehind/*'
finish
