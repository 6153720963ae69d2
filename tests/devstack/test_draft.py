"""make migration drafts what sql/ has and the migrations have not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from devstack.draft import draft_migration
from devstack.processes import ROOT, DevstackError
from devstack.schema import BASELINE, baseline


def test_a_migration_is_drafted_from_the_difference_and_closes_it(tmp_path: Path) -> None:
    for folder in ("sql", "supabase"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "supabase" / "migrations" / BASELINE.name).write_text(baseline(tmp_path / "sql"))

    tables = tmp_path / "sql" / "02_profiles" / "tables.sql"
    tables.write_text(
        tables.read_text("utf-8")
        + "\nalter table public.genres add column parent text references public.genres (slug);\n"
        "create index genres_parent on public.genres (parent);\n",
        "utf-8",
    )
    path = draft_migration("add_genre_parents", tmp_path)
    assert path is not None
    assert path.name.endswith("_add_genre_parents.sql")
    text = path.read_text("utf-8").lower()
    assert "parent" in text
    assert "genres_parent" in text
    assert draft_migration("again", tmp_path) is None


def test_an_unfit_name_is_refused() -> None:
    for name in ("", "Add Genres", "../x", "1st"):
        with pytest.raises(DevstackError):
            draft_migration(name)
