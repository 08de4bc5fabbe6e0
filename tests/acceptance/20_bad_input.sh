#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bad input: a clear error, never a crash
. tests/acceptance/common.sh
head -c 1000000 "$smol" > "$scratch/short.gguf"
refuses 'short.gguf' $cli inspect "$scratch/short.gguf"
printf 'GGUF\003\0\0\0\377\377\377\377\377\377\377\177\0\0\0\0\0\0\0\0' > "$scratch/lying.gguf"
refuses 'lying.gguf' $cli inspect "$scratch/lying.gguf"
mkdir "$scratch/unknown"
printf '{"model_type": "nobody_knows", "architectures": ["NobodyForCausalLM"]}' > "$scratch/unknown/config.json"
cp "$minilm/model.safetensors" "$scratch/unknown/"
refuses 'nobody_knows|Nobody' $cli generate "$scratch/unknown" --prompt x
printf '{%% for i in range(99999999999) %%}x{%% endfor %%}' > "$scratch/loop.jinja"
printf '[{"role": "user", "content": "x"}]' > "$scratch/messages.json"
refuses 'limit|range|too' $cli template --template "$scratch/loop.jinja" --messages "$scratch/messages.json"
for program in "$bin"/*_fuzz; do [ -x "$program" ] || { missing "the fuzz inputs are not built"; break; }; show "$program" "tests/fuzz/corpus/$(basename "$program")"; done
finish
