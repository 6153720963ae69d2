"""The whole grant list is committed: whoever widens an access shows it in a diff."""
# ruff: noqa: E501 (statements and what they change read best on a line each)

from __future__ import annotations

import pytest

from tests.database import Connection
from tests.schema.privileges import SNAPSHOT, difference, snapshot


def test_privileges_are_the_committed_ones(db: Connection) -> None:
    changed = difference(SNAPSHOT.read_text("utf-8"), snapshot(db))
    assert changed == "", f"read it, then `python -m tests.schema.privileges --write`:\n{changed}"


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("grant select on private.staff to service_role", "+  service_role: select"),
        ("grant update (kind) on public.profiles to authenticated", "+  authenticated: update (avatar_path, bio, display_name, genres, is_private, kind, time_zone)"),
        ("grant select on public.likes to anon with grant option", "+  anon: select with grant option"),
        ("grant execute on function private.is_staff(text) to anon", "+  anon: execute"),
        ("grant usage on schema private to anon", "+  anon: usage"),
        ("alter function private.uuid_v7() security definer", "+function private.uuid_v7(), security definer of postgres"),
        ("alter policy select_own on public.likes using (true)", "+  using: true"),
        ("alter policy select_own on public.likes to anon", "+policy public.likes.select_own for select to anon"),
        ("alter table public.likes no force row level security", "+table public.likes of postgres, row security"),
        ("alter default privileges in schema public grant select on tables to anon", "+  anon: select"),
        ("create trigger _900_x after insert on auth.users for each row execute function private.tg_likes__uncount()", "+trigger _900_x on auth.users"),
    ],
)  # fmt: skip
def test_a_widened_access_is_a_line_of_the_diff(statement: str, line: str, db: Connection) -> None:
    before = snapshot(db)
    db.execute(statement)
    assert line in difference(before, snapshot(db)).splitlines()
