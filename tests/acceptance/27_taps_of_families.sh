#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Taps: every site of every family, under both names
. tests/acceptance/common.sh
part "every site that an architecture has fires on each layer that has it; looking changes nothing; edits reach the outcome"
tests laws '*Taps.*'
part "the sites of each family"
sites_of_families() {
  python3 - $cli tests/data/llm/*/ tests/data/llm_variants/*/ << 'END'
import json, subprocess, sys
seen = {}
for folder in sys.argv[2:]:
    said = json.loads(subprocess.run([sys.argv[1], "inspect", folder, "--json", "--sites"], check=True, capture_output=True, text=True).stdout)
    seen.setdefault(said["architecture"], {}).update((row["site"], row["transformer_lens"]) for row in said["sites"])
for architecture, names in sorted(seen.items()):
    print(f"{architecture}, {len(names)} sites: {' '.join(names)}")
print(f"{len(seen)} model types, {len({site for names in seen.values() for site in names})} different sites, each under both names")
sys.exit(not all(lens for names in seen.values() for lens in names.values()))
END
}
show sites_of_families
sed '$d; s/^/      /' "$scratch/out"
part "the same probe by TransformerLens' names on two models"
for model in "$smol" "$gemma"; do
  prints ' tensors written' $cli trace "$model" --prompt "One, two," --watch hook_resid_post@2 --watch attn.hook_pattern@1 --out "$scratch/probe.safetensors"
  grep -qa '"blocks.2.hook_resid_post"' "$scratch/probe.safetensors" || missing "blocks.2.hook_resid_post in the file"
done
prints 'encoder_attn_probs +encoder.attn.hook_pattern' $cli inspect tests/data/llm/t5 --summary --sites
finish
