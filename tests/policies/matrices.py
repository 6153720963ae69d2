"""Every check of the access matrices: each module of this folder registers those of its tables."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.policies.checks import CHECKS

__all__ = ["CHECKS"]

for path in sorted(Path(__file__).parent.glob("*.py")):
    if not path.stem.startswith(("test_", "conftest", "matrices")):
        import_module(f"tests.policies.{path.stem}")
