#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Models: the first dense decoders and BERT, and published weights, against the recorded numbers
. tests/acceptance/common.sh
folders=()
for name in llama llama_rope_linear llama_rope_dynamic llama_rope_llama3 llama_rope_yarn mistral_swa qwen2 qwen3 gemma gemma2 gemma3 gpt2 phi3 bert; do
  folders+=("$fixtures/llm/$name")
done
part "Hugging Face folders: main and padded cases, greedy continuations"
prints '^14 passed, 0 failed$' $cli verify -q "${folders[@]}"
part "the same models as GGUF files"
prints '^[0-9]+ passed, 0 failed, ' tests/gguf_twins/verify_twins.py $cli "${folders[@]}"
part "published weights"
prints '1 passed, 0 failed' $cli verify -q "$fixtures/real/smollm2_135m_q4_1" --model "$smol"
prints '1 passed, 0 failed' $cli verify -q "$fixtures/real/minilm" --model "$minilm"
finish
