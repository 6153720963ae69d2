"""The tests run on the Postgres they were asked to run on."""

from __future__ import annotations

import os

from tests.database import Connection


def test_the_server_is_the_chosen_one(db: Connection) -> None:
    chosen = os.environ.get("BACKBEAT_TEST_POSTGRES", "18")
    assert str(db.info.server_version // 10_000) == chosen


def test_vector_is_there_where_hosted_supabase_has_it(db: Connection) -> None:
    found = db.execute("select extname from pg_extension where extname = 'vector'").fetchall()
    assert bool(found) == (db.info.server_version >= 180_000)
