#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tokenizers: identical ids, offsets and text
. tests/acceptance/common.sh
for folder in "$fixtures"/tokenizers/*/; do
  name=$(basename "$folder")
  case $name in
    real_smollm2_gguf) model=$smol ;;
    real_minilm_bert) model=$minilm ;;
    *) model=$folder ;;
  esac
  [ -f "$folder/cases.json" ] && prints ' 0 failed' $cli tokenize "$model" --cases "$folder/cases.json"
done
tests unit_text '*'
missing "throughput against the tokenizers package (tests/perf)"
finish
