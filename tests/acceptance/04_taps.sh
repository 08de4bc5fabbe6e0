#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Taps and edits at every site
. tests/acceptance/common.sh
part "every site fires where it is; watching, reducing and editing keep their laws"
tests laws '*Taps.*:WatchText.*'
tests unit_backend 'Edit.*:Reduce.*'
part "no cost when nobody looks"
tests laws 'TapCost.*'
part "watches and edits from the command line"
show $cli trace "$smol" --prompt "The capital of France is" --watch resid_post --watch attn_probs@0-3 --watch logits:topk\(5\) --out "$scratch/trace.safetensors"
cat > "$scratch/edit.json" <<< '[{"site": "resid_post", "layers": [3], "op": "scale", "factor": 0.5},
  {"site": "resid_post", "layers": [5], "op": "replace", "from": {"file": "trace.safetensors", "tensor": "5.resid_post"}}]'
show $cli trace "$smol" --prompt "The capital of France is" --watch resid_post@5 --edit "$scratch/edit.json" --out "$scratch/edited.safetensors"
finish
