"""Page sizes: twenty rows when nobody says, a hundred at most, one at least."""

from __future__ import annotations

import pytest

from tests.database import Actor, Connection


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, 20),
        (1, 1),
        (20, 20),
        (100, 100),
        (101, 100),
        (2_147_483_647, 100),
        (0, 1),
        (-1, 1),
        (-2_147_483_648, 1),
    ],
)
def test_a_page_size_is_clamped(db: Connection, asked: int | None, given: int) -> None:
    row = db.execute("select private.page_size(%s::int) as size", [asked]).fetchone()
    assert row == {"size": given}


def test_lists_keep_to_the_page_size(ben: Actor, ada: Actor, db: Connection) -> None:
    db.execute("update private.rate_limit_rules set capacity = 1000")
    for number in range(25):
        ada.post(f"post {number}")
    assert len(ben.rows("global_feed")) == 20
    assert len(ben.rows("global_feed", page_size=3)) == 3
    assert len(ben.rows("global_feed", page_size=0)) == 1
    assert len(ben.rows("global_feed", page_size=1000)) == 25


def test_an_admin_tunes_both(admiral: Actor, db: Connection) -> None:
    admiral.call("set_setting", name="page_size_default", value=7)
    admiral.call("set_setting", name="page_size_limit", value=9)
    row = db.execute("select private.page_size(null) a, private.page_size(50) b").fetchone()
    assert row == {"a": 7, "b": 9}
