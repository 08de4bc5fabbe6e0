#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Containers: GGUF and Hugging Face folders, every block type to the bit
. tests/acceptance/common.sh
part "GGUF v2 and v3, mapped, in one file or split; Hugging Face folders, whole or sharded"
tests unit_io 'Gguf.*:GgufSplit.*:Safetensors.*:SafetensorsFolder.*:OpenWeights.*:ConfigView.*'
prints 'Q4_1|q4_1' $cli inspect "$smol" --summary
prints 'bert' $cli inspect "$minilm" --summary
part "F32, F16, BF16 and all block types decode to the recorded bits"
show $cli verify-formats "$fixtures/gguf_quant"
tests laws 'All/Format.*:FormatLaw.*'
part "opening copies no weights; repacking keeps one copy, and says how far it is"
show resident 48 $cli inspect "$smol" --summary
show resident 160 $cli generate "$smol" --prompt "The capital of France is" --max-tokens 4
tests unit_io 'OpenWeights.TheBytesOutliveTheSource'
tests unit_run 'RealModel.LoadingTellsHowFarItIs'
finish
