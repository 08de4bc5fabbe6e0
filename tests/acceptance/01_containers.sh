#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Containers: GGUF and Hugging Face folders, every block type to the bit
. tests/acceptance/common.sh
show $cli verify-formats "$fixtures/gguf_quant"
tests unit_io 'Gguf*:Safetensors*:OpenWeights*:ConfigView*'
tests laws 'Format*'
prints 'Q4_1|q4_1' $cli inspect "$smol" --summary
prints 'bert' $cli inspect "$minilm" --summary
finish
