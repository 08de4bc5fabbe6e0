#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Containers of the families: as GGUF, and packed folders
. tests/acceptance/common.sh
part "every recorded checkpoint that llama.cpp knows, written as a GGUF in one file and in parts, gives the recorded numbers"
prints '^[0-9]+ passed, 0 failed, ' tests/gguf_twins/verify_twins.py $cli "${recorded[@]}"
part "AWQ, GPTQ, bitsandbytes, FP8 and compressed-tensors folders give what their own packers decode to"
prints '^[0-9]+ passed, 0 failed$' $cli verify -q tests/data/hf_quant
tests unit_io 'Quantized.*'
part "shards, parts, tied heads, BF16 and F16 weights, MXFP4"
tests unit_io 'SafetensorsFolder.ReadsShardsThroughTheIndex:GgufSplit.*'
tests laws '*StoredTypes.*:Mxfp4Folder.*'
finish
