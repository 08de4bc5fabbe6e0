#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bad input: a clear error, never a crash
. tests/acceptance/common.sh
part "models: each kind is one error that names file, tensor and remedy; the engine goes on"
tests unit_run 'BadInput.*'
tests unit_model '*TensorFaults*'
tests unit_io 'Gguf.*:Safetensors.*:SafetensorsFolder.BadIndexAndConfigAreNamed'
head -c 50000000 "$smol" > "$scratch/short.gguf"
refuses 'short.gguf.*tensor "' $cli inspect "$scratch/short.gguf"
printf 'GGUF\003\0\0\0\377\377\377\377\377\377\377\177\0\0\0\0\0\0\0\0' > "$scratch/lying.gguf"
refuses 'lying.gguf' $cli inspect "$scratch/lying.gguf"
mkdir "$scratch/unknown"
printf '{"model_type": "nobody_knows", "architectures": ["NobodyForCausalLM"]}' > "$scratch/unknown/config.json"
cp "$minilm/model.safetensors" "$scratch/unknown/"
refuses 'nobody_knows' $cli generate "$scratch/unknown" --prompt x
part "tokenizers and templates"
tests unit_text 'TokenizerJson.*:GgufTokenizer.UnknownNamesAreErrorsNeverDefaults'
tests unit_jinja 'Limits.*:TemplateError.*'
printf '{%% for i in range(99999) %%}{%% for j in range(99999) %%}{%% for k in range(99999) %%}x{%% endfor %%}{%% endfor %%}{%% endfor %%}' > "$scratch/loop.jinja"
printf '[{"role": "user", "content": "x"}]' > "$scratch/messages.json"
refuses 'loop.jinja.*loop forever' $cli template --template "$scratch/loop.jinja" --messages "$scratch/messages.json"
part "session files"
tests sessions 'HostileTest.*:CopyTest.WrongJsonIsRefusedByName'
part "the window stays usable"
window window files_that_cannot_be_opened_say_why_and_what_to_do a_model_that_fails_to_load_leaves_the_old_one_in_place a_panel_that_throws_is_disabled_and_the_rest_goes_on
part "the inputs kept by the fuzzers of GGUF, safetensors, tokenizer.json, Jinja and session files"
for name in gguf safetensors tokenizer_json jinja session; do
  if [ -x "$bin/${name}_fuzz" ]; then show "$bin/${name}_fuzz" "tests/fuzz/corpus/${name}_fuzz"; else missing "$bin/${name}_fuzz, which is not built"; fi
done
finish
