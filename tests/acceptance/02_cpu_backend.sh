#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# CPU backend: kernels for every format and instruction set, the same bits however rows are grouped
. tests/acceptance/common.sh
tests unit_backend '*'
tests laws '*Sameness*'
tests threads 'ThreadPool*'
for isa in scalar avx2; do show $cli verify "$fixtures/llm/llama" --isa $isa -q; done
finish
