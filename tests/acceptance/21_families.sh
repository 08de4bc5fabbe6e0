#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Families: every recorded checkpoint, and every family of the plan among them
. tests/acceptance/common.sh
part "logits, hidden states, attention, routing, states, gradients and greedy continuations of every recorded checkpoint"
prints '^[0-9]+ passed, 0 failed$' $cli verify -q "${recorded[@]}"
part "each family of the plan is among those that passed"
families_passed() {
  $cli verify --json "$@" > "$scratch/verified.json"
  python3 - "$scratch/verified.json" "$@" << 'END'
import json, pathlib, sys
wanted = """gpt2 opt bloom mpt gpt_neox gptj gpt_neo falcon gpt_bigcode starcoder2 phi phi3 stablelm llama mistral qwen2 qwen3 gemma gemma2
gemma3_text smollm3 olmo olmo2 cohere cohere2 granite mixtral qwen2_moe qwen3_moe olmoe granitemoe deepseek_v2 deepseek_v3 gpt_oss mamba mamba2
falcon_mamba rwkv recurrent_gemma jamba zamba zamba2 bamba falcon_h1 qwen3_next granitemoehybrid bert roberta xlm-roberta distilbert electra
modernbert t5 bart mbart pegasus""".split()
passed = {row["name"] for row in json.load(open(sys.argv[1])) if row["result"] == "ok"}
folders = [folder for root in sys.argv[2:] for folder in pathlib.Path(root).iterdir() if folder.name in passed]
types = {json.loads((folder / "config.json").read_text())["model_type"] for folder in folders}
absent = [family for family in wanted if family not in types]
print(f"{len(types)} model types, among them {len(wanted) - len(absent)} of the {len(wanted)} that the plan names; absent: {absent or None}")
sys.exit(bool(absent))
END
}
show families_passed "${recorded[@]}"
part "latent attention in its expanded form and from the cached latent; experts as blocks of MXFP4; sinks"
tests laws '*Latent.*:ValuesInKeys.*:Mxfp4Folder.*:Mixtures.*'
part "one file each, in one list"
while IFS= read -r id; do [ -f "engine/model/arch/$id.cpp" ] || missing "engine/model/arch/$id.cpp"; done \
  < <(sed -n 's/^VT_ARCHITECTURE(\(.*\))$/\1/p' engine/model/architectures.def)
finish
