"""Paging through a chat loses and repeats nothing, whatever happens."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.chat.chatting import loosen
from tests.database import Connection, actor
from tests.keyset import RUNS, Moments, fair, one_run, pages, quiet
from tests.rooms import enter_room, make_room


class World:
    """ben reads; he, ada and cleo talk in ada's room, at moments set by hand."""

    def __init__(self, db: Connection, chance: random.Random) -> None:
        self.db = db
        self.chance = chance
        self.moments = Moments(chance)
        self.cast = [actor(db, name) for name in ("ada", "ben", "cleo")]
        self.ben = self.cast[1]
        self.room = make_room(db, "ada")
        for name in ("ben", "cleo"):
            enter_room(db, self.room, name)

    def say(self, message: uuid.UUID, pinned_at: str | None = None) -> None:
        """A message of somebody's, or of the room itself; pinned or not."""
        if pinned_at is None and self.chance.random() < 0.2:
            self.db.execute(
                "insert into public.messages (room_id, id, kind, code) values"
                " (%s, %s, 'system', 'hello')",
                [self.room, message],
            )
            return
        self.db.execute(
            "insert into public.messages (room_id, id, author_id, body, pinned_at)"
            " values (%s, %s, %s, 'x', %s)",
            [self.room, message, self.chance.choice(self.cast).id, pinned_at],
        )

    def read(
        self, page_size: int, between: Callable[[], None], function: str = "room_messages"
    ) -> list[uuid.UUID]:
        """The ids ben sees, page by page."""
        return pages(self.ben, function, page_size, between, room_id=self.room)


@RUNS
@given(seed=st.integers(0, 2**32), size=st.integers(1, 9), count=st.integers(0, 40))
def test_every_message_that_stays_is_seen_once(
    db: Connection, seed: int, size: int, count: int
) -> None:
    chance = random.Random(seed)
    with one_run(db):
        world = World(db, chance)
        for _ in range(count):
            world.say(world.moments.identity())
        before = world.read(100, quiet)
        gone: set[uuid.UUID] = set()

        def shake() -> None:
            for _ in range(chance.randrange(4)):
                deed = chance.choice(("say", "say", "delete", "erase", "block", "forget"))
                if deed == "say" or not before:
                    world.say(world.moments.identity(is_new=True))
                elif deed == "block":
                    rows = db.execute(
                        "select id from public.messages where author_id = %s", [world.cast[2].id]
                    ).fetchall()
                    gone.update(row["id"] for row in rows)
                    world.ben.call("block", username="cleo")
                else:
                    one = chance.choice(before)
                    if deed == "forget":
                        gone.add(one)
                    # A message that is deleted, or of an account that is erased, keeps its place.
                    what = {
                        "erase": "update public.messages set author_id = null where id = %s",
                        "delete": "update public.messages set deleted_at = now() where id = %s",
                        "forget": "delete from public.messages where id = %s",
                    }[deed]
                    db.execute(what.encode(), [one])

        fair(before, world.read(size, shake), gone)
        assert len(before) == count


@RUNS
@given(seed=st.integers(0, 2**32), size=st.integers(1, 9), count=st.integers(0, 25))
def test_every_pin_that_stays_is_seen_once(
    db: Connection, seed: int, size: int, count: int
) -> None:
    chance = random.Random(seed)
    with one_run(db):
        world = World(db, chance)
        for _ in range(count):
            world.say(world.moments.identity(), f"2026-01-0{chance.randint(1, 3)}")
        before = world.read(100, quiet, "pinned_messages")
        gone: set[uuid.UUID] = set()

        def shake() -> None:
            for _ in range(chance.randrange(3)):
                if chance.random() < 0.5 or not before:
                    world.say(world.moments.identity(is_new=True), "2026-02-01")
                else:
                    one = chance.choice(before)
                    gone.add(one)
                    db.execute("update public.messages set pinned_at = null where id = %s", [one])

        fair(before, world.read(size, shake, "pinned_messages"), gone)
        assert len(before) == count


@pytest.mark.parametrize("page_size", [73])
def test_ten_thousand_messages_of_one_moment_are_seen_once(db: Connection, page_size: int) -> None:
    loosen(db)
    db.execute("update private.settings set value = 1000 where name = 'page_size_limit'")
    world = World(db, random.Random("chat"))
    messages = [world.moments.identity() for _ in range(10_000)]
    # Without triggers, which would broadcast ten thousand times.
    db.execute("alter table public.messages disable trigger user")
    db.execute(
        "insert into public.messages (room_id, id, author_id, body)"
        " select %s, id, %s, 'x' from unnest(%s::uuid[]) as id",
        [world.room, world.ben.id, messages],
    )
    db.execute("alter table public.messages enable trigger user")

    def shake() -> None:
        world.say(world.moments.identity(is_new=True))

    assert world.read(page_size, shake) == sorted(messages, reverse=True)
