#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Backward: every op, every parameter, every site
. tests/acceptance/common.sh
part "recorded gradients"
graded=()
for folder in tests/data/llm/*/ tests/data/llm_variants/*/; do [ -e "$folder/reference_grad.safetensors" ] && graded+=("$folder"); done
prints "^${#graded[@]} passed, 0 failed\$" $cli verify -q "${graded[@]}"
if [ "$fixtures" != tests/data ]; then
  graded=()
  for file in "$fixtures"/llm/*/reference_grad.safetensors; do graded+=("$(dirname "$file")"); done
  prints "^${#graded[@]} passed, 0 failed\$" $cli verify -q "${graded[@]}"
fi
prints 'grad\.model\.embed_tokens\.weight .* ok' $cli verify tests/data/llm/llama
part "finite differences over all ops"
tests laws 'OpGradients.*'
part "along any direction of the parameters and at every site of every family; the forward pass is the one that answers, bit for bit"
tests laws '*ModelGradients.*:Gradients.*'
tests unit_exec 'TapeTest.*'
finish
