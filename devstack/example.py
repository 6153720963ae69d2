"""Serves a page of examples/ for the running stack: `make example name=moderation`."""

from __future__ import annotations

import os
import sys

from devstack import install
from devstack.home import Home
from devstack.nodejs import node
from devstack.processes import ROOT, DevstackError
from devstack.stack import open_stack

FOLDER = ROOT / "examples"
DEFAULT = "listening-room"


def main() -> None:
    """Install the packages and become the server, until Ctrl-C."""
    page = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    try:
        values = open_stack(Home.from_environment()).values()
        install.install(FOLDER)
    except DevstackError as error:
        sys.exit(str(error))
    os.chdir(FOLDER)
    names = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY")
    os.execve(
        node(),
        [os.fspath(node()), "serve.mjs", page],
        {**os.environ, **{name: values[name] for name in names}},
    )


if __name__ == "__main__":
    main()
