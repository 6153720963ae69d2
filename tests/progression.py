"""What somebody has earned, as tests look at it."""

from __future__ import annotations

import uuid

from tests.database import Actor, Connection


def pay(db: Connection) -> None:
    """What a commit and the next run of the schedule do: pay the deeds of this transaction."""
    db.execute("set constraints all immediate")
    db.execute("set constraints all deferred")
    db.execute("select private.settle_deeds(1000)")


def points(somebody: Actor) -> int:
    """The points they are shown."""
    total = somebody.call("my_progression")["total_points"]
    assert isinstance(total, int)
    return total


def earned(somebody: Actor) -> list[tuple[str, int, str | None]]:
    """Their ledger, oldest first: rule, points, why nothing or less."""
    rows = somebody.rows("my_points", page_size=100)
    return [(row["rule"], row["points"], row["withheld"]) for row in reversed(rows)]


def make_crate(somebody: Actor, visibility: str = "public") -> uuid.UUID:
    """A crate of theirs; its id."""
    identity = somebody.call("create_crate", title="mine", visibility=visibility)["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def put(somebody: Actor, crate: uuid.UUID, track: uuid.UUID) -> uuid.UUID:
    """Put a track into a crate of theirs; the id of the item."""
    identity = somebody.call("add_to_crate", crate_id=crate, track_id=track)["id"]
    assert isinstance(identity, uuid.UUID)
    return identity
