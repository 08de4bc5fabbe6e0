#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bad input of every family
. tests/acceptance/common.sh
part "an unknown model_type is named with the nearest family"
mkdir "$scratch/unknown"
printf '{"model_type": "mambaa", "architectures": ["MambaaForCausalLM"]}' > "$scratch/unknown/config.json"
cp tests/data/llm/mamba/model.safetensors "$scratch/unknown/"
refuses 'mambaa.*nearest.*"mamba"' $cli generate "$scratch/unknown" --prompt x
part "missing, misshapen and superfluous tensors with the shape expected; an entry that contradicts the tensors"
tests unit_model '*TensorFaults.*'
mkdir "$scratch/contradicts"
sed 's/"num_hidden_layers": [0-9]*/"num_hidden_layers": 5/' tests/data/llm/llama/config.json > "$scratch/contradicts/config.json"
cp tests/data/llm/llama/model.safetensors "$scratch/contradicts/"
prints 'num_hidden_layers is 5 in the configuration; with 3 every tensor would fit' $cli inspect "$scratch/contradicts" --summary
part "the same in GGUF files"
prints '^lost and cut tensors ok' tests/gguf_twins/verify_twins.py $cli tests/data/llm --faults $bin/test_unit_model
part "any nonsense in any entry of any configuration, any tensor lost, of another shape or not a number: an answer, or an error with a remedy"
tests unit_run '*Nonsense.*:BadInput.*'
part "nothing reads outside the file"
tests unit_run 'CutFile.*'
tests unit_io 'Gguf.*:Safetensors.*:MappedFile.*'
finish
