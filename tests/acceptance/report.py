#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs tests/acceptance/NN_*.sh (all, or the given numbers) and prints each line of the plan as done or open."""

import pathlib
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).parent
# The lists of the plan, by the number of their first line.
LISTS = {1: "Open a checkpoint, chat with it, look inside the answer", 21: "Every language-model architecture, number by number"}


def title(script):
    return next(line[2:].strip() for line in script.read_text().splitlines() if line.startswith("# ") and "SPDX" not in line)


def main():
    wanted = {int(number) for number in sys.argv[1:]}
    done = opened = 0
    said = None
    for script in sorted(FOLDER.glob("[0-9][0-9]_*.sh")):
        number = int(script.name[:2])
        if wanted and number not in wanted:
            continue
        heading = LISTS[max(first for first in LISTS if first <= number)]
        if heading != said:
            said = heading
            print(f"\n{said}", flush=True)
        start = time.monotonic()
        run = subprocess.run([str(script)], cwd=FOLDER.parent.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace")
        is_done = run.returncode == 0
        done += is_done
        opened += not is_done
        print(f"{'done' if is_done else 'open'}  {number:2}  {title(script)}  ({time.monotonic() - start:.0f} s)")
        print(run.stdout.rstrip(), flush=True)
    print(f"{done} done, {opened} open")
    return opened > 0


sys.exit(main())
