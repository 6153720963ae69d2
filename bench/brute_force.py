"""Whether home_feed, page by page, is what a plain query over the facts says."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

QUERY = (Path(__file__).parent / "sql" / "brute_force.sql").read_text()
PAGE = (
    "select id, (reposted_by ->> 'id')::uuid, cursor"
    " from public.home_feed(after => $1, page_size => $2)"
)
Place = tuple[UUID, UUID | None]
"""A post, and who brought it by a repost (None: its author did)."""


def expected_feed(connection: psycopg.Connection[Any], reader: UUID) -> list[Place]:
    """The whole home feed of a reader by the plain query, as the owner of the tables."""
    with psycopg.RawCursor(connection, row_factory=tuple_row) as cursor:
        cursor.execute(QUERY.encode(), [reader])
        return [(post, reposter) for post, reposter in cursor]


def paged_feed(
    connection: psycopg.Connection[Any], reader: UUID, page_size: int, depth: int
) -> list[Place]:
    """The first `depth` rows of home_feed (or all there are), page by page, as the reader."""
    claims = json.dumps({"sub": str(reader), "role": "authenticated", "aud": "authenticated"})
    feed: list[Place] = []
    after: str | None = None
    with connection.transaction(), psycopg.RawCursor(connection, row_factory=tuple_row) as cursor:
        cursor.execute("select set_config('request.jwt.claims', $1, true)", [claims])
        cursor.execute("set local role authenticated")
        while len(feed) < depth:
            page = cursor.execute(PAGE, [after, page_size]).fetchall()
            feed += [(post, reposter) for post, reposter, _ in page]
            if len(page) < page_size:
                break
            after = page[-1][2]
        cursor.execute("reset role")
    return feed[:depth]


def first_difference(
    connection: psycopg.Connection[Any],
    readers: Sequence[UUID],
    *,
    depth: int = 200,
    seed: int = 1,
) -> str | None:
    """Where a reader's feed first differs from the plain query; None if nowhere.

    Each reader pages with a page size of their own, from 1 to 100.
    """
    chance = random.Random(seed)
    for reader in readers:
        expected = expected_feed(connection, reader)[:depth]
        page_size = chance.randint(1, 100)
        feed = paged_feed(connection, reader, page_size, depth)
        if feed == expected:
            continue
        place = next(
            (i for i, pair in enumerate(zip(feed, expected, strict=False)) if pair[0] != pair[1]),
            min(len(feed), len(expected)),
        )
        return (
            f"reader {reader}, pages of {page_size}, row {place} of {len(expected)}: "
            f"{feed[place : place + 1]} instead of {expected[place : place + 1]}"
        )
    return None
