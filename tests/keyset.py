"""What the tests of paging share: their runs, ids of one moment, pages, and what is fair."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings

from tests.database import Actor, Connection

RUNS = settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Moments:
    """Ids as lists order by them, from a time that stands still until it is moved on."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.moment = 0x019ABC000000

    def identity(self, *, is_new: bool = False) -> uuid.UUID:
        """A uuid v7: of the one moment at which all began, or of a later one."""
        self.moment += is_new
        tail = self.chance.getrandbits(62) | 1 << 63
        return uuid.UUID(int=self.moment << 80 | 7 << 76 | self.chance.getrandbits(12) << 64 | tail)


@contextmanager
def one_run(db: Connection) -> Iterator[None]:
    """What is done in the block is undone: the next run finds nobody's deeds."""
    db.execute("savepoint run")
    try:
        yield
    finally:
        db.execute("rollback to savepoint run")


def pages(
    reader: Actor, function: str, page_size: int, between: Callable[[], None], **arguments: Any
) -> list[uuid.UUID]:
    """The ids of a list, page by page; between two of them something happens."""
    seen: list[uuid.UUID] = []
    after = None
    while page := reader.rows(function, after=after, page_size=page_size, **arguments):
        seen += [row["id"] for row in page]
        after = page[-1]["cursor"]
        between()
    return seen


def quiet() -> None:
    """Nothing happens between two pages."""


def fair(
    before: Sequence[uuid.UUID],
    seen: Sequence[uuid.UUID],
    gone: Collection[uuid.UUID],
    moved: Collection[uuid.UUID] = (),
) -> None:
    """Nothing twice; what stayed is there, in the order it had. What moved may be met anywhere."""
    assert [one for one, times in Counter(seen).items() if times > 1 and one not in moved] == []
    stayed = [one for one in before if one not in gone and one not in moved]
    standing = set(stayed)
    assert [one for one in seen if one in standing] == stayed
