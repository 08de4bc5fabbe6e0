#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vitrine beside transformers on random checkpoints of mid-size: prefill and decode tokens per second, measured in turn in one run.

    tests/perf/bench_vs_transformers.py [SHAPE...] [-p 512] [-n 64] [-t 2] [-r 3] [--rounds 2] [--vitrine PATH] [--python PATH] [--json]

The checkpoints are made once, by transformers from a configuration (SHAPES), in the user's cache directory: float32, computed on the
CPU by both. Prefill feeds -p random tokens into an empty cache and asks for the logits of the last one; decode feeds -n tokens one by
one after them. The better round of each counts. `mixtral_16` has twice the experts of `mixtral` and chooses as many of them: its speed
says whether the cost follows the experts chosen or those there are.
The peer is the Python with torch and transformers that tests/perf/setup_peers makes, or --python.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "vitrine"
ROOT = pathlib.Path(__file__).resolve().parents[2]

COMMON = {"vocab_size": 16000, "hidden_size": 768, "num_hidden_layers": 6, "num_attention_heads": 12, "max_position_embeddings": 4096}
MIXTRAL = {**COMMON, "model_type": "mixtral", "num_key_value_heads": 4, "intermediate_size": 1536, "num_local_experts": 8, "num_experts_per_tok": 2}
SHAPES = {
    "mixtral": MIXTRAL,
    "mixtral_16": {**MIXTRAL, "num_local_experts": 16},
    "deepseek_v2": {**COMMON, "model_type": "deepseek_v2", "num_key_value_heads": 12, "intermediate_size": 2048, "moe_intermediate_size": 512,
                    "n_routed_experts": 24, "n_shared_experts": 2, "num_experts_per_tok": 4, "first_k_dense_replace": 1, "q_lora_rank": None,
                    "kv_lora_rank": 256, "qk_nope_head_dim": 64, "qk_rope_head_dim": 32, "v_head_dim": 64},
}

# Run inside the peers' environment.
MAKE = r"""
import json, sys, torch, transformers
values = json.loads(sys.argv[1])
torch.manual_seed(1)
config = transformers.AutoConfig.for_model(values.pop("model_type"), **values)
model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
model.save_pretrained(sys.argv[2])
print(sum(p.numel() for p in model.parameters()))
"""

PEER = r"""
import json, sys, time, torch, transformers
path, prompt, gen, threads, repetitions = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(threads)
model = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
ids = torch.tensor([[(i * 7919 + 13) % model.config.vocab_size for i in range(prompt + gen)]])
prefill, decode = [], []
with torch.inference_mode():
    for turn in range(repetitions + 1):  # the first one warms up
        start = time.perf_counter()
        out = model(ids[:, :prompt], use_cache=True, logits_to_keep=1)
        middle = time.perf_counter()
        for i in range(prompt, prompt + gen):
            out = model(ids[:, i:i + 1], past_key_values=out.past_key_values, use_cache=True)
        end = time.perf_counter()
        if turn:
            prefill.append(prompt / (middle - start))
            decode.append(gen / (end - middle))
print(json.dumps({"prefill": sum(prefill) / len(prefill), "decode": sum(decode) / len(decode), "torch": torch.__version__,
                  "transformers": transformers.__version__}))
"""


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench_vs_transformers: {command[0]} failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def checkpoint(args, shape):
    folder = CACHE / "random" / shape
    if not (folder / "config.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run([args.python, "-c", MAKE, json.dumps(SHAPES[shape]), folder])
    return folder


def ours(args, folder):
    found = {}
    for prompt, depth in ((args.p, 0), (0, args.p)):
        rows = json.loads(run([args.vitrine, "bench", folder, "-p", prompt, "-n", 0 if prompt else args.n, "-d", depth, "-t", args.t, "-r", args.r, "--json"]))
        for row in rows:
            found["decode" if row["n_gen"] else "prefill"] = row["tokens_per_s"]
            found["instruction_set"] = row["instruction_set"]
    return found


def theirs(args, folder):
    return json.loads(run([args.python, "-c", PEER, folder, args.p, args.n, args.t, args.r]).splitlines()[-1])


def compare(args, shape):
    folder = checkpoint(args, shape)
    rounds = [(ours(args, folder), theirs(args, folder)) for _ in range(args.rounds)]
    result = {"shape": shape, "threads": args.t, "rounds": [{"vitrine": a, "transformers": b} for a, b in rounds]}
    for kind in ("prefill", "decode"):
        us, them = max(a[kind] for a, _ in rounds), max(b[kind] for _, b in rounds)
        result[kind] = {"vitrine": us, "transformers": them, "ratio": us / them}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=f"of {', '.join(SHAPES)} (default: all)")
    parser.add_argument("-p", type=int, default=512, help="prompt tokens (default 512)")
    parser.add_argument("-n", type=int, default=64, help="generated tokens (default 64)")
    parser.add_argument("-t", type=int, default=2, help="threads (default 2)")
    parser.add_argument("-r", type=int, default=3, help="repetitions in a round, after one warm-up (default 3)")
    parser.add_argument("--rounds", type=int, default=2, help="rounds, the two in turn (default 2)")
    parser.add_argument("--vitrine", default=ROOT / "build/release/bin/vitrine-cli", help="path of vitrine-cli")
    parser.add_argument("--python", default=CACHE / "peers/bin/python", help="a Python with torch and transformers")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    unknown = [shape for shape in args.shapes if shape not in SHAPES]
    if unknown:
        sys.exit(f"bench_vs_transformers: no shape {', '.join(unknown)}; there are {', '.join(SHAPES)}")
    if not pathlib.Path(args.python).exists():
        sys.exit("bench_vs_transformers: run tests/perf/setup_peers torch first")
    results = [compare(args, shape) for shape in args.shapes or SHAPES]
    if args.json:
        print(json.dumps(results, indent=1))
        return
    for result in results:
        peer = result["rounds"][0]["transformers"]
        print(f"{result['shape']}, {result['threads']} threads, {result['rounds'][0]['vitrine']['instruction_set']}; "
              f"transformers {peer['transformers']} on torch {peer['torch']}")
        for kind in ("prefill", "decode"):
            r = result[kind]
            print(f"  {kind:8s} vitrine {r['vitrine']:9.1f} tok/s   transformers {r['transformers']:9.1f} tok/s   ratio {r['ratio']:.2f}")


if __name__ == "__main__":
    main()
