#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Attention variants as data
. tests/acceptance/common.sh
part "streaming, materialised and plain loops agree for every combination"
tests laws 'AttentionVariants.*'
tests unit_backend 'Attend.*'
part "fewer key and value heads, windows, ALiBi or none, soft cap, sinks, qk-norm of a loaded model"
tests unit_model 'Attention.*:*Variants.*'
for change in kv_heads=1 window=8 softcap=20 sinks=1 qk_norm=on window=off,layers=full; do
  prints '"ttft_ms"' $cli generate "$smol" --prompt "One, two," --max-tokens 2 --greedy --json --attention $change
done
part "parallel scan and recurrence agree"
tests unit_backend 'Scan.*'
tests laws '*Cache.ChunksGiveTheBitsOfTheWhole/mamba*:*Cache.ChunksGiveTheBitsOfTheWhole/rwkv4'
finish
