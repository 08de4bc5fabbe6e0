#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decode speed at two depths: what a model carries from token to token has one size, or it has not.

    tests/perf/decode_depth.py MODEL [--depths 10 100000] [-n 64] [-t 1] [--rounds 5] [--least RATIO] [--vitrine PATH]

The two depths are measured in turn, `vitrine-cli bench MODEL -p 0 -n N -d A,B` a round, and the better round of each counts. Prints both
and their ratio (deep by shallow: 1 when the depth costs nothing).
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rates(args):
    """Tokens per second at each depth, of one round."""
    command = [args.vitrine, "bench", args.model, "-p", 0, "-n", args.n, "-t", args.t, "-d", ",".join(map(str, args.depths)), "-r", 5, "--json"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"decode_depth: {done.stderr.strip() or done.stdout.strip()}")
    return [row["tokens_per_s"] for row in json.loads(done.stdout)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--depths", type=int, nargs=2, default=[10, 100000], help="tokens before the measured ones (default 10 100000)")
    parser.add_argument("-n", type=int, default=64, help="generated tokens (default 64)")
    parser.add_argument("-t", type=int, default=1, help="threads (default 1)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, the better one of each depth counts (default 5)")
    parser.add_argument("--least", type=float, default=0, help="fail when the ratio is below this")
    parser.add_argument("--vitrine", default=ROOT / "build/release/bin/vitrine-cli", help="path of vitrine-cli")
    args = parser.parse_args()
    shallow, deep = (max(found) for found in zip(*(rates(args) for _ in range(args.rounds))))
    print(f"{args.model.name}: {shallow:.0f} tok/s at depth {args.depths[0]}, {deep:.0f} tok/s at depth {args.depths[1]}, ratio {deep / shallow:.2f}")
    if deep / shallow < args.least:
        sys.exit(f"decode_depth: below {args.least}")


if __name__ == "__main__":
    main()
