#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vitrine beside llama.cpp on GGUF files, measured in turn in one run, every ratio against its goal.

    tests/perf/bench_vs_llamacpp.py MODEL.gguf... [-t 2] [-r 3] [--rounds 3] [--only NAME,...] [--vitrine PATH] [--json]

  prefill    a prompt of 512 random tokens into an empty cache, logits of the last one; tokens per second
  decode     64 tokens one by one; tokens per second
  depth      32 tokens one by one after 4,096 in the cache
  start      a fresh process: opening the file (tokenizer included) and the logits after a prompt of 16 tokens; seconds
  memory     what prefill and decode have added to the process' resident memory
  read       bytes of weights a second that decode reads, beside a plain loop that reads as many, as often (64 times without a
             pause), with as many threads: nine pairs in turn, the median of each and of the pairs' ratios
  attention  a prompt of 2,048 with row maximum, entropy and log-sum-exp of every head, with the 8 largest keys of every row,
             beside the same prompt without
  quality    what the `fast` precision of all these numbers costs, where recorded numbers of the model are at hand

Each round runs Vitrine, then llama.cpp; the best round of each counts (what disturbs a run only makes it slower). The goals of
prefill and decode depend on the model and on whether the peer uses AMX. Exit code 1 when a goal is missed. The peer is found in
the environment that tests/perf/setup_peers makes. Needs nothing but the standard library and a C++ compiler.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

PEERS = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "vitrine" / "peers"
ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT.parent / "shared" / "fixtures" / "real"
PARTS = ("prefill", "decode", "depth", "start", "memory", "read", "attention", "quality")

# Least ratio to the peer: (both without AMX, the peer with AMX). Depth has decode's.
SPEED_GOALS = {"smollm2": {"prefill": (5, 3), "decode": (3, 1.2)}, "gemma-3": {"prefill": (2.5, 4), "decode": (2, 1.5)}}
START_GOAL, MEMORY_GOAL, READ_GOAL, SUMMARY_GOAL, TOP_GOAL = 1.2, 1.3, 0.7, 1.10, 1.35

# Runs inside the peers' environment; prints one JSON object. Arguments: model, prompt, gen, depth, threads, repetitions.
PEER = r"""
import ctypes, json, os, sys, time
import llama_cpp as L
path, prompt, gen, depth, threads, repetitions = sys.argv[1], *map(int, sys.argv[2:])
quiet = L.llama_log_callback(lambda level, text, data: None)
L.llama_log_set(quiet, ctypes.c_void_p(0))
L.llama_backend_init()

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGESIZE")

before, start = resident(), time.perf_counter()
model = L.llama_model_load_from_file(path.encode(), L.llama_model_default_params())
if not model:
    sys.exit("llama.cpp cannot load " + path)
params = L.llama_context_default_params()
params.n_ctx, params.n_batch, params.n_ubatch = max(depth + prompt + gen, 32), 2048, 512
params.n_threads = params.n_threads_batch = threads
context = L.llama_init_from_model(model, params)
loaded = time.perf_counter() - start
vocabulary = L.llama_vocab_n_tokens(L.llama_model_get_vocab(model))
memory = L.llama_get_memory(context)

def decode(tokens):
    array = (L.llama_token * len(tokens))(*tokens)
    if L.llama_decode(context, L.llama_batch_get_one(array, len(tokens))) != 0:
        sys.exit("llama.cpp cannot decode")
    L.llama_synchronize(context)

def run(count, work):
    seconds = []
    for turn in range(repetitions + 1):  # the first one warms up
        L.llama_memory_clear(memory, True)
        for at in range(0, depth, 512):
            decode([token(i) for i in range(at, min(at + 512, depth))])
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return {"first_s": seconds[0], "tokens_per_s": sum(count / s for s in seconds[1:]) / max(repetitions, 1)}

token = lambda i: (i * 7919 + 13) % vocabulary
out = {"system": L.llama_print_system_info().decode().strip(), "version": L.__version__, "load_s": loaded}
if prompt:
    out["prefill"] = run(prompt, lambda: decode([token(i) for i in range(prompt)]))
if gen:
    out["decode"] = run(gen, lambda: [decode([token(i)]) for i in range(gen)])
out["resident"] = resident() - before
print(json.dumps(out))
"""


def run(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"bench_vs_llamacpp: {command[0]} failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def find_vitrine():
    for path in (ROOT / "build/bin/vitrine-cli", ROOT / "build/release/bin/vitrine-cli"):
        if path.exists():
            return str(path)
    sys.exit("bench_vs_llamacpp: no vitrine-cli below build/; build it or name it with --vitrine")


class Bench:
    def __init__(self, args, model):
        self.args, self.model = args, model
        self.parts = []  # {part, vitrine, llama_cpp or compared with, ratio, goal, ok}

    def ours(self, prompt, gen, depth=0, repeats=None, watch=()):
        words = [self.args.vitrine, "bench", self.model, "-p", prompt, "-n", gen, "-d", depth, "-t", self.args.t,
                 "-r", repeats or self.args.r, "--json"]
        for one in watch:
            words += ["--watch", one]
        found = {}
        for row in json.loads(run(words)):
            found["decode" if row["n_gen"] else "prefill"] = row
            found.update(system=row["instruction_set"], load_s=row["load_s"], resident=row["resident_bytes"] - row["resident_bytes_before"])
        return found

    def theirs(self, prompt, gen, depth=0, repeats=None):
        repeats = self.args.r if repeats is None else repeats
        words = [PEERS / "bin/python", "-c", PEER, self.model, prompt, gen, depth, self.args.t, repeats]
        return json.loads(run(words).splitlines()[-1])

    def both(self, *shape, rounds=None, **options):
        """Rounds of the two in turn."""
        pairs = [(self.ours(*shape, **options), self.theirs(*shape, **options)) for _ in range(rounds or self.args.rounds)]
        return [a for a, _ in pairs], [b for _, b in pairs]

    def note(self, part, us, them, ratio, goal, least=True, unit="", peer="llama.cpp"):
        ok = None if goal is None else ratio >= goal if least else ratio <= goal
        self.parts.append({"part": part, "vitrine": us, "other": them, "peer": peer, "ratio": ratio, "goal": goal, "least": least, "ok": ok,
                           "unit": unit})

    def speed_goal(self, part):
        name = pathlib.Path(self.model).name.lower()
        for key, goals in SPEED_GOALS.items():
            if name.startswith(key):
                return goals["decode" if part == "depth" else part][1 if self.amx else 0]
        return None

    def speed(self, part, us, them, kind):
        us, them = max(a[kind]["tokens_per_s"] for a in us), max(b[kind]["tokens_per_s"] for b in them)
        self.note(part, us, them, us / them, self.speed_goal(part), unit="tok/s")

    def measure(self):
        wanted = self.args.only
        us, them = self.both(512, 64)
        self.system, self.peer = us[0]["system"], f"{them[0]['version']}, {them[0]['system']}"
        self.amx = "AMX_INT8 = 1" in them[0]["system"]
        if "prefill" in wanted:
            self.speed("prefill", us, them, "prefill")
        if "decode" in wanted:
            self.speed("decode", us, them, "decode")
        if "depth" in wanted:
            self.speed("depth", *self.both(0, 32, depth=4096, rounds=2, repeats=1), "decode")
        if "start" in wanted:
            a, b = ([one["load_s"] + one["prefill"]["first_s"] for one in side] for side in self.both(16, 0, repeats=1))
            self.note("start", min(a), min(b), min(a) / min(b), START_GOAL, least=False, unit="s")
        if "memory" in wanted:
            a, b = min(one["resident"] for one in us) / 1e6, min(one["resident"] for one in them) / 1e6
            self.note("memory", a, b, a / b, MEMORY_GOAL, least=False, unit="MB")
        if "read" in wanted:
            self.read_rate()
        if "attention" in wanted:
            self.attention()
        return {"model": self.model, "threads": self.args.t, "vitrine": self.system, "llama_cpp": self.peer, "parts": self.parts,
                "quality": self.quality() if "quality" in wanted else None}

    def read_rate(self):
        """Pairs of one run each, in turn: memory may be twice as fast a second later on a machine that others use too."""
        tensors = json.loads(run([self.args.vitrine, "inspect", self.model, "--json"]))["tensors"]
        tied = not any(t["name"] == "output.weight" for t in tensors)  # an embedding of its own is looked up, not read
        size = sum(t["bytes"] for t in tensors if t["name"] != "token_embd.weight" or tied)
        pairs = []
        for _ in range(9):
            ours = self.ours(0, 64, repeats=1)["decode"]["tokens_per_s"] * size * 1e-9
            pairs.append((ours, float(run([self.args.read_loop, size, self.args.t, 64, 0]))))
        middle = statistics.median
        self.note("read", middle(a for a, _ in pairs), middle(b for _, b in pairs), middle(a / b for a, b in pairs), READ_GOAL, unit="GB/s",
                  peer="plain loop")

    def attention(self):
        watches = {"without": (), "summary": ("attn_probs:row_summary",), "top-8": ("attn_probs:topk(8)",)}
        best = dict.fromkeys(watches, 1e9)
        for _ in range(max(self.args.rounds, 3)):
            for name, watch in watches.items():
                best[name] = min(best[name], 2048 / self.ours(2048, 0, repeats=1, watch=watch)["prefill"]["tokens_per_s"])
        for name, goal in (("summary", SUMMARY_GOAL), ("top-8", TOP_GOAL)):
            self.note(name, best[name], best["without"], best[name] / best["without"], goal, least=False, unit="s", peer="without")

    def quality(self):
        """The engine's own check against recorded numbers, or None where there are none of this file."""
        for folder in sorted(FIXTURES.glob("*/reference.json")):
            if json.loads(folder.read_text()).get("file") != pathlib.Path(self.model).name:
                continue
            words = [self.args.vitrine, "verify", folder.parent, "--model", self.model, "--precision", "fast"]
            done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
            return {"ok": done.returncode == 0, "rows": [line for line in done.stdout.splitlines() if "NLL" in line or "argmax" in line]}
        return None


def show(result):
    print(f"{pathlib.Path(result['model']).name}, {result['threads']} threads, fast precision")
    print(f"  vitrine: {result['vitrine']}\n  llama.cpp {result['llama_cpp']}")
    for p in result["parts"]:
        goal = "" if p["goal"] is None else f"goal {'>=' if p['least'] else '<='} {p['goal']:.2f}  {'ok' if p['ok'] else 'MISSED'}"
        print(f"  {p['part']:9s} {p['vitrine']:9.2f} {p['unit']:5s} {p['peer']:>10s} {p['other']:9.2f} {p['unit']:5s} ratio {p['ratio']:5.2f}  {goal}")
    quality = result["quality"]
    if quality:
        print(f"  quality   {'ok' if quality['ok'] else 'MISSED'}")
        for row in quality["rows"]:
            print(f"    {row.strip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("-t", type=int, default=2, help="threads (default 2)")
    parser.add_argument("-r", type=int, default=3, help="repetitions in a round, after one warm-up (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, the two in turn (default 3)")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to show, comma-separated (default: all)")
    parser.add_argument("--vitrine", help="path of vitrine-cli (default: below build/)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    args.only = args.only.split(",")
    args.vitrine = args.vitrine or find_vitrine()
    if unknown := set(args.only) - set(PARTS):
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if not (PEERS / "bin/python").exists():
        sys.exit("bench_vs_llamacpp: run tests/perf/setup_peers llama first")
    with tempfile.TemporaryDirectory() as scratch:
        args.read_loop = pathlib.Path(scratch) / "read_loop"
        if "read" in args.only:
            run([os.environ.get("CXX", "c++"), "-O3", "-march=native", "-pthread", pathlib.Path(__file__).with_name("read_loop.cpp"), "-o",
                 args.read_loop])
        results = [Bench(args, model).measure() for model in args.models]
    if args.json:
        print(json.dumps(results, indent=1))
    else:
        for result in results:
            show(result)
    missed = any(p["ok"] is False for r in results for p in r["parts"]) or any(r["quality"] and not r["quality"]["ok"] for r in results)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
