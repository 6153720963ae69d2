"""What the stack and the tests are made of: every version pinned, and installed once."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from devstack.install import install, is_installed
from devstack.processes import ROOT

REQUIREMENTS = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "functions/requirements.txt"]
NPM = ("devstack", "examples", "tests/browser")
LOCKS = [ROOT / folder / "package-lock.json" for folder in NPM]
EXACT = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?")


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_python_package_is_pinned_by_hash_and_names_no_registry(path: Path) -> None:
    text = path.read_text("utf-8")
    blocks = re.split(r"\n(?=[^\s#])", "\n" + re.sub(r"(?m)^\s*#.*\n", "", text))[1:]
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9.-]+(?:\[[a-z0-9,-]+\])?==\S+", block), block
        assert "--hash=sha256:" in block, block
    assert "://" not in text


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_every_npm_package_is_pinned_by_hash_and_names_no_registry(path: Path) -> None:
    wanted = json.loads((path.parent / "package.json").read_text("utf-8"))
    packages = json.loads(path.read_text("utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        for name, version in wanted.get(kind, {}).items():
            assert EXACT.fullmatch(version), name
            assert packages[f"node_modules/{name}"]["version"] == version
    assert len(packages) > 1
    for name, package in packages.items():
        assert not name or package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that needs one npm package, which lies beside it: no registry is asked."""
    part = {"name": "part", "version": "1.0.0"}
    wanted = {"private": True, "dependencies": {"part": "file:part"}}
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"part": "file:part"}},
            "node_modules/part": {"resolved": "part", "link": True},
            "part": {"version": "1.0.0"},
        },
    }
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "package.json").write_text(json.dumps(part))
    (tmp_path / "package.json").write_text(json.dumps(wanted))
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    shutil.copy(ROOT / "devstack" / ".npmrc", tmp_path)
    return tmp_path


def test_npm_packages_are_installed_once_and_anew_after_a_cut_or_another_lock(
    folder: Path,
) -> None:
    modules = folder / "node_modules"
    # As an install that was killed leaves it: something is there, and no stamp.
    modules.mkdir()
    (modules / "half").touch()
    assert not is_installed(folder)
    install(folder)
    assert is_installed(folder)
    assert (modules / "part" / "package.json").exists()
    assert not (modules / "half").exists()

    (modules / "kept").touch()
    install(folder)
    assert (modules / "kept").exists()

    lock = folder / "package-lock.json"
    lock.write_text(lock.read_text().replace("1.0.0", "1.0.1"))
    assert not is_installed(folder)
    install(folder)
    assert not (modules / "kept").exists()
    assert is_installed(folder)
