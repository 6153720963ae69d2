"""Ids that sort by time, as RFC 9562 writes them."""

from __future__ import annotations

import datetime
import uuid

from tests.database import Connection


def made(db: Connection, number: int) -> list[uuid.UUID]:
    rows = db.execute(
        "select private.uuid_v7() as id from generate_series(1, %s)", [number]
    ).fetchall()
    return [row["id"] for row in rows]


def micros(identity: uuid.UUID) -> float:
    """Microseconds since 1970: the milliseconds of the RFC and the fraction behind the version."""
    return (identity.int >> 80) * 1000 + ((identity.int >> 64) & 0xFFF) / 4096 * 1000


def test_a_hundred_thousand_ids_are_distinct_and_in_order(db: Connection) -> None:
    # Compared without the random tail, which orders nothing: what was made later is never smaller.
    row = db.execute(
        "with made as materialized"
        " (select n, private.uuid_v7()::text as id from generate_series(1, 100000) as n)"
        " select count(distinct id) as ids,"
        " count(*) filter (where id !~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]') as unlike,"
        " count(*) filter (where earlier > left(id, 18)) as disordered"
        " from (select id, lag(left(id, 18)) over (order by n) as earlier from made) as pair"
    ).fetchone()
    assert row == {"ids": 100_000, "unlike": 0, "disordered": 0}


def test_version_and_variant_are_those_of_the_rfc(db: Connection) -> None:
    ids = made(db, 1000)
    assert {identity.version for identity in ids} == {7}
    assert {identity.variant for identity in ids} == {uuid.RFC_4122}


def test_the_order_of_the_database_is_the_order_of_time(db: Connection) -> None:
    rows = db.execute(
        "with made as materialized"
        " (select n, private.uuid_v7() as id from generate_series(1, 2000) as n)"
        " select (id::text < lead(id::text) over (order by n)) is not false as text_order,"
        " (id < lead(id) over (order by n)) is not false as uuid_order from made"
    ).fetchall()
    assert all(row["text_order"] == row["uuid_order"] for row in rows)
    assert sum(row["uuid_order"] for row in rows) >= 1990


def test_the_time_can_be_read_back_to_the_microsecond(db: Connection) -> None:
    row = db.execute(
        "with moment as materialized (select clock_timestamp() as before),"
        " made as materialized (select before, private.uuid_v7() as id from moment)"
        " select before, id, clock_timestamp() as after from made"
    ).fetchone()
    assert row is not None
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    before, after = (
        (row[key] - epoch) / datetime.timedelta(microseconds=1) for key in ("before", "after")
    )
    assert before - 1 <= micros(row["id"]) <= after + 1


def test_the_random_tail_is_random(db: Connection) -> None:
    tails = [identity.int & ((1 << 62) - 1) for identity in made(db, 1000)]
    assert len(set(tails)) == 1000
    for bit in range(62):
        assert 350 < sum(tail >> bit & 1 for tail in tails) < 650
