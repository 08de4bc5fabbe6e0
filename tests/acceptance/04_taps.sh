#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Taps and edits at every site
. tests/acceptance/common.sh
tests unit_exec '*'
tests laws '*Tap*:*Site*:*Edit*'
show $cli trace "$smol" --prompt "The capital of France is" --watch resid_post --watch attn_probs@0-3 --out "$scratch/trace.safetensors"
finish
