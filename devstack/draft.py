"""Drafts a migration: what the Supabase CLI finds different between migrations/ and sql/."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from devstack import migrate
from devstack.processes import ROOT, DevstackError
from devstack.scratch import build, scratch_server

SCHEMAS = ("public", "private", "backend")
NOTHING = "sql/ and supabase/migrations/ build the same database: there is nothing to migrate."
HEADER = """\
-- Drafted from the difference between supabase/migrations/ and sql/. Read it: a differ knows no
-- renames, no rows of data.sql, and not which statements lock a large table.

"""


def draft_migration(name: str, project: Path = ROOT) -> Path | None:
    """Write the draft into the project's supabase/migrations/; None when nothing differs.

    Until 1.0 `make baseline` rewrites the one migration instead, and there is nothing to draft.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,60}", name):
        raise DevstackError("A migration's name has small letters, digits and _, like add_genres.")
    with scratch_server() as server:
        before = build(server, "before", None)
        migrate.push(before, workdir=project)
        after = build(server, "after", project / "sql")
        difference = migrate.diff(before, after, SCHEMAS)
    if not difference:
        return None
    path = project / "supabase" / "migrations" / f"{datetime.now(UTC):%Y%m%d%H%M%S}_{name}.sql"
    path.write_text(f"{HEADER}{difference}\n", "utf-8")
    if project == ROOT:
        migrate.tell_functions()
    return path
