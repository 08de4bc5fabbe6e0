#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify_twins.py CLI FOLDER...: writes each fixture folder as a GGUF and lets `CLI verify` compare it with what was recorded.

A line a twin: "ok", "FAILED: why", or "unequal: why" where a GGUF cannot say what the configuration means (verify then has to
find a difference, and what makes up for it has to be found equal). Last: "N passed, M failed, K unequal". Exit 77, which ctest
takes as skipped, when the packages of tests/requirements.txt are not there. Families: families/*.py, one dictionary each.
"""

import importlib
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SKIPPED = 77
# Where ./check installs tests/requirements.txt (tools/setup.sh).
PACKAGES = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "vitrine/test-tools"


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

    def difference(self, folder, twin):
        """What verify found; "" when all is equal."""
        run = subprocess.run([self.cli, "verify", "--quiet", str(folder), "--model", str(twin)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = run.stdout.strip().splitlines() or ["no output"]
        return "" if run.returncode == 0 and lines[-1] == "1 passed, 0 failed" else lines[0]

    def expect_equal(self, name, folder, twin):
        why = self.difference(folder, twin)
        self.passed += not why
        self.failed += bool(why)
        print(f"{name} {'FAILED: ' + why if why else 'ok'}", flush=True)

    def run(self, folder, family):
        from twin import read_config, write_twin
        name, config = folder.name, read_config(folder)
        reason = family.unequal(config)
        twin = write_twin(folder, family, self.scratch / f"{name}.gguf")
        if not reason:
            self.expect_equal(name, folder, twin)
            self.expect_equal(f"{name} in parts", folder, write_twin(folder, family, self.scratch / f"{name}-split.gguf", tensors_a_part=7))
            return
        found = self.difference(folder, twin)
        differs = " FAILED: " in found and "differ" in found
        self.unequal += differs
        self.failed += not differs
        print(f"{name} unequal: {reason}" if differs else f"{name} FAILED: {found or 'equal'}, although {reason}", flush=True)
        if family.fold:
            self.expect_equal(f"{name} with the difference moved into a weight", folder,
                              write_twin(folder, family, self.scratch / f"{name}-folded.gguf", folded=True))


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
    families = load_families()
    with tempfile.TemporaryDirectory() as scratch:
        check = Check(sys.argv[1], pathlib.Path(scratch))
        for folder in fixture_folders(sys.argv[2:]):
            family = families.get(read_config(folder)["model_type"])
            if family:
                check.run(folder, family)
    print(f"{check.passed} passed, {check.failed} failed, {check.unequal} unequal")
    return int(check.failed > 0 or check.passed == 0)


sys.exit(main())
