#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# CPU backend: kernels for every format and instruction set, the same bits however rows are grouped
. tests/acceptance/common.sh
part "kernels of every instruction set, chosen at run time"
tests unit_backend '*'
for isa in scalar avx2 avx512 avx512_bf16 amx; do
  if $cli verify -q "$fixtures/llm/llama" --isa $isa 2>&1 | grep -q 'cannot run on this processor'; then
    printf '      %s cannot run on this processor\n' $isa
  else
    prints '1 passed, 0 failed' $cli verify -q "$fixtures/llm/llama" --isa $isa
  fi
done
part "persistent thread pool; step memory is used again"
tests threads 'ThreadPool.*'
tests unit_backend 'Allocator.*'
part "streaming attention equals the materialised form and never holds the matrix of a long prompt"
tests unit_backend 'Attend.StreamingEqualsMaterialised'
show resident 440 $cli bench "$smol" -p 8000 -n 0 -t 2 -r 1
part "no host pointer above the backend"
tests structure 'IncludeRules.BytesOfTensorsAreTheBackendsOwn:IncludeRules.CudaStaysInItsFolder'
part "a row's bits depend on neither rows, lanes, threads, chunks nor forks"
tests laws '*MatmulSameness.*:AttentionSameness.*:*Cache.*'
tests unit_backend 'Rows.LevelsAndThreadsAgreeBitForBit'
finish
