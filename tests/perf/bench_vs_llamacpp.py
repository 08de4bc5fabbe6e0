#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vitrine beside llama.cpp on one GGUF file: prefill and decode tokens per second, measured in turn in one run.

    tests/perf/bench_vs_llamacpp.py MODEL.gguf... [-p 512] [-n 64] [-t 2] [-r 3] [--rounds 3] [--vitrine PATH] [--json]

Both do what llama-bench does: prefill decodes a prompt of -p random tokens into an empty cache and asks for the logits of
the last one; generation feeds -n tokens one by one. Each round runs Vitrine, then llama.cpp; the best round of each counts
(what disturbs a run only makes it slower), all rounds are in the JSON. The peer is found in the environment that
tests/perf/setup_peers makes. Needs nothing but the standard library.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

PEERS = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "vitrine" / "peers"
ROOT = pathlib.Path(__file__).resolve().parents[2]

# Runs inside the peers' environment; prints one JSON object.
PEER = r"""
import ctypes, json, sys, time
import llama_cpp as L
path, prompt, gen, threads, repetitions = sys.argv[1], *map(int, sys.argv[2:])
quiet = L.llama_log_callback(lambda level, text, data: None)
L.llama_log_set(quiet, ctypes.c_void_p(0))
L.llama_backend_init()
model_params = L.llama_model_default_params()
model = L.llama_model_load_from_file(path.encode(), model_params)
if not model:
    sys.exit("llama.cpp cannot load " + path)
params = L.llama_context_default_params()
params.n_ctx, params.n_batch, params.n_ubatch = max(prompt + gen, 32), 2048, 512
params.n_threads = params.n_threads_batch = threads
context = L.llama_init_from_model(model, params)
vocabulary = L.llama_vocab_n_tokens(L.llama_model_get_vocab(model))
memory = L.llama_get_memory(context)

def decode(tokens):
    array = (L.llama_token * len(tokens))(*tokens)
    if L.llama_decode(context, L.llama_batch_get_one(array, len(tokens))) != 0:
        sys.exit("llama.cpp cannot decode")
    L.llama_synchronize(context)

def rate(count, work):
    rates = []
    for turn in range(repetitions + 1):  # the first one warms up
        L.llama_memory_clear(memory, True)
        start = time.perf_counter()
        work()
        if turn:
            rates.append(count / (time.perf_counter() - start))
    return rates

token = lambda i: (i * 7919 + 13) % vocabulary
out = {"system": L.llama_print_system_info().decode(), "version": L.__version__}
if prompt:
    out["prefill"] = rate(prompt, lambda: decode([token(i) for i in range(prompt)]))
if gen:
    out["decode"] = rate(gen, lambda: [decode([token(i)]) for i in range(gen)])
print(json.dumps(out))
"""


def find_vitrine(given):
    if given:
        return given
    for path in (ROOT / "build/bin/vitrine-cli", ROOT / "build/release/bin/vitrine-cli"):
        if path.exists():
            return str(path)
    sys.exit("bench_vs_llamacpp: no vitrine-cli below build/; build it or name it with --vitrine")


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench_vs_llamacpp: {command[0]} failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def ours(args, model):
    command = [find_vitrine(args.vitrine), "bench", model, "-p", args.p, "-n", args.n, "-t", args.t, "-r", args.r, "--json"]
    found = {}
    for row in json.loads(run([str(word) for word in command])):
        found["decode" if row["n_gen"] else "prefill"] = row["tokens_per_s"]
        found["system"] = row["instruction_set"]
    return found


def theirs(args, model):
    command = [str(PEERS / "bin/python"), "-c", PEER, model, args.p, args.n, args.t, args.r]
    found = json.loads(run([str(word) for word in command]).splitlines()[-1])
    for kind in ("prefill", "decode"):
        if kind in found:
            found[kind] = sum(found[kind]) / len(found[kind])
    return found


def compare(args, model):
    rounds = [(ours(args, model), theirs(args, model)) for _ in range(args.rounds)]
    result = {"model": model, "threads": args.t, "rounds": [{"vitrine": a, "llama_cpp": b} for a, b in rounds]}
    for kind in ("prefill", "decode"):
        if kind in rounds[0][0] and kind in rounds[0][1]:
            us, them = max(a[kind] for a, _ in rounds), max(b[kind] for _, b in rounds)
            result[kind] = {"vitrine": us, "llama_cpp": them, "ratio": us / them}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("-p", type=int, default=512, help="prompt tokens (default 512, 0: no prefill)")
    parser.add_argument("-n", type=int, default=64, help="generated tokens (default 64, 0: no decode)")
    parser.add_argument("-t", type=int, default=2, help="threads (default 2)")
    parser.add_argument("-r", type=int, default=3, help="repetitions in a round, after one warm-up (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, the two in turn (default 3)")
    parser.add_argument("--vitrine", help="path of vitrine-cli (default: below build/)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not (PEERS / "bin/python").exists():
        sys.exit("bench_vs_llamacpp: run tests/perf/setup_peers llama first")
    results = [compare(args, model) for model in args.models]
    if args.json:
        print(json.dumps(results, indent=1))
        return
    for result in results:
        first = result["rounds"][0]
        print(f"{pathlib.Path(result['model']).name}, {args.t} threads")
        print(f"  vitrine:   {first['vitrine'].get('system', '')}")
        print(f"  llama.cpp: {first['llama_cpp']['version']}, {first['llama_cpp']['system'].strip()}")
        for kind in ("prefill", "decode"):
            if kind in result:
                r = result[kind]
                print(f"  {kind:8s} vitrine {r['vitrine']:9.1f} tok/s   llama.cpp {r['llama_cpp']:9.1f} tok/s   ratio {r['ratio']:.2f}")


if __name__ == "__main__":
    main()
