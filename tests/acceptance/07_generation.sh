#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Generation: sampler chain, seeds, stop strings, log-probabilities, paged cache
. tests/acceptance/common.sh
prints '^98 passed, 0 failed$' $cli verify-decoding "$fixtures/decoding"
tests unit_decode '*'
tests unit_run '*'
show $cli generate "$smol" --chat --prompt "Name three colours." --max-tokens 24 --seed 7 --json
cp "$scratch/out" "$scratch/first"
show $cli generate "$smol" --chat --prompt "Name three colours." --max-tokens 24 --seed 7 --json -t 1
same() {
  python3 -c 'import json, sys
a, b = (json.load(open(name))["tokens"] for name in sys.argv[1:])
print(len(a), "tokens, the same with one and with two threads" if a == b else "tokens differ"); sys.exit(a != b)' "$1" "$2"
}
cp "$scratch/out" "$scratch/second"
show same "$scratch/first" "$scratch/second"
finish
