#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Positions as data
. tests/acceptance/common.sh
part "every scheme as a checkpoint says it, also beyond the length it was trained for"
schemes=()
for name in llama llama_rope_linear llama_rope_dynamic llama_rope_llama3 llama_rope_yarn phi3 gpt2 opt bloom mpt falcon_alibi gptj gpt_neox marian xglm t5 smollm3; do
  schemes+=("tests/data/llm/$name")
done
prints '^17 passed, 0 failed$' $cli verify -q "${schemes[@]}"
prints '^2 passed, 0 failed$' $cli verify -q tests/data/llm_variants/phi3_longrope tests/data/llm_variants/qwen3_dynamic
part "another scheme at run time meets the references of a checkpoint that says so; no weight is copied"
tests unit_model 'Positions.*:*Variants.*'
tests unit_run 'VariantLanes.*'
for scheme in none sinusoidal alibi rope linear:factor=2 ntk:factor=2 dynamic:factor=2 yarn:factor=4 llama3:factor=8; do
  prints '"ttft_ms"' $cli generate "$smol" --prompt "One, two," --max-tokens 2 --greedy --json --positions $scheme
done
finish
