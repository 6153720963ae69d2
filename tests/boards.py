"""Leaderboards, as tests fill and read them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.database import Actor, Connection, Row, sign_up
from tests.progression import pay

BEGAN = datetime(2026, 5, 5, 12, tzinfo=UTC)
"""In season 2026-Q2 and week 2026-W19."""
RULE = "crate_item_received"
"""One that counts nothing else."""


def roll_up(db: Connection, size: int = 10_000) -> int:
    """Pay what is due and count it to the end, as the schedule does; how many changes."""
    pay(db)
    count = 0
    while done := _one(db, "select private.roll_up_leaderboards(%s) as done", size):
        count += done
    return count


def earn(
    db: Connection, somebody: Actor | uuid.UUID, points: int, at: datetime | None = None
) -> str:
    """Have somebody earn so many points by a rule without an end; the cause."""
    db.execute(
        "update public.point_rules set points = sign(%s), daily_cap = null where name = %s",
        [points, RULE],
    )
    cause = f"test:{uuid.uuid4()}"
    identity = somebody if isinstance(somebody, uuid.UUID) else somebody.id
    db.execute(
        "select private.award(%s, %s, %s, coalesce(%s, now()), %s)",
        [identity, RULE, cause, at, abs(points)],
    )
    return cause


def change(
    db: Connection,
    changes: Iterable[tuple[uuid.UUID, int, datetime]],
    metric: str = "points",
) -> None:
    """Queue changes of scores: who, by how much, when."""
    with db.cursor() as cursor:
        cursor.executemany(
            "insert into private.score_changes (user_id, metric, amount, counts_at, moved_at)"
            " values (%s, %s, %s, %s, %s)",
            [(who, metric, amount, at, at) for who, amount, at in changes],
        )


def people(db: Connection, number: int) -> list[uuid.UUID]:
    """So many new people: p1, p2, ..."""
    made = [uuid.uuid4() for _ in range(number)]
    for place, identity in enumerate(made, 1):
        name = f"p{place:03d}"
        sign_up(db, identity, f"{name}@backbeat.test", {"username": name, "display_name": name})
    return made


def shown(rows: Iterable[Row]) -> list[tuple[int, str | None, int]]:
    """Rank, name and score of each row."""
    return [
        (row["rank"], row["profile"] and row["profile"]["username"], row["score"]) for row in rows
    ]


def _one(db: Connection, statement: str, *parameters: object) -> int:
    row = db.execute(statement.encode(), parameters).fetchone()
    assert row is not None
    return int(next(iter(row.values())))
