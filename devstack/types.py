"""Writes supabase/types/: the API as TypeScript and pydantic see it, by the Supabase CLI.

`python -m devstack.types [--check]`: with `--check` nothing is written, and the exit code is 1
when something would be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Literal

from devstack import migrate
from devstack.processes import ROOT
from devstack.scratch import build, scratch_server

TYPES = ROOT / "supabase" / "types"
Language = Literal["typescript", "python"]
FILES: dict[str, Language] = {"database.ts": "typescript", "database.py": "python"}


def generate(database_url: str) -> dict[str, str]:
    """The text of each file of supabase/types/."""
    return {
        name: migrate.generate_types(database_url, language).strip() + "\n"
        for name, language in FILES.items()
    }


def stale(texts: dict[str, str]) -> list[str]:
    """The files that are not what they should be."""
    return [
        name
        for name, text in texts.items()
        if not (TYPES / name).exists() or (TYPES / name).read_text("utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Write or check the types; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m devstack.types", description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    with scratch_server() as server:
        texts = generate(build(server, "typed"))
    old = stale(texts)
    if options.check:
        for name in old:
            print(f"supabase/types/{name} is not up to date: run `make types`", file=sys.stderr)
        return 1 if old else 0
    TYPES.mkdir(exist_ok=True)
    for name in old:
        (TYPES / name).write_text(texts[name], "utf-8")
        print(f"supabase/types/{name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
