#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify_twins.py [--results F.json] CLI FOLDER... [--faults PROGRAM]: writes each fixture folder as a GGUF and lets `CLI verify` compare it with what was recorded.

A line a twin: "ok", "FAILED: why", or "unequal: why" where a GGUF cannot say what the configuration means (verify then has to
find a difference, and what makes up for it has to be found equal). Last: "N passed, M failed, K unequal". Exit 77, which ctest
takes as skipped, when the packages of tests/requirements.txt are not there. Families: families/*.py, one dictionary each.
--results: also a list of {name, gguf, result, why, folded}.
--faults: nothing is compared; PROGRAM (test_unit_model) loses and cuts every tensor of every GGUF in turn.
"""

import importlib
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SKIPPED = 77
# Where ./check installs tests/requirements.txt (tools/setup.sh).
PACKAGES = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "vitrine/test-tools"


# Model types that neither the gguf package nor the converter of llama.cpp has an architecture for (it has RWKV from the sixth on only).
UNKNOWN_TO_LLAMA_CPP = {"albert", "bart", "biogpt", "codegen", "electra", "gpt_neo", "helium", "m2m_100", "marian", "mbart", "mpnet", "opt", "pegasus", "persimmon",
                        "recurrent_gemma", "rwkv", "xglm", "zamba", "zamba2"}


def load_families():
    families = {}
    for path in sorted((HERE / "families").glob("*.py")):
        families.update(importlib.import_module(f"families.{path.stem}").FAMILIES)
    return families


def fixture_folders(arguments):
    """A folder of fixtures stands for all that lie in it."""
    for argument in map(pathlib.Path, arguments):
        inside = [argument] if (argument / "reference.json").exists() else sorted(argument.glob("*/"))
        yield from (folder for folder in inside if (folder / "reference.json").exists() and (folder / "config.json").exists())


class Check:
    def __init__(self, cli, scratch):
        self.cli, self.scratch = cli, scratch
        self.passed = self.failed = self.unequal = 0
        self.results = []
        self.twins = []

    def difference(self, folder, twin):
        """What verify found; "" when all is equal."""
        run = subprocess.run([self.cli, "verify", "--quiet", str(folder), "--model", str(twin)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = run.stdout.strip().splitlines() or ["no output"]
        return "" if run.returncode == 0 and lines[-1] == "1 passed, 0 failed" else lines[0]

    def say(self, name, result, why):
        self.passed += result == "ok"
        self.failed += result == "FAILED"
        self.unequal += result == "unequal"
        print(f"{name} {result}{': ' if why else ''}{why}", flush=True)

    def expect_equal(self, name, folder, twin):
        why = self.difference(folder, twin)
        self.say(name, "FAILED" if why else "ok", why)
        return "FAILED" if why else "ok"

    def write(self, folder, family):
        from twin import write_twin
        self.twins.append(write_twin(folder, family, self.scratch / f"{folder.name}.gguf"))

    def run(self, folder, family):
        from twin import read_config, rotary_unequal, write_twin
        name, config = folder.name, read_config(folder)
        reason = family.unequal(config) or rotary_unequal(config)
        twin = write_twin(folder, family, self.scratch / f"{name}.gguf")
        if not reason:
            result = self.expect_equal(name, folder, twin)
            self.results.append({"name": name, "gguf": family.architecture(config), "result": result})
            self.expect_equal(f"{name} in parts", folder, write_twin(folder, family, self.scratch / f"{name}-split.gguf", tensors_a_part=7))
            return
        found = self.difference(folder, twin)
        differs = " FAILED: " in found and "differ" in found
        self.say(name, "unequal" if differs else "FAILED", reason if differs else f"{found or 'equal'}, although {reason}")
        row = {"name": name, "gguf": family.architecture(config), "result": "unequal" if differs else "FAILED", "why": reason}
        if family.fold:
            row["folded"] = self.expect_equal(f"{name} with the difference moved into a weight", folder,
                                              write_twin(folder, family, self.scratch / f"{name}-folded.gguf", folded=True))
        self.results.append(row)



    def faults(self, program):
        """The tests that lose and cut tensors, on the GGUFs."""
        run = subprocess.run([program, "--gtest_filter=*TensorFaults*", "--gtest_brief=1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env={**os.environ, "VITRINE_CHECKPOINTS": ":".join(map(str, self.twins))})
        self.passed += run.returncode == 0
        self.failed += run.returncode != 0
        print("lost and cut tensors ok" if run.returncode == 0 else f"lost and cut tensors FAILED:\n{run.stdout}", flush=True)


def main():
    absent = [name for name in ("gguf", "safetensors") if not importlib.util.find_spec(name)]
    if absent:
        python = PACKAGES / "bin/python"
        if python.exists() and pathlib.Path(sys.prefix) != PACKAGES:
            os.execv(python, [str(python), *sys.argv])
        print(f"skipped: no package {', '.join(absent)}; ./check installs what tests/requirements.txt lists")
        return SKIPPED
    sys.path.insert(0, str(HERE))
    from twin import read_config
    arguments = sys.argv[1:]
    program = ""
    if "--faults" in arguments:
        program = arguments.pop(arguments.index("--faults") + 1)
        arguments.remove("--faults")
    results = arguments[1] if arguments[:1] == ["--results"] else None
    cli, *folders = arguments[2:] if results else arguments
    families = load_families()
    with tempfile.TemporaryDirectory() as scratch:
        check = Check(cli, pathlib.Path(scratch))
        for folder in fixture_folders(folders):
            model_type = read_config(folder)["model_type"]
            if model_type in families:
                (check.write if program else check.run)(folder, families[model_type])
            elif not program and model_type not in UNKNOWN_TO_LLAMA_CPP:
                check.say(folder.name, "FAILED", f"neither a family of families/*.py nor unknown to llama.cpp: {model_type}")
        if program:
            check.faults(program)
    if results:
        pathlib.Path(results).write_text(json.dumps(check.results, indent=1) + "\n")
    print(f"{check.passed} passed, {check.failed} failed, {check.unequal} unequal")
    return int(check.failed > 0 or check.passed == 0)


sys.exit(main())
