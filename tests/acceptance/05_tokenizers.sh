#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tokenizers: identical ids, offsets and text
. tests/acceptance/common.sh
part "every recorded case: ids, offsets, decoded text"
for folder in "$fixtures"/tokenizers/*/; do
  name=$(basename "$folder")
  case $name in
    real_smollm2_gguf) model=$smol ;;
    real_minilm_bert) model=$minilm ;;
    *) model=$folder ;;
  esac
  [ -f "$folder/cases.json" ] && prints ' 0 failed' $cli tokenize "$model" --cases "$folder/cases.json"
done
tests unit_text 'TokenizerCases.*:TokenizerJson.*:Regex.*:FastSplit.*'
part "all pre-tokenizer names of llama.cpp; an unknown one is an error"
tests unit_text 'GgufTokenizer.*'
tests unit_run 'BadInput.AGgufWithAnUnknownTokenizerNamesFileAndKey'
part "at least twice the throughput of the tokenizers package"
measured tokenizer_vs_hf.py tokenizers $cli "$smol"
finish
