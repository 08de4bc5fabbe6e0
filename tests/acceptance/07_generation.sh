#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Generation: sampler chain, seeds, stop strings, log-probabilities, paged cache
. tests/acceptance/common.sh
part "stages in any order, each telling what it removed; the recorded numbers"
prints '^98 passed, 0 failed$' $cli verify-decoding "$fixtures/decoding"
tests unit_decode 'Sampler.*:SamplerJson.*:Stages.*:BeamSearch.*'
part "the same seed gives the same text whatever else runs"
tests unit_run 'Engine.TheSameSeedGivesTheSameTextWhateverElseRuns'
answer() { $cli generate "$smol" --chat --prompt "Name three colours." --max-tokens 24 --seed 7 --json "$@"; }
show answer
cp "$scratch/out" "$scratch/first"
show answer -t 1
cp "$scratch/out" "$scratch/second"
same() {
  python3 -c 'import json, sys
a, b = (json.load(open(name))["tokens"] for name in sys.argv[1:])
print(len(a), "tokens, the same with one thread" if a == b else "tokens differ"); sys.exit(a != b)' "$1" "$2"
}
show same "$scratch/first" "$scratch/second"
part "stop strings; cancel within 100 ms"
tests unit_run 'RealModel.AStopStringEndsTheAnswerAndIsNeverShown:RealModel.ALongPromptStopsWithinATenthOfASecond:Engine.CancelEndsAJobAndTheEngineGoesOn'
part "log-probabilities live, every one again on demand"
tests unit_decode 'Logprobs.*'
tests unit_run 'Engine.KeptLogitsAreWhatWasSampledFrom'
part "paged cache with commit, truncate, fork; an edited token runs only what follows it"
tests laws '*Cache.*'
tests unit_backend 'Kv.*'
tests unit_run 'Engine.AnEditedTokenRunsOnlyWhatFollowsIt'
finish
