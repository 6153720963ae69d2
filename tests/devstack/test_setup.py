"""devstack/setup.sh, as far as it can be tried without installing anything."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from devstack.processes import ROOT
from tests.devstack.test_stack import wait_for

# Stands for Python and for uv, in setup.sh alone: makes a .venv of itself, notes what it is asked
# for, and is cut off in the middle of an installation when told so.
PYTHON = """#!/bin/sh
note() {
  echo "$1" >>asked
  case "$(cat "$1-is" 2>/dev/null)" in
    failing) echo "no such host"; exit 1 ;;
    killed) exec sleep 60 ;;
  esac
}
case "$*" in
  "-m venv --clear .venv") rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  "-m pip install --quiet --require-hashes -r .venv/uv.txt")
    grep -q -- --hash=of-uv .venv/uv.txt || exit 1
    grep -q -e x== -e of-v .venv/uv.txt && exit 1
    cp "$0" .venv/bin/uv ;;
  "pip install --python .venv/bin/python --require-hashes -r requirements/dev.txt") note uv ;;
  "-m pip install --require-hashes -r requirements/dev.txt") note pip ;;
  "-m devstack.install") echo npm >>asked ;;
esac
"""
LOCK = """uv==1.0 \\
    --hash=of-uv
    # via somebody
v==1.0 --hash=of-v
"""


def test_the_venv_of_another_checkout_is_left_alone(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    (mine / "devstack").mkdir(parents=True)
    shutil.copy(ROOT / "devstack" / "setup.sh", mine / "devstack")
    (theirs / "bin").mkdir(parents=True)
    python = theirs / "bin" / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    (mine / ".venv").symlink_to(theirs)
    subprocess.run(["sh", mine / "devstack" / "setup.sh"], check=True, timeout=180)
    assert python.exists()
    python.unlink()
    refused = subprocess.run(["sh", mine / "devstack" / "setup.sh"], check=False, timeout=180)
    assert refused.returncode == 1
    assert (theirs / "bin").exists()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing is installed yet, in a path with a space."""
    folder = tmp_path / "a checkout"
    (folder / "devstack").mkdir(parents=True)
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "devstack" / "setup.sh", folder / "devstack")
    (folder / "requirements" / "dev.txt").write_text(f"x==1.0\n{LOCK}")
    (folder / "requirements" / "stripe-openapi.txt").write_text("y==1.0\n")
    (folder / "pyproject.toml").write_text("")
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    return folder


def set_up(checkout: Path, *parts: str) -> subprocess.Popen[bytes]:
    """Run setup.sh in a process group of its own; what it says is in said.log."""
    with (checkout / "said.log").open("wb") as said:
        return subprocess.Popen(
            ["sh", "devstack/setup.sh", *parts],
            cwd=checkout,
            env={"PATH": os.environ["PATH"], "PYTHON": str(checkout.parent / "python")},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def asked(checkout: Path) -> list[str]:
    return (checkout / "asked").read_text().split() if (checkout / "asked").exists() else []


@pytest.mark.parametrize("how", ["failing", "killed"])
def test_a_setup_that_was_cut_off_is_taken_up_again_and_done_once(checkout: Path, how: str) -> None:
    cut_off = [checkout / "uv-is", checkout / "pip-is"]
    for each in cut_off:
        each.write_text(how)
    first = set_up(checkout)
    if how == "killed":
        wait_for(lambda: asked(checkout) == ["uv"])
        os.killpg(first.pid, signal.SIGKILL)
        assert first.wait(180) == -signal.SIGKILL
    else:
        assert first.wait(180) == 1
        assert "no such host" in (checkout / "said.log").read_text()
    before = ["uv", "pip"] if how == "failing" else ["uv"]
    assert asked(checkout) == before
    for each in cut_off:
        each.unlink()
    # What is done is not done again; what installs the npm packages looks for itself.
    for expected in (["uv", "npm"], ["uv", "npm", "npm"]):
        assert set_up(checkout).wait(180) == 0
        assert asked(checkout) == [*before, *expected]
    (checkout / "requirements" / "dev.txt").write_text(f"x==1.1\n{LOCK}")
    assert set_up(checkout).wait(180) == 0
    assert asked(checkout)[-2:] == ["uv", "npm"]


def test_pip_installs_where_uv_finds_no_registry(checkout: Path) -> None:
    (checkout / "uv-is").write_text("failing")
    assert set_up(checkout).wait(180) == 0
    assert asked(checkout) == ["uv", "pip", "npm"]


def test_the_python_packages_alone_are_installed(checkout: Path) -> None:
    assert set_up(checkout, "python").wait(180) == 0
    assert asked(checkout) == ["uv"]
