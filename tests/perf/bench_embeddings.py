#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sentence embeddings beside sentence-transformers (float32): the same sentences on the CPU, measured in turn in one run.

    tests/perf/bench_embeddings.py MODEL [--sentences 1000] [-t 2] [--rounds 3] [--precision fast] [--isa LEVEL] [--least RATIO]
                                   [--vitrine PATH] [--python PATH] [--json]

MODEL is a sentence-transformers folder, say all-MiniLM-L6-v2. The sentences are made from a list of words, 3 to 40 words each (the same
ones every time). The time of vitrine-cli is that of all of them less that of one: loading does not count on either side, tokenizing
does. Its precision is the default, fast (products in bfloat16 where the processor has them), unless --precision exact is given. The peer is SentenceTransformer.encode() with its own batches of 32, sorted by length, warm. The better round of each counts; the
vectors of both are compared.
The peer is the Python with torch and sentence-transformers that tests/perf/setup_peers makes, or --python.
"""
import argparse
import array
import ast
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import zipfile

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "vitrine"
ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = """the a of and to in that is was for on with as at by from this have be one had not but what all were when we there can an
your which their said if do will each about how up out them then she many some so these would other into has more her two like him see
time could no make than first been its who now people my made over did down only way find use may water long little very after words
called just where most know get through back much before go good new write our used me man too any day same right look think also around
another came come work three must because does part even place well such here take why things help put years different away again off
went old number great tell men say small every found still between name should home big give air line set own under read last never us
left end along while might next sound below saw something thought both few those always looked show large often together asked house
world going want school important until form food keep children feet land side without boy once animals life enough took sometimes four
head above kind began almost live page got earth need far hand high year mother light parts country father let night following picture
being study second eyes soon times story boys since white days ever paper hard near sentence better best across during today others
however sure means knew try told young miles sun ways thing whole hear example heard several change answer room sea against top turned
learn point city play toward five using himself usually""".split()

PEER = r"""
import json, sys, time, torch, sentence_transformers
path, file, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
model = sentence_transformers.SentenceTransformer(path, device="cpu")
sentences = open(file, encoding="utf-8").read().splitlines()
model.encode(sentences[:32])
start = time.perf_counter()
vectors = model.encode(sentences)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "version": sentence_transformers.__version__, "torch": torch.__version__, "vectors": vectors.tolist()}))
"""


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench_embeddings: {command[0]} failed:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def make_sentences(count):
    draw = random.Random(7)
    return [" ".join(draw.choices(WORDS, k=draw.randint(3, 40))).capitalize() + "." for _ in range(count)]


def ours(args, file, out):
    command = [args.vitrine, "embed", args.model, "--file", file, "-t", args.t, "--precision", args.precision, "--out", out]
    start = time.perf_counter()
    run(command + (["--isa", args.isa] if args.isa else []))
    return time.perf_counter() - start


def rows_of(npz):
    """The array "embeddings" [rows, width] of float32."""
    with zipfile.ZipFile(npz) as archive:
        data = archive.read("embeddings.npy")
    header = 10 + int.from_bytes(data[8:10], "little")  # numpy's format 1.0
    rows, width = ast.literal_eval(data[10:header].decode())["shape"]
    values = array.array("f", data[header:])
    return [values[row * width:(row + 1) * width] for row in range(rows)]


def show(args, result):
    print(f"{args.model.resolve().name}, {args.sentences} sentences, {args.t} threads, {args.precision}; "
          f"sentence-transformers {result['sentence_transformers']} on torch {result['torch']}\n"
          f"  vitrine {result['vitrine_s']:.2f} s   sentence-transformers {result['sentence_transformers_s']:.2f} s   ratio {result['ratio']:.2f}   "
          f"largest difference of a value {result['largest_difference']:.1e}, least cosine {result['least_cosine']:.6f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("-t", type=int, default=2, help="threads (default 2)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, the better one counts (default 3)")
    parser.add_argument("--precision", choices=("fast", "exact"), default="fast")
    parser.add_argument("--isa", default="", help="highest instruction set of vitrine (default: the best there is)")
    parser.add_argument("--least", type=float, default=0, help="fail when the ratio is below this")
    parser.add_argument("--vitrine", default=ROOT / "build/release/bin/vitrine-cli", help="path of vitrine-cli")
    parser.add_argument("--python", default=CACHE / "peers/bin/python", help="a Python with torch and sentence-transformers")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many, one = pathlib.Path(folder) / "sentences.txt", pathlib.Path(folder) / "one.txt"
        sentences = make_sentences(args.sentences)
        many.write_text("\n".join(sentences) + "\n")
        one.write_text(sentences[0] + "\n")
        rounds = []
        for _ in range(args.rounds):
            seconds = ours(args, many, pathlib.Path(folder) / "many.npz") - ours(args, one, pathlib.Path(folder) / "one.npz")
            peer = json.loads(run([args.python, "-c", PEER, args.model, many, args.t]).splitlines()[-1])
            rounds.append((seconds, peer["seconds"]))
        vectors = rows_of(pathlib.Path(folder) / "many.npz")
    seconds, peers_seconds = (min(times) for times in zip(*rounds))
    pairs = list(zip(vectors, peer["vectors"]))
    apart = max(abs(a - b) for x, y in pairs for a, b in zip(x, y))
    cosine = min(sum(a * b for a, b in zip(x, y)) / math.hypot(*x) / math.hypot(*y) for x, y in pairs)
    result = {"sentences": args.sentences, "threads": args.t, "precision": args.precision, "vitrine_s": seconds, "sentence_transformers_s": peers_seconds,
              "ratio": peers_seconds / seconds, "largest_difference": apart, "least_cosine": cosine, "sentence_transformers": peer["version"], "torch": peer["torch"]}
    if args.json:
        print(json.dumps(result, indent=1))
    else:
        show(args, result)
    if result["ratio"] < args.least:
        sys.exit(f"bench_embeddings: below {args.least}")


if __name__ == "__main__":
    main()
