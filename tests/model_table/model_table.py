#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""README's table of models, from what `vitrine-cli verify` and the GGUF twins found.

model_table.py --run CLI   verifies every recorded checkpoint of tests/data and its GGUF twin, and the published weights that are on this
                           machine; writes results.json beside this file, and the table into README.md
model_table.py --compare CLI   verifies again and says what differs from results.json; writes nothing
model_table.py --check     README.md holds exactly the table of results.json, which has a row for every architecture of
                           architectures.def and a result for every folder of tests/data; runs no model
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- models: written by tests/model_table/model_table.py -->", "<!-- /models -->"
DATA = ROOT / "tests/data"
MODELS = pathlib.Path(os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share") / "vitrine/models"
QUANTIZED = "hf_quant"
FOLDERS = [DATA / "llm", DATA / "llm_variants", DATA / QUANTIZED]
PUBLISHED = {"smollm2_135m_q4_1": "SmolLM2-135M-Instruct.Q4_1.gguf", "minilm": "all-MiniLM-L6-v2"}
# Architectures nothing was recorded for.
UNVERIFIED = {
    "internlm2": "the library has it as code of its repositories only",
    "exaone": "the library has it as code of its repositories only",
}


def architectures():
    return re.findall(r"^VT_ARCHITECTURE\((\w+)\)", (ROOT / "engine/model/architectures.def").read_text(), re.M)


def fixture_folders(folders):
    for folder in map(pathlib.Path, folders):
        yield from (path.parent for path in sorted(folder.glob("*/reference.json")))


def verify(cli, *arguments):
    run = subprocess.run([cli, "verify", "--json", *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout)


def described(row, folder):
    """What the fixture says about itself beside what was found."""
    config = folder / "config.json"
    if config.exists():
        stored = json.loads(config.read_text())
        return {**row, "model_type": stored["model_type"], "transformers": stored.get("transformers_version")}
    return row


def verified(cli):
    """Everything that is recorded, with what was found."""
    results = {"folders": [], "quantized": [], "published": [], "twins": []}
    for folder in fixture_folders(FOLDERS):
        row = described(verify(cli, folder)[0], folder)
        results["quantized" if folder.parent.name == QUANTIZED else "folders"].append(row)
    for name, file in PUBLISHED.items():
        if (MODELS / file).exists():
            results["published"].append({**described(verify(cli, DATA / "real" / name, "--model", MODELS / file)[0], DATA / "real" / name), "file": file})
    with tempfile.TemporaryDirectory() as scratch:
        found = pathlib.Path(scratch) / "twins.json"
        plain = [folder for folder in FOLDERS if folder.name != QUANTIZED]
        subprocess.run([sys.executable, ROOT / "tests/gguf_twins/verify_twins.py", "--results", found, cli, *plain], stdout=subprocess.DEVNULL)
        results["twins"] = json.loads(found.read_text())
    return results


def run(cli):
    results = verified(cli)
    failed = [row["name"] for rows in results.values() for row in rows if row["result"] == "FAILED"]
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    README.write_text(with_table(README.read_text(), table(results)))
    print(f"{sum(map(len, results.values()))} results, failed: {', '.join(failed) or 'none'}")
    return int(bool(failed))


def compare(cli):
    """Published weights that are not on this machine say nothing."""
    stored, found = json.loads(RESULTS.read_text()), verified(cli)
    absent = [row for row in stored["published"] if not (MODELS / row["file"]).exists()]
    differing = [row["name"] for kind in stored for rows, others in ((stored, found), (found, stored)) for row in rows[kind]
                 if row not in others[kind] and row not in absent]
    print(f"{sum(map(len, found.values()))} results, other than those of results.json: {', '.join(sorted(set(differing))) or 'none'}")
    return int(bool(differing))


def counted(rows):
    tensors = sum(row["checked"] for row in rows)
    return f"{len(rows)} checkpoint{'s' if len(rows) > 1 else ''}, {tensors} tensors"


def twin_text(twins):
    equal = [t for t in twins if t["result"] == "ok"]
    folded = [t for t in twins if t.get("folded") == "ok"]
    unequal = [t for t in twins if t["result"] == "unequal" and "folded" not in t]
    names = ", ".join(sorted({f"`{t['gguf']}`" for t in twins}))
    parts = [f"{len(some)} {what}" for some, what in ((equal, "equal"), (folded, "equal with a factor moved into a weight"), (unequal, "that a GGUF cannot say")) if some]
    return f"{names}: {', '.join(parts)}" if parts else "-"


def table(results):
    lines = ["| architecture | `model_type` | verified as a folder | the same as a GGUF |", "|---|---|---|---|"]
    for arch in architectures():
        rows = [row for row in results["folders"] if row["architecture"] == arch and row["result"] == "ok"]
        twins = [twin for twin in results["twins"] if twin["name"] in {row["name"] for row in rows}]
        types = ", ".join(sorted({row["model_type"] for row in rows})) or "-"
        lines.append(f"| {arch} | {types} | {counted(rows) if rows else 'not verified: ' + UNVERIFIED.get(arch, 'nothing recorded')} | {twin_text(twins)} |")
    lines += ["", "| quantized folder | tensors | published weights | values |", "|---|---|---|---|"]
    quantized = [f"{row['name']} | {row['checked']}" for row in results["quantized"] if row["result"] == "ok"]
    published = [f"{row['file']} | {row['checked']}" for row in results["published"] if row["result"] == "ok"]
    for i in range(max(len(quantized), len(published))):
        cells = [rows[i] if i < len(rows) else " | " for rows in (quantized, published)]
        lines.append(f"| {cells[0]} | {cells[1]} |")
    versions = sorted({row["transformers"] for row in results["folders"] if row.get("transformers")})
    head = ["Logits, hidden states, attention, routing, states and greedy continuations of tiny checkpoints with random weights, compared with",
            f"`transformers` {', '.join(versions)} in float32; each also written as a GGUF the way llama.cpp's converter does, where that knows the family.", ""]
    return "\n".join(head + lines)


def with_table(text, content):
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{content}\n{END}{rest.split(END)[1]}"


def check():
    results = json.loads(RESULTS.read_text())
    problems = []
    if README.read_text() != with_table(README.read_text(), table(results)):
        problems.append("README.md's table of models is not that of results.json")
    verified = {row["architecture"] for row in results["folders"] if row["result"] == "ok"}
    problems += [f"no result for architecture {arch}, and no reason" for arch in architectures() if arch not in verified and arch not in UNVERIFIED]
    known = {row["name"] for kind in ("folders", "quantized") for row in results[kind]}
    problems += [f"no result for {folder.relative_to(ROOT)}" for folder in fixture_folders(FOLDERS) if folder.name not in known]
    problems += [f"{row['name']} FAILED" for rows in results.values() for row in rows if row["result"] == "FAILED"]
    for problem in problems:
        print(problem)
    if problems:
        print("run: tests/model_table/model_table.py --run build/release/bin/vitrine-cli")
    return int(bool(problems))


if sys.argv[1:2] == ["--check"] and len(sys.argv) == 2:
    sys.exit(check())
if sys.argv[1:2] in (["--run"], ["--compare"]) and len(sys.argv) == 3:
    sys.exit({"--run": run, "--compare": compare}[sys.argv[1]](sys.argv[2]))
sys.exit(__doc__)
