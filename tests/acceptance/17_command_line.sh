#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command line of the plan
. tests/acceptance/common.sh
for command in inspect tokenize template generate verify verify-formats verify-decoding trace bench perplexity session; do
  prints 'Usage' $cli $command --help
done
refuses 'no/such/file' $cli inspect no/such/file.gguf
refuses '' $cli nonsense
prints '"tokens_per_s"' $cli bench "$smol" -p 32 -n 8 -t 2 -r 1 --json
head -c 2000 README.md > "$scratch/text.txt"
show $cli perplexity "$smol" "$scratch/text.txt" --context 256
finish
