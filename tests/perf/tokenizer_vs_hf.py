#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed of encoding beside the `tokenizers` package: SmolLM2's vocabulary, a text repeated, as one string and as lines.

usage: tokenizer_vs_hf.py VITRINE_CLI SMOLLM2.gguf [TEXT] [REPEATS]
needs: pip install tokenizers gguf
Both sides are warm and measured in turn, three rounds, on one core (the script pins itself); the best round counts.
Full: ids, pieces and offsets (`encode`). Ids: ids alone (`encode_batch_fast`). Exit 1 if a ratio is below 2.
"""
import json
import os
import subprocess
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})

import gguf  # noqa: E402
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers  # noqa: E402


def peer(path):
    """The same vocabulary in the package's own classes."""
    reader = gguf.GGUFReader(path)

    def strings(key):
        field = reader.fields[key]
        return [bytes(field.parts[i]).decode() for i in field.data]

    tokens = strings("tokenizer.ggml.tokens")
    merges = [tuple(m.split(" ")) for m in strings("tokenizer.ggml.merges")]
    types = reader.fields["tokenizer.ggml.token_type"]
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\d"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    special = [t for t, i in zip(tokens, types.data) if int(types.parts[i][0]) == 3]
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in special])
    return tokenizer


def seconds(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main():
    cli, model = sys.argv[1:3]
    path = sys.argv[3] if len(sys.argv) > 3 else "/usr/share/common-licenses/GPL-3"
    repeats = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    text = open(path, encoding="utf-8").read() * repeats
    lines = text.split("\n")[:-1]
    tokenizer = peer(model)
    peers = {
        "one_string_full": lambda: len(tokenizer.encode(text, add_special_tokens=False).ids),
        "one_string_ids": lambda: len(tokenizer.encode_batch_fast([text], add_special_tokens=False)[0].ids),
        "lines_full": lambda: sum(len(tokenizer.encode(line, add_special_tokens=False).ids) for line in lines),
        "lines_ids": lambda: sum(len(e.ids) for e in tokenizer.encode_batch_fast(lines, add_special_tokens=False)),
    }
    for work in peers.values():
        work()
    best = {name: [1e9, 1e9] for name in peers}
    for _ in range(3):
        ours = json.loads(subprocess.check_output(
            [cli, "tokenize", model, "--file", path, "--bench", str(repeats)], text=True))
        for name, work in peers.items():
            spent, count = seconds(work)
            best[name][1] = min(best[name][1], spent)
            best[name][0] = min(best[name][0], ours[name])
            assert count == ours[name + "_tokens"], f"{name}: {count} tokens, here {ours[name + '_tokens']}"
    low = False
    print(f"{'':16} {'vitrine':>10} {'tokenizers':>10}  ratio   ({len(text.encode()) / 1e6:.1f} MB, MB/s, one core)")
    for name, (us, them) in best.items():
        ratio = them / us
        low |= ratio < 2
        size = len(text.encode()) / 1e6
        print(f"{name:16} {size / us:10.1f} {size / them:10.1f}  {ratio:5.2f}")
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
