#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vitrine beside transformers on random checkpoints of mid-size: prefill and decode tokens per second, measured in turn in one run.

    tests/perf/bench_vs_transformers.py [SHAPE...] [-p 512] [-n 64] [-t 2] [-r 3] [--rounds 2] [--precision fast] [--isa LEVEL]
                                        [--least RATIO] [--keep] [--vitrine PATH] [--python PATH] [--json]

The checkpoints are made by transformers from a configuration (SHAPES), in the user's cache directory, and deleted once measured unless
--keep is given: float32, computed on the CPU by both. transformers computes in float32, vitrine in its default precision, fast (products in
bfloat16 where the processor has them, keys and values in float16), or in --precision exact (all float32).
Decoders: prefill feeds -p random tokens into an empty cache and asks for the logits of the last one; decode feeds -n tokens one by one
after them. Encoder-decoders: prefill encodes -p tokens and gives the logits of the answer's first token; decode feeds -n more. Encoders:
prefill is one sequence of -p tokens (`bert`), or eight of -p/8, -p/4 ... -p tokens in one step, which transformers pads and masks
(`bert_batch`; only real tokens count); there is no decode. The better round of each counts. `mixtral_16` has twice the experts of `mixtral`
and chooses as many of them: its speed says whether the cost follows the experts chosen or those there are.
The peer is the Python with torch and transformers that tests/perf/setup_peers makes, or --python.
"""
import argparse
import json
import os
import pathlib
import shutil
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
    "mamba": {"model_type": "mamba", "vocab_size": 16000, "hidden_size": 768, "num_hidden_layers": 24, "state_size": 16, "tie_word_embeddings": True},
    "mamba2": {"model_type": "mamba2", "vocab_size": 16000, "hidden_size": 768, "num_hidden_layers": 24, "state_size": 128, "num_heads": 24,
               "head_dim": 64, "n_groups": 1, "tie_word_embeddings": True, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2},
    "jamba": {**COMMON, "model_type": "jamba", "num_hidden_layers": 8, "num_key_value_heads": 4, "intermediate_size": 1536, "num_experts": 8,
              "num_experts_per_tok": 2, "expert_layer_period": 2, "expert_layer_offset": 1, "attn_layer_period": 8, "attn_layer_offset": 4,
              "mamba_dt_rank": 48, "use_mamba_kernels": False},
    "t5": {"model_type": "t5", "vocab_size": 32128, "d_model": 768, "d_kv": 64, "d_ff": 3072, "num_layers": 12, "num_heads": 12},
    "bert": {"model_type": "bert"},
    "bert_batch": {"model_type": "bert"},
}
SEQUENCES = {"bert_batch": 8}

# Run inside the peers' environment.
MAKE = r"""
import json, sys, torch, transformers
values = json.loads(sys.argv[1])
torch.manual_seed(1)
config = transformers.AutoConfig.for_model(values.pop("model_type"), **values)
kind = {"t5": transformers.AutoModelForSeq2SeqLM, "bert": transformers.AutoModel}.get(config.model_type, transformers.AutoModelForCausalLM)
model = kind.from_config(config, dtype=torch.float32)
model.save_pretrained(sys.argv[2])
"""

PEER = r"""
import json, sys, time, torch, transformers
path, prompt, gen, threads, repetitions, sequences = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(threads)
config = transformers.AutoConfig.from_pretrained(path)
encodes, answers = config.model_type == "bert", config.is_encoder_decoder
kind = transformers.AutoModel if encodes else transformers.AutoModelForSeq2SeqLM if answers else transformers.AutoModelForCausalLM
model = kind.from_pretrained(path, dtype=torch.float32).eval()
ids = torch.tensor([[(i * 7919 + 13) % config.vocab_size for i in range(prompt + gen)]])

def carried(out):  # what the next step goes on from: keys and values, or states
    return {name: out[name] for name in ("past_key_values", "cache_params") if out.get(name) is not None}

lengths = [max(1, prompt * (i + 1) // sequences) for i in range(sequences)]
mask = torch.tensor([[int(i < length) for i in range(prompt)] for length in lengths])

def first():
    if encodes and sequences > 1:
        return model(input_ids=ids[:, :prompt] * mask, attention_mask=mask)
    if encodes:
        return model(input_ids=ids[:, :prompt])
    if not answers:
        return model(input_ids=ids[:, :prompt], use_cache=True, logits_to_keep=1)
    source = model.get_encoder()(input_ids=ids[:, :prompt])
    return source, model(encoder_outputs=source, decoder_input_ids=ids[:, :1], use_cache=True)

def step(out, i):
    if answers:
        return out[0], model(encoder_outputs=out[0], decoder_input_ids=ids[:, i:i + 1], use_cache=True, **carried(out[1]))
    return model(input_ids=ids[:, i:i + 1], use_cache=True, **carried(out))

prefill, decode = [], []
with torch.inference_mode():
    for turn in range(repetitions + 1):  # the first one warms up
        start = time.perf_counter()
        out = first()
        middle = time.perf_counter()
        for i in range(prompt, prompt + gen):
            if not encodes:
                out = step(out, i)
        end = time.perf_counter()
        if turn:
            prefill.append(sum(lengths) / (middle - start))
            decode.append(gen / (end - middle))
result = {"prefill": sum(prefill) / len(prefill), "torch": torch.__version__, "transformers": transformers.__version__,
          "parameters": sum(p.numel() for p in model.parameters())}
if not encodes:
    result["decode"] = sum(decode) / len(decode)
print(json.dumps(result))
"""


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench_vs_transformers: {command[0]} failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def checkpoint(args, shape):
    folder = CACHE / "random" / shape
    made = folder / "shape.json"  # written last: an interrupted or older folder is made again
    wanted = json.dumps(SHAPES[shape])
    if not made.exists() or made.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        run([args.python, "-c", MAKE, wanted, folder])
        made.write_text(wanted)
    return folder


def ours(args, shape, folder):
    found = {}
    for prompt, depth in ((args.p, 0), (0, args.p)):
        command = [args.vitrine, "bench", folder, "-p", prompt, "-n", 0 if prompt else args.n, "-d", depth, "-t", args.t, "-r", args.r,
                   "--sequences", SEQUENCES.get(shape, 1), "--precision", args.precision, "--json"]
        if not prompt and SHAPES[shape]["model_type"] == "bert":
            continue
        for row in json.loads(run(command + (["--isa", args.isa] if args.isa else []))):
            found["decode" if row["n_gen"] else "prefill"] = row["tokens_per_s"]
            found["instruction_set"] = row["instruction_set"]
    return found


def theirs(args, shape, folder):
    return json.loads(run([args.python, "-c", PEER, folder, args.p, args.n, args.t, args.r, SEQUENCES.get(shape, 1)]).splitlines()[-1])


def compare(args, shape):
    folder = checkpoint(args, shape)
    rounds = [(ours(args, shape, folder), theirs(args, shape, folder)) for _ in range(args.rounds)]
    if not args.keep:
        shutil.rmtree(folder)
    result = {"shape": shape, "threads": args.t, "precision": args.precision, "instruction_set": rounds[0][0]["instruction_set"], "parameters": rounds[0][1]["parameters"],
              "rounds": [{"vitrine": a, "transformers": b} for a, b in rounds]}
    for kind in ("prefill", "decode"):
        if kind not in rounds[0][1]:
            continue
        us, them = max(a[kind] for a, _ in rounds), max(b[kind] for _, b in rounds)
        result[kind] = {"vitrine": us, "transformers": them, "ratio": us / them}
    return result


def show(result):
    peer = result["rounds"][0]["transformers"]
    print(f"{result['shape']}, {result['parameters'] / 1e6:.0f} M parameters, {result['threads']} threads, {result['instruction_set']}, {result['precision']}; "
          f"transformers {peer['transformers']} on torch {peer['torch']}")
    for kind in ("prefill", "decode"):
        if kind in result:
            r = result[kind]
            print(f"  {kind:8s} vitrine {r['vitrine']:9.1f} tok/s   transformers {r['transformers']:9.1f} tok/s   ratio {r['ratio']:.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=f"of {', '.join(SHAPES)} (default: all)")
    parser.add_argument("-p", type=int, default=512, help="prompt tokens (default 512)")
    parser.add_argument("-n", type=int, default=64, help="generated tokens (default 64)")
    parser.add_argument("-t", type=int, default=2, help="threads (default 2)")
    parser.add_argument("-r", type=int, default=3, help="repetitions in a round, after one warm-up (default 3)")
    parser.add_argument("--rounds", type=int, default=2, help="rounds, the two in turn (default 2)")
    parser.add_argument("--precision", choices=("fast", "exact"), default="fast")
    parser.add_argument("--isa", default="", help="highest instruction set of vitrine (default: the best there is)")
    parser.add_argument("--least", type=float, default=0, help="fail when some ratio is below this")
    parser.add_argument("--keep", action="store_true", help="keep the checkpoints for the next run (up to 1.2 GB each)")
    parser.add_argument("--vitrine", default=ROOT / "build/release/bin/vitrine-cli", help="path of vitrine-cli")
    parser.add_argument("--python", default=CACHE / "peers/bin/python", help="a Python with torch and transformers")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    unknown = [shape for shape in args.shapes if shape not in SHAPES]
    if unknown:
        sys.exit(f"bench_vs_transformers: no shape {', '.join(unknown)}; there are {', '.join(SHAPES)}")
    if not pathlib.Path(args.python).exists():
        sys.exit("bench_vs_transformers: run tests/perf/setup_peers torch first")
    results = []
    for shape in args.shapes or SHAPES:
        results.append(compare(args, shape))
        if not args.json:
            show(results[-1])
    if args.json:
        print(json.dumps(results, indent=1))
    low = [f"{r['shape']} {kind}" for r in results for kind in ("prefill", "decode") if kind in r and r[kind]["ratio"] < args.least]
    if low:
        sys.exit(f"bench_vs_transformers: below {args.least}: {', '.join(low)}")


if __name__ == "__main__":
    main()
