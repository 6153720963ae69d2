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

# Stands for Python, in setup.sh alone: makes a .venv of itself, notes what it is asked for, and is
# cut off in the middle of pip when told so.
PYTHON = """#!/bin/sh
case "$*" in
  "-m venv --clear .venv") rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  "-m pip install --progress-bar off --require-hashes -r requirements/dev.txt")
    echo pip >>asked
    case "$(cat cut-off 2>/dev/null)" in
      failing) echo "no such host"; exit 1 ;;
      killed) echo "Collecting x"; exec sleep 60 ;;
    esac ;;
  "-m devstack.install") echo npm >>asked ;;
esac
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
    (folder / "requirements" / "dev.txt").write_text("x==1.0\n")
    (folder / "pyproject.toml").write_text("")
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    return folder


def set_up(checkout: Path) -> subprocess.Popen[bytes]:
    """Run setup.sh in a process group of its own; what it says is in said.log."""
    with (checkout / "said.log").open("wb") as said:
        return subprocess.Popen(
            ["sh", "devstack/setup.sh"],
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
    (checkout / "cut-off").write_text(how)
    first = set_up(checkout)
    if how == "killed":
        wait_for(lambda: asked(checkout) == ["pip"])
        os.killpg(first.pid, signal.SIGKILL)
        assert first.wait(180) == -signal.SIGKILL
    else:
        assert first.wait(180) == 1
        assert "no such host" in (checkout / "said.log").read_text()
    assert asked(checkout) == ["pip"]
    (checkout / "cut-off").unlink()
    # What is done is not done again; what installs the npm packages looks for itself.
    for expected in (["pip", "pip", "npm"], ["pip", "pip", "npm", "npm"]):
        assert set_up(checkout).wait(180) == 0
        assert asked(checkout) == expected
    (checkout / "requirements" / "dev.txt").write_text("x==1.1\n")
    assert set_up(checkout).wait(180) == 0
    assert asked(checkout)[-2:] == ["pip", "npm"]
