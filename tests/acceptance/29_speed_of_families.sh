#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Speed of the families beside transformers and sentence-transformers
. tests/acceptance/common.sh
part "only the chosen experts run"
tests laws 'Mixtures.NeverReadAnExpertNobodyChose'
part "decode of a state model costs the same at position 10 and 100,000"
for model in mamba mamba2 rwkv4; do show tests/perf/decode_depth.py "tests/data/llm/$model" -n 2000 --least 0.9; done
part "prefill and decode at least 1.5x transformers on random checkpoints of mid-size"
measured bench_vs_transformers.py transformers --least 1.5
part "sentence embeddings at least 2x sentence-transformers"
measured bench_embeddings.py sentence_transformers "$minilm" --least 2
finish
