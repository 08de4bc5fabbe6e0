#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""count_results.py FOLDER: prints "passed failed skipped" over the test cases that a ctest run left there.

Programs that wrote a gtest XML count by case; any other test of ctest.junit counts as one. Names of failed ones go to
FOLDER/failures. A program that died before it wrote its XML counts as one failure.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def main():
    folder = pathlib.Path(sys.argv[1])
    passed, skipped, failures = 0, 0, []
    counted = set()
    for path in sorted(folder.glob("*.xml")):
        counted.add(path.stem.removeprefix("test_"))
        for case in ElementTree.parse(path).iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            if case.find("failure") is not None:
                failures.append(f"{path.stem} {name}")
            elif case.get("result") == "skipped" or case.find("skipped") is not None:
                skipped += 1
            elif case.get("status") == "run":
                passed += 1
    failed_cases = {name.split(" ")[0] for name in failures}
    tests = list(ElementTree.parse(folder / "ctest.junit").iter("testcase"))
    if not tests:
        failures.append("no test was found")
    for test in tests:
        name = test.get("name")
        broken = test.find("failure") is not None or test.find("error") is not None or test.get("status") == "fail"
        if broken and f"test_{name}" not in failed_cases:
            failures.append(name)
        elif name not in counted:
            if test.get("status") in ("disabled", "notrun") or test.find("skipped") is not None:
                skipped += 1
            elif not broken:
                passed += 1
    (folder / "failures").write_text("".join(f"{name}\n" for name in failures))
    print(passed, len(failures), skipped)


main()
