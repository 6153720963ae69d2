"""devstack/setup.sh, as far as it can be tried without installing anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from devstack.processes import ROOT


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
